"""Dialects: by which draft of JSON Schema a Schema Object is read.

OpenAPI 2.0 and 3.0 have one of their own. From 3.1 on it is draft 2020-12, unless the document
(`jsonSchemaDialect`) or the root of a schema resource (`$schema`) names another (OpenAPI 3.1.1,
section 4.8.24.5). What the drafts differ in is a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from treaty.findings import Json, path_of


@dataclass(frozen=True, slots=True, eq=False)  # compared and hashed by identity: it is a row of a table
class Dialect:
    """How the schemas of one dialect name themselves, and refer to each other."""

    name: str
    identifier: str  # the keyword that begins a schema resource; empty where none does
    references_have_siblings: bool  # do keywords beside a $ref count?
    named_by_identifier: bool = False  # does an identifier that is a fragment give a plain name?


OPENAPI_30: Final = Dialect("OpenAPI 3.0", "", references_have_siblings=False)
DRAFT_2020_12: Final = Dialect("2020-12", "$id", references_have_siblings=True)
DRAFT_2019_09: Final = Dialect("2019-09", "$id", references_have_siblings=True)
DRAFT_7: Final = Dialect("draft-07", "$id", references_have_siblings=False, named_by_identifier=True)
DRAFT_6: Final = Dialect("draft-06", "$id", references_have_siblings=False, named_by_identifier=True)
DRAFT_4: Final = Dialect("draft-04", "id", references_have_siblings=False, named_by_identifier=True)

_DRAFTS: Final = {
    "//json-schema.org/draft/2020-12/schema": DRAFT_2020_12,
    "//json-schema.org/draft/2019-09/schema": DRAFT_2019_09,
    "//json-schema.org/draft-07/schema": DRAFT_7,
    "//json-schema.org/draft-06/schema": DRAFT_6,
    "//json-schema.org/draft-04/schema": DRAFT_4,
}
# The dialects of OpenAPI itself: draft 2020-12 with a vocabulary that refuses nothing.
OPENAPI_DIALECT: Final = re.compile(r"https://spec\.openapis\.org/oas/3\.[12]/dialect/[\w-]+")
# What 2020-12 and 2019-09 let a plain name look like; others could not be referred to.
PLAIN_NAME: Final = re.compile(r"[A-Za-z_][-A-Za-z0-9._]*")


def dialect_named(uri: Json) -> Dialect | None:
    """The dialect with this address; None when it is not known."""
    if not isinstance(uri, str):
        return None
    scheme, _, address = uri.rstrip("#").partition(":")  # people write http and https for either
    if scheme in ("http", "https") and address in _DRAFTS:
        return _DRAFTS[address]
    return DRAFT_2020_12 if OPENAPI_DIALECT.fullmatch(uri.rstrip("#")) else None


def dialect_of(node: Mapping[str, Json], around: Dialect) -> Dialect:
    """The dialect of the root of a schema resource; an unknown one is read as 2020-12."""
    named = node.get("$schema")
    if around is OPENAPI_30 or not isinstance(named, str):
        return around
    return dialect_named(named) or DRAFT_2020_12


def default_dialect(data: Json, own: Dialect) -> Dialect:
    """The dialect of a document's schemas that name none (OpenAPI 3.1, `jsonSchemaDialect`)."""
    named = data.get("jsonSchemaDialect") if isinstance(data, dict) else None
    return dialect_of({"$schema": named}, own)


def dialect_name_at(data: Json, pointer: str) -> str:
    """What the nearest `$schema` around a place of a document says, or the document; else empty.

    A file that is one schema says it at its top.
    """
    named = data.get("jsonSchemaDialect", data.get("$schema")) if isinstance(data, dict) else None
    node = data
    for part in path_of(pointer):
        if isinstance(node, dict):
            node = node.get(part)
        elif isinstance(node, list) and part.isdigit() and len(part) < 10 and int(part) < len(node):
            node = node[int(part)]
        else:
            break
        if isinstance(node, dict) and isinstance(node.get("$schema"), str):
            named = node["$schema"]
    return named if isinstance(named, str) else ""


def dialect_at(data: Json, pointer: str, own: Dialect) -> Dialect:
    """The dialect of the schema at a place of a document; `own` is that of the OpenAPI version."""
    return dialect_of({"$schema": dialect_name_at(data, pointer) or None}, own)


def identifier_of(node: Mapping[str, Json], dialect: Dialect) -> tuple[str, str]:
    """What a schema calls itself: the address of its resource and a plain name, each may be empty.

    Up to draft 7 an identifier beside a `$ref` is ignored like all else there, and one that is
    or has a fragment gives a plain name (draft 7, section 8.2.3).
    """
    own = node.get(dialect.identifier) if dialect.identifier else None
    if not isinstance(own, str) or (not dialect.references_have_siblings and "$ref" in node):
        return "", ""
    if not dialect.named_by_identifier:
        return own, ""
    address, _, name = own.partition("#")
    return address, name if PLAIN_NAME.fullmatch(name) else ""


def vocabularies_of(metaschema: Json) -> dict[str, Json] | None:
    """The vocabularies that a meta-schema says its dialect has (JSON Schema 2020-12 Core, section 8.1.2)."""
    listed = metaschema.get("$vocabulary") if isinstance(metaschema, dict) else None
    return listed if isinstance(listed, dict) else None
