"""What a wrong request gets: the operation's own declared response, with our findings in it.

Which of the responses is a table by our problem's status. Its body is an example or
generated, and then says what is wrong wherever it has a member for that; each is put in
only when the body stays true to its schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from treaty.contract.model import Operation
from treaty.exchange.prepared_media import item_of, properties_of
from treaty.exchange.values import Shape
from treaty.findings import Finding, Json
from treaty.mocking.choose import Chosen, lowest_success
from treaty.mocking.members import LISTS, MEMBERS, NESTED, OF_ITEMS, TELLING, Said, plain, said_of

MAX_ITEMS = 20
# What an item of `errors` in our own problems has (`problems.error_of`).
ERROR_MEMBERS = frozenset(
    {"detail", "code", "location", "parameter", "pointer", "expected", "actual", "schema"}
)
MAX_DEPTH = 4

# The declared statuses that say what a problem of ours says, the nearest first.
_STATUSES: dict[int, tuple[int, ...]] = {
    400: (400, 422),
    401: (401, 403),
    403: (403, 401),
    404: (404, 410),
    406: (406,),
    413: (413, 422, 400),
    415: (415, 422, 400),
    422: (422, 400),
}
# What says it less exactly than `4XX` and `default` do.
_LESS_EXACT: dict[int, tuple[int, ...]] = {404: (400, 422), 409: (422, 400)}


def refusing(operation: Operation, status: int) -> Iterator[Chosen]:
    """The declared responses that may stand for a problem of this status, the nearest first.

    A `default` that stands for success is none of them.
    """
    declared = {response.status.upper(): response for response in operation.responses}

    def coded(statuses: Iterable[int]) -> Iterator[Chosen]:
        for each in statuses:
            if str(each) in declared:
                yield Chosen(each, declared[str(each)], "invalid request")

    yield from coded(_STATUSES.get(status, (status,)))
    usual = lowest_success(operation)
    succeeds = None if usual is None else operation.response_for(usual)
    for key in ("4XX", "DEFAULT"):
        if key in declared and declared[key] is not succeeds:
            yield Chosen(status, declared[key], "invalid request")
    yield from coded(_LESS_EXACT.get(status, ()))


def can_refuse(operation: Operation, status: int) -> bool:
    """Does an operation declare a response that may stand for a problem of this status?"""
    return any(True for _ in refusing(operation, status))


@dataclass(eq=False)
class Part:
    """A part of a declared body, by its schema; what is below it is worked out once."""

    shape: Shape

    @cached_property
    def below(self) -> dict[str, Part]:
        """The properties of an object."""
        return {name: Part(each) for name, each in properties_of(self.shape).items()}

    @cached_property
    def item(self) -> Part | None:
        """The item of a list."""
        shape = item_of(self.shape)
        return None if shape is None else Part(shape)


class Items(Protocol):
    """Makes and judges the items of a list."""

    def made(self, part: Part) -> Json:
        """An object that may stand there, `{}` where none can be made."""

    def accepts(self, part: Part, value: Json) -> bool:
        """Is the value true to the part's schema?"""


@dataclass(slots=True)
class Body:
    """A body that is being filled; `accepts` judges it as a whole, after each change."""

    value: Json
    said: Said
    accepts: Callable[[Json], bool]
    items: Items
    told: bool = False  # is what is wrong in it by now?

    def fill(self, part: Part | None, *, is_problem: bool) -> None:
        """Say what is wrong wherever there is a member for it; a problem document may have all of ours."""
        if isinstance(self.value, dict):
            self.fill_object((), self.value, part, 0)
            if is_problem:
                self.fill_problem()
            if not self.told:
                self.fill_any()
        elif isinstance(self.value, list):
            self.told = self.put((), self.lists(part))
        elif isinstance(self.value, str):
            self.told = self.put((), self.said.texts)

    def fill_object(
        self, path: tuple[str, ...], value: dict[str, Json], part: Part | None, depth: int
    ) -> None:
        """The members of an object, and of the objects in it."""
        below = part.below if part else {}
        names = dict.fromkeys((*value, *below))
        alone = not any(plain(name) in TELLING - {"error"} for name in names)
        for name in names:
            known, present, under, here = plain(name), value.get(name), below.get(name), (*path, name)
            if known in LISTS and (isinstance(present, list) or (under and under.shape.kind == "array")):
                self.told |= self.put(here, self.lists(under))
            elif isinstance(present, dict) and known in NESTED and depth < MAX_DEPTH:
                if known in TELLING and not (under and under.below):
                    self.told |= self.put(here, self.said.by_name)
                else:
                    self.fill_object(here, present, under, depth + 1)
            elif known in MEMBERS:
                texts = self.said.texts if known == "error" and alone else MEMBERS[known](self.said)
                self.told |= self.put(here, texts) and known in TELLING

    def fill_problem(self) -> None:
        """The members of a problem document (RFC 9457, section 3.1) that are not there yet."""
        for name, each in self.said.document.items():
            if name not in self.value:
                self.told |= self.put((name,), (each,)) and name in TELLING

    def fill_any(self) -> None:
        """Where no member is known by its name: all of ours if there is room, else the first text."""
        if self.put((), [self.value | self.said.document]):
            self.told = True
            return
        texts = (name for name, each in self.value.items() if isinstance(each, str))
        self.told = any(self.put((name,), self.said.texts) for name in texts)

    def lists(self, part: Part | None) -> Iterator[Json]:
        """Lists that say what is wrong, the most telling first: of objects as declared, of ours, of texts."""
        items = part.item if part else None
        declared = set(items.below) if items is not None and items.shape.kind == "object" else set()
        if declared <= ERROR_MEMBERS:
            yield self.said.errors
        if items is not None and declared:
            filled = [self.filled_item(items, each) for each in self.said.findings[:MAX_ITEMS]]
            yield from (filled, filled[:1])
        texts = [said_of(each) for each in self.said.findings[:MAX_ITEMS]]
        yield from (texts, texts[:1], [self.said.problem.title], self.said.errors)

    def filled_item(self, part: Part, finding: Finding) -> Json:
        """An item of a declared list that speaks of one finding."""
        value = self.items.made(part)
        item = Body(value, self.said, lambda changed: self.items.accepts(part, changed), self.items)
        for name in part.below:
            known = plain(name)
            if known in OF_ITEMS:
                told = item.put((name,), [each for each in OF_ITEMS[known](finding) if each is not None])
                item.told |= told and known in TELLING
            elif known in MEMBERS and known not in TELLING:
                item.put((name,), MEMBERS[known](self.said))
        if not item.told and "title" in item.value:
            item.put(("title",), (finding.message,))
        return item.value

    def put(self, path: tuple[str, ...], candidates: Iterable[Json]) -> bool:
        """Put the first value in that leaves the whole true to its schema."""
        for each in candidates:
            changed = _changed(self.value, path, each)
            if self.accepts(changed):
                self.value = changed
                return True
        return False


def _changed(value: Json, path: tuple[str, ...], new: Json) -> Json:
    if not path:
        return new
    return {**value, path[0]: _changed(value.get(path[0]), path[1:], new)}
