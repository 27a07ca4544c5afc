"""The words the generator speaks in: schemas in their place, settings, wishes, failures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.generate.naming import known_as


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
    and `enum` always bind). `optional` is the share of optional properties that are sent,
    0 to 1, less of them further down; `items` the least and the most elements of an array
    that asks for no number; `locale` that of names, places and words. `seed` is what the
    data of a thing with an identity grows from, whatever answer it stands in; `keys` says
    which properties identify a thing, by what it is called.

    `max_depth` bounds nesting, `max_nodes` the number of JSON values in the answer;
    optional parts are left out once it holds about `target_nodes`. `max_steps` bounds the
    work of one call, so that its cost does not hang on the clock.
    """

    use_examples: bool = True
    optional: float = 0.95
    items: tuple[int, int] = (1, 3)
    locale: str = "en"
    seed: int = 0
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown_faker: Callable[[str], None] = lambda _: None
    max_depth: int = 32
    max_nodes: int = 2_000
    target_nodes: int = 80
    max_steps: int = 40_000


# The values that an answer may have more for each element more that its lists are to have.
MORE_PER_ITEM = 60


def settings_for(optional: float, items: tuple[int, int], locale: str) -> Settings:
    """Settings with the room that they ask for. Raises `ValueError` for what is no share, range or locale."""
    if not 0 <= optional <= 1:
        raise ValueError(f"optional is a share from 0 to 1, not {optional!r}")
    if not 0 <= items[0] <= items[1]:
        raise ValueError(f"items are the least and the most elements, not {items!r}")
    if locale != "en":
        from treaty.mocking.generate.pools import locales  # here: they take a tenth of a second to import

        if locale not in locales():
            raise ValueError(f"there are no words of the locale {locale!r}; there are {', '.join(locales())}")
    usual = Settings()
    more = MORE_PER_ITEM * max(0, items[1] - usual.items[1])
    return Settings(
        optional=optional,
        items=items,
        locale=locale,
        max_nodes=usual.max_nodes + more,
        max_steps=usual.max_steps + 20 * more,
    )


class _Nothing:
    """No value, where null is one."""


NOTHING = _Nothing()


@dataclass(slots=True)  # not frozen: some are made for each request
class Wish:
    """What a value should be like where its schema allows it. It is not changed once it is made.

    `value` is wished as it is. Of an object, `members` are wishes by name, `known` by what
    `known_as` makes of names, as `members` are too where nothing is called so; of the names in one of
    `either` the first that it has; what is found in none of its members is handed down to one that is
    called as in `enveloped`. Of an array, `elements` are wishes for the first elements, `each` that for
    all others; `most`
    bounds their number. `whole` wishes for nothing beside: what is not named is only made
    where it is required. A `gentle` wish gives way to an example.
    """

    value: Json = NOTHING
    members: Mapping[str, Wish] = field(default_factory=dict)
    known: Mapping[str, Wish] = field(default_factory=dict)
    either: tuple[tuple[tuple[str, ...], Wish], ...] = ()
    enveloped: frozenset[str] = frozenset()
    elements: tuple[Wish, ...] | None = None
    each: Wish | None = None
    most: int | None = None
    whole: bool = False
    gentle: bool = False
    _alike: dict[str, Wish] | None = field(default=None, init=False, repr=False, compare=False)

    def of(self, name: str, known: str) -> Wish | None:
        """The wish for the member of a name."""
        return self.members.get(name) or self.known.get(known) or self.alike.get(known)

    @property
    def alike(self) -> dict[str, Wish]:
        """The wishes for members, by what `known_as` makes of their names."""
        if self._alike is None:
            self._alike = {known_as(name): each for name, each in self.members.items()}
        return self._alike


def is_for_parts(wish: Wish | None) -> bool:
    """Is nothing wished for an object or an array as a whole? Being another value's id is not for them."""
    return wish is None or wish.value is NOTHING or isinstance(wish.value, str | int | float)


class Place:
    """Where in the answer a value is being built.

    `level` counts the objects around it, `depth` all containers; `quota` the values it may
    hold before optional parts are left out; `turn` how often it was tried in vain.
    """

    __slots__ = ("depth", "key", "level", "parent", "quota", "turn")

    def __init__(self, quota: int, level: int = 0, parent: Place | None = None, key: str | int = "") -> None:
        self.quota = quota
        self.level = level
        self.parent = parent
        self.key = key
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.turn = 0

    @property
    def path(self) -> tuple[str | int, ...]:
        """The way from the root of the value."""
        return () if self.parent is None else (*self.parent.path, self.key)


DEEPER = "the value would nest deeper than"
UNENDING = "a value of this schema has no end: it must hold another of its own kind"


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
