"""The JSON Schemas of the OpenAPI Specification, compiled.

They are read from the packages that publish them, as data: importing those packages
would cost a third of a second at every start.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

import jsonschema_rs

from treaty.document.dialects import (
    DRAFT_4,
    DRAFT_6,
    DRAFT_7,
    DRAFT_2019_09,
    DRAFT_2020_12,
    OPENAPI_DIALECT,
    dialect_named,
)
from treaty.document.library import value_at
from treaty.document.versions import VERSIONS, Version
from treaty.findings import Json

# The schema of 2.0 names itself nowhere in the file; errors need an address to be traced by.
_SWAGGER_ADDRESS = "http://swagger.io/v2/schema.json"

_DIALECTS = {
    "3.1": (
        "https://spec.openapis.org/oas/3.1/dialect/base",
        ("schemas/oas3.1/metaschema.json", "schemas/oas3.1/vocabularies/base"),
    ),
    "3.2": (
        "https://spec.openapis.org/oas/3.2/dialect/2025-09-17",
        ("schemas/oas3.2/dialect/2025-09-17.json", "schemas/oas3.2/meta/2025-09-17.json"),
    ),
}
# Each is known only to a validator of its own draft.
_DRAFTS = {
    DRAFT_2020_12: ("https://json-schema.org/draft/2020-12/schema", jsonschema_rs.Draft202012Validator),
    DRAFT_2019_09: ("https://json-schema.org/draft/2019-09/schema", jsonschema_rs.Draft201909Validator),
    DRAFT_7: ("http://json-schema.org/draft-07/schema", jsonschema_rs.Draft7Validator),
    DRAFT_6: ("http://json-schema.org/draft-06/schema", jsonschema_rs.Draft6Validator),
    DRAFT_4: ("http://json-schema.org/draft-04/schema", jsonschema_rs.Draft4Validator),
}


@cache
def document_validator(version: Version) -> jsonschema_rs.Validator:
    """Judges a whole document of one OpenAPI version."""
    return jsonschema_rs.validator_for(_resource(*version.metaschema), offline=True)


@cache
def dialect_validator(version: Version, dialect: str) -> jsonschema_rs.Validator | None:
    """Judges an object of Schema Objects by a JSON Schema dialect; None when it is unknown.

    An empty `dialect` stands for the OpenAPI version's own.
    """
    own, names = _DIALECTS[version.name]
    if dialect and not OPENAPI_DIALECT.fullmatch(dialect):
        known = dialect_named(dialect)
        if known is None:
            return None
        address, judge = _DRAFTS[known]
        return judge({"additionalProperties": {"$ref": address}}, validate_formats=True, offline=True)
    every = {"additionalProperties": {"$ref": own}}
    resources = [_resource("openapi_schema_validator", name) for name in names]
    registry = jsonschema_rs.Registry([(each["$id"], each) for each in resources])
    return jsonschema_rs.Draft202012Validator(every, registry=registry, validate_formats=True, offline=True)


def metaschema_at(location: str) -> Json:
    """The part of a meta-schema at an absolute URI with a JSON Pointer fragment; None if there is none."""
    address, _, fragment = location.partition("#")
    try:
        return value_at(_by_address().get(address), unquote(fragment))
    except (LookupError, TypeError):
        return None


@cache
def _by_address() -> dict[str, Json]:
    resources = [_resource(*version.metaschema) for version in VERSIONS.values()]
    for _, names in _DIALECTS.values():
        resources += [_resource("openapi_schema_validator", name) for name in names]
    return {each.get("$id") or each["id"]: each for each in resources}


@cache
def _resource(package: str, name: str) -> dict[str, Json]:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    found: dict[str, Json] = json.loads(Path(spec.submodule_search_locations[0], name).read_text("utf-8"))
    if "$id" not in found and "id" not in found:
        found["id"] = _SWAGGER_ADDRESS
    return found
