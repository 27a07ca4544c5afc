"""Schemas and validators: near and far ones, identifiers, anchors, what a reference leads to."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.contract.contract import Contract
from treaty.contract.schemas import FAR, Schemas

AT = "/components/schemas/"


def contract_of(**named: Any) -> Contract:
    return treaty.load(
        {
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {},
            "components": {"schemas": named},
        }
    )


def schemas_of(**named: Any) -> Schemas:
    return contract_of(**named).schemas


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#{AT}{name}"}


def chain(length: int) -> dict[str, Any]:
    """S0 leads to S1, and so on; the last is an integer."""
    links: dict[str, Any] = {
        f"S{index}": {"properties": {"next": reference(f"S{index + 1}")}} for index in range(length)
    }
    return {**links, f"S{length}": {"type": "integer"}}


def nested(depth: int, last: Any) -> Any:
    for _ in range(depth):
        last = {"next": last}
    return last


@pytest.mark.parametrize("length", [3, FAR - 2, FAR + 50])
def test_near_and_far(length: int) -> None:
    """Few schemas are compiled for one, very many together for all; they judge alike."""
    schemas = schemas_of(**chain(length))
    first = schemas.validator(AT + "S0", "request")
    assert first.accepts(nested(length, 1))
    assert not first.accepts(nested(length, "x"))
    [error] = first.errors(nested(length, "x"))
    assert error.path == ("next",) * length
    assert error.keyword == "type"
    assert error.value == "x"
    assert (first.member is not None) == (length > FAR)


def test_far_schemas_share_what_was_compiled() -> None:
    schemas = schemas_of(**chain(FAR + 10))
    one, other = schemas.validator(AT + "S0", "request"), schemas.validator(AT + "S1", "request")
    assert one.compiled is other.compiled
    assert one is schemas.validator(AT + "S0", "request")
    assert not other.accepts(nested(FAR + 9, "x"))


def test_identifiers_and_anchors() -> None:
    schemas = schemas_of(
        Tree={
            "$id": "https://example.com/tree",
            "$dynamicAnchor": "node",
            "properties": {"children": {"items": {"$dynamicRef": "#node"}}, "n": {"$ref": "#count"}},
            "$defs": {"count": {"$anchor": "count", "type": "integer"}},
        },
        Strict={
            "$id": "https://example.com/strict",
            "$dynamicAnchor": "node",
            "$ref": "tree",
            "unevaluatedProperties": False,
        },
    )
    tree, strict = schemas.validator(AT + "Tree", "request"), schemas.validator(AT + "Strict", "request")
    assert tree.accepts({"children": [{"x": 1}]})
    assert not strict.accepts({"children": [{"x": 1}]})
    assert strict.accepts({"children": [{"n": 1}]})
    assert not tree.accepts({"n": "x"})
    at = schemas.at(AT + "Tree", "request")
    counted = schemas.resolve("https://example.com/tree", "#count", "request")
    assert counted.schema == {"$anchor": "count", "type": "integer"}
    assert schemas.resolve("https://example.com/strict", "tree", "request").schema is at.schema


def test_references_into_a_schema() -> None:
    schemas = schemas_of(
        A={"properties": {"b": {"type": "integer"}}, "allOf": [{"maxProperties": 1}]},
        B={"$ref": f"#{AT}A/properties/b"},
        C={"$ref": f"#{AT}A/allOf/0"},
    )
    assert not schemas.validator(AT + "B", "request").accepts("x")
    assert not schemas.validator(AT + "C", "request").accepts({"a": 1, "c": 2})
    lowered = schemas.at(AT + "C", "request")
    assert isinstance(lowered.schema, dict)
    target = schemas.resolve(lowered.base, lowered.schema["$ref"], "request")
    assert target.schema == {"maxProperties": 1}


def test_a_reference_to_nowhere() -> None:
    with pytest.raises(LookupError):
        schemas_of(A={}).resolve("memory:///document", "other.json#/a", "request")


def test_any_part_can_be_compiled() -> None:
    schemas = schemas_of(A={"properties": {"self": reference("A"), "n": {"type": "integer"}}})
    part = schemas.lower({"items": reference("A")}, schemas.base, "request")
    validator = schemas.compile(part, "request")
    assert validator.accepts([{"self": {"n": 1}}])
    assert not validator.accepts([{"self": {"n": "x"}}])


def test_what_is_no_json_value_is_not_valid() -> None:
    validator = schemas_of(A={}).validator(AT + "A", "request")
    assert not validator.accepts({1, 2})
    [error] = validator.errors({1, 2})
    assert error.keyword == "json"


def test_a_pattern_that_backtracks_without_end_is_given_up() -> None:
    validator = schemas_of(A={"pattern": "^(?=(a+)+$)b"}).validator(AT + "A", "request")
    assert not validator.accepts("a" * 40 + "!")


def test_formats_are_judged() -> None:
    validator = schemas_of(A={"format": "date"}).validator(AT + "A", "request")
    assert validator.accepts("2026-02-28")
    assert not validator.accepts("2026-02-30")


def test_unusable_patterns_are_reported_once_each() -> None:
    contract = contract_of(
        A={"properties": {"x": {"pattern": "("}, "y": {"pattern": "("}, "z": {"pattern": "^a$"}}},
        B={"patternProperties": {"[": {}}, "enum": [{"pattern": "("}]},
    )
    found = [finding for finding in contract.found if finding.code == "unusable-pattern"]
    assert sorted(finding.location.pointer for finding in found if finding.location) == [
        "/components/schemas/A/properties/x/pattern",
        "/components/schemas/B/patternProperties/[",
    ]


def test_defaults_that_break_their_schema_are_reported() -> None:
    contract = contract_of(
        A={"type": "integer", "default": "x"},
        B={
            "properties": {
                "d": {"format": "date", "default": "someday"},
                "e": {"type": "null", "default": None},
            }
        },
        C={"default": 10**30, "maximum": 1, "exclusiveMinimum": -(10**30)},
    )
    found = {
        finding.location.pointer: finding.severity.value
        for finding in contract.found
        if finding.code == "invalid-default" and finding.location
    }
    assert found == {
        AT + "A/default": "warning",
        AT + "B/properties/d/default": "info",
        AT + "C/default": "warning",
    }
