"""Bodies: from bytes to values. Forms are in tests/cases, with their schemas."""

from __future__ import annotations

from typing import Any

import pytest

from treaty.contract.model import MediaType
from treaty.exchange.bodies import FORM, UndecodableError, decode_body, decode_json, is_decodable
from treaty.exchange.prepared_media import PreparedMedia


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b" 1 ", 1),
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b'"\\u00e9\xc3\xa9"', "éé"),
        (b'{"a": {"a": []}}', {"a": {"a": []}}),
        (b"-0.5e1", -5.0),
    ],
)
def test_json(body: bytes, value: Any) -> None:
    assert decode_json(body) == value


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1,]", b"NaN", b"Infinity", b'"\xff"', b"1 2", b'{"a":1,"a":2}', b"'a'", b"[" * 9999],
)
def test_what_is_not_json(body: bytes) -> None:
    with pytest.raises(UndecodableError) as raised:
        decode_json(body)
    assert raised.value.finding.code == "malformed-body"
    assert raised.value.finding.place is not None
    assert raised.value.finding.place.part == "body"


def test_a_form_without_a_schema_is_texts() -> None:
    media = PreparedMedia(MediaType(FORM, ""))
    assert decode_body(b"a=1&b=x+y%21&c=\xc3\xa9", FORM, media) == [{"a": "1", "b": "x y!", "c": "é"}]


def test_a_form_that_is_not_utf8() -> None:
    with pytest.raises(UndecodableError):
        decode_body(b"a=\xff", FORM, PreparedMedia(MediaType(FORM, "")))


@pytest.mark.parametrize(
    ("sent", "decodable"),
    [
        ("application/json", True),
        ("Application/Problem+JSON; charset=utf-8", True),
        (FORM, True),
        ("text/plain", True),
        ("multipart/form-data; boundary=x", True),
        ("image/png", False),
        ("", False),
    ],
)
def test_what_is_decoded(sent: str, decodable: bool) -> None:
    assert is_decodable(sent) is decodable
