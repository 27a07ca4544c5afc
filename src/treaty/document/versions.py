"""What differs between OpenAPI 2.0, 3.0, 3.1 and 3.2, as tables.

An object's fields say which of its values are objects of OpenAPI, so that one walk
serves every version: `OBJECTS[kind][field] = (shape, kind of the value)`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from treaty.document.dialects import DRAFT_2020_12, Dialect
from treaty.document.dialects import OPENAPI_30 as OPENAPI_30_DIALECT
from treaty.findings import DocumentError, Finding, Json, Location

Shape = Literal["one", "list", "map"]
Fields = dict[str, tuple[Shape, str]]
Objects = dict[str, Fields]

# In this field's place: "every key of the object".
EVERY = "*"


@dataclass(frozen=True, slots=True, eq=False)  # compared and hashed by identity: it is a row of a table
class Version:
    """One version of the OpenAPI Specification, as the rest of Treaty needs to know it."""

    name: str
    objects: Objects
    sections: dict[str, str]  # kind -> JSON Pointer of the section that holds its components
    methods: tuple[str, ...]  # fixed operation fields of a Path Item
    dialect: Dialect  # of its Schema Objects, where they name none
    metaschema: tuple[str, str]  # package and resource of the document's own JSON Schema
    inline_schemas: frozenset[str] = frozenset()  # kinds of object that are schemas themselves
    references_are_xml_nodes: bool = True  # has a schema that is a $ref an XML node of its own?
    nullable: str = ""  # the keyword that allows null as well, where there is one


METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_TEXT: Fields = {"description": ("one", "Text")}
_OPERATION_FIELDS: Fields = {
    "parameters": ("list", "Parameter"),
    "requestBody": ("one", "RequestBody"),
    "responses": ("one", "Responses"),
    "callbacks": ("map", "Callback"),
}
_SWAGGER_SCHEMA: Fields = {"items": ("one", "Schema")}

SWAGGER_20: Objects = {
    "OpenAPI": {
        "info": ("one", "Info"),
        "paths": ("one", "Paths"),
        "definitions": ("map", "Schema"),
        "parameters": ("map", "Parameter"),
        "responses": ("map", "Response"),
        "tags": ("list", "Tag"),
    },
    "Info": _TEXT,
    "Tag": _TEXT,
    "Paths": {EVERY: ("one", "PathItem")},
    "PathItem": {
        **{method: ("one", "Operation") for method in METHODS if method != "trace"},
        "parameters": ("list", "Parameter"),
    },
    "Operation": {**_TEXT, "parameters": ("list", "Parameter"), "responses": ("one", "Responses")},
    # A non-body parameter is itself a schema: its type, format, items, … stand beside its name.
    "Parameter": {**_TEXT, "schema": ("one", "Schema"), **_SWAGGER_SCHEMA},
    "Responses": {EVERY: ("one", "Response")},
    "Response": {**_TEXT, "schema": ("one", "Schema"), "headers": ("map", "Header")},
    "Header": _SWAGGER_SCHEMA,
}

_PARAMETER_30: Fields = {
    **_TEXT,
    "schema": ("one", "Schema"),
    "content": ("map", "MediaType"),
    "examples": ("map", "Example"),
}

OPENAPI_30: Objects = {
    "OpenAPI": {
        "info": ("one", "Info"),
        "paths": ("one", "Paths"),
        "components": ("one", "Components"),
        "tags": ("list", "Tag"),
    },
    "Info": _TEXT,
    "Tag": _TEXT,
    "Components": {
        "schemas": ("map", "Schema"),
        "responses": ("map", "Response"),
        "parameters": ("map", "Parameter"),
        "examples": ("map", "Example"),
        "requestBodies": ("map", "RequestBody"),
        "headers": ("map", "Header"),
        "securitySchemes": ("map", "SecurityScheme"),
        "links": ("map", "Link"),
        "callbacks": ("map", "Callback"),
    },
    "Paths": {EVERY: ("one", "PathItem")},
    "PathItem": {
        **_TEXT,
        **dict.fromkeys(METHODS, ("one", "Operation")),
        "parameters": ("list", "Parameter"),
    },
    "Operation": {**_TEXT, **_OPERATION_FIELDS},
    "Parameter": _PARAMETER_30,
    "RequestBody": {**_TEXT, "content": ("map", "MediaType")},
    "MediaType": {
        "schema": ("one", "Schema"),
        "examples": ("map", "Example"),
        "encoding": ("map", "Encoding"),
    },
    "Encoding": {"headers": ("map", "Header")},
    "Responses": {EVERY: ("one", "Response")},
    "Response": {
        **_TEXT,
        "headers": ("map", "Header"),
        "content": ("map", "MediaType"),
        "links": ("map", "Link"),
    },
    "Header": _PARAMETER_30,
    "Callback": {EVERY: ("one", "PathItem")},
    "Example": {},
    "Link": _TEXT,
    "SecurityScheme": {},
}

OPENAPI_31: Objects = {
    **OPENAPI_30,
    "OpenAPI": {**OPENAPI_30["OpenAPI"], "webhooks": ("map", "PathItem")},
    "Components": {**OPENAPI_30["Components"], "pathItems": ("map", "PathItem")},
}

OPENAPI_32: Objects = {
    **OPENAPI_31,
    "Components": {**OPENAPI_31["Components"], "mediaTypes": ("map", "MediaType")},
    "PathItem": {
        **OPENAPI_31["PathItem"],
        "query": ("one", "Operation"),
        "additionalOperations": ("map", "Operation"),
    },
    "MediaType": {
        **OPENAPI_31["MediaType"],
        "itemSchema": ("one", "Schema"),
        "prefixEncoding": ("list", "Encoding"),
        "itemEncoding": ("one", "Encoding"),
    },
    "Encoding": {
        **OPENAPI_31["Encoding"],
        "encoding": ("map", "Encoding"),
        "prefixEncoding": ("list", "Encoding"),
        "itemEncoding": ("one", "Encoding"),
    },
}


def _sections(objects: Objects) -> dict[str, str]:
    return {kind: f"/components/{section}" for section, (_, kind) in objects["Components"].items()}


_RESOURCES = "openapi_spec_validator"

VERSIONS: dict[str, Version] = {
    "2.0": Version(
        "2.0",
        SWAGGER_20,
        {"Schema": "/definitions", "Parameter": "/parameters", "Response": "/responses"},
        METHODS[:-1],
        OPENAPI_30_DIALECT,
        (_RESOURCES, "resources/schemas/v2.0/schema.json"),
        frozenset({"Parameter", "Header"}),
        nullable="x-nullable",  # no keyword of 2.0, but of those who write and read it
    ),
    "3.0": Version(
        "3.0",
        OPENAPI_30,
        _sections(OPENAPI_30),
        METHODS,
        OPENAPI_30_DIALECT,
        (_RESOURCES, "resources/schemas/v3.0/schema.json"),
        nullable="nullable",
    ),
    "3.1": Version(
        "3.1",
        OPENAPI_31,
        _sections(OPENAPI_31),
        METHODS,
        DRAFT_2020_12,
        (_RESOURCES, "resources/schemas/v3.1/schema.json"),
    ),
    "3.2": Version(
        "3.2",
        OPENAPI_32,
        _sections(OPENAPI_32),
        (*METHODS, "query"),
        DRAFT_2020_12,
        (_RESOURCES, "resources/schemas/v3.2/schema.json"),
        references_are_xml_nodes=False,
    ),
}

# Where Schema Objects hold Schema Objects, by JSON Schema keyword (of every dialect).
SCHEMA_FIELDS: Fields = {
    **dict.fromkeys(
        ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"),
        ("map", "Schema"),
    ),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), ("list", "Schema")),
    **dict.fromkeys(
        (
            "items",
            "additionalItems",
            "additionalProperties",
            "not",
            "contains",
            "propertyNames",
            "if",
            "then",
            "else",
            "unevaluatedItems",
            "unevaluatedProperties",
            "contentSchema",
        ),
        ("one", "Schema"),
    ),
}

_NUMBER = re.compile(r"(\d+\.\d+)(\.\d+)?(-.+)?$")


def version_of(data: Json, label: str) -> Version:
    """The OpenAPI version a document declares.

    Raises `DocumentError` when it declares none, or one that is not known.
    """
    if not isinstance(data, dict):
        raise DocumentError([_not_openapi(label, "", f"the document is {_noun(data)}, not a mapping")])
    field = next((name for name in ("openapi", "swagger") if name in data), None)
    if field is None:
        raise DocumentError([_not_openapi(label, "", "it has neither an `openapi` nor a `swagger` field")])
    declared = data[field]
    found = _NUMBER.match(str(declared))
    version = VERSIONS.get(found.group(1)) if found else None
    if version is None or (field == "swagger") != (version.name == "2.0"):
        raise DocumentError(
            [_not_openapi(label, f"/{field}", f"`{field}: {declared}` is not a known version")]
        )
    return version


def _not_openapi(label: str, pointer: str, why: str) -> Finding:
    return Finding(
        "unknown-version",
        f"not an OpenAPI document that can be used: {why}",
        location=Location(label, pointer=pointer),
        expected='`openapi:` 3.0.x, 3.1.x or 3.2.x, or `swagger: "2.0"`',
        hint="begin the document with a line such as `openapi: 3.2.0`",
    )


def _noun(value: Json) -> str:
    nouns = {list: "a list", str: "a text", bool: "a boolean", type(None): "empty"}
    return nouns.get(type(value), "a number")
