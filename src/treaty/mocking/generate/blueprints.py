"""Blueprints: what is worked out of schemas, as data. Where it is worked out is said in the file of each.

A spot is a place of the schemas. The schemas that apply there are merged; an array has a room, an
object a plan. Where these leave no choice there are stocks to pick from, and forms of objects.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from treaty.mocking.generate.dice import SUBJECT, factor_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from treaty.contract.schemas import SchemaAt
    from treaty.findings import Json
    from treaty.mocking.generate.model import Goal, Place
    from treaty.mocking.generate.spans import Span

# "number" stands for values with a fraction, so that `not: {type: integer}` can be said.
TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
Pick: TypeAlias = "tuple[Picked, int, int]"  # stock, factor, size


class Picked(Protocol):
    """What gives a value for a number."""

    def __getitem__(self, number: int, /) -> Json:
        """The value of a number below the size of the stock."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Values to pick from, how many, and whether the subject of an object picks them: else each name does."""

    values: Picked
    size: int
    shared: bool = False

    def pick(self, state: int, factor: int) -> Json:
        """The value for an object's state and a member's factor."""
        return self.values[((state >> 34) * (SUBJECT if self.shared else factor) >> 20) % self.size]


class Spot:
    """Something to make: the schemas it has to satisfy, what it is called, and what the object around it is.

    `merged` is kept where no choice is involved; then `kind` says what is made ("" where that
    takes several tries, None where it is not known yet), and is reckoned to `cost` as much.
    What is `picked` is so from its `stock`, where that `is_example` what is to differ from it from
    `others`; `plan` is that of an object,
    `elements` are those of an array. Where there is a choice, `ways` are the spots without one, and
    those of them that end soonest. `proven`: what is made in one step is valid by all keywords
    there are, apart from members and elements.
    """

    __slots__ = (
        "cost", "elements", "factor", "goal", "is_example", "kind", "listed", "merged", "name", "others",
        "owner", "plan", "proven", "stock", "ways",
    )  # fmt: skip

    def __init__(self, goal: Goal, name: str = "", owner: str = "") -> None:
        self.goal = goal
        self.name = name
        self.owner = owner
        self.merged: Merged | None = None
        self.plan: Plan | None = None
        self.kind: str | None = None
        self.stock: Stock | None = None
        self.others: Stock | None = None
        self.is_example = False
        self.factor = factor_of(name)
        self.proven = False
        self.listed: Listed | None = None
        self.ways: tuple[tuple[Spot, ...], tuple[Spot, ...]] = (), ()
        self.elements: dict[int, Spot] = {}
        self.cost = 0


@dataclass(frozen=True, slots=True)
class Rest:
    """An `unevaluated…` keyword: its subschema and the range of parts that it can see."""

    keyword: str
    schema: SchemaAt
    start: int
    end: int


@dataclass(slots=True)
class Merged:
    """A goal in plain parts, the types they leave, and whether it needs judging on the spot.

    `span` of its numbers and `room` of its arrays are worked out when they are first asked for.
    """

    parts: list[SchemaAt] = field(default_factory=list)
    keywords: dict[str, list[tuple[SchemaAt, Json]]] = field(default_factory=dict)
    rests: list[Rest] = field(default_factory=list)
    types: frozenset[str] = TYPES
    hard: bool = False
    chosen: bool = False
    named: bool = False
    span: Span | None = None
    room: Room | None = None

    def add(self, at: SchemaAt, schema: dict[str, Json]) -> None:
        """Add a part."""
        self.parts.append(at)
        for keyword, value in schema.items():
            self.keywords.setdefault(keyword, []).append((at, value))

    def having(self, keyword: str) -> Sequence[tuple[SchemaAt, Json]]:
        """The parts that have a keyword, and its value there."""
        return self.keywords.get(keyword, ())

    def each(self, keyword: str) -> list[Json]:
        """The values of a keyword in all parts."""
        return [value for _, value in self.keywords.get(keyword, ())]

    def unevaluated(self, keyword: str, evaluated: list[bool]) -> Iterator[SchemaAt]:
        """The `unevaluated…` schemas that apply to a child, by which parts have evaluated it."""
        for rest in self.rests:
            if rest.keyword == keyword and not any(evaluated[rest.start : rest.end]):
                yield rest.schema


@dataclass(slots=True)
class Contained:
    """Which elements must match which `contains`, and which must not."""

    needed: dict[int, list[tuple[SchemaAt, SchemaAt]]] = field(default_factory=dict)
    capped: list[tuple[SchemaAt, SchemaAt]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Room:
    """How many elements an array may have, all different or not, and how much each is reckoned to need.

    `element` is what all are, where no more is asked of them than that.
    """

    least: int
    most: float
    unique: bool
    prefix: int
    unit: int
    contains: bool
    plan: Contained
    element: Spot | None
    usual: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A property: what is made for it, and its own part of the object's state.

    Optional members of one `presence` are there together. `holds` says that it holds more than
    a scalar, `hidden` that it is `writeOnly`, `needs` what other properties `dependentRequired`
    asks for with it; `beside` is the member that has the id of what it holds.
    """

    name: str
    known: str
    spot: Spot
    salt: int
    presence: int
    required: bool
    holds: bool
    hidden: bool
    needs: tuple[str, ...] = ()
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the members of an object say of each other: pairs in order; lists, and what is told of them."""

    pairs: tuple[tuple[Member, Member], ...]
    lists: tuple[str, ...]
    generic: tuple[str, ...]
    told: tuple[Member, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The lists that an answer is about: the only one, or those that are called a list's contents."""
        return self.lists if len(self.lists) == 1 else self.generic


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The members of an object in their order, and in the order they are made in; how many it may have.

    `named` says that names are to be judged, `open` that there may be members beside. `plain`: which
    members there are depends on nothing else than the share of those that are optional; then there
    are `forms` of such objects.
    """

    noun: str
    salt: int
    members: tuple[Member, ...]
    making: tuple[Member, ...]
    by_name: dict[str, Member]
    by_known: dict[str, Member]
    key: Member | None
    required: int
    least: int
    most: float
    named: bool
    open: bool
    plain: bool
    agreement: Agreement
    forms: dict[object, Form] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """A member that takes several steps: an object of a plan or a list, where these leave nothing open.

    `told` says that it may tell of what stands beside it.
    """

    member: Member
    plan: Plan | None
    listed: Listed | None
    told: bool


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """An array with elements all alike: picked from a stock, objects of a plan, or built in several ways."""

    room: Room
    element: Spot
    stock: Stock | None
    plan: Plan | None
    proven: bool


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """An object within another that has an identity, which is picked by `key`."""

    plan: Plan
    place: Place
    key: Pick
    proven: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """An object that was made, what it was counted as, and whether it is valid by how it was made."""

    value: dict[str, Json]
    nodes: int
    cost: int
    proven: bool


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """An object that is the member `name` of another: one of a few, each made when it is first picked.

    What things have to do with are few in life too: a thousand servers stand in a dozen regions.
    `kept` are those made so far, by their number and the seed of the things in them.
    """

    name: str
    made_by: Form | Thing
    factor: int
    kept: dict[tuple[int, int], Kept] = field(default_factory=dict)


@dataclass(slots=True, eq=False)  # not frozen: it is put together member by member
class Form:
    """The members of an object, and how each is made.

    `blank` has all names in order. The members in `names` are picked by `picks`; `parts` are objects,
    there are `lists` of scalars and `rows` of objects. Those of `built` take several steps, and may hold
    `inner` values. A part's members agree by `agreement`, if they have to do with each other.
    """

    blank: dict[str, Json]
    inner: int
    agreement: Agreement | None = None
    names: list[str] = field(default_factory=list)
    picks: list[Pick] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    lists: list[tuple[str, list[Pick]]] = field(default_factory=list)
    rows: list[tuple[str, list[Form | Thing]]] = field(default_factory=list)
    built: list[Built] = field(default_factory=list)
    nodes: int = 0
    cost: int = 0
    proven: bool = True
