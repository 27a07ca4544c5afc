"""Patches, by the examples of RFC 7396 (appendix A) and RFC 6902 (appendix A)."""

from __future__ import annotations

from typing import Any

import pytest

from treaty.mocking.memory.patches import PatchError, is_json_patch, json_patch, merge_patch

MERGED = (
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
)
PATCHED = (
    ({"foo": "bar"}, [{"op": "add", "path": "/baz", "value": "qux"}], {"foo": "bar", "baz": "qux"}),
    ({"foo": ["a", "c"]}, [{"op": "add", "path": "/foo/1", "value": "b"}], {"foo": ["a", "b", "c"]}),
    ({"foo": ["a"]}, [{"op": "add", "path": "/foo/-", "value": "b"}], {"foo": ["a", "b"]}),
    ({"baz": 1, "foo": 2}, [{"op": "remove", "path": "/baz"}], {"foo": 2}),
    ({"foo": [1, 2, 3]}, [{"op": "remove", "path": "/foo/1"}], {"foo": [1, 3]}),
    ({"baz": 1}, [{"op": "replace", "path": "/baz", "value": 2}], {"baz": 2}),
    ({"a": {"b": 1}, "c": {}}, [{"op": "move", "from": "/a/b", "path": "/c/d"}], {"a": {}, "c": {"d": 1}}),
    ({"a": [1]}, [{"op": "copy", "from": "/a", "path": "/b"}], {"a": [1], "b": [1]}),
    ({"a": 1}, [{"op": "test", "path": "/a", "value": 1}], {"a": 1}),
    ({"a": 1}, [{"op": "add", "path": "", "value": {"b": 2}}], {"b": 2}),
    ({"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": 10}], {"/": 9, "~1": 10}),
)
REFUSED: tuple[tuple[Any, Any], ...] = (
    ({"a": 1}, [{"op": "test", "path": "/a", "value": 2}]),
    ({"a": 1}, [{"op": "add", "path": "/b/c", "value": 2}]),
    ({"a": 1}, [{"op": "remove", "path": "/b"}]),
    ({"a": 1}, [{"op": "replace", "path": "/b", "value": 1}]),
    ({"a": {"b": 1}}, [{"op": "move", "from": "/a", "path": "/a/b"}]),
    ({"a": [1]}, [{"op": "add", "path": "/a/3", "value": 1}]),
    ({"a": [1]}, [{"op": "replace", "path": "/a/00", "value": 1}]),
    ({"a": "text"}, [{"op": "add", "path": "/a/b", "value": 1}]),
    ({"a": 1}, [{"op": "spoil", "path": "/a"}]),
    ({"a": 1}, [{"op": "add", "path": "a", "value": 1}]),
    ({"a": 1}, [{"op": "add"}]),
    ({"a": 1}, ["add"]),
    ({"a": 1}, {"op": "add"}),
)


@pytest.mark.parametrize(("target", "patch", "expected"), MERGED)
def test_a_merge_patch_merges(target: Any, patch: Any, expected: Any) -> None:
    assert merge_patch(target, patch) == expected


@pytest.mark.parametrize(("target", "operations", "expected"), PATCHED)
def test_a_json_patch_is_applied(target: Any, operations: Any, expected: Any) -> None:
    before = repr(target)
    assert json_patch(target, operations) == expected
    assert repr(target) == before


@pytest.mark.parametrize(("target", "operations"), REFUSED)
def test_what_cannot_be_applied_is_refused_and_changes_nothing(target: Any, operations: Any) -> None:
    before = repr(target)
    with pytest.raises(PatchError):
        json_patch(target, operations)
    assert repr(target) == before


def test_a_patch_that_grows_without_end_is_refused() -> None:
    doubling = [{"op": "copy", "from": "/a", "path": "/a/-"}] * 100
    with pytest.raises(PatchError, match="may copy"):
        json_patch({"a": [1, 2]}, doubling)
    deepening = [{"op": "copy", "from": "", "path": "/a" * 2**n} for n in range(16)]
    with pytest.raises(PatchError):
        json_patch({"a": {}}, deepening)


def test_a_patch_is_told_from_a_list() -> None:
    assert is_json_patch("application/json-patch+json", [])
    assert is_json_patch("application/json", [{"op": "test"}])
    assert not is_json_patch("application/json", {"op": "test"})
