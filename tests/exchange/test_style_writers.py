"""Styles both ways: the published table of styles, and what is written is read as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from treaty.exchange.codecs.codec import UnwritableError
from treaty.exchange.style_writers import write_pairs, write_text
from treaty.exchange.styles import (
    Kind,
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


def styled(style: str, explode: bool, kind: Kind, location: str, **more: Any) -> Styled:
    raw = location == "header" or style == "cookie"
    decode = as_it_is if raw else form_decoded if location == "query" else percent_decoded
    return Styled("color", style, explode, kind, decode=decode, location=location, **more)


def kind_of(value: Any) -> Kind:
    return "array" if isinstance(value, list) else "object" if isinstance(value, dict) else "primitive"


def written(value: Any, how: Styled) -> str:
    return write_text(value, how) if how.location in ("path", "header") else write_pairs(value, how)


def read(text: str, how: Styled) -> Any:
    if how.location in ("path", "header"):
        return read_text(text, how)
    pairs = split_cookies(text) if how.location == "cookie" else split_query(text)
    return read_pairs(pairs, how)


def as_texts(value: Any) -> Any:
    if isinstance(value, list):
        return [as_texts(each) for each in value]
    if isinstance(value, dict):
        return {key: as_texts(each) for key, each in value.items()}
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


@pytest.fixture(scope="module")
def table(corpus: Path) -> list[dict[str, Any]]:
    file = corpus.parent / "data" / "style_matrix.json"
    if not file.is_file():
        pytest.skip(f"no table at {file}")
    rows = json.loads(file.read_bytes())
    return [row for row in rows if row["current"] and row["encoded"] is not None]


def of_row(row: dict[str, Any]) -> Styled:
    return styled(
        row["style"],
        row["explode"] is not False,
        kind_of(row["value"]),
        row["in"],
        properties=frozenset("RGB"),
    )


def test_every_row_of_the_published_table_is_read(table: list[dict[str, Any]]) -> None:
    wrong = [
        (row["version"], row["style"], row["explode"], row["encoded"], found)
        for row in table
        if (found := read(row["encoded"], of_row(row))) != as_texts(row["value"])
    ]
    assert wrong == []
    assert len(table) == 167


def test_every_row_of_the_published_table_is_written(table: list[dict[str, Any]]) -> None:
    wrong = [
        (row["version"], row["style"], row["explode"], row["encoded"], found)
        for row in table
        if (found := written(row["value"], of_row(row))) != row["encoded"]
    ]
    assert wrong == []


def test_objects_in_exploded_cookies_are_written_as_the_table_has_them() -> None:
    how = styled("form", True, "object", "cookie", properties=frozenset("RG"))
    assert written({"R": 100, "G": 200}, how) == "R=100&G=200"
    assert read("x=1; R=100&G=200; y=2", how) == {"R": "100", "G": "200"}
    assert read("R=100; G=200", how) == {"R": "100", "G": "200"}


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)
SINGLE = TEXTS | st.integers() | st.booleans()
VALUES = (
    SINGLE | st.lists(SINGLE, min_size=1, max_size=4) | st.dictionaries(NAMES, SINGLE, min_size=1, max_size=4)
)
LOCATIONS = {
    "simple": "path",
    "label": "path",
    "matrix": "path",
    "form": "query",
    "spaceDelimited": "query",
    "pipeDelimited": "query",
    "tabDelimited": "query",
}


@pytest.mark.parametrize("explode", [False, True])
@pytest.mark.parametrize("allow_reserved", [False, True])
@pytest.mark.parametrize("style", LOCATIONS)
@given(value=VALUES)
def test_what_is_written_is_read_again(style: str, allow_reserved: bool, explode: bool, value: Any) -> None:
    properties = frozenset(value) if isinstance(value, dict) else frozenset()
    how = styled(
        style,
        explode,
        kind_of(value),
        LOCATIONS[style],
        properties=properties,
        allow_reserved=allow_reserved,
    )
    # One empty text, joined, is as a list of none: the standard has one form for both.
    assume(value != [""] or (explode and style not in ("simple", "label")))
    try:
        text = written(value, how)
    except UnwritableError:
        assert " " in repr(value) or "|" in repr(value) or "\\t" in repr(value)
        return
    assert text.isascii()
    assert read(text, how) == as_texts(value)


@given(
    value=st.dictionaries(
        st.text("abc.-_é1", min_size=1, max_size=4),
        st.recursive(
            SINGLE, lambda each: st.dictionaries(st.text("xyz", min_size=1), each, min_size=1), max_leaves=4
        ),
        min_size=1,
        max_size=4,
    )
)
def test_deep_objects_are_read_as_written(value: Any) -> None:
    how = styled("deepObject", True, "object", "query")
    assert read(written(value, how), how) == as_texts(value)


@given(value=st.lists(st.text("ab c=é|&+%.", min_size=1, max_size=6), min_size=2, max_size=4))
@pytest.mark.parametrize("explode", [False, True])
def test_cookies_in_style_form_are_read_as_written(explode: bool, value: list[str]) -> None:
    how = styled("form", explode, "array", "cookie")
    assert read(written(value, how), how) == value


def test_headers_are_not_percent_encoded() -> None:
    assert written(["a b", "c/d"], styled("simple", False, "array", "header")) == "a b,c/d"
    assert written(["a", "b"], styled("pipeDelimited", False, "array", "header")) == "a|b"
    assert read("a%20b c", styled("spaceDelimited", False, "array", "header")) == ["a%20b", "c"]


@pytest.mark.parametrize(
    ("style", "value", "plain", "reserved"),
    [
        ("form", "a/b?c:d&e#f+g", "color=a%2Fb%3Fc%3Ad%26e%23f%2Bg", "color=a/b?c:d%26e%23f%2Bg"),
        ("form", ["a,b", "c/d"], "color=a%2Cb,c%2Fd", "color=a%2Cb,c/d"),
        ("pipeDelimited", ["a b", "c:d"], "color=a%20b%7Cc%3Ad", "color=a%20b%7Cc:d"),
    ],
)
def test_reserved_characters(style: str, value: Any, plain: str, reserved: str) -> None:
    assert written(value, styled(style, False, kind_of(value), "query")) == plain
    assert written(value, styled(style, False, kind_of(value), "query", allow_reserved=True)) == reserved


@pytest.mark.parametrize(
    ("style", "value"),
    [("spaceDelimited", ["a b"]), ("pipeDelimited", {"a|": 1}), ("tabDelimited", ["a\tb", 1])],
)
def test_a_delimiter_within_a_part_has_no_form(style: str, value: Any) -> None:
    with pytest.raises(UnwritableError, match=style):
        written(value, styled(style, False, kind_of(value), "query"))


@pytest.mark.parametrize("style", ["simple", "form", "pipeDelimited"])
def test_what_is_nested_has_no_form(style: str) -> None:
    with pytest.raises(UnwritableError):
        written([[1]], styled(style, False, "array", "query" if style != "simple" else "path"))


@pytest.mark.parametrize(
    ("style", "explode", "kind", "text"),
    [
        ("label", False, "primitive", "blue"),
        ("label", True, "object", ".R.100"),
        ("matrix", False, "primitive", "color=blue"),
        ("matrix", False, "primitive", ";colour=blue"),
        ("matrix", True, "primitive", ";color=blue;color=red"),
        ("matrix", False, "object", ";color=R"),
    ],
)
def test_texts_that_are_not_of_their_style(style: str, explode: bool, kind: Kind, text: str) -> None:
    with pytest.raises(MalformedError):
        read_text(text, styled(style, explode, kind, "path"))
