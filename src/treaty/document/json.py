"""JSON to plain data, and a scanner that knows where each token stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NoReturn

import jiter

from treaty.document.faults import MAX_DUPLICATES, duplicate_key, empty_document, number_too_long, too_deep
from treaty.document.text import place
from treaty.findings import DocumentError, Finding, Json, Location

_BLANK: Final = " \t\n\r"
_BRACKET = re.compile(r"[ \t\n\r]*[\[{]")
_AT = re.compile(r"(.*) at line (\d+) column (\d+)$", re.DOTALL)
_TOKEN = re.compile(
    r"[ \t\n\r,:]*(?:"
    r'(?P<text>"[^"\\]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\]*)*")|(?P<open>[\[{])|(?P<close>[\]}])'
    r"|(?P<word>-?[0-9][0-9.eE+-]*|true|false|null)|(?P<end>$))"
)
# What the parser says, what that means, and how to mend it.
_CAUSES: Final = (
    ("trailing comma", "A comma is followed by nothing.", "Remove the last comma."),
    ("key must be a string", "A key must stand in double quotes.", "JSON has no comments and no bare keys."),
    ("expected `:`", "A colon is missing after a key.", ""),
    ("expected `,` or `}`", "A comma or the closing } is missing.", ""),
    ("expected `,` or `]`", "A comma or the closing ] is missing.", ""),
    ("expected value", "A value is missing or is not JSON.", "JSON has no comments, NaN or Infinity."),
    ("expected ident", "This word is not JSON.", "Only true, false and null stand without quotes."),
    ("EOF", "The text ends too early.", "Look for a bracket or quote that is not closed."),
    (
        "control character",
        "A line break or control character stands in a string.",
        "Write it as an escape: \\n, \\t.",
    ),
    ("hex escape", "A \\u escape is incomplete or half of a pair.", "Write the character itself."),
    (
        "invalid escape",
        "A backslash is followed by a character it cannot escape.",
        "Write \\\\ for a backslash.",
    ),
    (
        "invalid number",
        "The number is not written as JSON wants.",
        "No leading zeros, plus sign or bare point.",
    ),
    ("trailing characters", "Text follows the end of the document.", "A file holds one JSON value."),
)


def looks_like_json(text: str, label: str) -> bool:
    """Whether a document should be tried as JSON: by its name, or by its first character."""
    return named_json(label) or bool(_BRACKET.match(text))


def named_json(label: str) -> bool:
    """Whether the name of the file, or the path of the URL, ends in `.json`."""
    return label.partition("?")[0].lower().endswith(".json")


def loads(text: str, label: str) -> Json:
    """The value of a JSON document (RFC 8259); `label` names it in findings.

    Raises `DocumentError`: json-syntax, duplicate-key (all of them, with both places),
    too-deep, number-too-long, empty-document.
    """
    try:
        return parse(text.encode())
    except ValueError as error:
        _explain(str(error), text, label)


def parse(content: bytes) -> Json:
    """The value of a JSON document in UTF-8. Raises `ValueError`, which `loads` explains."""
    return jiter.from_json(content, catch_duplicate_keys=True, cache_mode="keys", allow_inf_nan=False)


def tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """The tokens of a JSON text, brackets checked no further: kind, source, offset.

    The kind is text, open, close or word (a number or literal). Raises `ValueError` at
    what is no token. Any depth, no recursion.
    """
    position, match = 0, _TOKEN.match
    while found := match(text, position):
        kind = found.lastgroup or ""
        if kind == "end":
            return
        yield kind, found[kind], found.start(kind)
        position = found.end()
    raise ValueError(f"not JSON at offset {position}")


def unquoted(source: str) -> str:
    """The string that a JSON string token stands for."""
    if "\\" not in source:
        return source[1:-1]
    decoded: str = json.loads(source, strict=False)
    return decoded


def _explain(error: str, text: str, label: str) -> NoReturn:
    if not text.strip(_BLANK):
        raise DocumentError([empty_document(label)])
    if error.startswith("Detected duplicate key"):
        raise DocumentError(list(_duplicates(text, label)))
    at = _location(error, text, label)
    if error.startswith("recursion limit"):
        raise DocumentError([too_deep(at)])
    if error.startswith("number out of range"):
        raise DocumentError([number_too_long(at)])
    known = ((message, hint) for said, message, hint in _CAUSES if said in error)
    message, hint = next(known, (f"This is not JSON: {error}.", ""))
    raise DocumentError([Finding(code="json-syntax", message=message, location=at, hint=hint)])


def _location(error: str, text: str, label: str) -> Location:
    """The parser's place; it counts columns in bytes, a reader in characters."""
    found = _AT.match(error)
    if not found:
        return Location(label, 1, 1)
    line, column = int(found[2]), int(found[3])
    source = text.split("\n", line)[line - 1].encode()
    return Location(label, line, len(source[: max(column - 1, 0)].decode(errors="ignore")) + 1)


def _duplicates(text: str, label: str) -> Iterator[Finding]:
    """Every duplicate key, up to a bound; the text is JSON as far as the first."""
    for path, first, second in islice(_repeated(text), MAX_DUPLICATES):
        yield duplicate_key(path, Location(label, *place(text, second)), Location(label, *place(text, first)))


def _repeated(text: str) -> Iterator[tuple[list[str], int, int]]:
    """The path of each repeated key with the offsets of its first and of this appearance."""
    parents: list[tuple[dict[str, int] | None, str]] = []
    keys: dict[str, int] | None = None  # of the open object; None in an array
    step, waiting = "", False  # the current member or index; whether its value is due
    for kind, source, offset in _readable(text):
        if kind == "close":
            keys, step = parents.pop() if parents else (None, "")
            waiting = False
            continue
        if keys is not None and not waiting and kind == "text":
            step, waiting = unquoted(source), True
            if step in keys:
                yield [*(parent[1] for parent in parents[1:]), step], keys[step], offset
            keys.setdefault(step, offset)
            continue
        if keys is None:
            step = str(int(step) + 1) if step else "0"
        waiting = False
        if kind == "open":
            parents.append((keys, step))
            keys, step = ({} if source == "{" else None), ""


def _readable(text: str) -> Iterator[tuple[str, str, int]]:
    """The tokens up to where the text stops being JSON."""
    try:
        yield from tokens(text)
    except ValueError:
        return
