"""Texts and their charsets."""

from __future__ import annotations

import encodings

import pytest

from treaty.exchange.codecs.codec import UndecodableError
from treaty.exchange.codecs.plain import decode_text


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("utf-8", b"\xc3\xa9"),
        ("UTF8", b"\xc3\xa9"),
        ("utf-16", b"\xff\xfe\xe9\x00"),
        ("utf-16be", b"\x00\xe9"),
        ("iso-8859-1", b"\xe9"),
        ("ISO_8859-15", b"\xe9"),
        ("latin1", b"\xe9"),
        ("windows-1252", b"\xe9"),
    ],
)
def test_charsets(charset: str, body: bytes) -> None:
    assert decode_text(body, f"text/plain; charset={charset}") == "é"


@pytest.mark.parametrize(
    "charset", ["", "x", "base64", "rot13", "idna", "a\0b", "\udc80", "../os", "iso-8859-12"]
)
def test_what_is_no_charset(charset: str) -> None:
    with pytest.raises(UndecodableError, match="is not known"):
        decode_text(b"a", f'text/plain; charset="{charset}"')


def test_unknown_charsets_are_not_remembered() -> None:
    """The registry of codecs keeps every name it was asked for, and who asks here is the client."""
    before = dict(vars(encodings)["_cache"])
    for number in range(100):
        with pytest.raises(UndecodableError):
            decode_text(b"a", f"text/plain; charset=x-{number}")
    assert vars(encodings)["_cache"] == before
