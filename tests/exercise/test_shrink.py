"""Shrinking: what comes back still fails, and no simpler value of the kind does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from treaty.exercise.shrink import shrink

if TYPE_CHECKING:
    from treaty.exercise.shrink import Fails
    from treaty.findings import Json


@pytest.mark.parametrize(
    ("value", "fails", "simplest"),
    [
        (4_094_849_428_053_274, lambda number: number > 9_000, 9_001),
        (-70, lambda number: abs(number) >= 7, 7),
        (-70, lambda number: number <= -7, -7),
        (812.75, lambda number: number >= 3, 3),
        (0.5, lambda number: 0 < number < 1, 0.5),
        (float("inf"), lambda number: number > 10, float("inf")),
        ("the quick brown fox", lambda text: "quick" in text, "quick"),
        ("\u00e5\u00df\u2202", lambda text: len(text) >= 2, "00"),
        ("20481", lambda text: text.isdigit() and int(text) > 100, "101"),
        ("9" * 5_000, lambda text: len(text) > 4_900, "0" * 4_901),
        ([5, 6, 7, 8], lambda items: 7 in items, [7]),
        ([[9, 9], [9]], lambda items: len(items) == 2, [[], []]),
        ({"a": 4, "b": {"c": 12}}, lambda value: value.get("b", {}).get("c", 0) > 10, {"b": {"c": 11}}),
        (True, bool, True),
        (None, lambda value: value is None, None),
    ],
)
def test_the_simplest_failing_value_is_found(value: Json, fails: Fails, simplest: Json) -> None:
    assert shrink(value, fails) == simplest


def test_the_last_failing_value_tried_is_the_one_returned() -> None:
    failing: list[Json] = []

    def fails(value: Json) -> bool:
        failed = sum(value.get("items", [])) >= 10
        if failed:
            failing.append(value)
        return failed

    assert shrink({"items": [4, 5, 6, 7], "note": "long"}, fails) == failing[-1]


def test_a_64_bit_integer_takes_few_tries() -> None:
    tried: list[int] = []

    def fails(number: int) -> bool:
        tried.append(number)
        return number >= 12_345

    assert shrink(2**63 - 1, fails) == 12_345
    assert len(tried) <= 66
