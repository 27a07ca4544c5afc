from __future__ import annotations

from typing import Any

import pytest

from document.samples import OK, document, schemas
from treaty.document.structure import check_structure
from treaty.document.survey import survey
from treaty.document.versions import VERSIONS, version_of


def findings(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    version = version_of(data, "f")
    found = check_structure(data, version, survey(data, version, "memory:///document"))
    return [(each.code, each.severity, each.location.pointer) for each in found if each.location]


@pytest.mark.parametrize("name", VERSIONS)
def test_a_valid_document_has_none(name: str) -> None:
    declared = name if name == "2.0" else f"{name}.0"
    data = {**document(declared), "paths": {"/a": {"get": OK}}}
    assert findings(data) == []
    assert ("wrong-type", "error", "/paths") in findings({**data, "paths": []})


@pytest.mark.parametrize("version", ["2.0", "3.0.3", "3.1.0", "3.2.0"])
def test_faults_within_schemas_are_warnings(version: str) -> None:
    data = schemas(version, A={"properties": {"b": {"type": "strin"}}})
    pointer = next(iter(data.get("components", {"definitions": 0})))
    prefix = "/definitions" if version == "2.0" else f"/components/{pointer}"
    assert findings(data) == [("wrong-value", "warning", f"{prefix}/A/properties/b/type")]


def test_what_is_no_schema_is_said_once() -> None:
    assert findings(schemas(A=1)) == [("wrong-type", "warning", "/components/schemas/A")]


def test_a_schema_is_judged_by_the_dialect_it_names() -> None:
    draft4 = {"$schema": "http://json-schema.org/draft-04/schema#", "exclusiveMinimum": True, "minimum": 1}
    assert findings(schemas(A=draft4)) == []
    assert findings(schemas(A={**draft4, "$schema": "https://json-schema.org/draft/2020-12/schema"})) == [
        ("wrong-type", "warning", "/components/schemas/A/exclusiveMinimum")
    ]
    data = schemas(A={"exclusiveMinimum": True, "minimum": 1})
    assert findings({**data, "jsonSchemaDialect": draft4["$schema"]}) == []


def test_a_dialect_that_is_not_known() -> None:
    data = schemas(A={"$schema": "https://example.com/dialect"})
    assert findings(data) == [("unknown-dialect", "warning", "/components/schemas/A/$schema")]
