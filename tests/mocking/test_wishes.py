"""Whatever is wished for, the value is valid; what the schema has room for is as wished."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mocking.making import made
from mocking.test_generate import TABLE, assert_valid

from treaty.mocking.coherence import echoed, whole
from treaty.mocking.generate import Wish

NAMES = st.sampled_from(["a", "b", "c", "id", "kind", "petType", "claws", "value", "left", "children", "x-a"])
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 99), st.floats(-9, 9), st.text(max_size=6)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)


@given(schema=st.sampled_from(TABLE), value=JSON, seed=st.integers(0, 2**64))
@settings(max_examples=150, deadline=None)
def test_no_wish_breaks_a_schema(schema: Any, value: Any, seed: int) -> None:
    for wish in (whole(value), echoed(value), Wish(value, each=Wish(value), most=2)):
        once = made(schema, seed, wish)
        assert_valid(schema, once)
        assert json.dumps(once) == json.dumps(made(schema, seed, wish))


@given(value=JSON)
@settings(max_examples=50, deadline=None)
def test_what_is_valid_is_kept_whole(value: Any) -> None:
    assert made({}, wish=whole(value)) == value
    assert made({"anyOf": [{"type": "string", "maxLength": 0}, True]}, wish=whole(value)) == value


@pytest.mark.parametrize(
    ("schema", "wish", "expected"),
    [
        ({"type": "string"}, 7, "7"),
        ({"type": "integer"}, "7", 7),
        ({"enum": ["a", "b"]}, "b", "b"),
        ({"type": ["string", "null"]}, None, None),
        ({"type": "array", "items": {"type": "integer"}}, [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
        ({"type": "array", "items": {"type": "integer"}, "maxItems": 2}, [1, 2, 3], [1, 2]),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"a": 1}, {"a": 1}),
    ],
)
def test_wishes_that_come_true(schema: Any, wish: Any, expected: Any) -> None:
    assert made(schema, wish=echoed(wish) or Wish(wish)) == expected
