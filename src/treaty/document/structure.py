"""The fast structural check: a bundled document against the JSON Schema of its OpenAPI version.

The specification's own schemas judge, compiled by jsonschema-rs: 13 MB in 0.05 s. Where
Schema Objects have a dialect of their own (3.1, 3.2) that dialect's meta-schema judges them.
"""

from __future__ import annotations

from collections.abc import Iterator

from treaty.document.dialects import DRAFT_2020_12, vocabularies_of
from treaty.document.metaschemas import dialect_validator, document_validator
from treaty.document.survey import Survey
from treaty.document.versions import Version
from treaty.findings import Finding, Json, Location, Severity


def check_structure(data: Json, version: Version, survey: Survey) -> Iterator[Finding]:
    """Fields that are missing, unknown or of a wrong type, each at its place.

    What is wrong within a Schema Object is a warning: the document can still be used
    without that keyword. Anything else is an error. What both schemas say is said once.
    """
    yield from dict.fromkeys(_check(data, version, survey))


def _check(data: Json, version: Version, survey: Survey) -> Iterator[Finding]:
    validator = document_validator(version)
    if not validator.is_valid(data):
        from treaty.document.explain import explain  # here, because most documents need no explanation

        for pointer, explained in explain(validator.iter_errors(data)):
            yield explained.finding(pointer, _severity(pointer, survey))
    if version.dialect is DRAFT_2020_12:
        yield from _check_schemas(version, survey)


def _check_schemas(version: Version, survey: Survey) -> Iterator[Finding]:
    by_dialect: dict[str, dict[str, Json]] = {}
    for pointer, schema in survey.schemas.items():
        named = survey.dialects.get(pointer, survey.dialect)
        by_dialect.setdefault(named.rstrip("#"), {})[pointer] = schema
    for dialect, schemas in by_dialect.items():
        if vocabularies_of(survey.identified.get(dialect)) is not None:
            continue
        validator = dialect_validator(version, dialect)
        if validator is None:
            is_default = survey.dialect.rstrip("#") == dialect
            yield _unknown_dialect(
                dialect, "/jsonSchemaDialect" if is_default else next(iter(schemas)) + "/$schema"
            )
        elif not validator.is_valid(schemas):
            from treaty.document.explain import explain

            for pointer, explained in explain(validator.iter_errors(schemas)):
                yield explained.finding(_rooted(pointer), Severity.WARNING)


def _rooted(pointer: str) -> str:
    """`/~1components~1schemas~1A/type`, a place among the roots, as a place in the document."""
    root, slash, rest = pointer[1:].partition("/")
    return root.replace("~1", "/").replace("~0", "~") + slash + rest


def _severity(pointer: str, survey: Survey) -> Severity:
    head = pointer
    while head:
        if head in survey.schemas:
            return Severity.WARNING
        head = head[: head.rindex("/")]
    return Severity.ERROR


def _unknown_dialect(dialect: str, pointer: str) -> Finding:
    return Finding(
        "unknown-dialect",
        f"`{dialect}` is not a JSON Schema dialect that is known; its schemas are read as 2020-12",
        Severity.WARNING,
        location=Location("", pointer=pointer),
        expected="the OpenAPI dialect (leave the field out) or a JSON Schema draft's address",
    )
