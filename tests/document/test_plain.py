from __future__ import annotations

import datetime
from typing import Any

import pytest

from treaty.document.faults import MAX_DEPTH
from treaty.document.plain import plain
from treaty.findings import DocumentError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({200: {"a": (1, 2)}}, {"200": {"a": [1, 2]}}),
        ({True: 1, None: 2, 1.5: 3}, {"true": 1, "null": 2, "1.5": 3}),
        ({"on": datetime.date(2026, 2, 3)}, {"on": "2026-02-03"}),
        ([datetime.datetime(2026, 2, 3, 4, 5)], ["2026-02-03T04:05:00"]),
        ("text", "text"),
    ],
)
def test_what_yaml_readers_make_becomes_json(value: Any, expected: Any) -> None:
    assert plain(value, "f") == expected


def test_the_value_given_is_not_changed_and_not_shared() -> None:
    given = {"a": {"b": [1]}}
    copy = plain(given, "f")
    copy["a"]["b"].append(2)
    assert given == {"a": {"b": [1]}}


def test_what_stands_in_several_places_is_copied_once() -> None:
    shared: Any = {"x": 1}
    for _ in range(50):  # unfolded it would have 2 ** 50 parts
        shared = {"a": shared, "b": shared}
    copy = plain(shared, "f")
    assert copy["a"] is copy["b"]


@pytest.mark.parametrize(("value", "pointer"), [({"a": [b"x"]}, "/a/0"), ({"a/b": {"c": {1}}}, "/a~1b/c")])
def test_what_is_no_json_is_refused_in_its_place(value: Any, pointer: str) -> None:
    with pytest.raises(DocumentError) as raised:
        plain(value, "f")
    (finding,) = raised.value.findings
    assert finding.code == "not-json"
    assert finding.location
    assert finding.location.pointer == pointer


def test_depth_is_bounded() -> None:
    value: Any = 1
    for _ in range(MAX_DEPTH):
        value = [value]
    assert plain(value, "f") == value
    with pytest.raises(DocumentError, match="nested"):
        plain([value], "f")
