"""What texts may stand for: paths, queries, headers, cookies and forms carry nothing else.

Where one says `1`, the number or the text was meant, and only the schema can tell. What it takes in
one of the readings is right, whatever it was made from.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from treaty.findings import Json

if TYPE_CHECKING:
    from jsonschema_rs import Validator

# Beyond 300 digits a number is no more than a text.
_OTHER_THAN_TEXT = re.compile(r"true|false|null|(?=.{1,300}$)-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)

# Of the readings of a value, those that are all tried.
MOST = 256

# Where in a value something stands: names and indexes.
At: TypeAlias = tuple[str | int, ...]


class Written(str):
    """A text that, where it was sent, may be read as something else than a scalar too."""

    others: tuple[Json, ...] = ()


def json_text(value: Json) -> Written:
    """A value in a part of a form, where what is nested is JSON."""
    text = Written(json.dumps(value))
    text.others = (value,)
    return text


def empty_element() -> Written:
    """An element of XML that has no content: an empty text, list or object."""
    text = Written("")
    text.others = ({}, [])
    return text


def reads_right(value: Json, validator: Validator) -> bool:
    """Does a schema take a value of texts, in some reading of each of them?"""
    leaves = list(_leaves(value, ()))
    if math.prod(len(leaf.readings) for leaf in leaves) > MOST:
        return _searched(value, leaves, validator)
    places = [leaf.at for leaf in leaves]
    choices = itertools.product(*(leaf.readings for leaf in leaves))
    return any(validator.is_valid(_read(value, dict(zip(places, choice, strict=True)))) for choice in choices)


def _searched(value: Json, leaves: list[_Leaf], validator: Validator) -> bool:
    """Where there are too many readings to try all: what the schema complains of is read in another way."""
    while True:
        read = _read(value, {leaf.at: leaf.readings[0] for leaf in leaves})
        blamed = [tuple(error.instance_path) for error in validator.iter_errors(read)]
        if not blamed:
            return True
        if not sum(leaf.read_otherwise() for leaf in leaves if leaf.is_meant(blamed)):
            return False


@dataclass(slots=True)
class _Leaf:
    """A text within a value, and how it may be read; in a search, the first that is left is how it is."""

    at: At
    readings: list[Json]

    def is_meant(self, blamed: list[At]) -> bool:
        """Is the text blamed, or what it stands in, or what is made of it?"""
        return any(all(a == b for a, b in zip(self.at, each, strict=False)) for each in blamed)

    def read_otherwise(self) -> bool:
        """Take the next reading; is there one?"""
        has_more = len(self.readings) > 1
        if has_more:
            del self.readings[0]
        return has_more


def _leaves(value: Json, at: At) -> Iterator[_Leaf]:
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, member in members:
        yield from _leaves(member, (*at, name))
    if isinstance(value, str):
        yield _Leaf(at, list(_readings(value, within=bool(at) and isinstance(at[-1], str))))


def _readings(text: str, *, within: bool) -> Iterator[Json]:
    """A text, the other scalar that it writes, and, `within` an object, the list of one of each."""
    own: list[Json] = [str(text)]
    if text == "":
        own.append(None)
    elif _OTHER_THAN_TEXT.fullmatch(text):
        own.append(json.loads(text))
    if isinstance(text, Written):
        own += text.others
    yield from own
    if within:
        yield from ([each] for each in own)


def _read(value: Json, found: dict[At, Json]) -> Json:
    """The value with each text as it was found to be read."""

    def read(value: Json, at: At) -> Json:
        if isinstance(value, dict):
            return {name: read(member, (*at, name)) for name, member in value.items()}
        if isinstance(value, list):
            return [read(member, (*at, index)) for index, member in enumerate(value)]
        return found.get(at, value)

    return read(value, ())
