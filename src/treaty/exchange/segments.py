"""A segment of a path: the texts between its literals, and every way to split them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product
from urllib.parse import unquote

from treaty.document.templates import EXPRESSION, literals_of

MAX_SPLITS = 100  # of a segment with several expressions
WHOLE = ("", "")  # the literals of a segment that is one expression


def encodable_literals(literals: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Literals as `values_encoded` takes them."""
    *before, last = map(_encodable, literals)
    return (*before, re.compile(last.pattern + r"\Z"))


def values_between(segment: str, literals: tuple[str, ...]) -> list[str] | None:
    """The texts between the literals, the first as long as may be, none empty; linear in the segment.

    The standard does not say which split is meant. So do Starlette, Flask and Django, whose
    applications are held to contracts: `{name}.{ext}` of `archive.tar.gz` has the extension `gz`.
    """
    if literals == WHOLE:
        return [segment]
    first, *between, last = literals
    start, end = len(first), len(segment) - len(last)
    if not (segment.startswith(first) and segment.endswith(last)):
        return None
    found = []
    for literal in reversed(between):
        at = segment.rfind(literal, start + 1, end - 1)
        if at < 0:
            return None
        found.append(segment[at + len(literal) : end])
        end = at
    return [segment[start:end], *reversed(found)] if start < end else None


def values_encoded(segment: str, literals: tuple[re.Pattern[str], ...]) -> list[str] | None:
    """As `values_between`, where the texts between may be percent-encoded: `7%3Acancel` is `7:cancel`."""
    first, *between, last = literals
    begins = first.match(segment)
    ends = last.search(segment)
    if begins is None or ends is None:
        return None
    found, start, end = [], begins.end(), ends.start()
    for literal in reversed(between):
        at = _last(literal, segment, start + 1, end - 1)
        if at is None:
            return None
        found.append(segment[at.end() : end])
        end = at.start()
    return [segment[start:end], *reversed(found)] if start < end else None


def _last(literal: re.Pattern[str], segment: str, start: int, end: int) -> re.Match[str] | None:
    found, following = None, literal.search(segment, start, end)
    while following is not None:
        found, following = following, literal.search(segment, following.start() + 1, end)
    return found


def other_splits(path: str, values: dict[str, str]) -> Iterator[dict[str, str]]:
    """The values of a path's expressions as they may be where several stand in one segment, in other ways.

    They begin with the values themselves, and end with the bound `MAX_SPLITS`.
    """
    several: list[tuple[list[str], list[list[str]]]] = []
    for segment in path.split("/"):
        names, literals = EXPRESSION.findall(segment), literals_of(segment)
        if len(names) > 1 and values.keys() >= set(names):
            between = [*literals[1:-1], ""]
            text = "".join(values[name] + literal for name, literal in zip(names, between, strict=True))
            several.append((names, list(islice(_splits(text, list(literals[1:-1])), MAX_SPLITS))))
    for chosen in islice(product(*(ways for _, ways in several)), MAX_SPLITS) if several else ():
        split = {**values}
        for (names, _), texts in zip(several, chosen, strict=True):
            split.update(zip(names, texts, strict=True))
        yield split


def _splits(text: str, between: list[str]) -> Iterator[list[str]]:
    """A text split at each of several literals, the first part as long as may be; then in every other way."""
    if not between:
        yield [text]
        return
    *before, literal = between
    at = text.rfind(literal, 1, len(text) - 1)
    while at > 0:
        lefts = list(islice(_splits(text[:at], before), MAX_SPLITS))
        for left in lefts:
            yield [*left, text[at + len(literal) :]]
        # Where what stands before has too few of the literals, so has less of it.
        at = text.rfind(literal, 1, at + len(literal) - 1) if lefts else -1


def _encodable(literal: str) -> re.Pattern[str]:
    """A text, each of its characters as it is or percent-encoded (RFC 3986, section 2.1)."""
    return re.compile("".join(map(_either, unquote(literal))))


def _either(character: str) -> str:
    encoded = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "replace"))
    return f"(?:(?i:{encoded})|{re.escape(character)})"
