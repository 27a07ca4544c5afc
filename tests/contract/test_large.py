"""Large values: the verdict is of the whole; what is told is true of it, and costs little."""

from __future__ import annotations

import time
from typing import Any

import pytest
from contract.test_validator import validator

from treaty.contract.large import MOST, is_large

INTEGERS = {"type": "array", "items": {"type": "integer"}}


def told(schema: Any, value: Any) -> list[tuple[str, tuple[str | int, ...], Any]]:
    return [(each.keyword, each.path, each.value) for each in validator(schema).errors(value)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([0] * MOST, False),
        ([0] * (MOST + 1), True),
        ({"a": [[0] * MOST]}, True),
        ("x" * 1_000_000, False),
        ({}, False),
    ],
)
def test_large_is_a_matter_of_number(value: Any, expected: bool) -> None:
    assert is_large(value) is expected


def test_a_valid_large_value_has_no_errors() -> None:
    assert told(INTEGERS, [1] * 100_000) == []


@pytest.mark.parametrize("wrong", [0, 3, 999, 1_000, 77_777, 99_999])
def test_one_wrong_item_is_found_wherever_it_is(wrong: int) -> None:
    value: list[Any] = [1] * 100_000
    value[wrong] = "x"
    assert told(INTEGERS, value) == [("type", (wrong,), "x")]


def test_a_wrong_member_is_found_among_many() -> None:
    schema = {"type": "object", "additionalProperties": {"type": "integer"}, "required": ["k50000"]}
    value: dict[str, Any] = {f"k{number}": number for number in range(100_000)}
    assert told(schema, value) == []
    value["k77777"] = None
    assert told(schema, value) == [("type", ("k77777",), None)]


def test_a_missing_member_is_told() -> None:
    value = {f"k{number}": number for number in range(100_000)}
    [(keyword, path, _)] = told({"required": ["k99999", "id"]}, value)
    assert (keyword, path) == ("required", ())


def test_what_is_wrong_only_with_the_part_is_not_told() -> None:
    schema = {"allOf": [{"minItems": 50_000, "contains": {"const": 7}}, INTEGERS]}
    value: list[Any] = [*[1] * 60_000, 7, "x"]
    assert told(schema, value) == [("type", (60_001,), "x")]


def test_what_shows_in_no_part_is_said_to_be_so() -> None:
    errors = list(validator({"minItems": 50_000}).errors([1] * 10_000))
    assert [(each.keyword, each.path) for each in errors] == [("json", ())]
    assert "too large to say where" in errors[0].message


def test_a_deep_place_is_told_as_it_is() -> None:
    schema = {"properties": {"rows": {"items": {"items": {"type": "integer"}}}}}
    value: dict[str, Any] = {"rows": [[1] * 500 for _ in range(500)]}
    value["rows"][400][499] = "x"
    (error,) = told(schema, value)
    assert error in (("type", ("rows", 400, 499), "x"), ("json", (), None))


def test_the_number_of_errors_is_no_matter() -> None:
    branch = {"type": "object", "required": ["a"]}
    schema = {"oneOf": [{"type": "array", "items": branch}, {"type": "array", "items": {"type": "integer"}}]}
    started = time.process_time()
    assert 0 < len(told(schema, [{}] * 1_000_000)) <= 1_000
    assert time.process_time() - started < 1
