"""A pattern that is not a regular expression we can compile: it is left out, and that is said."""

from __future__ import annotations

from collections.abc import Iterator

from treaty.contract.lowering import is_regular_expression
from treaty.document.document import Document
from treaty.document.survey import subschemas
from treaty.document.versions import SCHEMA_FIELDS
from treaty.findings import Finding, Json, Location, Severity, pointer_of


def check_patterns(document: Document) -> Iterator[Finding]:
    """A finding for each distinct pattern that cannot be compiled, where it stands first."""
    for pattern, root in _roots_by_pattern(document.survey.schemas).items():
        if not is_regular_expression(pattern):
            yield Finding(
                "unusable-pattern",
                f"the pattern `{pattern}` is not a regular expression that can be compiled",
                Severity.WARNING,
                location=Location("", pointer=_pointer(root, document.survey.schemas[root], pattern)),
                expected="a regular expression (ECMA-262)",
                hint="it is left out: values are judged without it",
            )


def _roots_by_pattern(roots: dict[str, Json]) -> dict[str, str]:
    """Every pattern, with the pointer of the first root schema it stands in."""
    found: dict[str, str] = {}
    for root, schema in roots.items():
        pending = [schema]
        while pending:
            node = pending.pop()
            if not isinstance(node, dict):
                continue
            if isinstance(node.get("pattern"), str):
                found.setdefault(node["pattern"], root)
            named = node.get("patternProperties")
            for pattern in named if isinstance(named, dict) else ():
                found.setdefault(pattern, root)
            pending.extend(_below(node))
    return found


def _below(node: dict[str, Json]) -> list[Json]:
    """The schemas directly inside a schema; as `subschemas`, without pointers and so in half the time."""
    found: list[Json] = []
    for name, value in node.items():
        if name not in SCHEMA_FIELDS:
            continue
        if isinstance(value, list):
            found += value
        elif isinstance(value, dict):
            found += value.values() if SCHEMA_FIELDS[name][0] == "map" else (value,)
    return found


def _pointer(root: str, schema: Json, pattern: str) -> str:
    """Where a pattern stands; looked for only now that there is something to say of it."""
    pending = [(root, schema)]
    while pending:
        pointer, node = pending.pop(0)
        if not isinstance(node, dict):
            continue
        if node.get("pattern") == pattern:
            return pointer + "/pattern"
        named = node.get("patternProperties")
        if isinstance(named, dict) and pattern in named:
            return f"{pointer}/patternProperties{pointer_of((pattern,))}"
        pending.extend((pointer + step, each) for step, each in subschemas(node))
    return root
