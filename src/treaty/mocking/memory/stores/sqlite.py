"""Records in an SQLite file: there after a restart, and shared by the processes that open it.

What was answered is on the disk: each change is one transaction, written out before it
returns (WAL, `synchronous=FULL`), so that not even a loss of power takes it back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from treaty.exchange.codecs.json_text import decode_json, write_json
from treaty.mocking.memory.stores.model import (
    Collected,
    Limits,
    Outcome,
    Record,
    Snapshot,
    StateError,
    below,
    highest,
)

LAYOUT = 1  # of the tables: `PRAGMA user_version`
APPLICATION = 0x54726561  # `PRAGMA application_id`: "Trea"
WAIT_MILLISECONDS = 10_000  # for another process that is writing

_TABLES = """
CREATE TABLE IF NOT EXISTS worlds (
    name TEXT PRIMARY KEY, begun INTEGER NOT NULL,
    count INTEGER NOT NULL DEFAULT 0, size INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collections (
    world TEXT, name TEXT, number INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (world, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
    position INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL, world TEXT NOT NULL,
    collection TEXT NOT NULL, key TEXT NOT NULL, seeded INTEGER NOT NULL, claims TEXT NOT NULL,
    value BLOB NOT NULL, UNIQUE (world, collection, key)
);
CREATE TABLE IF NOT EXISTS claims (
    world TEXT, collection TEXT, claim TEXT, key TEXT NOT NULL, PRIMARY KEY (world, collection, claim)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (last INTEGER NOT NULL);
"""
_PLACE = "world = ? AND collection = ? AND key = ?"
_RECORD = "key, value, version, seeded, claims"


@dataclass(slots=True)
class SQLite:
    """A store in an SQLite file. `name` tells the states of several contracts in one file apart.

    Raises `StateError` when the file is none of ours, or cannot be opened.
    """

    path: Path
    name: str = ""
    limits: Limits = field(default_factory=Limits)
    connection: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        try:
            # One thread uses it at a time, though not always the one that opened it.
            self.connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            self.connection.execute(f"PRAGMA busy_timeout = {WAIT_MILLISECONDS}")
            self._open()
        except sqlite3.Error as error:
            raise StateError(f"{self.path} cannot be used as a state: {error}") from None

    def _open(self) -> None:
        execute = self.connection.execute
        (owner,), (layout,) = (
            execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
        )
        tables = execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and (owner, layout) != (APPLICATION, LAYOUT):
            raise StateError(f"{self.path} is another database; name a file of its own for the state")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")
        if not tables:
            execute(f"PRAGMA application_id = {APPLICATION}")
            execute(f"PRAGMA user_version = {LAYOUT}")
        with self._changing():
            for statement in _TABLES.split(";"):
                execute(statement)
            execute("INSERT INTO versions SELECT 0 WHERE NOT EXISTS (SELECT * FROM versions)")

    @property
    def blocks(self) -> bool:
        """Each method waits for the disk."""
        return True

    def get(self, world: str, collection: str, key: str) -> Record | None:
        """One record."""
        query = f"SELECT {_RECORD} FROM records WHERE world = ? AND collection = ? AND key = ?"  # noqa: S608
        with self._reading():
            row = self.connection.execute(query, (self._world(world), collection, key)).fetchone()
        return _record(row) if row else None

    def records(self, world: str, collection: str) -> Sequence[Record]:
        """All records of a collection, the oldest first."""
        query = f"SELECT {_RECORD} FROM records WHERE world = ? AND collection = ? ORDER BY position"  # noqa: S608
        with self._reading():
            return [_record(row) for row in self.connection.execute(query, (self._world(world), collection))]

    def begun(self, world: str, collection: str) -> bool:
        """Was the collection given its first records?"""
        query = "SELECT 1 FROM collections WHERE world = ? AND name = ?"
        with self._reading():
            return self.connection.execute(query, (self._world(world), collection)).fetchone() is not None

    def begin(self, world: str, collection: str, records: Iterable[Record]) -> None:
        """Give a collection its first records, unless it was given some before."""
        first = list(records)
        with self._changing():
            if self._make(world, collection):
                for record in first:
                    self._add(world, collection, record)
                self._count_from(world, collection, highest(first))

    def add(self, world: str, collection: str, record: Record) -> Outcome:
        """Store a new record."""
        with self._changing():
            self._make(world, collection)
            return self._add(world, collection, record)

    def change(self, world: str, collection: str, record: Record) -> Outcome:
        """Replace the record of the same key and version."""
        own, value = self._world(world), write_json(record.value)
        with self._changing():
            execute = self.connection.execute
            place = (own, collection, record.key)
            query = (
                "SELECT version, length(value) FROM records WHERE world = ? AND collection = ? AND key = ?"
            )
            before = execute(query, place).fetchone()
            if before is None or before[0] != record.version:
                return Outcome.CHANGED
            if self._claimed(own, collection, record):
                return Outcome.CLAIMED
            grown = len(value) - before[1]
            if grown > 0 and self._size(own)[1] + grown > self.limits.bytes:
                return Outcome.FULL
            execute("DELETE FROM claims WHERE world = ? AND collection = ? AND key = ?", place)
            self._claim(own, collection, record)
            execute(
                "UPDATE records SET version = ?, seeded = ?, claims = ?, value = ? "
                "WHERE world = ? AND collection = ? AND key = ?",
                (self._version(), record.seeded, orjson.dumps(record.claims).decode(), value, *place),
            )
            execute("UPDATE worlds SET size = size + ? WHERE name = ?", (grown, own))
        return Outcome.DONE

    def remove(self, world: str, collection: str, key: str) -> bool:
        """Remove a record and all collections below it; False when there is none."""
        own, prefix = self._world(world), below(collection, key)
        with self._changing():
            execute = self.connection.execute
            place = (own, collection, key)
            if not execute(
                "DELETE FROM records WHERE world = ? AND collection = ? AND key = ?", place
            ).rowcount:
                return False
            execute("DELETE FROM claims WHERE world = ? AND collection = ? AND key = ?", place)
            for table, column in (
                ("records", "collection"),
                ("claims", "collection"),
                ("collections", "name"),
            ):
                statement = f"DELETE FROM {table} WHERE world = ? AND substr({column}, 1, ?) = ?"  # noqa: S608
                execute(statement, (own, len(prefix), prefix))
            self._measure(own)
        return True

    def number(self, world: str, collection: str) -> int:
        """A number, from 1, that is given once."""
        with self._changing():
            self._make(world, collection)
            statement = (
                "UPDATE collections SET number = number + 1 WHERE world = ? AND name = ? RETURNING number"
            )
            found: int = self.connection.execute(statement, (self._world(world), collection)).fetchone()[0]
        return found

    def reset(self, world: str) -> None:
        """Forget a world: it begins anew."""
        with self._changing():
            self._forget(self._world(world))

    def snapshot(self, world: str) -> Snapshot:
        """All that a world holds."""
        with self._changing():  # one transaction, so that all of it is of one moment
            own = self._world(world)
            rows = self.connection.execute(
                "SELECT name, number FROM collections WHERE world = ? ORDER BY name", (own,)
            ).fetchall()
            return Snapshot({name: Collected(list(self._all(own, name)), number) for name, number in rows})

    def restore(self, world: str, snapshot: Snapshot) -> None:
        """Make a world what it was, in place of what it is."""
        with self._changing():
            self._forget(self._world(world))
            for name, each in snapshot.collections.items():
                self._make(world, name)
                for record in each.records:
                    if self._add(world, name, record) is not Outcome.DONE:
                        raise StateError(
                            "the snapshot holds more than a world may, or two records claim the same"
                        )
                self._count_from(world, name, each.number)

    def worlds(self) -> list[str]:
        """The worlds that there are, least lately begun first."""
        prefix = self._world("")
        with self._reading():
            rows = self.connection.execute("SELECT name FROM worlds ORDER BY begun").fetchall()
        return [name[len(prefix) :] for (name,) in rows if name.startswith(prefix)]

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    # Within a transaction

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One transaction, written to the disk at its end, or undone."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StateError(f"{self.path}: {error}") from None

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StateError(f"{self.path}: {error}") from None

    def _world(self, world: str) -> str:
        return f"{self.name}\n{world}"

    def _all(self, own: str, collection: str) -> Iterator[Record]:
        query = f"SELECT {_RECORD} FROM records WHERE world = ? AND collection = ? ORDER BY position"  # noqa: S608
        yield from map(_record, self.connection.execute(query, (own, collection)))

    def _make(self, world: str, collection: str) -> bool:
        """Make a collection and its world; was there none?"""
        own, execute = self._world(world), self.connection.execute
        made = execute("INSERT OR IGNORE INTO worlds (name, begun) VALUES (?, ?)", (own, self._version()))
        if made.rowcount:
            self._make_room(own)
        statement = "INSERT OR IGNORE INTO collections (world, name) VALUES (?, ?)"
        return execute(statement, (own, collection)).rowcount > 0

    def _make_room(self, own: str) -> None:
        """Forget the worlds least lately begun, if there are too many."""
        kept = self._world("")
        query = "SELECT name FROM worlds WHERE name NOT IN (?, ?) ORDER BY begun"
        others = [name for (name,) in self.connection.execute(query, (own, kept)).fetchall()]
        for name in others[: max(0, len(others) + 2 - self.limits.worlds)]:
            self._forget(name)

    def _forget(self, own: str) -> None:
        for table, column in (
            ("records", "world"),
            ("claims", "world"),
            ("collections", "world"),
            ("worlds", "name"),
        ):
            self.connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (own,))  # noqa: S608

    def _add(self, world: str, collection: str, record: Record) -> Outcome:
        own, value = self._world(world), write_json(record.value)
        execute = self.connection.execute
        query = "SELECT 1 FROM records WHERE world = ? AND collection = ? AND key = ?"
        if execute(query, (own, collection, record.key)).fetchone():
            return Outcome.TAKEN
        if self._claimed(own, collection, record):
            return Outcome.CLAIMED
        count, size = self._size(own)
        if count >= self.limits.records or size + len(value) > self.limits.bytes:
            return Outcome.FULL
        self._claim(own, collection, record)
        claims = orjson.dumps(record.claims).decode()
        execute(
            "INSERT INTO records (version, world, collection, key, seeded, claims, value) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._version(), own, collection, record.key, record.seeded, claims, value),
        )
        execute("UPDATE worlds SET count = count + 1, size = size + ? WHERE name = ?", (len(value), own))
        return Outcome.DONE

    def _claimed(self, own: str, collection: str, record: Record) -> bool:
        query = "SELECT 1 FROM claims WHERE world = ? AND collection = ? AND claim = ? AND key <> ?"
        rows = (
            self.connection.execute(query, (own, collection, claim, record.key)) for claim in record.claims
        )
        return any(each.fetchone() for each in rows)

    def _claim(self, own: str, collection: str, record: Record) -> None:
        statement = "INSERT OR REPLACE INTO claims (world, collection, claim, key) VALUES (?, ?, ?, ?)"
        for claim in record.claims:
            self.connection.execute(statement, (own, collection, claim, record.key))

    def _count_from(self, world: str, collection: str, number: int) -> None:
        statement = "UPDATE collections SET number = max(number, ?) WHERE world = ? AND name = ?"
        self.connection.execute(statement, (number, self._world(world), collection))

    def _size(self, own: str) -> tuple[int, int]:
        row = self.connection.execute("SELECT count, size FROM worlds WHERE name = ?", (own,)).fetchone()
        return (row[0], row[1]) if row else (0, 0)

    def _measure(self, own: str) -> None:
        query = "SELECT count(*), coalesce(sum(length(value)), 0) FROM records WHERE world = ?"
        count, size = self.connection.execute(query, (own,)).fetchone()
        self.connection.execute("UPDATE worlds SET count = ?, size = ? WHERE name = ?", (count, size, own))

    def _version(self) -> int:
        statement = "UPDATE versions SET last = last + 1 RETURNING last"
        found: int = self.connection.execute(statement).fetchone()[0]
        return found


def _record(row: tuple[str, bytes, int, int, str]) -> Record:
    key, value, version, seeded, claims = row
    return Record(key, decode_json(value), version, bool(seeded), tuple(orjson.loads(claims)))
