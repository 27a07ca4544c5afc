"""Records in Redis: shared by mocks on several machines, behind a load balancer.

Each change is one script, which Redis runs as a whole: nothing comes between, and what
was answered is there whichever mock is asked next, or ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import orjson

from treaty.exchange.codecs.json_text import decode_json, write_json
from treaty.mocking.memory.stores import redis_scripts as scripts
from treaty.mocking.memory.stores.model import (
    Collected,
    Limits,
    Outcome,
    Record,
    Snapshot,
    StateError,
    below,
    highest,
    segment,
)

if TYPE_CHECKING:
    import redis

WAIT_SECONDS = 5.0


@dataclass(slots=True)
class Redis:
    """A store in Redis. `name` tells the states of several contracts in one database apart.

    Raises `StateError` when there is no Redis at the URL.
    """

    url: str
    name: str = ""
    limits: Limits = field(default_factory=Limits)
    client: redis.Redis = field(init=False)

    def __post_init__(self) -> None:
        import redis  # here: a mock that keeps its state in memory need not import it

        try:
            self.client = redis.Redis.from_url(
                self.url, socket_timeout=WAIT_SECONDS, socket_connect_timeout=WAIT_SECONDS
            )
            self.client.ping()
        except (redis.RedisError, ValueError) as error:
            raise StateError(f"there is no state at {_without_password(self.url)}: {error}") from None

    @property
    def blocks(self) -> bool:
        """Each method waits for the network."""
        return True

    def get(self, world: str, collection: str, key: str) -> Record | None:
        """One record."""
        found = self._call("HGET", self._key(world, "records:" + collection), key)
        return _record(key, found) if found is not None else None

    def records(self, world: str, collection: str) -> Sequence[Record]:
        """All records of a collection, the oldest first."""
        return _ordered(self._call("HGETALL", self._key(world, "records:" + collection)))

    def begun(self, world: str, collection: str) -> bool:
        """Was the collection given its first records?"""
        return bool(self._call("HEXISTS", self._key(world, "begun"), collection))

    def begin(self, world: str, collection: str, records: Iterable[Record]) -> None:
        """Give a collection its first records, unless it was given some before."""
        first = list(records)
        self._run(scripts.BEGIN, world, collection, "", _packed(first), highest(first))

    def add(self, world: str, collection: str, record: Record) -> Outcome:
        """Store a new record."""
        return self._outcome(scripts.ADD, world, collection, record.key, *_parts(record)[1:])

    def change(self, world: str, collection: str, record: Record) -> Outcome:
        """Replace the record of the same key and version."""
        return self._outcome(
            scripts.CHANGE, world, collection, record.key, *_parts(record)[1:], record.version
        )

    def remove(self, world: str, collection: str, key: str) -> bool:
        """Remove a record and all collections below it; False when there is none."""
        return bool(self._run(scripts.REMOVE, world, collection, key, below(collection, key)))

    def number(self, world: str, collection: str) -> int:
        """A number, from 1, that is given once."""
        return int(self._run(scripts.NUMBER, world, collection))

    def reset(self, world: str) -> None:
        """Forget a world: it begins anew."""
        self._run(scripts.RESET, world)

    def snapshot(self, world: str) -> Snapshot:
        """All that a world holds."""
        found = sorted(self._run(scripts.SNAPSHOT, world))
        return Snapshot(
            {
                name.decode(): Collected(
                    _ordered(dict(zip(records[::2], records[1::2], strict=True))), int(number)
                )
                for name, number, records in found
            }
        )

    def restore(self, world: str, snapshot: Snapshot) -> None:
        """Make a world what it was, in place of what it is."""
        wanted = [
            [name, each.number, [_parts(record) for record in each.records]]
            for name, each in snapshot.collections.items()
        ]
        outcome = self._outcome(scripts.RESTORE, world, "", "", orjson.dumps(wanted))
        if outcome is not Outcome.DONE:
            raise StateError("the snapshot holds more than a world may, or two records claim the same")

    def worlds(self) -> list[str]:
        """The worlds that there are, least lately begun first."""
        return [unquote(each.decode()) for each in self._call("ZRANGE", f"{self._prefix}:worlds", 0, -1)]

    def close(self) -> None:
        """Let go of the connections."""
        self.client.close()

    @property
    def _prefix(self) -> str:
        return f"treaty:{self.name}"

    def _key(self, world: str, name: str) -> str:
        return f"{self._prefix}:w:{segment(world)}:{name}"

    def _outcome(self, script: str, world: str, *arguments: str | bytes | int) -> Outcome:
        return Outcome[self._run(script, world, *arguments).decode()]

    def _run(self, script: str, world: str, *arguments: str | bytes | int) -> Any:
        """Run a script, by its digest if Redis has it."""
        import redis

        bounds = (self.limits.worlds, self.limits.records, self.limits.bytes)
        sent = (0, self._prefix, segment(world), *bounds, *arguments)
        try:
            return self._call("EVALSHA", scripts.digest(script), *sent)
        except redis.exceptions.NoScriptError:  # it has not met it since it was started
            return self._call("EVAL", scripts.script(script), *sent)

    def _call(self, *command: str | bytes | int) -> Any:
        import redis

        try:
            return self.client.execute_command(*command)  # type: ignore[no-untyped-call]  # redis has no types here
        except redis.exceptions.NoScriptError:
            raise
        except redis.RedisError as error:
            raise StateError(f"{_without_password(self.url)}: {error}") from None


def _parts(record: Record) -> list[str]:
    """Key, whether it was seeded, claims and value, as the scripts take them."""
    claims, value = orjson.dumps(record.claims).decode(), write_json(record.value).decode()
    return [record.key, str(int(record.seeded)), claims, value]


def _packed(records: Iterable[Record]) -> bytes:
    return orjson.dumps([_parts(each) for each in records])


def _record(key: str, text: bytes) -> Record:
    head, claims, value = text.split(b"\n", 2)
    version, _, seeded = head.split()
    return Record(key, decode_json(value), int(version), seeded == b"1", tuple(orjson.loads(claims)))


def _ordered(found: dict[bytes, bytes]) -> list[Record]:
    """Records by the position that they were stored at."""
    placed = sorted(found.items(), key=lambda each: int(each[1].split(maxsplit=2)[1]))
    return [_record(key.decode(), text) for key, text in placed]


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
