"""Where in a declared error body it may be said what is wrong: members known by their names.

The names are those that error bodies of public APIs use; the schema judges what is put in.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus

from treaty import problems
from treaty.findings import Finding, Json, path_of
from treaty.mocking.generate.model import Wish

MAX_TEXT = 500
MAX_DEPTH = 4  # of members within members
STATUSES = ("status", "statuscode", "httpstatus", "httpstatuscode", "httpcode")
CODES = ("code", "errorcode", "errcode")
# Of each status its phrase, and a sentence.
STATUS_TEXTS = {each.value: (each.phrase, each.description or each.phrase) for each in HTTPStatus}
STATUS_TEXTS[500] = ("Internal Server Error", "The server met an unexpected condition")


@dataclass(slots=True)  # nobody changes one, but frozen it would take three times as long to make
class Said:
    """What there is to say: our problem, its status as sent, and what the request was.

    `texts` say what is wrong: all of it, the first of it, the kind of it.
    """

    problem: problems.Problem
    status: int
    method: str
    path: str
    findings: Sequence[Finding]
    texts: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        told = "; ".join([said_of(each) for each in self.findings])
        short = told if len(told) <= MAX_TEXT else told[: MAX_TEXT - 1] + "…"
        self.texts = short, self.findings[0].message, self.problem.title

    @property
    def document(self) -> dict[str, Json]:
        """The problem document (RFC 9457)."""
        return {
            "type": self.problem.uri,
            "title": self.problem.title,
            "status": self.status,
            "detail": self.texts[0],
            "instance": self.path,
            "errors": self.errors,
        }

    @property
    def errors(self) -> list[Json]:
        """One object for each finding."""
        return [problems.error_of(each) for each in self.findings[: problems.MAX_ERRORS]]

    @property
    def by_name(self) -> tuple[dict[str, Json], ...]:
        """What is wrong by the names of what is wrong: lists of texts, or one text each."""
        lists: dict[str, list[str]] = {}
        for each in self.findings:
            lists.setdefault(named(each), []).append(each.message)
        return lists, {name: texts[0] for name, texts in lists.items()}


def plain(name: str) -> str:
    """A name without case, `_` and `-`, as the tables have them."""
    return name.lower().replace("_", "").replace("-", "")


def agreeing(value: Json, status: int, accepts: Callable[[Json], bool], depth: int = MAX_DEPTH) -> Json:
    """An error body whose members that are called as a status are the one it is sent with.

    Only where the whole is still accepted; `accepts` judges it.
    """
    found = value
    for key, each in _members(value):
        name, build = plain(str(key)), partial(_replaced, found, key)
        if isinstance(each, dict | list):
            if not depth or not (name in NESTED | LISTS or isinstance(key, int)):
                continue
            new = agreeing(each, status, partial(_accepts_with, accepts, found, key), depth - 1)
        elif isinstance(each, bool) or not (
            (name in STATUSES and isinstance(each, int | str)) or (name in CODES and isinstance(each, int))
        ):
            continue
        else:
            new = str(status) if isinstance(each, str) else status
        if new != each and accepts(build(new)):
            found = build(new)
    return found


@functools.lru_cache(maxsize=256)
def texts_for(status: int, media_type: str) -> Wish | None:
    """The wish for an error body to say what its status says (RFC 9110, section 15); None for no such status.

    A problem of a status alone has the type `about:blank` and the status's phrase as its title (RFC 9457,
    section 4.2.1).
    """
    if status not in STATUS_TEXTS:
        return None
    title, detail = (Wish(text, gentle=True) for text in STATUS_TEXTS[status])
    told = dict.fromkeys(TELLING, detail) | dict.fromkeys(("title", "error", "message", "msg"), title)
    if media_type.startswith("application/problem+"):
        told["type"] = Wish("about:blank", gentle=True)
    return Wish(known=told, enveloped=NESTED, each=Wish(known=told))


def _members(value: Json) -> list[tuple[str | int, Json]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _accepts_with(accepts: Callable[[Json], bool], value: Json, key: str | int, new: Json) -> bool:
    return accepts(_replaced(value, key, new))


def _replaced(value: Json, key: str | int, new: Json) -> Json:
    changed = copy.copy(value)
    changed[key] = new
    return changed


def named(finding: Finding) -> str:
    """The part of the request that a finding is on, as people write it: `name`, `address.street`, `body`."""
    place = finding.place
    if place is None:
        return "request"
    if not place.pointer:
        return place.name or place.part
    path = ".".join([part for part in path_of(place.pointer) if part])
    return f"{place.name}.{path}" if place.name and path else place.name or path or place.part


def said_of(finding: Finding) -> str:
    """A finding in a line: where, and what."""
    if finding.place is None or finding.place.part == "security":
        return finding.message
    return f"{named(finding)}: {finding.message}"


def _way(finding: Finding) -> list[Json] | None:
    place = finding.place
    if place is None:
        return None
    return [place.part, *([place.name] if place.name else []), *path_of(place.pointer)]


def _pointer(finding: Finding) -> Sequence[Json]:
    place = finding.place
    return (place.pointer,) if place is not None and place.part == "body" else ()


def _source(finding: Finding) -> Sequence[Json]:
    """As JSON:API says where (`source`): a pointer into the body, or the name of a parameter."""
    place = finding.place
    if place is None:
        return ()
    return ({"pointer": place.pointer},) if place.part == "body" else ({"parameter": place.name},)


def _texts(said: Said) -> Sequence[Json]:
    return said.texts


def _status(said: Said) -> Sequence[Json]:
    return said.status, str(said.status)


def _code(said: Said) -> Sequence[Json]:
    return said.problem.type, said.status, str(said.status)


def _errors(said: Said) -> Sequence[Json]:
    return *said.by_name, *said.texts


def _message(finding: Finding) -> Sequence[Json]:
    return (finding.message,)


def _field(finding: Finding) -> Sequence[Json]:
    return named(finding), _way(finding)


def _target(finding: Finding) -> Sequence[Json]:
    return _way(finding), named(finding)


def _part(finding: Finding) -> Sequence[Json]:
    return finding.place.part if finding.place else None, _way(finding)


def _kind(finding: Finding) -> Sequence[Json]:
    return (finding.code,)


# What may stand in a member of this name, the most telling first. Names without case, `_` and `-`.
MEMBERS: dict[str, Callable[[Said], Sequence[Json]]] = {
    **dict.fromkeys(("detail", "details", "message", "msg", "description", "reason"), _texts),
    **dict.fromkeys(("errormessage", "errordescription", "developermessage", "usermessage"), _texts),
    **dict.fromkeys(STATUSES, _status),
    **dict.fromkeys(CODES, _code),
    "error": lambda said: (said.problem.title, *said.texts),
    "title": lambda said: (said.problem.title,),
    "type": lambda said: (said.problem.uri, said.problem.type),
    "instance": lambda said: (said.path,),
    "path": lambda said: (said.path,),
    "method": lambda said: (said.method,),
    "errors": _errors,
}
TELLING = frozenset(
    {"detail", "details", "message", "msg", "description", "reason", "errors", "error"}
    | {"errormessage", "errordescription", "developermessage", "usermessage"}
)
# Objects within which there may be such members, and lists of what is wrong.
NESTED = frozenset({"error", "errors", "fault", "problem", "data", "meta", "status", "response", "detail"})
LISTS = frozenset(
    {"errors", "error", "violations", "issues", "details", "detail", "invalidparams", "validationerrors"}
    | {"fielderrors", "causes", "problems", "validation", "messages", "message", "errormessages", "reasons"}
)
# The same for an item of a list of what is wrong, from one finding; None is left out.
OF_ITEMS: dict[str, Callable[[Finding], Sequence[Json]]] = {
    **dict.fromkeys(("message", "msg", "detail", "description", "reason", "error"), _message),
    **dict.fromkeys(("errormessage", "issue", "text"), _message),
    **dict.fromkeys(("field", "fieldname", "name", "param", "parameter", "property", "key"), _field),
    **dict.fromkeys(("loc", "path", "target"), _target),
    **dict.fromkeys(("code", "errorcode", "type", "rule", "keyword", "kind"), _kind),
    **dict.fromkeys(("in", "location"), _part),
    "pointer": _pointer,
    "source": _source,
    "expected": lambda each: (each.expected or None,),
    "actual": lambda each: (each.actual or None,),
}
