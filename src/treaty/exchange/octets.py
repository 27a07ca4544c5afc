"""Octets: how many a body that is not decoded may have, by the `minLength` and `maxLength` of its schema.

The length of unencoded binary data is the number of its octets (OpenAPI 3.1.1, section 4.8.24); of a
text that is not decoded, `text/csv` and its like, that of its characters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from treaty.contract.lowering import Direction, definition_reference
from treaty.contract.schemas import SchemaAt, Schemas
from treaty.document.library import join_reference
from treaty.exchange.media_types import essence_of, parameters_of
from treaty.findings import Finding, Location, Place

_MAX_DEPTH = 32
_MAX_SCHEMAS = 1_000  # that one leads to, where they lead to each other
_FURTHER_BYTES = bytes(range(0x80, 0xC0))  # of a character in UTF-8, after its first
_UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})


class Measure(NamedTuple):
    """What counts the bytes of a body, in pieces too, and what it counts."""

    count: Callable[[bytes], int]
    unit: str


_BYTES = Measure(len, "bytes")
_CHARACTERS = Measure(lambda data: len(data.translate(None, _FURTHER_BYTES)), "characters")


@dataclass(frozen=True, slots=True)
class Bound:
    """A `minLength` or `maxLength`, and where it stands in the document."""

    keyword: str
    length: int
    pointer: str

    def finding(self, length: int, unit: str) -> Finding:
        """That a body of this length breaks it."""
        comparison, bound = ("longer", "at most") if self.keyword == "maxLength" else ("shorter", "at least")
        return Finding(
            f"schema-{self.keyword}",
            f"the body is {comparison} than {self.length} {unit}",
            location=Location("", pointer=self.pointer),
            place=Place("body"),
            expected=f"{bound} {self.length} {unit}",
            actual=f"{length} {unit}",
        )


@dataclass(frozen=True, slots=True)
class Octets:
    """The bounds that a schema has for a length: its own, and those of which one branch has to be kept."""

    own: tuple[Bound, ...] = ()
    branches: tuple[tuple[Octets, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.own or self.branches)

    def broken(self, length: int, *, is_whole: bool = True) -> list[Bound]:
        """The bounds that so many break; where more may come, those that these will break too."""
        found = [
            each
            for each in self.own
            if (each.keyword == "maxLength" and length > each.length)
            or (each.keyword == "minLength" and is_whole and length < each.length)
        ]
        for branches in self.branches:
            tried = [each.broken(length, is_whole=is_whole) for each in branches]
            found += tried[0] if all(tried) else ()
        return found


def octets_of(schemas: Schemas, pointer: str, direction: Direction, written: Callable[[str], str]) -> Octets:
    """The bounds of the root schema at a pointer; `written` says where in the document a keyword stands."""
    at = schemas.at(pointer, direction)
    return _Reader(schemas, direction, written).read(at, definition_reference(at.base, pointer), 0)


def measure_of(kind: str) -> Measure | None:
    """How the length of a body of this Content-Type is measured; None where it is not, by its charset."""
    if not essence_of(kind).startswith("text/"):
        return _BYTES
    return _CHARACTERS if parameters_of(kind).get("charset", "utf-8").lower() in _UTF_8 else None


@dataclass(slots=True)
class _Reader:
    schemas: Schemas
    direction: Direction
    written: Callable[[str], str]
    left: int = _MAX_SCHEMAS

    def read(self, at: SchemaAt, location: str, depth: int) -> Octets:
        schema = at.schema
        self.left -= 1
        if not isinstance(schema, dict) or depth > _MAX_DEPTH or self.left < 0:
            return Octets()
        own = tuple(
            Bound(keyword, schema[keyword], self.written(f"{location}/{keyword}"))
            for keyword in ("minLength", "maxLength")
            if isinstance(schema.get(keyword), int)
        )
        parts = [
            *self._below(at, "allOf", location, depth),
            *self._referred_to(at, schema.get("$ref"), depth),
        ]
        choices = (
            tuple(self._below(at, name, location, depth)) for name in ("anyOf", "oneOf") if name in schema
        )
        return Octets(
            (*own, *chain.from_iterable(each.own for each in parts)),
            (*filter(all, filter(None, choices)), *chain.from_iterable(each.branches for each in parts)),
        )

    def _below(self, at: SchemaAt, name: str, location: str, depth: int) -> Iterator[Octets]:
        """What the parts of a composition say that may be of texts."""
        parts = at.schema[name] if isinstance(at.schema, dict) and name in at.schema else ()
        for index, each in enumerate(parts):
            types = each.get("type", "string") if isinstance(each, dict) else ()
            if "string" in ([types] if isinstance(types, str) else types):
                yield self.read(SchemaAt(at.base, each), f"{location}/{name}/{index}", depth + 1)

    def _referred_to(self, at: SchemaAt, reference: object, depth: int) -> Iterator[Octets]:
        if isinstance(reference, str):
            try:
                target = self.schemas.resolve(at.base, reference, self.direction)
            except LookupError:
                return
            yield self.read(target, join_reference(at.base, reference), depth + 1)
