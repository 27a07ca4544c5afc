"""The words the generator speaks in: schemas in their place, settings, failures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from treaty.contract.schemas import SchemaAt
from treaty.findings import Json


@dataclass(frozen=True, slots=True)
class Derived(SchemaAt):
    """A schema of our own making (a negation, a discriminator's value); never shown to the validator."""


Resolve: TypeAlias = Callable[[str, str], SchemaAt]  # (base, reference) -> target; raises LookupError
Accepts: TypeAlias = Callable[[SchemaAt, Json], bool]
Goal: TypeAlias = tuple[SchemaAt, ...]  # a value has to satisfy all of them

# In derived schemas, what no keyword says directly: values not to equal; a number, if any, not whole.
EXCLUDED = "excluded values"
FRACTION = "fraction only"


@dataclass(frozen=True, slots=True)
class Settings:
    """How values are made.

    `use_examples`: `example`, `examples` and `default` are preferred where valid (`const`
    and `enum` always bind). `max_depth` bounds nesting, `max_nodes` the number of JSON
    values in the answer; optional parts are left out once it holds about `target_nodes`.
    `max_steps` bounds the work of one call, so that its cost does not hang on the clock.
    """

    use_examples: bool = True
    max_depth: int = 32
    max_nodes: int = 2_000
    target_nodes: int = 80
    max_steps: int = 12_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the answer a value is being built.

    `level` counts the objects around it, `quota` the values it may hold before optional
    parts are left out, `name` is the nearest property name, `path` the way from the root.
    """

    quota: int
    level: int = 0
    name: str = ""
    path: tuple[str | int, ...] = ()

    def inside(self, key: str | int, quota: int, name: str) -> Place:
        """The place of a member or an element of the value built here."""
        level = self.level + isinstance(key, str)
        return replace(self, quota=quota, level=level, name=name, path=(*self.path, key))


class CannotGenerate(Exception):  # noqa: N818  says what happened; part of the interface
    """No valid value was found; `reason` says why, `pointer` (RFC 6901) where in the value."""

    def __init__(self, reason: str, pointer: str = "") -> None:
        self.reason = reason
        self.pointer = pointer
        super().__init__(f"{reason} (at {pointer or 'the root of the value'})")


class Unfit(Exception):  # noqa: N818  a turn on the way, not an error
    """One way of building a value leads nowhere; `chance` says that other dice might."""

    def __init__(self, reason: str, path: tuple[str | int, ...] = (), *, chance: bool = False) -> None:
        self.reason = reason
        self.path = path
        self.chance = chance
        super().__init__(reason)


class Exhausted(Exception):  # noqa: N818  a turn on the way, not an error
    """The bounded work or room of one phase is used up; nothing smaller is left to try in it."""
