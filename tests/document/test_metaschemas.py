from __future__ import annotations

import pytest

from document.samples import document
from treaty.document.metaschemas import dialect_validator, document_validator, metaschema_at
from treaty.document.versions import VERSIONS


@pytest.mark.parametrize("name", VERSIONS)
def test_each_version_has_a_schema_that_judges_it(name: str) -> None:
    validator = document_validator(VERSIONS[name])
    assert validator.is_valid(document(name if name == "2.0" else f"{name}.0"))
    assert not validator.is_valid({"openapi": f"{name}.0"})
    assert document_validator(VERSIONS[name]) is validator


@pytest.mark.parametrize("name", ["3.1", "3.2"])
@pytest.mark.parametrize(
    "dialect",
    [
        "",
        "https://json-schema.org/draft/2020-12/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "http://json-schema.org/draft-07/schema",
        "http://json-schema.org/draft-06/schema",
        "http://json-schema.org/draft-04/schema",
    ],
)
def test_a_dialect_judges_schemas_by_name(name: str, dialect: str) -> None:
    validator = dialect_validator(VERSIONS[name], dialect)
    assert validator
    assert validator.is_valid({"A": {"type": "string"}, "B": {}})
    assert not validator.is_valid({"A": {"type": "text"}})


def test_an_unknown_dialect_has_no_judge() -> None:
    assert dialect_validator(VERSIONS["3.1"], "https://example.com/dialect") is None


def test_parts_of_the_schemas_are_found_by_their_address() -> None:
    info = metaschema_at("https://spec.openapis.org/oas/3.0/schema/2021-09-28#/definitions/Info")
    assert "title" in info["properties"]
    assert metaschema_at("http://swagger.io/v2/schema.json#/definitions/info")["type"] == "object"
    assert metaschema_at("http://swagger.io/v2/schema.json#/definitions/none") is None
    assert metaschema_at("https://example.com/none#/a") is None
