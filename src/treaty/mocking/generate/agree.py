"""Members of one object that say something of each other: earlier and later, least and most, how many.

A table says which; what is changed to agree is only what the schema allows to be so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from treaty.mocking.generate.blueprints import Agreement, Member
from treaty.mocking.generate.candidates import fits
from treaty.mocking.generate.model import Wish
from treaty.mocking.generate.naming import tokens
from treaty.mocking.generate.nouns import GENERIC

if TYPE_CHECKING:
    from treaty.findings import Json
    from treaty.mocking.generate.session import Session

# A word of the name of what comes first, or is less, and what the other may be called in its stead.
BEFORE: dict[str, tuple[str, ...]] = {
    "created": ("updated", "modified", "edited", "closed", "completed", "finished", "deleted", "expires"),
    "creation": ("update", "modification", "expiration", "expiry"),
    "opened": ("closed", "resolved"),
    "open": ("close",),
    "opens": ("closes",),
    "start": ("end", "finish", "stop"),
    "starts": ("ends", "finishes"),
    "started": ("ended", "finished", "completed", "stopped"),
    "begin": ("end",),
    "begins": ("ends",),
    "since": ("until",),
    "from": ("to", "until", "till", "through"),
    "after": ("before",),
    "departure": ("arrival",),
    "departs": ("arrives",),
    "checkin": ("checkout",),
    "pickup": ("dropoff", "delivery"),
    "ordered": ("shipped", "delivered"),
    "shipped": ("delivered",),
    "issued": ("expires", "expired", "due"),
    "issue": ("due", "expiry", "expiration"),
    "published": ("updated", "modified"),
    "joined": ("left",),
    "hired": ("terminated",),
    "first": ("last",),
    "min": ("max",),
    "minimum": ("maximum",),
    "least": ("most",),
    "low": ("high",),
    "lower": ("upper",),
    "used": ("total",),
    "subtotal": ("total",),
    "birth": ("death",),
}
# Of these the other follows within hours or days, not months.
SHORTLY = frozenset(
    {"departure", "departs", "start", "starts", "begin", "begins", "checkin", "pickup", "open", "opens"}
)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
MOST_MINUTES = 2_880
DATED = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d|$)|\d\d:\d\d(:\d\d|$)")
COUNTS = frozenset({"count", "size", "length", "returned", "numberofelements", "itemcount", "pagecount"})
TOTALS = frozenset(
    {"total", "totalcount", "totalelements", "totalitems", "totalresults", "totalsize", "totalrecords",
     "resultcount", "totalhits"}
)  # fmt: skip
PAGES = frozenset({"totalpages", "pages", "pagestotal", "lastpage"})
MORE = frozenset({"hasmore", "hasnext", "hasnextpage", "more", "truncated", "istruncated"})
LAST = frozenset({"last", "islast", "islastpage"})
NEXT = frozenset(
    {"next", "nextpage", "nextcursor", "nexturl", "nextlink", "nexttoken", "nextpagetoken", "nextoffset"}
)
PAGE = frozenset({"page", "currentpage", "pagenumber"})
OFFSET = frozenset({"offset", "skip"})
AMBIGUOUS = frozenset({"size", "length", "last", "first", "pages", "more"})
IDENTIFYING = frozenset({"id", "uuid", "guid"})
THINGS = frozenset({"currency", "price", "subtotal", "tax", "amount"})
BACK = frozenset({"previous", "prev", "previouspage", "prevpage", "previousurl", "prevurl"})


# What an object is called that tells of the list beside it.
METAS = frozenset(
    {"meta", "metadata", "pagination", "paging", "pageinfo", "pager", "page", "info", "links", "pages"}
)
ASKED = frozenset({"page", "currentpage", "pagenumber", "limit", "perpage", "pagesize", "offset", "skip"})
TOLD = (COUNTS, TOTALS, PAGES, MORE, LAST, NEXT, BACK, PAGE, OFFSET)


def agreement_of(members: Sequence[Member]) -> Agreement:
    """What the names of members say they have to do with each other."""
    by_name = {each.known: each for each in members if not each.holds}
    lists = tuple(each.name for each in members if each.holds and _is_list(each))
    generic = tuple(each for each in lists if "".join(tokens(each)) in GENERIC)
    # What has an identity or a price is a thing with parts, not a page of a list.
    is_page = (len(lists) == 1 or generic) and IDENTIFYING.isdisjoint(by_name) and THINGS.isdisjoint(by_name)
    told = tuple(each for each in members if _tells(each, listed=bool(generic))) if is_page else ()
    return Agreement(tuple(_pairs(members, by_name)), lists, generic, told)


def _is_list(member: Member) -> bool:
    """Is it an array? Found by the schemas next to it, as far as they say so."""
    kinds = [at.schema.get("type") for at in member.spot.goal if isinstance(at.schema, dict)]
    return "array" in kinds or any("array" in each for each in kinds if isinstance(each, list))


def _tells(member: Member, *, listed: bool) -> bool:
    """Does it tell of a list? Where the list is not called so, what could mean much else does not."""
    if not listed and member.known in AMBIGUOUS:
        return False
    return any(member.known in names for names in TOLD)


def _pairs(members: Sequence[Member], by_name: dict[str, Member]) -> list[tuple[Member, Member]]:
    found = []
    for member in members:
        words = tokens(member.name)
        for index, word in enumerate(words):
            for other in BEFORE.get(word, ()):
                later = by_name.get("".join((*words[:index], other, *words[index + 1 :])))
                if later is not None and later is not member and not member.holds:
                    found.append((member, later))
    return found


def agree(agreement: Agreement, value: dict[str, Json], session: Session, wish: Wish | None) -> None:
    """Change what does not agree, within what the schemas allow; what was wished stays as it is."""
    for first, second in agreement.pairs:
        if first.name in value and second.name in value:
            _order(first, second, value, session, wish)
    if agreement.told:
        lists = agreement.generic or agreement.lists
        shown = next((name for name in lists if isinstance(value.get(name), list)), None)
        if shown is not None:
            _tell(agreement, value, len(value[shown]), session, wish)


def _order(
    first: Member, second: Member, value: dict[str, Json], session: Session, wish: Wish | None
) -> None:
    """Exchange two values that are in the wrong order, or give one the value of the other."""
    one, other = value[first.name], value[second.name]
    kept = [wish is not None and wish.of(each.name, each.known) is not None for each in (first, second)]
    if not kept[1] and isinstance(one, str) and isinstance(other, str) and _is_shortly_before(first):
        soon = _soon_after(one, other)
        if soon is not None and (_are_alike(first, second) or _may_be(second, soon, session)):
            value[second.name] = soon
            return
    if not _is_after(one, other):
        return
    if not any(kept) and (
        _are_alike(first, second) or (_may_be(first, other, session) and _may_be(second, one, session))
    ):
        value[first.name], value[second.name] = other, one
    elif not kept[1] and _may_be(second, one, session):
        value[second.name] = one
    elif not kept[0] and _may_be(first, other, session):
        value[first.name] = other


def _is_shortly_before(first: Member) -> bool:
    return not SHORTLY.isdisjoint(tokens(first.name))


def _soon_after(one: str, other: str) -> str | None:
    """An instant some hours after one, its distance taken from another; None where these are none."""
    if not (INSTANT.match(one) and INSTANT.match(other)):
        return None
    minutes = 30 + (int(other[11:13]) * 60 + int(other[14:16])) * int(other[8:10]) % MOST_MINUTES
    try:
        moved = datetime.fromisoformat(one[:19]) + timedelta(minutes=minutes)
    except (ValueError, OverflowError):
        return None
    return moved.isoformat() + one[19:]


def _are_alike(first: Member, second: Member) -> bool:
    """Are two members picked from the same, so that each may have the other's value?"""
    one, other = first.spot.stock, second.spot.stock
    if one is None or other is None:
        return False
    return one.values is other.values or (isinstance(one.values, range) and one.values == other.values)


def _is_after(one: Json, other: Json) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one > other and len(one) == len(other) and bool(DATED.match(one) and DATED.match(other))
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (one, other))
    return numbers and one > other


def _may_be(member: Member, value: Json, session: Session) -> bool:
    """Whether a member may have a value that another of the same kind has."""
    merged = member.spot.merged
    if merged is not None and merged.named and session.settings.use_examples:
        return False
    if merged is None or "enum" in merged.keywords or "const" in merged.keywords:
        return bool(session.satisfied(member.spot.goal, value))
    return fits(merged, value)


def _tell(
    agreement: Agreement, value: dict[str, Json], shown: int, session: Session, wish: Wish | None
) -> None:
    """Have what is told of a list agree with it: one page that is all there is, or the last of some."""
    wanted = _told_of(shown, wish)
    page = wanted[PAGE]
    for member in agreement.told:
        if member.name not in value or (wish is not None and wish.of(member.name, member.known) is not None):
            continue
        told = next(each for names, each in wanted.items() if member.known in names)
        if told is None and member.known in BACK and page > 1:
            continue
        if _may_be(member, told, session):
            value[member.name] = told
        elif told is None and not member.required:
            del value[member.name]


def told_beside(agreement: Agreement, value: dict[str, Json], wish: Wish | None) -> Wish | None:
    """The wish for an object that tells of the list it stands beside: `meta`, `pagination`."""
    shown = next((name for name in agreement.shown if isinstance(value.get(name), list)), None)
    if shown is None:
        return None
    wanted = _told_of(len(value[shown]), wish)
    asked = {} if wish is None else {name: each for name, each in wish.known.items() if name in ASKED}
    told = {name: Wish(each) for names, each in wanted.items() for name in names - AMBIGUOUS}
    return Wish(known={**told, **asked})


def _told_of(shown: int, wish: Wish | None) -> dict[frozenset[str], Json]:
    """What is to be told of a list of so many elements."""
    before, page = _before(wish), _wished(wish, "page") or 1
    return {
        COUNTS: shown,
        TOTALS: before + shown,
        PAGES: page,
        MORE: False,
        LAST: True,
        NEXT: None,
        BACK: None,
        PAGE: page,
        OFFSET: before,
    }


def _before(wish: Wish | None) -> int:
    """How many elements come before those shown, by what was asked for."""
    offset = _wished(wish, "offset") or _wished(wish, "skip")
    page = _wished(wish, "page")
    size = next(filter(None, (_wished(wish, name) for name in ("limit", "perpage", "pagesize", "size"))), 0)
    return offset or max(0, page - 1) * size


def _wished(wish: Wish | None, name: str) -> int:
    found = None if wish is None else wish.known.get(name)
    value = None if found is None else found.value
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
