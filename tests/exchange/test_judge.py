"""Judge: errors of a validator as findings."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.contract.validator import Validator
from treaty.exchange.judge import MAX_FINDINGS, MAX_SHOWN, judge


def validator(schema: Any) -> Validator:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {"S": schema}},
    }
    return treaty.load(document).schemas.validator("/components/schemas/S", "request")


def test_a_finding_says_where_in_the_value_and_in_the_document() -> None:
    schema = {"properties": {"a/b": {"items": {"type": "integer"}}}}
    [finding] = judge(validator(schema), {"a/b": [1, "x"]}, "body")
    assert finding.code == "schema-type"
    assert finding.place is not None
    assert (finding.place.part, finding.place.pointer) == ("body", "/a~1b/1")
    assert finding.location is not None
    assert finding.location.pointer == "/components/schemas/S/properties/a~1b/items/type"
    assert finding.actual == "'x'"


def test_nothing_is_found_on_a_valid_value() -> None:
    assert judge(validator({"type": "integer"}), 1, "query", "n") == []


def test_what_would_do_is_told() -> None:
    [wrong] = judge(validator({"enum": ["a", None, 5]}), "b", "query", "n")
    assert wrong.expected == "one of 'a', null, 5"
    [finding] = judge(validator({"anyOf": [{"type": "string"}, {"type": "null"}]}), 5, "body")
    assert (finding.code, finding.expected) == ("schema-type", "string or null")
    [fixed] = judge(validator({"const": "a"}), "b", "query", "n")
    assert fixed.expected == "'a'"


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"minimum": 3}, 1, "at least 3"),
        ({"maximum": 0.5}, 1, "at most 0.5"),
        ({"exclusiveMinimum": 3}, 3, "more than 3"),
        ({"exclusiveMaximum": 3}, 3, "less than 3"),
        ({"multipleOf": 2}, 3, "a multiple of 2"),
        ({"minLength": 1}, "", "at least 1 character"),
        ({"maxLength": 2}, "abc", "at most 2 characters"),
        ({"minItems": 1}, [], "at least 1 item"),
        ({"maxItems": 0}, [1], "at most 0 items"),
        ({"minProperties": 1}, {}, "at least 1 property"),
        ({"maxProperties": 0}, {"a": 1}, "at most 0 properties"),
        ({"uniqueItems": True}, [1, 1], "no item twice"),
        ({"format": "date"}, "x", "format date"),
        ({"pattern": "^a"}, "x", "a text that matches ^a"),
        ({"required": ["a"]}, {}, "the property `a`"),
    ],
)
def test_the_bound_or_the_form_is_told(schema: Any, value: Any, expected: str) -> None:
    [finding] = judge(validator(schema), value, "query", "n")
    assert finding.expected == expected


def test_a_branch_is_told_where_it_stands() -> None:
    schema = {
        "oneOf": [{"type": "null"}, {"type": "object", "properties": {"a": {"items": {"type": "integer"}}}}]
    }
    [finding] = judge(validator({"items": schema}), [None, {"a": [1, "x"]}], "body")
    assert finding.place is not None
    assert finding.place.pointer == "/1/a/1"
    assert finding.location is not None
    assert finding.location.pointer == "/components/schemas/S/items/oneOf/1/properties/a/items/type"


def test_many_failed_branches_are_bounded_too() -> None:
    schema = {"items": {"anyOf": [{"type": "string"}, {"items": {"maxLength": 1}}]}}
    assert len(judge(validator(schema), [["xx"] * 200] * 200, "body")) == MAX_FINDINGS


def test_the_number_of_findings_and_their_length_are_bounded() -> None:
    findings = judge(validator({"items": {"maxLength": 1}}), ["x" * 10_000] * 1_000, "body")
    assert len(findings) == MAX_FINDINGS
    assert all(len(each.message) <= MAX_SHOWN and len(each.actual) <= MAX_SHOWN for each in findings)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        (1, "1"),
        (0, "0"),
        (1.5, "1.5"),
        ({"a": 1}, "an object with 1 property"),
        ([1], "an array of 1 item"),
        ({"a": 1, "b": 2}, "an object with 2 properties"),
    ],
)
def test_how_a_value_is_shown(value: Any, shown: str) -> None:
    [finding] = judge(validator({"type": "string"}), value, "body")
    assert finding.actual == shown


def test_a_number_that_python_does_not_write() -> None:
    [finding] = judge(validator({"type": "string"}), 10**5000, "body")
    assert finding.code == "schema-type"
