"""Make values that are valid and hold what they are given: records, and what is sent of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.generate.model import Settings
from treaty.mocking.memory.facts import Facts

if TYPE_CHECKING:
    from treaty.mocking.generate import Generator
    from treaty.mocking.generate.model import Wish

# Of the work that one generated value may take. What is given narrows it, and may leave nothing.
MAX_STEPS = 6_000
MAX_ERRORS = 50

Object = dict[str, Json]


@dataclass(slots=True)
class Maker:
    """Makes values by the schemas of responses; the same for the same `seed`, names and settings."""

    facts: Facts
    seed: int | str = 0
    settings: Settings = field(default_factory=Settings)
    generator: Generator | None = None

    def number(self, *names: str) -> int:
        """A seed for the names of what is made."""
        text = "\n".join((str(self.seed), *names))
        return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())

    def make(self, at: SchemaAt, given: Object, *names: str) -> Object | None:
        """A valid object that holds what is given, as far as the schema lets it; None if there is none."""
        seed = self.number(*names)
        held = {name: value for name, value in given.items() if self.knows(at, name)}
        exact = self.generated(at, seed, held)
        if isinstance(exact, dict):
            return exact
        base = self.generated(at, seed, {})
        return self.joined(at, base, held, seed) if isinstance(base, dict) else None

    def kept(self, at: SchemaAt, value: Object, *names: str) -> Object | None:
        """An object as it is, less what the schema does not know, if valid; else what `make` makes."""
        held = {name: each for name, each in value.items() if self.knows(at, name)}
        return held if self.facts.accepts(at, held) else self.make(at, value, *names)

    def knows(self, at: SchemaAt, name: str) -> bool:
        """Does a schema speak of a property, or allow any?"""
        properties = self.facts.properties(at)
        if name in properties:
            return self.facts.keyword(properties[name], "writeOnly") is not True
        return self.facts.shape(at).is_open or not properties

    def joined(self, at: SchemaAt, base: Object, held: Object, seed: int) -> Object:
        """The base with what is held, less what the schema refuses."""
        joined = {**base, **held}
        wrong = self.facts.wrong(at, joined)
        if not wrong:
            return joined
        for name in wrong & held.keys():
            kept, wanted = base.get(name), held[name]
            joined[name] = {**kept, **wanted} if isinstance(kept, dict) and isinstance(wanted, dict) else kept
            if name not in base or (joined[name] is not kept and name in self.facts.wrong(at, joined)):
                joined = _with(joined, base, name)
        if self.facts.accepts(at, joined):
            return joined
        less = {name: value for name, value in held.items() if name not in wrong}
        again = self.generated(at, seed, less) if len(less) < len(held) else None
        if isinstance(again, dict):
            return again
        return self.one_by_one(at, base, held)

    def one_by_one(self, at: SchemaAt, base: Object, held: Object) -> Object:
        """The base with each thing held that alone leaves it valid."""
        found = base
        for name, value in held.items():
            tried = {**found, name: value}
            if self.facts.accepts(at, tried):
                found = tried
        return found

    def generated(self, at: SchemaAt, seed: int, held: Object) -> Json | None:
        """A generated value that holds exactly this; None where none was found.

        What is held is wished for first. That costs little, as what is known of the schema is kept; where
        it does not come true, another schema is, that has nothing else.
        """
        # here, because what is stored may all be examples
        from treaty.mocking.generate.model import Derived, Wish

        settings = replace(self.settings, max_steps=2 * MAX_STEPS)
        if self.generator is None:
            self.generator = self.new_generator()
        if not held:
            return _made(self.generator, at, seed, settings)
        wish = Wish(members={name: Wish(value) for name, value in held.items()})
        made = _made(self.generator, at, seed, settings, wish)
        if isinstance(made, dict) and held.items() <= made.items():
            return made
        pinned = {name: {"const": value} for name, value in held.items()}
        root = Derived(at.base, {"allOf": [at.schema, {"properties": pinned, "required": list(held)}]})
        settings = replace(self.settings, max_steps=MAX_STEPS)
        return _made(
            self.new_generator(), root, seed, settings, judge=lambda value: self.holds(at, value, held)
        )

    def new_generator(self) -> Generator:
        """A generator by the schemas of responses."""
        from treaty.mocking.generate import Generator, Memory
        from treaty.mocking.generate.pools import Pools

        schemas = self.facts.contract.schemas
        words = Pools(self.settings.locale) if self.generator is None else self.generator.memory.words
        memory = Memory(lambda base, reference: schemas.resolve(base, reference, "response"), words)
        return Generator(memory, self.facts.accepts)

    def holds(self, at: SchemaAt, value: Json, held: Object) -> bool:
        """Is a value valid, and does it hold this?"""
        return isinstance(value, dict) and held.items() <= value.items() and self.facts.accepts(at, value)

    def without(self, at: SchemaAt, value: Object, absent: dict[str, Json]) -> Object:
        """The object without properties that were left out; `absent` has their defaults, or None.

        Where there is a default they have it; those an object must have become null or empty, if they may.
        """
        required, found = self.facts.required(at), value
        for name, default in absent.items():
            if name not in found:
                continue
            options: list[Json] = [] if default is None else [default]
            options += [None, []] if name in required else []
            tried = [{**found, name: option} for option in options]
            tried += [] if name in required else [_less(found, name)]
            found = next((each for each in tried if self.facts.accepts(at, each)), found)
        return found

    def fit(self, at: SchemaAt, known: SchemaAt, record: Object, *names: str) -> Object | None:
        """A record that is valid by the known schema as another has it: with less, or more."""
        if self.facts.same(at, known):
            return record
        return self.kept(at, record, *names)


def _with(value: Object, base: Object, name: str) -> Object:
    return {**value, name: base[name]} if name in base else _less(value, name)


def _less(value: Object, name: str) -> Object:
    return {key: each for key, each in value.items() if key != name}


def _made(
    generator: Generator,
    at: SchemaAt,
    seed: int,
    settings: Settings,
    wish: Wish | None = None,
    judge: Callable[[Json], bool] | None = None,
) -> Json | None:
    from treaty.mocking.generate.model import CannotGenerate

    try:
        return generator.make(at, seed, settings, wish, judge)
    except CannotGenerate:
        return None
