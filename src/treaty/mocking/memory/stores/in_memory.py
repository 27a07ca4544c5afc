"""Records in this process: gone when it ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from treaty.exchange.codecs.json_text import write_json
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


@dataclass(slots=True)
class _Collection:
    records: dict[str, Record] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    number: int = 0


@dataclass(slots=True)
class _World:
    collections: dict[str, _Collection] = field(default_factory=dict)
    count: int = 0
    size: int = 0  # bytes of all values


@dataclass(slots=True)
class InMemory:
    """A store in this process; nothing of it waits."""

    limits: Limits = field(default_factory=Limits)
    kept: dict[str, _World] = field(default_factory=dict)
    version: int = 0

    @property
    def blocks(self) -> bool:
        """No method waits."""
        return False

    def get(self, world: str, collection: str, key: str) -> Record | None:
        """One record."""
        found = self._find(world, collection)
        return found.records.get(key) if found is not None else None

    def records(self, world: str, collection: str) -> Sequence[Record]:
        """All records of a collection, the oldest first."""
        found = self._find(world, collection)
        return list(found.records.values()) if found is not None else []

    def begun(self, world: str, collection: str) -> bool:
        """Was the collection given its first records?"""
        return self._find(world, collection) is not None

    def begin(self, world: str, collection: str, records: Iterable[Record]) -> None:
        """Give a collection its first records, unless it was given some before."""
        if self.begun(world, collection):
            return
        begun = self._world(world).collections[collection] = _Collection()
        for record in records:
            self.add(world, collection, record)
        begun.number = highest(begun.records.values())

    def add(self, world: str, collection: str, record: Record) -> Outcome:
        """Store a new record."""
        holder = self._world(world)
        kept = holder.collections.setdefault(collection, _Collection())
        if record.key in kept.records:
            return Outcome.TAKEN
        if any(claim in kept.claims for claim in record.claims):
            return Outcome.CLAIMED
        size = _size(record)
        if holder.count >= self.limits.records or holder.size + size > self.limits.bytes:
            return Outcome.FULL
        self._put(kept, record)
        holder.count += 1
        holder.size += size
        return Outcome.DONE

    def change(self, world: str, collection: str, record: Record) -> Outcome:
        """Replace the record of the same key and version."""
        holder, kept = self._world(world), self._find(world, collection)
        before = kept.records.get(record.key) if kept is not None else None
        if kept is None or before is None or before.version != record.version:
            return Outcome.CHANGED
        if any(kept.claims.get(claim, record.key) != record.key for claim in record.claims):
            return Outcome.CLAIMED
        grown = _size(record) - _size(before)
        if grown > 0 and holder.size + grown > self.limits.bytes:
            return Outcome.FULL
        for claim in before.claims:
            kept.claims.pop(claim, None)
        self._put(kept, record)
        holder.size += grown
        return Outcome.DONE

    def remove(self, world: str, collection: str, key: str) -> bool:
        """Remove a record and all collections below it; False when there is none."""
        holder, kept = self._world(world), self._find(world, collection)
        removed = kept.records.pop(key, None) if kept is not None else None
        if kept is None or removed is None:
            return False
        for claim in removed.claims:
            kept.claims.pop(claim, None)
        gone = [removed]
        prefix = below(collection, key)
        for name in [each for each in holder.collections if each.startswith(prefix)]:
            gone += holder.collections.pop(name).records.values()
        holder.count -= len(gone)
        holder.size -= sum(map(_size, gone))
        return True

    def number(self, world: str, collection: str) -> int:
        """A number, from 1, that is given once."""
        kept = self._world(world).collections.setdefault(collection, _Collection())
        kept.number += 1
        return kept.number

    def reset(self, world: str) -> None:
        """Forget a world: it begins anew."""
        self.kept.pop(world, None)

    def snapshot(self, world: str) -> Snapshot:
        """All that a world holds."""
        holder = self.kept.get(world, _World())
        return Snapshot(
            {
                name: Collected(list(each.records.values()), each.number)
                for name, each in holder.collections.items()
            }
        )

    def restore(self, world: str, snapshot: Snapshot) -> None:
        """Make a world what it was, in place of what it is."""
        before = self.kept.pop(world, None)
        for name, each in snapshot.collections.items():
            self.begin(world, name, ())
            for record in each.records:
                if self.add(world, name, record) is not Outcome.DONE:
                    self.kept.pop(world, None)
                    if before is not None:
                        self.kept[world] = before
                    raise StateError(
                        f"the snapshot holds more than a world may, or claims {record.claims} twice"
                    )
            self.kept[world].collections[name].number = each.number

    def worlds(self) -> list[str]:
        """The worlds that there are, least lately begun first."""
        return list(self.kept)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _find(self, world: str, collection: str) -> _Collection | None:
        holder = self.kept.get(world)
        return holder.collections.get(collection) if holder is not None else None

    def _world(self, name: str) -> _World:
        """A world, made where there is none; then the one least lately begun goes, if there are too many."""
        found = self.kept.get(name)
        if found is None:
            found = self.kept[name] = _World()
            if len(self.kept) > self.limits.worlds:
                self.kept.pop(next(each for each in self.kept if each not in ("", name)))
        return found

    def _put(self, kept: _Collection, record: Record) -> None:
        self.version += 1
        kept.records[record.key] = replace(record, version=self.version)
        kept.claims.update(dict.fromkeys(record.claims, record.key))


def _size(record: Record) -> int:
    return len(write_json(record.value))
