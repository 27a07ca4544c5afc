"""Styles: from the text of a message to texts, lists and objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from treaty.exchange.styles import (
    MalformedError,
    Styled,
    as_it_is,
    form_decoded,
    percent_decoded,
    read_pairs,
    read_text,
    split_cookies,
    split_query,
)

COLOURS = frozenset("RGB")


def test_the_published_table_of_styles(corpus: Path) -> None:
    """The style examples of the OpenAPI versions, as far as they are of styles form and simple."""
    table = corpus.parent / "data" / "style_matrix.json"
    if not table.is_file():
        pytest.skip(f"no table at {table}")
    rows = [
        row
        for row in json.loads(table.read_bytes())
        if row["current"] and row["style"] in ("form", "simple") and row["encoded"] is not None
    ]
    wrong = []
    for row in rows:
        kind: Any = row["value_kind"] if row["value_kind"] in ("array", "object") else "primitive"
        styled = Styled("color", row["style"], row["explode"], kind, COLOURS, percent_decoded)
        text = row["encoded"]
        if row["style"] == "simple":
            value = read_text(text, styled)
        else:
            value = read_pairs(split_query(text.removeprefix("?")), styled)
        if value != as_texts(row["value"]):
            wrong.append((row["version"], row["style"], row["explode"], text, value))
    assert wrong == []
    assert len(rows) > 40


def as_texts(value: Any) -> Any:
    if isinstance(value, list):
        return [str(each) for each in value]
    if isinstance(value, dict):
        return {key: str(each) for key, each in value.items()}
    return "" if value is None else value  # the schema says whether an empty text is null


def form(kind: Any, *, explode: bool = True, **more: Any) -> Styled:
    return Styled("a", "form", explode, kind, **more)


@pytest.mark.parametrize(
    ("query", "styled", "value"),
    [
        ("a=1", form("primitive"), "1"),
        ("a=", form("primitive"), ""),
        ("a", form("primitive"), ""),
        ("b=1", form("primitive"), None),
        ("a=x%20y+z%2B", form("primitive"), "x y z+"),
        ("%61=1", form("primitive"), "1"),
        ("a=1&a=2", form("array"), ["1", "2"]),
        ("a=1,2", form("array"), ["1,2"]),
        ("a=1,2%2C3", form("array", explode=False), ["1", "2,3"]),
        ("a=", form("array", explode=False), []),
        ("a=k,v", form("object", explode=False), {"k": "v"}),
        ("k=1&x=2", form("object", properties=frozenset("k")), {"k": "1"}),
        ("k=1&k=2", form("object", properties=frozenset("k")), {"k": ["1", "2"]}),
        ("x=2", form("object", properties=frozenset("k")), None),
        ("a=1&a=2", form("primitive", may_repeat=True), ["1", "2"]),
        ("a=1", form("primitive", may_repeat=True), "1"),
        ("a=1&a=2", form("primitive", location="cookie"), "1"),
        ("a=1%202", Styled("a", "spaceDelimited", False, "array"), ["1", "2"]),
        ("a=1|2", Styled("a", "pipeDelimited", False, "array"), ["1", "2"]),
        ("a=1%7C2", Styled("a", "pipeDelimited", False, "array"), ["1", "2"]),
        ("a=1%092", Styled("a", "tabDelimited", False, "array"), ["1", "2"]),
        ("a=1&a=2", Styled("a", "pipeDelimited", True, "array"), ["1", "2"]),
        ("a[k]=v&a[l]=w", Styled("a", "deepObject", True, "object"), {"k": "v", "l": "w"}),
        ("a[k][l]=v", Styled("a", "deepObject", True, "object"), {"k": {"l": "v"}}),
        ("a[k][]=1&a[k][]=2", Styled("a", "deepObject", True, "object"), {"k": {"": ["1", "2"]}}),
        ("a[k][1]=2&a[k][0]=1", Styled("a", "deepObject", True, "object"), {"k": {"1": "2", "0": "1"}}),
        ("a[k]=1&a[k]=2", Styled("a", "deepObject", True, "object"), {"k": ["1", "2"]}),
        ("a[][k]=1", Styled("a", "deepObject", True, "object"), {"": {"k": "1"}}),
        ("a=5", Styled("a", "deepObject", True, "object"), "5"),
        ("ab[k]=5", Styled("a", "deepObject", True, "object"), None),
    ],
)
def test_pairs(query: str, styled: Styled, value: Any) -> None:
    assert read_pairs(split_query(query), styled) == value


@pytest.mark.parametrize(
    ("query", "styled"),
    [
        ("a=1&a=2", form("primitive")),
        ("a=1&a=2", form("array", explode=False)),
        ("a=%ff", form("primitive")),
        ("a=k", form("object", explode=False)),
        ("a[k]=1&a[k][l]=2", Styled("a", "deepObject", True, "object")),
        ("a[k][l]=2&a[k]=1", Styled("a", "deepObject", True, "object")),
        ("a[][l]=2&a[]=1", Styled("a", "deepObject", True, "object")),
        ("a" + "[k]" * 100 + "=1", Styled("a", "deepObject", True, "object")),
    ],
)
def test_malformed_pairs(query: str, styled: Styled) -> None:
    with pytest.raises(MalformedError):
        read_pairs(split_query(query), styled)


def test_an_index_of_any_length_is_read() -> None:
    styled = Styled("a", "deepObject", True, "object")
    assert read_pairs(split_query(f"a[{'9' * 5000}]=1"), styled) == {"9" * 5000: "1"}


@pytest.mark.parametrize(
    ("text", "explode", "kind", "value"),
    [
        ("a,b", False, "primitive", "a,b"),
        ("a,b%2C", False, "array", ["a", "b,"]),
        ("", False, "array", []),
        ("k,v", False, "object", {"k": "v"}),
        ("k=v,l=w", True, "object", {"k": "v", "l": "w"}),
        ("", True, "object", {}),
    ],
)
def test_simple(text: str, explode: bool, kind: Any, value: Any) -> None:
    assert read_text(text, Styled("a", "simple", explode, kind, decode=percent_decoded)) == value


@pytest.mark.parametrize(("text", "explode"), [("k", False), ("k,v,l", False), ("k", True)])
def test_malformed_simple(text: str, explode: bool) -> None:
    with pytest.raises(MalformedError):
        read_text(text, Styled("a", "simple", explode, "object"))


def test_decoding() -> None:
    assert percent_decoded("a+%2F%C3%A9") == "a+/é"
    assert form_decoded("a+%2F") == "a /"
    assert as_it_is(" a+%2F ") == "a+%2F"
    assert percent_decoded("100%") == "100%"


def test_cookies() -> None:
    assert split_cookies('a=1; b="x y"; nothing; c=') == [("a", "1"), ("b", "x y"), ("c", "")]
    assert split_cookies("") == []
