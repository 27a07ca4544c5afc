"""The body of a list: the items, and beside them what the contract says of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from treaty.contract.schemas import SchemaAt
from treaty.exchange.messages import Request
from treaty.exchange.styles import split_query
from treaty.findings import Json
from treaty.mocking.memory.listing import Page
from treaty.mocking.memory.making import Maker, Object
from treaty.mocking.memory.resources import Way
from treaty.mocking.memory.words import names, plain, singular

# Objects beside the list that speak of the page.
GROUPS = names("meta metadata pagination paging links link page pageinfo pages cursors data embedded result")
# Links of HAL and JSON:API, where they are objects with an `href`.
RELATED = names("self first prev previous next last")
MAX_DEPTH = 3
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Asked:
    """A page with the request for it: what links to other pages are made of."""

    page: Page
    request: Request

    def link(self, start: int | None, after: str | None = None) -> str | None:
        """The URL of the page that begins elsewhere; None where no parameter says so."""
        paging, size = self.page.listing.paging, self.page.size
        if start is None or not size:
            return None
        if paging.offset:
            changed = {paging.offset: str(max(0, start))}
        elif paging.page:
            changed = {paging.page: str(max(0, start) // size + paging.first)}
        elif paging.after and after is not None:
            changed = {paging.after: after}
        else:
            return None
        pairs = [(name, value) for name, value in split_query(self.request.query) if name not in changed]
        query = urlencode([*pairs, *changed.items()], quote_via=quote)
        return f"{address(self.request)}?{query}"

    def own(self) -> str:
        """The URL of this page."""
        query = self.request.query
        return address(self.request) + (f"?{query}" if query else "")

    def next(self) -> str | None:
        """The URL of the next page."""
        return self.link(self.page.end, self.cursor()) if self.page.has_more else None

    def previous(self) -> str | None:
        """The URL of the page before."""
        before = min(self.page.start, self.page.total + self.page.size - 1) - self.page.size
        return self.link(before) if self.page.start > 0 else None

    def cursor(self) -> str | None:
        """What the next page begins after."""
        return self.page.records[-1].key if self.page.records and self.page.has_more else None

    def first(self) -> str | None:
        """The URL of the first page, where pages are asked for by their place."""
        paging = self.page.listing.paging
        return self.link(0) if paging.offset or paging.page else None

    def last(self) -> str | None:
        """The URL of the last page, where pages are asked for by their place."""
        paging = self.page.listing.paging
        last = max(0, (self.page.pages - 1) * self.page.size)
        return self.link(last) if paging.offset or paging.page else None

    def relations(self) -> Iterator[tuple[str, str]]:
        """The pages that there are beside this, as link relations (RFC 8288)."""
        if self.page.pages <= 1 and not self.page.start:
            return
        told = {"next": self.next(), "prev": self.previous(), "first": self.first(), "last": self.last()}
        yield from ((name, url) for name, url in told.items() if url is not None)


def origin(request: Request) -> str:
    """The scheme and host that a request was sent to."""
    return f"{request.connection.scheme}://{request.header('host') or 'localhost'}"


def address(request: Request) -> str:
    """The URL that a request was sent to, without its query."""
    return origin(request) + request.connection.root_path + request.path


_TELLS: dict[str, Callable[[Asked], Json]] = {}


def _tells(called: str) -> Callable[[Callable[[Asked], Json]], Callable[[Asked], Json]]:
    """What members of these names say of a page."""

    def kept(told: Callable[[Asked], Json]) -> Callable[[Asked], Json]:
        _TELLS.update(dict.fromkeys(names(called), told))
        return told

    return kept


_tells("total totalcount totalitems totalresults totalelements totalsize totalrecords itemcount count")(
    lambda asked: asked.page.total
)
_tells("totalpages pages pagecount numpages")(lambda asked: asked.page.pages)
_tells("lastpage")(lambda asked: asked.page.pages + asked.page.listing.paging.first - 1)
_tells("page pagenumber currentpage pageno number")(lambda asked: asked.page.number)
_tells("limit perpage pagesize size itemsperpage")(lambda asked: asked.page.size)
_tells("offset skip start startindex")(lambda asked: asked.page.start)
_tells("hasmore hasnext hasnextpage more")(lambda asked: asked.page.has_more)
_tells("hasprevious hasprev haspreviouspage")(lambda asked: asked.page.start > 0)
_tells("next nextpage nexturl nextlink nexthref nextpageurl")(lambda asked: asked.next())
_tells("previous prev previouspage prevpage previousurl prevurl")(lambda asked: asked.previous())
_tells("self")(lambda asked: asked.own())
_tells("href url")(lambda asked: asked.request.path)
_tells("first firsturl")(lambda asked: asked.first())
_tells("last lasturl")(lambda asked: asked.last())
_tells("cursor nextcursor nextpagetoken nexttoken endcursor after")(lambda asked: asked.cursor())
_tells("prevcursor previouscursor startcursor before")(lambda _: None)
_tells("firstid")(lambda asked: asked.page.records[0].key if asked.page.records else None)
_tells("lastid")(lambda asked: asked.page.records[-1].key if asked.page.records else None)


def page_headers(asked: Asked) -> dict[str, str]:
    """What the usual headers of a list say of its page; empty where there is nothing to say."""
    page = asked.page
    told = {
        **dict.fromkeys(("x-total-count", "x-total", "total-count"), page.total),
        **dict.fromkeys(("x-total-pages", "x-page-count"), page.pages),
        **dict.fromkeys(("x-per-page", "x-page-size", "x-limit"), page.size),
        "x-offset": page.start,
        "x-page": page.number,
        "x-next-page": page.number + 1 if page.has_more else None,
        "x-prev-page": page.number - 1 if page.start else None,
    }
    links = ", ".join(f'<{url}>; rel="{name}"' for name, url in asked.relations())
    return {"link": links} | {name: "" if value is None else str(value) for name, value in told.items()}


def list_body(
    maker: Maker, at: SchemaAt, way: Way, items: list[Json], asked: Asked, *seed: str
) -> Json | None:
    """The whole body of a list; None where the schema lets none hold these items."""
    if not way:
        return items if maker.facts.accepts(at, items) else None
    told = _told(maker, at, way, items, asked, 0)
    if maker.facts.accepts(at, told):
        return told
    return _whole(maker, at, way, items, told, *seed)


def _whole(maker: Maker, at: SchemaAt, way: Way, items: list[Json], told: Json, *seed: str) -> Json | None:
    """What could be told, with the rest generated; of what is refused, all but the items is given up."""
    made = maker.make(at, told, "list", *seed)
    if made is None or _at(made, way) != items:
        made = maker.make(at, _holding(way, items), "list", *seed)
    if made is None or _at(made, way) != items:
        return None
    less = _truthful(maker, at, way, made, told, 0)
    return less if maker.facts.accepts(at, less) else made


def _truthful(maker: Maker, at: SchemaAt, way: Way, made: Object, told: Object, depth: int) -> Object:
    """An envelope without what was generated of its page, such as a link to a next one."""
    properties, required = maker.facts.properties(at), maker.facts.required(at)
    found = {}
    for name, value in made.items():
        called, inner = plain(name), told.get(name)
        if way and name == way[0]:
            inner_way = way[1:]
        elif name not in told and name not in required and called in {*RELATED, *_TELLS}:
            continue
        elif called in GROUPS and depth < MAX_DEPTH:
            inner_way = ()
        else:
            found[name] = value
            continue
        if isinstance(value, dict) and name in properties:
            known = inner if isinstance(inner, dict) else {}
            value = _truthful(maker, properties[name], inner_way, value, known, depth + 1)
        found[name] = value
    return found


def _told(maker: Maker, at: SchemaAt, way: Way, items: list[Json], asked: Asked, depth: int) -> Object:
    """All that is known of the members of an envelope."""
    found: Object = {}
    properties, required = maker.facts.properties(at), maker.facts.required(at)
    for name, each in properties.items():
        if way and name == way[0]:
            found[name] = items if len(way) == 1 else _told(maker, each, way[1:], items, asked, depth + 1)
        elif plain(name) in RELATED and "href" in maker.facts.properties(each):
            url = _TELLS[plain(name)](asked)
            if isinstance(url, str):
                found[name] = {"href": url}
        elif plain(name) in GROUPS and maker.facts.is_object(each) and depth < MAX_DEPTH:
            inner = _told(maker, each, (), items, asked, depth + 1)
            if inner or name in required:
                found[name] = inner
        else:
            counts = way and plain(name) in _counts(plain(way[-1]))
            value = _member(maker, "total" if counts else plain(name), each, asked)
            if value is not _ABSENT and (value not in (None, "") or name in required):
                found[name] = value
    return found


def _counts(listed: str) -> tuple[str, ...]:
    """What the number of the items of a list may be called."""
    one = plain(singular(listed))
    return (f"{listed}count", f"{one}count", f"total{listed}", f"num{listed}", f"{listed}total")


def _member(maker: Maker, called: str, at: SchemaAt, asked: Asked) -> Json:
    """What a member says of the page, of the type that it has; nothing where it is of another."""
    tells = _TELLS.get(called)
    if tells is None:
        return _ABSENT
    value, types = tells(asked), maker.facts.types(at)
    if value is None and types == {"string"}:
        value = ""  # there is no such page
    if isinstance(value, str) and not types & {"string"} and types:
        if called.startswith("next") and asked.page.has_more:
            value = asked.page.number + 1
        elif called.startswith("prev") and asked.page.start:
            value = asked.page.number - 1
    return value if maker.facts.accepts(at, value) else _ABSENT


def _holding(way: Way, items: list[Json]) -> Object:
    value: Json = items
    for name in reversed(way):
        value = {name: value}
    held: Object = value
    return held


def _at(value: Json, way: Way) -> Json:
    for name in way:
        value = value.get(name) if isinstance(value, dict) else None
    return value
