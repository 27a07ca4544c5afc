from __future__ import annotations

import codecs

import pytest

from treaty.document.text import decode, place
from treaty.findings import DocumentError, Location

TEXT = "clé: 1\nb: 😀\n"
MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


@pytest.mark.parametrize("encoding", MARKS)
@pytest.mark.parametrize("marked", [True, False])
def test_encodings_are_told_apart(encoding: str, marked: bool) -> None:
    content = (MARKS[encoding] if marked else b"") + TEXT.encode(encoding)
    assert decode(content) == TEXT


@pytest.mark.parametrize("content", [b"", b"a", b"{}", b"\xef\xbb\xbf"])
def test_short_files_are_utf8(content: bytes) -> None:
    assert decode(content) == content.removeprefix(codecs.BOM_UTF8).decode()


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (b"a: 1\nb: \xff", 2, 4),
        (codecs.BOM_UTF8 + "é: ".encode() + b"\x80", 1, 4),
        (b"a\r\nb\r\xc3(", 3, 1),
        (b"\xed\xa0\x80", 1, 1),  # a lone surrogate
        ("ab\n".encode("utf-16-le") + b"\x00\xd8c\x00", 2, 1),
        ("ab".encode("utf-16-be") + b"\x00", 1, 3),
    ],
)
def test_bytes_that_are_not_text_are_placed(content: bytes, line: int, column: int) -> None:
    with pytest.raises(DocumentError) as caught:
        decode(content, "api.yaml")
    (finding,) = caught.value.findings
    assert finding.code == "not-utf8"
    assert finding.location == Location("api.yaml", line, column)
    assert "UTF-8" in finding.hint


@pytest.mark.parametrize(
    ("offset", "expected"), [(0, (1, 1)), (2, (1, 3)), (4, (2, 1)), (6, (3, 1)), (8, (4, 1)), (9, (4, 2))]
)
def test_place_counts_every_line_end(offset: int, expected: tuple[int, int]) -> None:
    assert place("ab\r\nc\nd\re", offset) == expected
