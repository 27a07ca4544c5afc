"""Schemas of other drafts than 2020-12: `$schema` and `jsonSchemaDialect`.

The oracles are validators of each draft: the schemas and values of the JSON Schema Test Suite, read
by another draft than they were written for. One of them shares no code with Treaty; the other is the
engine that Treaty lowers to 2020-12 for, which also knows the drafts by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

import treaty
from treaty.findings import Severity

DIALECTS = {
    "2019-09": (
        "https://json-schema.org/draft/2019-09/schema",
        jsonschema.Draft201909Validator,
        jsonschema_rs.Draft201909Validator,
    ),
    "draft-07": (
        "http://json-schema.org/draft-07/schema#",
        jsonschema.Draft7Validator,
        jsonschema_rs.Draft7Validator,
    ),
    "draft-06": (
        "http://json-schema.org/draft-06/schema#",
        jsonschema.Draft6Validator,
        jsonschema_rs.Draft6Validator,
    ),
    "draft-04": (
        "http://json-schema.org/draft-04/schema#",
        jsonschema.Draft4Validator,
        jsonschema_rs.Draft4Validator,
    ),
}
POINTER = "/components/schemas/S"


def contract_of(schema: Any, *, dialect: str = "", **others: Any) -> treaty.Contract:
    return treaty.load(
        {
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {},
            "components": {"schemas": {"S": schema, **others}},
            **({"jsonSchemaDialect": dialect} if dialect else {}),
        }
    )


def accepts(schema: Any, value: Any, dialect: str = "") -> bool:
    return contract_of(schema, dialect=dialect).schemas.validator(POINTER, "request").accepts(value)


def cases(suite: Path) -> Iterator[tuple[str, Any, list[Any]]]:
    for file in sorted([*suite.glob("draft2020-12/*.json"), *suite.glob("draft4/*.json")]):
        for group in json.loads(file.read_bytes()):
            schema = group["schema"]
            # References lead elsewhere within a document, `format` is judged here, one oracle does not
            # read patterns as ECMA-262, and one judges the content of texts in two of the drafts
            # ("implementations MAY support", draft 7 Validation, section 8.2).
            told = ('Ref"', '$ref"', 'id"', "format", "\\\\p", "contentMediaType", "contentEncoding")
            apart = any(word in json.dumps(schema) for word in told)
            if isinstance(schema, dict) and not apart:
                plain = {key: value for key, value in schema.items() if key != "$schema"}
                yield f"{file.stem}: {group['description']}", plain, [t["data"] for t in group["tests"]]


def is_settled(schema: Any) -> bool:
    """Do the oracles follow the text of 2019-09?

    `dependencies` is none of its keywords (Validation, appendix A: "split"), and `unevaluatedItems`
    looks at what "items", "additionalItems" and "unevaluatedItems" have evaluated, not at `contains`
    (Core, section 9.3.1.3); that came with 2020-12.
    """
    text = json.dumps(schema)
    return "dependencies" not in text and not ("unevaluatedItems" in text and "contains" in text)


@pytest.mark.parametrize("name", DIALECTS)
def test_a_schema_is_judged_by_its_own_draft(name: str, corpus: Path) -> None:
    suite = corpus.parent / "data" / "json-schema-suite" / "tests"
    if not suite.is_dir():
        pytest.skip(f"no JSON Schema Test Suite at {suite}")
    address, oracle, native = DIALECTS[name]
    differing, judged = [], 0
    for label, schema, values in cases(suite):
        try:
            oracle.check_schema(schema)
        except jsonschema.SchemaError:
            continue
        ours = contract_of(schema, dialect=address).schemas.validator(POINTER, "request")
        for value in values:
            if name == "draft-04" and isinstance(value, float) and value.is_integer():
                continue  # draft 4 leaves open whether 1.0 is an integer (the suite's zeroTerminatedFloats)
            if name == "2019-09" and not is_settled(schema):
                continue
            judged += 1
            verdicts = {ours.accepts(value), native(schema, validate_formats=True).is_valid(value)}
            if "unevaluated" not in json.dumps(schema):  # of these the oracle knows 2020-12 alone well
                verdicts.add(oracle(schema).is_valid(value))
            if len(verdicts) > 1:
                differing.append((label, schema, value))
    assert differing == []
    assert judged > 800


TREE = {
    "$schema": "https://json-schema.org/draft/2019-09/schema",
    "$id": "https://example.org/tree",
    "$recursiveAnchor": True,
    "type": "object",
    "properties": {"children": {"type": "array", "items": {"$recursiveRef": "#"}}},
}


@pytest.mark.parametrize("anchored", [True, False])
@pytest.mark.parametrize(
    "value", [{"children": [{}]}, {"children": [{"odd": 1}]}, {"odd": 1}, {"children": 1}]
)
def test_recursive_references_of_2019_09(anchored: bool, value: Any) -> None:
    strict = {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "$id": "https://example.org/strict",
        "$recursiveAnchor": True,
        "$ref": "tree",
        "unevaluatedProperties": False,
        "$defs": {"tree": {**TREE, "$recursiveAnchor": anchored}},
    }
    assert accepts(strict, value) is jsonschema_rs.Draft201909Validator(strict).is_valid(value)
    assert accepts(strict, value) is (
        value == {"children": [{}]} or (not anchored and "children" in value and value["children"] != 1)
    )


def test_contains_of_2019_09_leaves_its_items_unevaluated() -> None:
    schema = {"contains": {"const": 1}, "unevaluatedItems": False}
    assert accepts({**schema, "$schema": "https://json-schema.org/draft/2020-12/schema"}, [1])
    assert not accepts({**schema, "$schema": "https://json-schema.org/draft/2019-09/schema"}, [1])
    assert not accepts({"contains": {"const": 1}}, [2], "https://json-schema.org/draft/2019-09/schema")


def test_a_schema_names_its_dialect_within_a_document_of_another() -> None:
    tuple_of = {"items": [{"type": "integer"}], "additionalItems": False}
    older = {"$schema": "http://json-schema.org/draft-07/schema#", **tuple_of}
    assert not accepts(older, [1, 2])
    assert accepts(tuple_of, [1, 2])  # a list of items means nothing in 2020-12
    newer = {
        "$schema": "https://spec.openapis.org/oas/3.1/dialect/base",
        "prefixItems": [{"type": "integer"}],
    }
    assert not accepts(newer, ["x"], "http://json-schema.org/draft-07/schema#")


def test_a_part_of_a_schema_keeps_its_dialect() -> None:
    pair = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "definitions": {"above": {"minimum": 3, "exclusiveMinimum": True}},
    }
    contract = contract_of({"$ref": "#/components/schemas/Pair/definitions/above"}, Pair=pair)
    assert contract.findings == ()
    assert not contract.schemas.validator(POINTER, "request").accepts(3)


def test_beside_a_reference_nothing_counts_up_to_draft_7() -> None:
    schema = {"$ref": "#/components/schemas/Text", "maxLength": 1}
    for address, kept in (("http://json-schema.org/draft-07/schema#", True), ("", False)):
        contract = contract_of(schema, dialect=address, Text={"type": "string"})
        assert contract.schemas.validator(POINTER, "request").accepts("ab") is kept


def test_a_name_of_draft_7_is_an_identifier() -> None:
    schema = {
        "properties": {"a": {"$ref": "#named"}},
        "definitions": {"x": {"$id": "#named", "type": "null"}},
    }
    assert accepts(schema, {"a": None}, "http://json-schema.org/draft-07/schema#")
    assert not accepts(schema, {"a": 1}, "http://json-schema.org/draft-07/schema#")


def test_errors_point_at_what_was_written() -> None:
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {"a": {"items": [{"type": "integer"}], "additionalItems": {"type": "null"}}},
        "dependencies": {"a": {"required": ["b"]}, "c": ["d"]},
    }
    validator = contract_of(schema).schemas.validator(POINTER, "request")
    found = {validator.written(error.schema_location) for error in validator.errors({"a": ["x", 1], "c": 1})}
    assert found == {
        POINTER + "/properties/a/items/0/type",
        POINTER + "/properties/a/additionalItems/type",
        POINTER + "/dependencies/a/required",
        POINTER + "/dependencies",
    } or found == {
        POINTER + "/properties/a/items/0/type",
        POINTER + "/properties/a/additionalItems/type",
        POINTER + "/dependencies/a/required",
        POINTER + "/dependencies/c",
    }


@pytest.mark.parametrize("where", ["document", "schema"])
def test_an_unknown_dialect_is_read_as_2020_12_and_said(where: str) -> None:
    odd = "https://example.org/odd"
    schema = {"prefixItems": [{"type": "integer"}]}
    contract = (
        contract_of(schema, dialect=odd) if where == "document" else contract_of({"$schema": odd, **schema})
    )
    assert not contract.schemas.validator(POINTER, "request").accepts(["x"])
    (finding,) = contract.findings
    assert (finding.code, finding.severity) == ("unknown-dialect", Severity.WARNING)
    assert odd in finding.message
    assert finding.location is not None
    assert finding.location.pointer == ("/jsonSchemaDialect" if where == "document" else f"{POINTER}/$schema")


def test_a_dialect_that_the_document_describes_has_its_vocabularies() -> None:
    own = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.org/shapes",
        "$vocabulary": {
            "https://json-schema.org/draft/2020-12/vocab/core": True,
            "https://json-schema.org/draft/2020-12/vocab/applicator": True,
        },
    }
    schema = {"$schema": "https://example.org/shapes", "minimum": 3, "properties": {"never": False}}
    contract = contract_of(schema, Shapes=own)
    validator = contract.schemas.validator(POINTER, "request")
    assert contract.findings == ()
    assert validator.accepts(1)
    assert not validator.accepts({"never": 1})


def test_files_of_an_older_draft_beside_the_document(tmp_path: Path) -> None:
    (tmp_path / "older.json").write_text(
        json.dumps(
            {
                "$schema": "http://json-schema.org/draft-07/schema#",
                "definitions": {
                    "pair": {"items": [{"$ref": "#/definitions/whole"}], "additionalItems": False},
                    "whole": {"type": "integer"},
                },
            }
        ),
        "utf-8",
    )
    (tmp_path / "openapi.json").write_text(
        json.dumps(
            {
                "openapi": "3.1.0",
                "info": {"title": "T", "version": "1"},
                "paths": {},
                "components": {"schemas": {"S": {"$ref": "older.json#/definitions/pair"}}},
            }
        ),
        "utf-8",
    )
    contract = treaty.load(tmp_path / "openapi.json")
    validator = contract.schemas.validator(POINTER, "request")
    assert contract.findings == ()
    assert [validator.accepts(each) for each in ([1], ["x"], [1, 2])] == [True, False, False]
    assert contract.document.bundle()["components"]["schemas"]["S"]["$schema"].endswith("draft-07/schema#")
