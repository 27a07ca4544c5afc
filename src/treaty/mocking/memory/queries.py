"""What the query parameters of a list ask for: filters, order, a page. Read from their names and types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from treaty.contract.model import Operation, Parameter
from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.fields import fields_of, find_holder
from treaty.mocking.memory.resources import Filter, Listing, Paging, Sorting
from treaty.mocking.memory.words import names, plain

SIZES = names(
    "limit perpage pagesize size maxresults top take pagelimit resultsperpage itemsperpage maxitems "
    "maxpagesize first count max"
)
OFFSETS = names("offset skip start startindex from pageoffset")
PAGES = names("page pagenumber pageno pagenum pageindex p currentpage")
AFTERS = names(
    "cursor after pagetoken nexttoken startingafter continuationtoken continuation marker nextcursor "
    "pageafter pagecursor nextpagetoken startafter bookmark lastid sinceid"
)
BEFORES = names("before endingbefore pagebefore")
SORTS = names("sort sortby orderby ordering order sortfield sortkey")
DIRECTIONS = names("order direction sortorder sortdirection sortdir dir orderdirection")
SEARCHES = names("q search query keyword keywords text searchterm term")
WAYS = names("asc desc ascending descending")


def read_listing(facts: Facts, operation: Operation, item: SchemaAt) -> Listing:
    """How a list of items of a schema is asked for by an operation's query parameters."""
    queries = [each for each in operation.parameters if each.location == "query"]
    paging = _paging(facts, queries)
    sorting = _sorting(facts, queries)
    used = {paging.size, paging.offset, paging.page, paging.after, paging.before}
    used |= {sorting.by, sorting.direction} if sorting else set()
    fields = fields_of(facts, item)
    properties = {plain(name): name for name in fields}
    filters = tuple(
        replace(found, neutral=_neutral(facts, each, fields, found))
        for each in queries
        if each.name not in used
        for found in _filters(facts, each, properties)
    )
    return Listing(filters, paging, sorting, find_holder(facts, item))


def _paging(facts: Facts, queries: list[Parameter]) -> Paging:
    asked = {name: at for each in queries for name, at in _members(facts, each)}
    numbers = [name for name, at in asked.items() if _is_number(facts, at)]
    offset, page = _named(numbers, OFFSETS), _named(numbers, PAGES)
    size = _named(numbers, SIZES)
    texts = [name for name in asked if name not in numbers or plain(name) in ("sinceid", "lastid")]
    after = _named(texts, AFTERS)
    before = _named(texts, BEFORES) if after and (size or offset or page) else None
    return Paging(size, offset, page, after, before, _first_page(facts, asked[page]) if page else 1)


def _members(facts: Facts, parameter: Parameter) -> Iterator[tuple[str, SchemaAt | None]]:
    """A parameter by name; one that is an object with brackets, as `page[size]`, by those of its members."""
    at = schema_of(facts, parameter)
    members = facts.properties(at, "request") if at is not None and parameter.style == "deepObject" else {}
    yield from ((f"{parameter.name}[{name}]", each) for name, each in members.items())
    if not members:
        yield parameter.name, at


def _first_page(facts: Facts, at: SchemaAt | None) -> int:
    """Pages are counted from 1, unless 0 is the least or the usual one."""
    said = [] if at is None else [facts.keyword(at, "minimum"), facts.keyword(at, "default")]
    return 0 if 0 in said and 1 not in said else 1


def _sorting(facts: Facts, queries: list[Parameter]) -> Sorting | None:
    by = direction = None
    for each in queries:
        name = plain(each.name)
        only_ways = _allowed(facts, each) <= WAYS and bool(_allowed(facts, each))
        if name in DIRECTIONS and only_ways:
            direction = direction or each.name
        elif name in SORTS and not only_ways:
            by = by or each.name
    if by is None and direction is None:
        loose = next((each for each in queries if plain(each.name) in SORTS), None)
        return Sorting(None, loose.name) if loose else None
    return Sorting(by, direction)


def _allowed(facts: Facts, parameter: Parameter) -> frozenset[str]:
    at = schema_of(facts, parameter)
    listed = facts.keyword(at, "enum") if at is not None else None
    return frozenset(str(each).lower() for each in listed) if isinstance(listed, list) else frozenset()


def _filters(facts: Facts, parameter: Parameter, properties: dict[str, str]) -> Iterator[Filter]:
    name = plain(parameter.name)
    if name in properties:
        yield Filter(parameter.name, properties[name])
    elif name in SEARCHES:
        yield Filter(parameter.name, None)
    elif parameter.name.startswith("filter[") and plain(parameter.name[7:]) in properties:
        yield Filter(parameter.name, properties[plain(parameter.name[7:])])
    elif name in ("filter", "filters", "where"):
        at = schema_of(facts, parameter)
        for member in facts.properties(at, "request") if at is not None else ():
            if plain(member) in properties:
                yield Filter(parameter.name, properties[plain(member)], member)
    else:  # ids=1,2 of an `id`, and tag=x of `tags` or a `tagList`
        meant = (name[:-1] if name.endswith("s") else "", f"{name}s", f"{name}list")
        yield from (Filter(parameter.name, properties[each]) for each in meant if each in properties)


def _neutral(facts: Facts, parameter: Parameter, fields: dict[str, SchemaAt], found: Filter) -> Json:
    """The default of a filter, unless it is one of the values that its property is said to have."""
    at = schema_of(facts, parameter)
    default = facts.keyword(at, "default") if at is not None and found.member is None else None
    known = facts.keyword(fields[found.property], "enum") if found.property else None
    return None if isinstance(known, list) and default in known else default


def schema_of(facts: Facts, parameter: Parameter) -> SchemaAt | None:
    """The schema of a parameter's values."""
    pointer = parameter.media_type.schema if parameter.media_type else parameter.schema
    return facts.contract.schemas.at(pointer, "request") if pointer is not None else None


def _is_number(facts: Facts, at: SchemaAt | None) -> bool:
    return at is None or bool({"integer", "number"} & facts.shape(at, "request").types)


def _named(asked: Iterable[str], names: frozenset[str]) -> str | None:
    return next((each for each in asked if plain(each) in names), None)
