from __future__ import annotations

from typing import Any

import pytest

from treaty.document.versions import EVERY, SCHEMA_FIELDS, VERSIONS, version_of
from treaty.findings import DocumentError


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ({"swagger": "2.0"}, "2.0"),
        ({"swagger": 2.0}, "2.0"),
        ({"openapi": "3.0.0"}, "3.0"),
        ({"openapi": "3.0.4"}, "3.0"),
        ({"openapi": "3.1.1"}, "3.1"),
        ({"openapi": "3.2.0-rc1"}, "3.2"),
    ],
)
def test_the_version_is_what_is_declared(declared: dict[str, Any], name: str) -> None:
    assert version_of(declared, "f").name == name


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "the document is empty"),
        ([], "a list"),
        ("x", "a text"),
        (True, "a boolean"),
        (3, "a number"),
        ({}, "neither an `openapi` nor a `swagger`"),
        ({"openapi": "2.0"}, "`openapi: 2.0`"),
        ({"swagger": "3.0.0"}, "`swagger: 3.0.0`"),
        ({"openapi": "3.10.0"}, "`openapi: 3.10.0`"),
        ({"openapi": {"x": 1}}, "is not a known version"),
    ],
)
def test_what_declares_no_known_version(data: Any, said: str) -> None:
    with pytest.raises(DocumentError, match="not an OpenAPI document") as raised:
        version_of(data, "f")
    (finding,) = raised.value.findings
    assert said in finding.message
    assert "3.2.x" in finding.expected


@pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)
def test_every_kind_that_is_named_is_described(version: Any) -> None:
    named = {kind for fields in version.objects.values() for _, kind in fields.values()}
    assert named - set(version.objects) <= {"Schema", "Text"}
    assert set(version.sections) <= {*version.objects, "Schema"}
    assert all(method in version.objects["PathItem"] for method in version.methods)
    assert EVERY not in SCHEMA_FIELDS
