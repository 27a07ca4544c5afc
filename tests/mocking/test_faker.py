"""`x-faker`: every name makes something, arguments count, and the schema has the last word."""

from __future__ import annotations

import re
from typing import Any

import pytest
from mocking.making import made

from treaty.mocking.generate.faker import SPELLED, nearest

NEEDING_ARGUMENTS = {
    "date.between",
    "helpers.shuffle",
    "helpers.fromRegExp",
    "helpers.regexpStyleStringParse",
}


@pytest.mark.parametrize("name", sorted({*SPELLED} - NEEDING_ARGUMENTS))
def test_every_name_makes_a_value_and_asks_nobody(name: str) -> None:
    told: list[str] = []
    assert made({"x-faker": name}, unknown_faker=told.append) not in (None, "")
    assert not told


@pytest.mark.parametrize(
    ("asked", "kind", "pattern"),
    [
        ("name.firstName", "string", r"\w+"),
        ("internet.email", "string", r".+@example\.com"),
        ("image.url", "string", r"https://example\.com/images/.+"),
        ({"random.number": {"min": 7, "max": 7}}, "integer", "7"),
        ({"number.int": {"min": 7, "max": 7}}, "string", "7"),
        ({"datatype.number": 0}, "integer", "0"),
        ({"helpers.arrayElement": [["red"]]}, "string", "red"),
        ({"finance.amount": [5, 5, 2, "$"]}, "string", r"\$5\.00"),
        ("commerce.price", "number", r"\d+\.?\d*"),
        ({"date.between": ["2020-01-01", "2020-01-02"]}, "string", r"2020-01-01T.*"),
        ("date.past", "string", r"2025-.*"),
        ("{{name.lastName}}, {{name.firstName}}", "string", r".+, \w+"),
        ({"helpers.fromRegExp": "[A-C]{3}"}, "string", "[A-C]{3}"),
        ({"string.alpha": {"length": 4}}, "string", "[a-z]{4}"),
    ],
)
def test_names_and_arguments(asked: Any, kind: str, pattern: str) -> None:
    value = made({"type": kind, "x-faker": asked})
    assert re.fullmatch(pattern, str(value)), value


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "x-faker": "name.firstName", "minimum": 3, "maximum": 5},
        {"type": "string", "x-faker": "internet.email", "maxLength": 3},
        {"type": "string", "x-faker": {"date.between": "nonsense"}},
        {"type": "string", "x-faker": {"number.int": {"min": "a"}}},
        {"type": "string", "x-faker": "no.such", "enum": ["a"]},
        {"type": "string", "x-faker": "internet.email", "format": "uuid"},
    ],
)
def test_what_breaks_the_schema_is_dropped(schema: Any) -> None:
    made(schema)  # judged


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    told: list[str] = []
    assert isinstance(made({"type": "string", "x-faker": "person.frstName"}, unknown_faker=told.append), str)
    assert told == ["person.frstName"]
    assert nearest("person.frstName")[0] == "person.firstName"
