"""What a request says of its answer: `GET /users/42` is about the user 42.

Values of the path, the query and a body that was sent become wishes for the answer's data,
by what they are called. The schema has the last word: what it does not allow is dropped.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from treaty.contract.model import Operation
from treaty.contract.schemas import SchemaAt
from treaty.document.templates import EXPRESSION
from treaty.exchange.call import Call
from treaty.findings import Json
from treaty.mocking.generate.model import Wish
from treaty.mocking.generate.naming import known_as, singular, tokens
from treaty.mocking.generate.nouns import noun_in

# Names of query parameters that say which part of a list is asked for, as `known_as` has them.
SIZES = (
    "limit",
    "perpage",
    "pagesize",
    "maxresults",
    "itemsperpage",
    "size",
    "count",
    "top",
    "take",
    "first",
)
PAGES = ("page", "pagenumber", "currentpage", "pageno", "pagenum")
OFFSETS = ("offset", "skip", "startindex", "start")
# What is echoed of them; `size` and `count` tell how many came.
ECHOED = {SIZES: SIZES[:5], PAGES: PAGES, OFFSETS: OFFSETS[:3]}
# Other parameters that are about the answer, and not about what is in it.
_CONTROLS = """
cursor after before q query search filter sort sortby orderby order direction fields include exclude expand
select embed format callback pretty lang locale version apiversion apikey key token accesstoken
nextpagetoken pagetoken startingafter endingbefore marker continuationtoken since until dryrun view
"""
CONTROLS = frozenset(_CONTROLS.split())
# What an object that wraps the one which is meant calls it.
ENVELOPES = frozenset({"data", "result", "item", "object", "payload", "response", "attributes", "content"})
# What says which of its kind a thing is, besides an id.
NAMES = ("login", "slug", "username", "handle", "key", "code", "symbol", "number", "name")
# Where the parameter only says what it is about, `/invoices/{invoice}`, an id is the likeliest.
EITHER = ("login", "username", "handle", "id", "slug", "key", "code", "symbol", "number", "name")
VERSION = re.compile(r"v\d+([.-]\d+)*|api", re.IGNORECASE)
MAX_ECHOED = 2_000  # JSON values of a body
MAX_SENT = 1024 * 1024  # bytes of it
MAX_DEPTH = 24


@dataclass(frozen=True)
class Part:
    """A parameter of a path: what it is called, and what it identifies.

    Its value is that of all `fields` of the thing that there are, and of the first of `either`.
    """

    name: str
    noun: str
    fields: tuple[str, ...]
    either: tuple[str, ...]
    last: bool

    @cached_property
    def joined(self) -> str:
        """The noun as one word."""
        return self.noun.replace(" ", "")

    @cached_property
    def telling(self) -> str:
        """Its own name, where that says what it is of; empty where any thing may have such a one."""
        known = known_as(self.name)
        return "" if known in ("id", "uuid", "guid", *NAMES) else known

    @cached_property
    def elsewhere(self) -> tuple[str, ...]:
        """What the thing's identity is called in other things."""
        if not self.joined:
            return ()
        named = {*self.fields, *(self.joined + each for each in (*self.fields, *self.either[:2]))}
        return tuple(self.joined + each for each in ("id", *NAMES) if self.joined + each in named)


@dataclass(frozen=True)
class Subject:
    """What an operation is about, by its path: the name of what it answers, and its parameters."""

    name: str
    parts: tuple[Part, ...] = ()

    @cached_property
    def envelopes(self) -> frozenset[str]:
        """What an object that wraps the one which is meant may call it."""
        return ENVELOPES | {known_as(singular(self.name))}


@dataclass(slots=True)
class Coherence:
    """Wishes for the answers of one contract's operations."""

    operations: Iterable[Operation]
    subjects: dict[str, Subject] = field(default_factory=dict)

    def subject(self, operation: Operation) -> Subject:
        """What an operation is about."""
        found = self.subjects.get(operation.path)
        if found is None:
            found = self.subjects[operation.path] = subject_of(operation.path)
        return found

    def keys(self) -> dict[str, tuple[str, ...]]:
        """By what things are called, the names of what identifies them, as paths have it."""
        found: dict[str, tuple[str, ...]] = {}
        for operation in self.operations:
            for part in self.subject(operation).parts:
                noun = part.noun.replace(" ", "")
                if part.last and noun:
                    names = (*found.get(noun, ()), *part.fields, *part.either)
                    found[noun] = tuple(dict.fromkeys(names))
        return found

    def wish(self, call: Call, schema: SchemaAt) -> Wish | None:
        """What the data of an answer should have, by what was asked; None where nothing is known."""
        subject = self.subject(call.operation)
        own, foreign = _identities(subject, call.path, schema)
        filters, shown, most = _asked(call.query) if call.query else ({}, {}, None)
        sent = echoed(call.body) if sent_with(call) else None
        itself = own or _NOTHING_OWN
        known = {**shown, **foreign, **itself.known}
        in_list = {**filters, **foreign}
        if own is None and sent is None and most is None and not (known or in_list):
            return None
        return Wish(
            members=_without(sent.members, itself.known) if sent else {},
            known=known,
            either=itself.either,
            enveloped=subject.envelopes,
            elements=None if sent is None else sent.elements,
            each=Wish(known=in_list) if in_list else None,
            most=most,
        )


_NOTHING_OWN = Wish()


def sent_with(call: Call) -> str:
    """What tells the bodies apart that an answer depends on; empty where it depends on none."""
    body = call.request.body
    if call.request.spool is not None or not isinstance(call.body, dict | list) or len(body) > MAX_SENT:
        return ""
    kind = call.request.header("content-type") or ""
    return hashlib.blake2b(kind.encode() + b"\n" + body, digest_size=16).hexdigest()


def subject_of(path: str) -> Subject:
    """What a path template is about."""
    segments = [each for each in path.split("/") if each and not VERSION.fullmatch(each)]
    parts, before, name = [], "", ""
    for index, segment in enumerate(segments):
        names = EXPRESSION.findall(segment)
        if not names:
            before = name = segment
            continue
        whole = len(names) == 1 and EXPRESSION.fullmatch(segment) is not None
        last = whole and index == len(segments) - 1
        parts += [_part(each, before if whole else "", last) for each in names]
        if whole:
            name = parts[-1].noun or name
        before = ""
    last_is_parameter = bool(parts) and parts[-1].last
    return Subject(singular(name) if last_is_parameter else name, tuple(parts))


def _without(members: Mapping[str, Wish], known: Mapping[str, Wish]) -> dict[str, Wish]:
    return {name: each for name, each in members.items() if known_as(name) not in known}


def _part(name: str, before: str, last: bool) -> Part:
    """A parameter behind a collection: `/users/{userId}`, `/users/{id}`, `/users/{username}`."""
    words, known = tokens(name), known_as(name)
    collection = " ".join(tokens(singular(before)))
    tail = words[-1] if words else known
    if tail in ("id", "uuid", "guid"):
        noun = collection or " ".join(words[:-1])
        joined = noun.replace(" ", "")
        return Part(name, noun, tuple(dict.fromkeys((tail, joined + tail, known, "id"))), (), last)
    # `/repos/{owner}` is not about a repo; `/users/{username}` is about a user.
    named = known in NAMES or tail in NAMES or known == collection.replace(" ", "")
    noun = collection if named and collection else " ".join(words)
    return Part(name, noun, (), tuple(dict.fromkeys((known, tail, *EITHER))), last)


def _identities(
    subject: Subject, values: Mapping[str, Json], schema: SchemaAt
) -> tuple[Wish | None, dict[str, Wish]]:
    """The wish for what identifies the thing itself, and those for what refers to the things around it."""
    own: Wish | None = None
    foreign: dict[str, Wish] = {}
    about, last = _noun_of(schema), len(subject.parts) - 1
    for index, part in enumerate(subject.parts):
        value = values.get(part.name)
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            continue
        wish, joined = Wish(value), part.joined
        itself = Wish(value, known=dict.fromkeys(part.fields, wish), either=_either(part, wish))
        # An action below a thing answers the thing: POST /orders/{id}/cancel.
        if part.last or (index == last and about and about == joined):
            own = itself
        elif joined:
            foreign[joined] = itself
        for name in part.elsewhere:
            foreign[name] = wish
        if part.telling:
            foreign.setdefault(part.telling, itself)
    return own, foreign


def _either(part: Part, wish: Wish) -> tuple[tuple[tuple[str, ...], Wish], ...]:
    return ((part.either, wish),) if part.either else ()


def _noun_of(at: SchemaAt) -> str:
    reference = at.schema.get("$ref") if isinstance(at.schema, dict) else None
    return _noun_in(reference) if isinstance(reference, str) else ""


@functools.lru_cache(maxsize=4096)
def _noun_in(reference: str) -> str:
    return noun_in(reference.replace("~1", "/").rpartition("/")[2]).replace(" ", "")


def _asked(query: Mapping[str, Json]) -> tuple[dict[str, Wish], dict[str, Wish], int | None]:
    """What a query filters by, what of it an answer repeats, and how many elements it asks for at most."""
    filters: dict[str, Wish] = {}
    shown: dict[str, Wish] = {}
    most = None
    for name, value in query.items():
        known = known_as(name)
        group = next((each for each in ECHOED if known in each), None)
        if group is not None and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            shown.update(dict.fromkeys(ECHOED[group], Wish(value)))
            most = value if group is SIZES else most
        elif known not in CONTROLS:
            filters.update(_filter(name, value))
        elif known == "filter" and isinstance(value, dict):
            for inner, each in value.items():
                filters.update(_filter(inner, each))
    return filters, shown, most


def _filter(name: str, value: Json) -> dict[str, Wish]:
    """The wish for the members that a query parameter filters by."""
    bracketed = re.fullmatch(r"filters?\[([^\]]+)\]", name)
    known = known_as(bracketed[1] if bracketed else name)
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict | list) or value is None:
        return {}
    found = {known: Wish(value)}
    if known.endswith("id") and len(known) > 2:
        found[known[:-2]] = Wish(known={"id": Wish(value)})
    return found


def echoed(body: Json) -> Wish | None:
    """The wish for a value like a body that was sent; None where it is none of JSON, or too large."""
    if not isinstance(body, dict | list):
        return None
    left = [MAX_ECHOED]
    return _echo(body, left, 0)


def _echo(value: Json, left: list[int], depth: int) -> Wish | None:
    left[0] -= 1
    if left[0] < 0 or depth > MAX_DEPTH:
        return None
    if isinstance(value, dict):
        members = {name: _echo(each, left, depth + 1) for name, each in value.items()}
        return Wish(members={name: each for name, each in members.items() if each is not None})
    if isinstance(value, list):
        elements = tuple(_echo(each, left, depth + 1) or Wish() for each in value)
        return Wish(elements=elements)
    return Wish(value) if isinstance(value, str | int | float | bool) or value is None else None


def whole(value: Json) -> Wish:
    """The wish for a value as it is, and for nothing beside it: to keep what is right of one that is not."""
    if isinstance(value, dict):
        return Wish(value, members={name: whole(each) for name, each in value.items()}, whole=True)
    if isinstance(value, list):
        return Wish(value, elements=tuple(map(whole, value)), whole=True)
    return Wish(value)
