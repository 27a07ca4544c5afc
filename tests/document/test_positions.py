from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from treaty.document.positions import locate_all
from treaty.document.read import read
from treaty.findings import DocumentError, Location, path_of, pointer_of


def locate(content: bytes, pointer: str, label: str) -> Location:
    return locate_all(content, [pointer], label)[pointer]


YAML = """\
# a comment
info:
  title: é
  "x~/y": [a, {b: c}]
list:
- one
-   two: 2
    three: 3
empty:
404: n
"""


@pytest.mark.parametrize(
    ("pointer", "line", "column"),
    [
        ("", 2, 1),
        ("/info", 2, 1),
        ("/info/title", 3, 3),
        ("/info/x~0~1y", 4, 3),
        ("/info/x~0~1y/0", 4, 12),
        ("/info/x~0~1y/1", 4, 15),
        ("/info/x~0~1y/1/b", 4, 16),
        ("/list/0", 6, 3),
        ("/list/1", 7, 5),
        ("/list/1/three", 8, 5),
        ("/empty", 9, 1),
        ("/404", 10, 1),
        ("/info/absent/deeper", 2, 1),
        ("/list/2", 5, 1),
        ("/list/-", 5, 1),
        ("/empty/x", 9, 1),
        ("/absent", 2, 1),
    ],
)
def test_yaml(pointer: str, line: int, column: int) -> None:
    assert locate(YAML.encode(), pointer, "f.yaml") == Location("f.yaml", line, column, pointer)


@pytest.mark.parametrize("label", ["f.json", "f.yaml"])
@pytest.mark.parametrize(
    ("pointer", "line", "column"),
    [
        ("", 1, 2),
        ("/é", 1, 3),
        ("/é/1", 2, 3),
        ("/é/1/a\n", 2, 4),
        ("/é/1/a\n/b", 2, 12),
        ("/é/2", 3, 1),
        ("/<<", 3, 7),
        ("/<</k", 3, 14),
        ("/k", 1, 2),
        ("/é/9", 1, 3),
    ],
)
def test_json(label: str, pointer: str, line: int, column: int) -> None:
    content = ' {"é": [1,\r\n\t {"a\\n": {"b": "}\\""}},\n"😀"], "<<": {"k": 1}}'.encode()
    assert locate(content, pointer, label) == Location(label, line, column, pointer)


ALIASES = """\
defs:
  a: &a {p: {q: 1}, r: 2}
  b: &b
    <<: *a
    r: 3
  l: &l [*a, {s: 1}]
use: *a
items: [*a, *b]
one: {<<: *b}
two:
  <<: [{s: 0}, *b]
  p: 4
three:
  <<: *l
four:
  <<: {v: {w: 1}}
&k five: 5
key: {*k : 1}
"""


@pytest.mark.parametrize(
    ("pointer", "line", "column"),
    [
        ("/use", 7, 1),
        ("/use/p", 2, 10),
        ("/use/p/q", 2, 14),
        ("/items/0", 8, 9),
        ("/items/1/r", 5, 5),
        ("/items/1/p/q", 2, 14),
        ("/one/r", 5, 5),
        ("/one/p", 2, 10),
        ("/two/s", 11, 9),
        ("/two/r", 5, 5),
        ("/two/p", 12, 3),
        ("/three/r", 2, 21),
        ("/three/s", 6, 15),
        ("/four/v/w", 16, 12),
        ("/key/five", 18, 7),
        ("/one/absent", 9, 1),
    ],
)
def test_aliases_and_merges_lead_to_where_the_text_is_written(pointer: str, line: int, column: int) -> None:
    assert locate(ALIASES.encode(), pointer, "f.yaml") == Location("f.yaml", line, column, pointer)


def test_many_pointers_in_one_reading() -> None:
    found = locate_all(YAML.encode(), ["/info", "/list/1/two", "/info"], "f.yaml")
    assert {pointer: (at.line, at.column) for pointer, at in found.items()} == {
        "/info": (2, 1),
        "/list/1/two": (7, 5),
    }
    assert locate_all(YAML.encode(), [], "f.yaml") == {}


def test_reading_stops_when_all_is_found() -> None:
    assert locate(b"a: 1\nb: 2\nc: @", "/b", "f.yaml").line == 2
    with pytest.raises(DocumentError):
        locate(b"a: 1\nb: 2\nc: @", "/d", "f.yaml")


def test_encodings_and_deep_files() -> None:
    assert locate("é: 1\nb: 2".encode("utf-16"), "/b", "f.yaml").line == 2
    deep = b'{"a": ' * 5_000 + b"1" + b"}" * 5_000
    assert locate(deep, "/a" * 3 + "/b", "f.json").column == 6 * 2 + 2
    assert locate(b"{? " * 200_000, "/b", "f.yaml") == Location("f.yaml", 1, 1, "/b")
    assert locate(b"# nothing", "/a", "f.yaml") == Location("f.yaml", 0, 0, "/a")


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def _pointers(value: Any, path: tuple[str, ...] = ()) -> list[str]:
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    below = [pointer for key, member in members for pointer in _pointers(member, (*path, str(key)))]
    return [pointer_of(path), *below]


@settings(derandomize=True, max_examples=100, deadline=None)
@given(value=VALUES, indent=st.sampled_from([None, 1]))
def test_each_place_holds_the_key_or_item_it_is_said_to_hold(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    assert read(text.encode(), "f.json") == value
    lines = text.split("\n")
    for pointer, at in locate_all(text.encode(), _pointers(value), "f.json").items():
        start, _ = json.JSONDecoder().raw_decode(
            "\n".join([lines[at.line - 1][at.column - 1 :], *lines[at.line :]])
        )
        *above, step = ("", *path_of(pointer))
        parent = value
        for part in above[1:]:
            parent = parent[int(part)] if isinstance(parent, list) else parent[part]
        if not above:
            assert start == value
        else:
            assert start == (parent[int(step)] if isinstance(parent, list) else step)
