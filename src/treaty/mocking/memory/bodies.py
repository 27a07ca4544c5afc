"""Where in a body a list stands, or an item: the body itself, or a member of an envelope."""

from __future__ import annotations

from treaty.contract.lowering import Direction
from treaty.contract.schemas import SchemaAt
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.resources import Way
from treaty.mocking.memory.words import names, plain, singular

# What the list in an envelope is called, beside the name of what it lists.
LISTS = ("items", "data", "results", "content", "contents", "records", "entries", "values", "list", "rows")
# Objects of an envelope in which the list may stand.
HOLDERS = names("data embedded result results response body page")
# What the item in an envelope is called, beside its own name.
ITEMS = ("data", "item", "result", "resource", "record", "entity", "object", "response")
# What stands beside the list; an array in an object with anything else is a part of an item.
BESIDE = names(
    """
    total totalcount totalitems totalresults totalelements totalpages totalsize count size limit offset skip
    page pages pagenumber pagesize perpage pagecount currentpage lastpage first last next previous prev
    nextcursor prevcursor previouscursor cursor nextpage prevpage previouspage nextpagetoken hasmore hasnext
    hasprevious hasnextpage haspreviouspage more links meta metadata pagination paging pageinfo self href url
    object firstid lastid incompleteresults included jsonapi status success message code
    """
)
MAX_DEPTH = 2


def find_list(
    facts: Facts, at: SchemaAt, segment: str, direction: Direction = "response"
) -> tuple[Way, SchemaAt] | None:
    """The way to the list of objects in a body, and the schema of its items; None where there is none."""
    return _find_list(facts, at, plain(segment), direction, 0)


def _find_list(
    facts: Facts, at: SchemaAt, segment: str, direction: Direction, depth: int
) -> tuple[Way, SchemaAt] | None:
    item = facts.item(at, direction)
    if item is not None:
        return ((), item) if facts.is_object(item, direction) else None
    properties = facts.properties(at, direction)
    arrays = {
        name: item
        for name, each in properties.items()
        if (item := facts.item(each, direction)) is not None and facts.is_object(item, direction)
    }
    for name in _preferred(arrays, (segment, *LISTS)):
        return (name,), arrays[name]
    if len(arrays) == 1:
        (name,) = arrays
        if all(plain(other) in BESIDE for other in properties if other != name):
            return (name,), arrays[name]
    if depth < MAX_DEPTH:
        for name, each in properties.items():
            if plain(name) in HOLDERS and facts.is_object(each, direction):
                found = _find_list(facts, each, segment, direction, depth + 1)
                if found is not None:
                    return (name, *found[0]), found[1]
    return None


def find_item(
    facts: Facts,
    at: SchemaAt,
    segment: str,
    known: SchemaAt | None = None,
    direction: Direction = "response",
    depth: int = 0,
) -> tuple[Way, SchemaAt] | None:
    """The way to the item in a body, and its schema. `known` is a schema that the item may have."""
    if not facts.is_object(at, direction):
        return None
    if facts.same(at, known):
        return (), at
    properties = facts.properties(at, direction)
    objects = {name: each for name, each in properties.items() if facts.is_object(each, direction)}
    for name, each in objects.items():
        if facts.same(each, known):
            return (name,), each
    own = plain(singular(segment))
    if len(properties) <= 4:
        names = (own, *ITEMS) if len(objects) == 1 or own in map(plain, objects) else (own,)
        for name in _preferred(objects, names):
            others = [plain(other) for other in properties if other != name]
            is_inner = depth and plain(name) == own and len(objects) == 1  # beside it is what is told of it
            if is_inner or all(other in BESIDE or singular(other) == own for other in others):
                return _within(facts, name, objects[name], segment, known, direction, depth)
    return (), at


def _within(
    facts: Facts,
    name: str,
    at: SchemaAt,
    segment: str,
    known: SchemaAt | None,
    direction: Direction,
    depth: int,
) -> tuple[Way, SchemaAt]:
    """The way through a member of an envelope, which may be one itself: `data` with a `user`."""
    found = find_item(facts, at, segment, known, direction, depth + 1) if depth < MAX_DEPTH else None
    return ((name, *found[0]), found[1]) if found is not None else ((name,), at)


def _preferred(members: dict[str, SchemaAt], wanted: tuple[str, ...]) -> list[str]:
    """The members that have one of the wanted names, in that order."""
    named = {plain(name): name for name in members}
    return [named[each] for each in wanted if each in named]
