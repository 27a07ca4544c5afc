"""What was inferred from a contract: resources, and the part that each operation plays in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from treaty.contract.model import MediaType, Operation
from treaty.contract.schemas import SchemaAt
from treaty.findings import Json

# What an operation does to a resource. `upsert` creates or replaces by the identity in the body.
# `act` leaves an item in another state; `discard` removes several; files are `upload`ed and `download`ed.
Verb: TypeAlias = Literal[
    "list", "read", "create", "replace", "merge", "delete", "upsert", "act", "discard", "upload", "download"
]
# The names of the members that lead to a value in a body; none: the body is the value.
Way: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells the items of a collection apart: a property, and the path parameter that holds its value.

    Without a property the items do not say it themselves, only their path does, and it may be `given` by
    a property of the request that creates one. `asked` is the pointer of the parameter's schema, which an
    identity has to be valid by, too.
    """

    parameter: str
    property: str | None
    asked: str | None = None
    given: str | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """A path parameter above a resource: of which resource, and which property repeats it, if any."""

    parameter: str
    resource: str | None  # its name
    property: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A property that holds the identity of another resource."""

    property: str
    resource: str  # its name


@dataclass(frozen=True, slots=True)
class Filter:
    """A query parameter that chooses among the items: by a property, or by any text without one.

    `neutral` is its default where that is no value the property may have: it keeps everything.
    """

    parameter: str
    property: str | None
    member: str | None = None  # of a parameter that is an object, such as `filter[status]`
    neutral: Json = None


@dataclass(frozen=True, slots=True)
class Paging:
    """The query parameters that choose a page. `first` is the number of the first page."""

    size: str | None = None
    offset: str | None = None
    page: str | None = None
    after: str | None = None
    before: str | None = None
    first: int = 1


@dataclass(frozen=True, slots=True)
class Sorting:
    """The query parameters that choose the order: by which property, and which way."""

    by: str | None
    direction: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list is asked for; `holder` is the member of an item that holds its fields, if one does."""

    filters: tuple[Filter, ...] = ()
    paging: Paging = field(default_factory=Paging)
    sorting: Sorting | None = None
    holder: str | None = None

    def names(self, identity: str | None) -> bool:
        """Is it asked for by the identities of items?"""
        return any(each.property is not None and each.property == identity for each in self.filters)


@dataclass(frozen=True, slots=True)
class Answer:
    """The success of an action: its status and, where it has content, the media type and where the value is.

    `schema` is of the value: an item, or for a list one of its items; an item may stand in a list of
    one, which `is_list`. `identity` is the property that holds it there, where it is another than that of the
    resource. Without a schema the content is not of the resource, and is the mock's to make.
    """

    status: int
    media: MediaType | None = None
    way: Way = ()
    schema: SchemaAt | None = None
    is_list: bool = False
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The item of another resource below which an operation finds its own, and the property that says so.

    `own` is the path parameter of the item itself, if the operation is at one.
    """

    parameter: str
    resource: str  # its name
    property: str
    own: str | None


@dataclass(frozen=True, slots=True)
class Action:
    """What one operation does to a resource; `why` says in words what shows it.

    `sets` is what an item says after an `act`; `body_way` of a `discard` leads to the identities;
    `writes` are the properties that the body of a `replace` may hold, each with its default, if any.
    """

    verb: Verb
    operation: Operation
    answer: Answer
    body_way: Way = ()
    listing: Listing | None = None
    why: str = ""
    scope: Scope | None = None
    sets: dict[str, Json] = field(default_factory=dict)
    writes: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of thing that the mock remembers.

    `path` is the template of its collection, or of itself where there is only one (a
    singleton, without identity). `schema` is what an item is valid by; `unique` are properties
    no two items share; `writable` those that a request may hold, each with its default, if any, and
    `within` the same of each that is an object; `holder` is the one that holds the item's fields.
    Items that can be neither created nor listed `appear` when asked for; where reading declares no
    response to what is not there (`is_untold`) they do for operations that declare none either.
    `file` is the path of the file that comes with an item, if one does.
    One that is deleted `stays_gone`, so that it does not appear again, where a list or reading tells.
    """

    name: str
    path: str
    schema: SchemaAt
    identity: Identity | None
    actions: tuple[Action, ...]
    parents: tuple[Parent, ...] = ()
    links: tuple[Link, ...] = ()
    unique: tuple[str, ...] = ()
    writable: dict[str, Json] = field(default_factory=dict)
    within: dict[str, dict[str, Json]] = field(default_factory=dict)
    holder: str | None = None
    appears: bool = False
    is_untold: bool = False
    stays_gone: bool = False
    item_path: str | None = None
    file: str | None = None
    why: tuple[str, ...] = ()

    def action(self, *verbs: Verb) -> Action | None:
        """The first action of one of these verbs."""
        return next((each for each in self.actions if each.verb in verbs), None)


@dataclass(frozen=True, slots=True)
class Resources:
    """All that was inferred: resources by name, and by method and path what an operation does to which."""

    by_name: dict[str, Resource]
    by_operation: dict[tuple[str, str], tuple[Resource, Action]]
    left: tuple[Operation, ...]  # what the mock answers without memory
