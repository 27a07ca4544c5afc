"""Bytes to text: the encodings that a JSON or YAML file may have."""

from __future__ import annotations

import codecs

from treaty.findings import DocumentError, Finding, Location

# YAML 1.2.2 section 5.2, in its order: a byte order mark, or the nulls around a first ASCII character.
_MARKS = (
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF8, "utf-8"),
)


def decode(content: bytes, label: str = "") -> str:
    """The text of a JSON or YAML file, without its byte order mark.

    UTF-8, UTF-16 and UTF-32 are told apart by the byte order mark or, without one, by
    the nulls among the first bytes (YAML 1.2.2 section 5.2, RFC 4627 section 3).
    Raises `DocumentError` (`not-utf8`) at the first byte that is not text.
    """
    encoding, start = _encoding(content)
    try:
        return content[start:].decode(encoding) if start else content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[start : start + error.start].decode(encoding)
        raise _undecodable(before, encoding, error, label) from None


def place(text: str, offset: int) -> tuple[int, int]:
    """The line and column, both from 1, of a character; `\\n`, `\\r\\n` and `\\r` end lines."""
    before = text[:offset]
    if "\r" in before:
        before = before.replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _encoding(content: bytes) -> tuple[str, int]:
    """The encoding of the bytes and where the text begins."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, len(mark)
    head = content[:4]
    if head[:3] == b"\0\0\0" and len(head) == 4:
        return "utf-32-be", 0
    if head[1:] == b"\0\0\0":
        return "utf-32-le", 0
    if head[:1] == b"\0" and len(head) > 1:
        return "utf-16-be", 0
    if head[1:2] == b"\0":
        return "utf-16-le", 0
    return "utf-8", 0


def _undecodable(before: str, encoding: str, error: UnicodeDecodeError, label: str) -> DocumentError:
    line, column = place(before, len(before))
    wrong = error.object[error.start : error.start + 4].hex(" ")
    return DocumentError(
        [
            Finding(
                code="not-utf8",
                message=f"The bytes {wrong} are not {encoding.upper()} text ({error.reason}).",
                location=Location(label, line, column),
                expected="UTF-8, or UTF-16 or UTF-32 with a byte order mark",
                actual=wrong,
                hint="Save the file as UTF-8.",
            )
        ]
    )
