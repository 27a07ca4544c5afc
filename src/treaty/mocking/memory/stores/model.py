"""What a store is: records by world, collection and key, changed one at a time and never halfway.

A collection is called as the path of its requests: `/users`, `/users/42/posts`. What is below
an item, as `/users/42/…` is below the user 42, goes when the item goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol
from urllib.parse import quote

from treaty.findings import Json

FORMAT = 1  # of snapshots


@dataclass(frozen=True, slots=True)
class Record:
    """Something stored: its key in its collection, its value, and what no other record may claim.

    `version` is another after every change, and never one of another record; 0 before it
    is stored. `seeded` tells what was there in the beginning from what was created.
    """

    key: str
    value: Json
    version: int = 0
    seeded: bool = False
    claims: tuple[str, ...] = ()


class Outcome(Enum):
    """How a change ended; all but `DONE` have changed nothing."""

    DONE = auto()
    TAKEN = auto()  # the key is another record's
    CLAIMED = auto()  # another record claims the same
    CHANGED = auto()  # the record is not, or no more, of the version that was read
    FULL = auto()


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds: worlds (the one least lately begun goes first), and per world records and bytes of them."""

    worlds: int = 256
    records: int = 50_000
    bytes: int = 64 * 1024 * 1024


class StateError(Exception):
    """The state cannot be used: a snapshot that is none, a file or server that does not work."""


class Store(Protocol):
    """Records by world, collection and key. Each method is one transaction, done when it returns."""

    @property
    def blocks(self) -> bool:
        """Do methods wait for a disk or network, so that an event loop must not call them itself?"""
        ...

    def get(self, world: str, collection: str, key: str) -> Record | None:
        """One record."""
        ...

    def records(self, world: str, collection: str) -> Sequence[Record]:
        """All records of a collection, the oldest first."""
        ...

    def begun(self, world: str, collection: str) -> bool:
        """Was the collection given its first records?"""
        ...

    def begin(self, world: str, collection: str, records: Iterable[Record]) -> None:
        """Give a collection its first records, unless it was given some before."""
        ...

    def add(self, world: str, collection: str, record: Record) -> Outcome:
        """Store a new record."""
        ...

    def change(self, world: str, collection: str, record: Record) -> Outcome:
        """Replace the record of the same key and version."""
        ...

    def remove(self, world: str, collection: str, key: str) -> bool:
        """Remove a record and all collections below it; False when there is none."""
        ...

    def number(self, world: str, collection: str) -> int:
        """A number, from 1, that is given once, and is higher than the numbers among the first keys."""
        ...

    def reset(self, world: str) -> None:
        """Forget a world: it begins anew."""
        ...

    def snapshot(self, world: str) -> Snapshot:
        """All that a world holds."""
        ...

    def restore(self, world: str, snapshot: Snapshot) -> None:
        """Make a world what it was, in place of what it is."""
        ...

    def worlds(self) -> list[str]:
        """The worlds that there are, least lately begun first."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


@dataclass(slots=True)
class Collected:
    """A collection in a snapshot: its records, and the last number that was given."""

    records: list[Record] = field(default_factory=list)
    number: int = 0


@dataclass(slots=True)
class Snapshot:
    """All that a world holds, by collection."""

    collections: dict[str, Collected] = field(default_factory=dict)

    def as_json(self) -> Json:
        """The snapshot as a JSON value; `from_json` reads it."""
        return {
            "treaty-state": FORMAT,
            "collections": {
                name: {
                    "number": each.number,
                    "records": [
                        {"key": record.key, "value": record.value}
                        | ({"seeded": True} if record.seeded else {})
                        | ({"claims": list(record.claims)} if record.claims else {})
                        for record in each.records
                    ],
                }
                for name, each in self.collections.items()
            },
        }

    @classmethod
    def from_json(cls, value: Json) -> Snapshot:
        """Read a snapshot. Raises `StateError` when the value is none."""
        if not isinstance(value, dict) or value.get("treaty-state") != FORMAT:
            raise StateError(f'no snapshot of a state: an object with "treaty-state": {FORMAT} is expected')
        collections = value.get("collections")
        if not isinstance(collections, dict):
            raise StateError("the snapshot has no `collections`")
        return cls({name: _collected(name, each) for name, each in collections.items()})


def _collected(name: str, value: Json) -> Collected:
    records = value.get("records") if isinstance(value, dict) else None
    number = value.get("number") if isinstance(value, dict) else None
    if not isinstance(records, list) or not isinstance(number, int | None):
        raise StateError(f"the collection {name} of the snapshot is no object with a list of `records`")
    found = [_record(name, each) for each in records]
    if len({each.key for each in found}) < len(found):
        raise StateError(f"two records of the collection {name} of the snapshot have one key")
    return Collected(found, highest(found) if number is None else number)


def _record(name: str, value: Json) -> Record:
    if not isinstance(value, dict) or not isinstance(value.get("key"), str) or "value" not in value:
        raise StateError(f"a record of the collection {name} of the snapshot has no `key` or no `value`")
    claims = value.get("claims", [])
    texts = tuple(str(each) for each in claims) if isinstance(claims, list) else ()
    return Record(value["key"], value["value"], 0, value.get("seeded") is True, texts)


def highest(records: Iterable[Record]) -> int:
    """The highest number among the keys of records."""
    keys = (record.key for record in records)
    return max((int(key) for key in keys if key.isascii() and key.isdigit() and len(key) <= 15), default=0)


def below(collection: str, key: str) -> str:
    """What the names of the collections below an item begin with."""
    return f"{collection}/{segment(key)}/"


def segment(key: str) -> str:
    """A key as a segment of a path."""
    return quote(key, safe="")
