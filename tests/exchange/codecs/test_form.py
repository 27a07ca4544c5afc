"""Forms: what is written is read again, in each style, and within bounds."""

from __future__ import annotations

import pytest
from exchange.codecs.media import prepared

from treaty.exchange.bodies import decode_body
from treaty.exchange.codecs.codec import UndecodableError
from treaty.exchange.codecs.form import FORM, MAX_FIELDS
from treaty.mocking.write import write_body

TEXTS = {"type": "object", "properties": {"tags": {"type": "array", "items": {"type": "string"}}}}


@pytest.mark.parametrize("style", ["form", "spaceDelimited", "pipeDelimited"])
@pytest.mark.parametrize("explode", [True, False])
def test_a_list_is_written_as_it_is_read(style: str, *, explode: bool) -> None:
    media = prepared(FORM, TEXTS, encoding={"tags": {"style": style, "explode": explode}})
    value = {"tags": ["a", "b&c", "é"]}
    assert decode_body(write_body(media, value).body, FORM, media)[0] == value


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
