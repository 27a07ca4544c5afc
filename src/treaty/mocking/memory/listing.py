"""Answer a list: filter, sort and cut out the page that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from treaty.findings import Json
from treaty.mocking.memory.fields import seen
from treaty.mocking.memory.resources import Filter, Listing, Paging, Sorting
from treaty.mocking.memory.stores.model import Record
from treaty.mocking.memory.words import plain

# What a filter says that keeps everything.
EVERYTHING = frozenset({"", "all", "any", "*"})
# What an object is asked for by.
NAMED = ("id", "uuid", "key", "code", "slug", "name", "username", "login", "email")
_UNSAID = object()
USUAL_SIZE = 100  # where the contract has no size of pages
COMPARED: dict[str, Callable[[Json, Json], bool]] = {
    "gt": lambda one, other: one > other,
    "gte": lambda one, other: one >= other,
    "lt": lambda one, other: one < other,
    "lte": lambda one, other: one <= other,
    "ne": lambda one, other: one != other,
    "eq": lambda one, other: one == other,
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: its records, and where it stands among all that passed the filters.

    `start` counts from 0; `size` is None where no size was asked for or known.
    """

    records: Sequence[Record]
    total: int
    start: int
    size: int
    listing: Listing

    @property
    def end(self) -> int:
        """The position after the last record of the page."""
        return self.start + len(self.records)

    @property
    def has_more(self) -> bool:
        """Is there a page after this one?"""
        return self.end < self.total

    @property
    def number(self) -> int:
        """The number of the page, as the contract counts them."""
        return self.start // self.size + self.listing.paging.first if self.size else self.listing.paging.first

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // self.size) if self.size else 1


def choose(
    records: Iterable[Record], listing: Listing, query: dict[str, Json], most: int | None = None
) -> Page:
    """The page that a query asks for; `most` is how many a list may have by its schema."""
    query = {**_members(query), **query}
    passed = passing(records, listing, query)
    if listing.sorting is not None:
        passed = _sorted(passed, listing.sorting, query, listing.holder)
    size = _size(listing.paging, query, most)
    start = _start(passed, listing.paging, query, size)
    return Page(passed[start : start + size], len(passed), start, size, listing)


def passing(records: Iterable[Record], listing: Listing, query: dict[str, Json]) -> list[Record]:
    """The records that pass the filters of a query."""
    holder, filters = listing.holder, listing.filters
    return [each for each in records if all(_passes(seen(each.value, holder), f, query) for f in filters)]


def meant(listing: Listing, query: dict[str, Json], sent: Collection[str]) -> dict[str, Json]:
    """A query without the defaults of filters that were not sent, and that keep everything."""
    neutral = {each.parameter: each.neutral for each in listing.filters if each.neutral is not None}
    return {
        name: value for name, value in query.items() if name in sent or neutral.get(name, _UNSAID) != value
    }


def _members(query: dict[str, Json]) -> dict[str, Json]:
    """The members of parameters that are objects, as `page[size]`."""
    return {
        f"{name}[{inner}]": each
        for name, value in query.items()
        if isinstance(value, dict)
        for inner, each in value.items()
    }


def _passes(value: dict[str, Json], wanted: Filter, query: dict[str, Json]) -> bool:
    asked = query.get(wanted.parameter)
    if wanted.member is not None:
        asked = asked.get(wanted.member) if isinstance(asked, dict) else None
    if asked is None or (isinstance(asked, str) and asked.lower() in EVERYTHING):
        return True
    if wanted.property is None:
        return _mentions(value, str(asked).lower())
    held = value.get(wanted.property)
    if isinstance(asked, dict):
        return all(_compares(held, name, limit) for name, limit in asked.items())
    options = asked if isinstance(asked, list) else [asked]
    return any(_equals(held, option) for option in options)


def _equals(held: Json, asked: Json) -> bool:
    """The same, as a query can say it: of a list, one of its items; of an object, its name or identity."""
    if isinstance(held, list):
        return any(_equals(each, asked) for each in held)
    if isinstance(held, dict):
        return any(_equals(held[name], asked) for name in NAMED if name in held)
    if isinstance(held, bool) and isinstance(asked, str) and asked.lower() not in ("true", "false"):
        return True  # it asks for something else, such as for whom
    if isinstance(asked, str) and "," in asked and _text(held) != asked:
        return _text(held) in asked.split(",")
    return _text(held) == _text(asked)


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _compares(held: Json, name: str, limit: Json) -> bool:
    compare = COMPARED.get(plain(name))
    if compare is None:
        return True
    try:
        return compare(held, limit)
    except TypeError:
        return False


def _mentions(value: Json, text: str) -> bool:
    if isinstance(value, str):
        return text in value.lower()
    if isinstance(value, dict):
        return any(_mentions(each, text) for each in value.values())
    return isinstance(value, list) and any(_mentions(each, text) for each in value)


def _sorted(
    records: list[Record], sorting: Sorting, query: dict[str, Json], holder: str | None
) -> list[Record]:
    asked = query.get(sorting.by) if sorting.by else None
    way = str(query.get(sorting.direction, "")).lower() if sorting.direction else ""
    terms = [str(each) for each in (asked if isinstance(asked, list) else str(asked or "").split(","))]
    found = records
    if not any(terms):
        return records[::-1] if way.startswith("desc") else records
    for term in reversed([each.strip() for each in terms if each.strip()]):
        name, _, said = term.lstrip("+-").replace(" ", ":").partition(":")
        if plain(name) in ("asc", "desc"):  # the second half of `name,desc`
            way = plain(name)
            continue
        down = term.startswith("-") or (said or way).lower().startswith("desc")
        found = sorted(found, key=partial(_rank, name, holder), reverse=down)
        way = str(query.get(sorting.direction, "")).lower() if sorting.direction else ""
    return found


def _rank(name: str, holder: str | None, record: Record) -> tuple[int, float, str]:
    return _order(_property(seen(record.value, holder), name))


def _property(value: Json, name: str) -> Json:
    """The property that a sort names: `created` may be `created_at`."""
    called = plain(name)
    for ending in ("", "at", "date", "time"):
        for key in value:
            if plain(key) == called + ending:
                return value[key]
    return None


def _order(value: Json) -> tuple[int, float, str]:
    """Numbers before texts before what has no order; nothing comes last."""
    if isinstance(value, bool | int | float):
        return 0, float(value), ""
    if isinstance(value, str):
        return 1, 0.0, value.casefold()
    return (3, 0.0, "") if value is None else (2, 0.0, str(value))


def _size(paging: Paging, query: dict[str, Json], most: int | None) -> int:
    asked = query.get(paging.size) if paging.size else None
    size = int(asked) if isinstance(asked, int | float) and asked >= 0 else USUAL_SIZE
    return min(size, most) if most is not None else size


def _start(records: list[Record], paging: Paging, query: dict[str, Json], size: int) -> int:
    if paging.offset and isinstance(asked := query.get(paging.offset), int | float):
        return max(0, int(asked))
    if paging.page and isinstance(asked := query.get(paging.page), int | float):
        return max(0, (int(asked) - paging.first) * size)
    after = query.get(paging.after) if paging.after else None
    before = query.get(paging.before) if paging.before else None
    for place, each in enumerate(records):
        if after is not None and each.key == _text(after):
            return place + 1
        if before is not None and each.key == _text(before):
            return max(0, place - size)
    return 0
