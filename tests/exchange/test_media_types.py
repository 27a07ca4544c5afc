"""Media types: what a Content-Type falls under, and what a client accepts."""

from __future__ import annotations

import pytest

from treaty.contract.model import MediaType
from treaty.exchange.media_types import (
    accepted,
    concrete,
    essence_of,
    find_media_type,
    is_in_range,
    parameters_of,
)


def content(*names: str) -> tuple[MediaType, ...]:
    return tuple(MediaType(name, "") for name in names)


@pytest.mark.parametrize(
    ("declared", "sent", "expected"),
    [
        (("application/json",), "application/json", "application/json"),
        (("application/json",), "APPLICATION/JSON; charset=utf-8", "application/json"),
        (("Application/JSON; v=1",), "application/json", "Application/JSON; v=1"),
        (("*/*", "text/*", "text/html"), "text/html", "text/html"),
        (("*/*", "text/*", "text/html"), "text/css", "text/*"),
        (("*/*", "text/*"), "image/png", "*/*"),
        (("a/b", "a/b; v=1", "a/b; v=2"), "a/b;V=2", "a/b; v=2"),
        (("a/b; v=1", "a/b"), "a/b", "a/b"),
        (("a/b; v=1", "a/*"), "a/b; v=2", "a/*"),
        (('a/b; charset="utf-8"',), "a/b; charset=ascii", 'a/b; charset="utf-8"'),
        (("application/json",), "application/problem+json", None),
        (("text/*",), "texts/plain", None),
        ((), "text/plain", None),
    ],
)
def test_the_most_specific_entry_counts(declared: tuple[str, ...], sent: str, expected: str | None) -> None:
    found = find_media_type(content(*declared), sent)
    assert (found.name if found else None) == expected


@pytest.mark.parametrize(
    ("declared", "accept", "expected"),
    [
        ("text/plain application/json", None, "application/json text/plain"),
        ("text/plain application/json", "*/*", "text/plain application/json"),
        ("text/plain application/json", "*/*, application/json", "application/json text/plain"),
        ("text/plain application/json", "application/json, text/plain", "application/json text/plain"),
        ("text/plain application/json", "application/*, text/plain", "text/plain application/json"),
        ("text/plain application/json", "text/*", "text/plain"),
        ("text/plain application/json", "text/plain, application/json;q=0.9", "text/plain application/json"),
        ("text/plain application/json", "*/*;q=0.1, text/plain", "text/plain application/json"),
        ("text/plain application/json", "*/*, application/json;q=0", "text/plain"),
        ("text/plain", "text/*;q=0, text/plain", "text/plain"),
        ("application/problem+json", "application/json", "application/problem+json"),
        ("a/b+json application/json", "application/json", "application/json a/b+json"),
        ("a/b+json application/json", "application/json, a/b+json;q=0.9", "application/json a/b+json"),
        ("text/*", "text/html", "text/*"),
        ("text/* text/html", "text/html", "text/html text/*"),
        ("*/*", "image/png", "*/*"),
        ("text/plain", "image/png", ""),
        ("text/plain", "text/plain;q=abc", ""),
        ("text/plain", "text/plain;q=9", "text/plain"),
        ("text/plain", ";;,", ""),
    ],
)
def test_what_is_accepted(declared: str, accept: str | None, expected: str) -> None:
    found = accepted(content(*declared.split()), accept)
    assert " ".join(media.name for media in found) == expected


@pytest.mark.parametrize(
    ("value", "parameters"),
    [
        ("a/b", {}),
        ("a/b;", {}),
        ("a/b; Charset=UTF-8 ;x=1", {"charset": "UTF-8", "x": "1"}),
        ('a/b; boundary="a; \\"b"', {"boundary": 'a; "b'}),
        ("a/b; v=1; v=2", {"v": "1"}),
    ],
)
def test_parameters(value: str, parameters: dict[str, str]) -> None:
    assert parameters_of(value) == parameters


@pytest.mark.parametrize(
    ("wanted", "expected"), [("a/b", True), ("a/*", True), ("*/*", True), ("a/c", False), ("b/*", False)]
)
def test_ranges(wanted: str, expected: bool) -> None:
    assert is_in_range("a/b", wanted) is expected


def test_names() -> None:
    assert essence_of(" Text/HTML ; a=b") == "text/html"
    names = ("text/*", "*/*", "application/*", "application/json; v=2")
    assert [concrete(name) for name in names] == [
        "text/plain",
        "application/json",
        "application/json",
        "application/json; v=2",
    ]
