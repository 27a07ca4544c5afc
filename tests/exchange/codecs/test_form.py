"""Forms: what is written is read again, in each style, and within bounds."""

from __future__ import annotations

from typing import Any

import pytest
from exchange.codecs.media import prepared

from treaty.exchange.bodies import decode_body
from treaty.exchange.codecs.codec import UndecodableError
from treaty.exchange.codecs.form import FORM
from treaty.exchange.prepared_media import MAX_FIELDS
from treaty.mocking.write import write_body

TEXTS = {"type": "object", "properties": {"tags": {"type": "array", "items": {"type": "string"}}}}


@pytest.mark.parametrize("style", ["form", "spaceDelimited", "pipeDelimited"])
@pytest.mark.parametrize("explode", [True, False])
def test_a_list_is_written_as_it_is_read(style: str, *, explode: bool) -> None:
    media = prepared(FORM, TEXTS, encoding={"tags": {"style": style, "explode": explode}})
    value = {"tags": ["a", "b&c", "é"]}
    assert decode_body(write_body(media, value).body, FORM, media)[0] == value


POINT = {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "string"}}}


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ({"style": "form", "explode": True}, b"x=1&y=b%20c"),
        ({"style": "form", "explode": False}, b"at=x,1,y,b%20c"),
        ({"style": "pipeDelimited"}, b"at=x%7C1%7Cy%7Cb%20c"),
        ({"style": "deepObject"}, b"at%5Bx%5D=1&at%5By%5D=b%20c"),
        ({"contentType": "application/json"}, b"at=%7B%22x%22%3A1%2C%22y%22%3A%22b+c%22%7D"),
        (None, b"at[x]=1&at[y]=b+c"),
    ],
)
def test_an_object_is_written_by_its_encoding(encoding: Any, written: bytes) -> None:
    """OpenAPI 3.2, Style Examples and Encoding Object; without one, in brackets, as most readers have it."""
    schema = {"type": "object", "properties": {"at": POINT}}
    media = prepared(FORM, schema, encoding={"at": encoding} if encoding else {})
    value = {"at": {"x": 1, "y": "b c"}}
    assert write_body(media, value).body == written
    assert decode_body(written, FORM, media)[0] == value


def test_what_a_style_has_no_form_for_is_written_in_brackets() -> None:
    schema = {
        "type": "object",
        "properties": {"at": {"type": "object", "properties": {"x": {"type": "array"}}}},
    }
    media = prepared(FORM, schema, encoding={"at": {"style": "form"}})
    assert write_body(media, {"at": {"x": ["a"]}}).body == b"at[x][0]=a"


def test_bytes_beyond_ascii_are_read_as_if_percent_encoded() -> None:
    assert decode_body("a=é+%C3%A9".encode(), FORM, prepared(FORM))[0] == {"a": "é é"}


def test_long_texts_are_decoded_as_short_ones() -> None:
    text = "%C3%A9a%4" * 20_000 + "é+"
    assert decode_body(f"a={text}".encode(), FORM, prepared(FORM))[0] == {"a": "éa%4" * 20_000 + "é "}


@pytest.mark.parametrize("escape", [b"%FF", b"\xff", b"%ED%A0%80"])
def test_what_is_not_utf8(escape: bytes) -> None:
    for times in (1, 50_000):
        with pytest.raises(UndecodableError, match="not UTF-8"):
            decode_body(b"a=" + escape * times, FORM, prepared(FORM))


def test_fields_are_counted_before_they_are_read() -> None:
    decode_body(b"&".join([b"a=1"] * MAX_FIELDS), FORM, prepared(FORM))
    with pytest.raises(UndecodableError, match="more than"):
        decode_body(b"&".join([b"a=1"] * (MAX_FIELDS + 1)), FORM, prepared(FORM))


@pytest.mark.parametrize("name", ["tags[", "tags[a", "tags[a]b"])
def test_a_name_with_an_open_bracket_is_its_own(name: str) -> None:
    schema = {"properties": {"tags": {"type": "array"}, "b": {"type": "object"}}}
    read = decode_body(f"{name}=1&b[x]=2&tags[]=3".encode(), FORM, prepared(FORM, schema))
    assert read[0] == {name: "1", "b": {"x": "2"}, "tags": ["3"]}
