"""Write: values as bodies and as headers."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from treaty.contract.model import MediaType
from treaty.exchange.prepared_media import PreparedMedia
from treaty.mocking.write import UnwritableError, field_text, write_as_json, write_body, write_header


@pytest.mark.parametrize(
    ("kind", "value", "body"),
    [
        ("application/json", {"a": [1, None]}, b'{"a":[1,null]}'),
        ("application/json", 10**30, b"1" + b"0" * 30),
        ("application/problem+json", "a", b'"a"'),
        ("*/*", {}, b"{}"),
        ("text/plain", "é", "é".encode()),
        ("text/plain", 5, b"5"),
        ("application/octet-stream", "a", b"a"),
        ("text/plain", None, b""),
        ("application/x-ndjson", [1, {"a": 2}], b'1\n{"a":2}\n'),
        ("application/vnd.shop.basket", {"a": [1]}, b'{"a":[1]}'),
        ("application/vnd.shop.basket", "a", b"a"),
    ],
)
def test_bodies(kind: str, value: Any, body: bytes) -> None:
    assert write_body(PreparedMedia(MediaType(kind, "")), value).body == body


@pytest.mark.parametrize(
    ("kind", "value"), [("image/png", {}), ("text/plain", []), ("application/json", {1, 2})]
)
def test_what_has_no_form(kind: str, value: Any) -> None:
    with pytest.raises(UnwritableError):
        write_body(PreparedMedia(MediaType(kind, "")), value)


@pytest.mark.parametrize("kind", ["image/png", "text/plain", "application/yaml"])
def test_what_has_no_form_of_its_own_is_written_as_json(kind: str) -> None:
    written = write_as_json(PreparedMedia(MediaType(kind, "")), {"a": [1]})
    assert (written.body, written.content_type) == (b'{"a":[1]}', kind)


def test_a_type_with_another_form_takes_no_json() -> None:
    with pytest.raises(UnwritableError):
        write_as_json(PreparedMedia(MediaType("application/x-www-form-urlencoded", "")), [])


@pytest.mark.parametrize(
    "value",
    [
        {"a": "1 < 2 & \x00", "b c": True, "": None, "9": 1.5, "<x>\x01": "y"},
        [1, 2],
        5,
        {"list": [{"x": 1}, {"x": 2}]},
    ],
    ids=str,
)
def test_xml_is_well_formed(value: Any) -> None:
    body = write_body(PreparedMedia(MediaType("application/xml", "")), {"value": value}).body
    root = ElementTree.fromstring(body)  # noqa: S314  our own text
    assert root.tag == "root"


@pytest.mark.parametrize(
    ("value", "explode", "text"),
    [
        ("a", False, "a"),
        (" a\r\nb: c ", False, "a??b: c"),
        ("é", False, "?"),
        (True, False, "true"),
        (None, False, ""),
        ([[1], "a"], False, '[[1],"a"]'),
        ([1, "a"], False, "1,a"),
        ({"k": 1, "l": "a"}, False, "k,1,l,a"),
        ({"k": 1, "l": "a"}, True, "k=1,l=a"),
    ],
)
def test_headers(value: Any, explode: bool, text: str) -> None:
    assert write_header(value, explode=explode) == text


def test_headers_in_a_collection_format_of_20() -> None:
    assert write_header([1, 2], style="pipeDelimited") == "1|2"


@pytest.mark.parametrize(
    ("text", "field"),
    [(" a b ", "a b"), ("é a", "? a"), ("a\tb\x7f\r\n", "a?b???"), ("~ !", "~ !"), ("\u00a0", "?"), ("", "")],
)
def test_a_field_is_printable_ascii(text: str, field: str) -> None:
    assert field_text(text) == field
