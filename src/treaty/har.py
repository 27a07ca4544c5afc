"""HAR: recorded exchanges (HTTP Archive 1.2) as requests and responses, and their judgement.

Recorders differ in what they leave out, so nothing but `method`, `url` and a number for
`status` is relied on.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from string import printable
from urllib.parse import quote, urlencode, urlsplit

import orjson

from treaty.contract.servers import host_of, server_host
from treaty.exchange.codecs.plain import encode_text
from treaty.exchange.messages import Headers, Request, Response
from treaty.exchange.secrets import mask_query
from treaty.findings import DocumentError, Finding, Json, Location, Place
from treaty.judging import Judge

FORM = "application/x-www-form-urlencoded"
# Chrome exports recordings without credentials, unless it is told to keep them.
_SANITIZING = "WebInspector"
_SANITIZED = frozenset({"cookie", "authorization", "set-cookie"})
_UNKNOWN = "x-unknown"  # as browsers call the type of what has none
# A recorder writes bodies as they were before they were coded for the way.
_OF_THE_WAY = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class _EntryError(Exception):
    """An entry cannot be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a recording; `number` counts from 1.

    `problem` says why it cannot be read, and is empty when it can. A response is None when
    none came. `whole_request` and `whole_response` are false when the recorder has left a
    body out that was there, `has_credentials` when it leaves them out of every message. `host`
    is whom the request was for, with the port where that is not the usual one.
    """

    number: int
    request: Request
    response: Response | None = None
    whole_request: bool = True
    whole_response: bool = True
    problem: str = ""
    host: str = ""
    has_credentials: bool = True


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry and what was found on it; `known` says whether the contract has such an operation.

    `target` is path and query, without credentials. One `elsewhere` was left out for its host.
    """

    entry: Entry
    target: str
    known: bool = True
    findings: list[Finding] = field(default_factory=list)
    elsewhere: bool = False


def read_har(content: bytes, name: str) -> list[Entry]:
    """The entries of a recording called `name`, in their order.

    Raises `DocumentError` when it is not a recording.
    """
    recording = _parsed(content.removeprefix(b"\xef\xbb\xbf"), name)
    entries = _member(_member(recording, "log"), "entries")
    if not isinstance(entries, list):
        finding = Finding(
            "not-a-recording",
            "not a recording: it has no list `log.entries`",
            location=Location(name),
            expected="an HTTP Archive (HAR 1.2), as browsers and proxies export it",
        )
        raise DocumentError([finding])
    found = [_entry(number, node) for number, node in enumerate(entries, 1)]
    if _text(_member(_member(recording, "log"), "creator"), "name") == _SANITIZING and not any(
        _has_credentials(each) for each in found
    ):
        return [replace(each, has_credentials=False) for each in found]
    return found


def _parsed(content: bytes, name: str) -> Json:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        at = Location(name, error.lineno, error.colno)
        finding = Finding("not-a-recording", f"not JSON: {error.msg}", location=at)
    try:
        return json.loads(content)  # recorders write bytes that are no text as halves of surrogate pairs
    except (ValueError, RecursionError):
        raise DocumentError([finding]) from None


def judge_entries(
    judge: Judge, entries: Iterable[Entry], hosts: frozenset[str] = frozenset()
) -> Iterator[Judged]:
    """Each entry with the engine's findings, but for those on what was not recorded.

    Those with other `hosts` than these, as in `Entry`, are left out. Where none are named and some of the
    exchanges are with servers of the document, these are the servers; else there are no others.
    """
    entries, schemes = list(entries), judge.schemes
    if not hosts:
        server = server_host(judge.contract.document)
        hosts = frozenset(each.host for each in entries if server.fullmatch(each.host))
    for entry in entries:
        if entry.problem:
            message = f"entry {entry.number} cannot be read: {entry.problem}"
            yield Judged(entry, "", True, [Finding("unreadable-entry", message)])
            continue
        query = mask_query(entry.request.query, schemes)
        target = entry.request.path + (f"?{query}" if query else "")
        if hosts and entry.host not in hosts:
            yield Judged(entry, target, known=False, elsewhere=True)
            continue
        recorded = judge.recorded(entry.request, entry.response)
        if recorded.operation is None:
            yield Judged(entry, target, known=False)
            continue
        asked = _of("request", recorded.request_findings, entry, entry.whole_request)
        answered = _of("response", recorded.response_findings, entry, entry.whole_response)
        yield Judged(entry, target, True, asked + answered)


def _of(part: str, findings: list[Finding], entry: Entry, whole: bool) -> list[Finding]:
    """The findings on one message of an exchange, saying so, but for what is not in the recording."""
    kept = [each for each in findings if _is_recorded(each.place, entry, whole)]
    return [replace(each, message=f"{part}: {each.message}") for each in kept]


def _is_recorded(place: Place | None, entry: Entry, whole: bool) -> bool:
    if place is None:
        return True
    is_credential = place.part in ("security", "cookie") or place.name.lower() in _SANITIZED
    return (whole or place.part != "body") and (entry.has_credentials or not is_credential)


def _has_credentials(entry: Entry) -> bool:
    headers = [*entry.request.headers, *(entry.response.headers if entry.response else ())]
    return any(name in _SANITIZED for name, _ in headers)


def _entry(number: int, node: Json) -> Entry:
    try:
        request, host, whole_request = _request(_member(node, "request"))
        response, whole_response = _response(_member(node, "response"))
    except _EntryError as error:
        return Entry(number, Request("", ""), problem=str(error))
    return Entry(number, request, response, whole_request, whole_response, host=host)


def _request(node: Json) -> tuple[Request, str, bool]:
    method, url = _member(node, "method"), _member(node, "url")
    if not isinstance(method, str) or not isinstance(url, str) or not method:
        raise _EntryError("its request has no `method` or no `url`")
    try:
        parts = urlsplit(quote(url, safe=printable))  # recorders write some URLs for people
        host = host_of(parts)
    except ValueError as error:  # half an IPv6 address, a lone surrogate
        raise _EntryError(f"its `url` cannot be read: {error}") from None
    query = parts.query or urlencode(list(_pairs(_member(node, "queryString"))))
    headers = _headers(node)
    cookies = "; ".join(f"{name}={value}" for name, value in _pairs(_member(node, "cookies")))
    if cookies and not _has(headers, "cookie"):
        headers.append(("cookie", cookies))
    posted = _member(node, "postData")
    kind = _text(posted, "mimeType")
    if kind and not _has(headers, "content-type"):
        headers.append(("content-type", kind))
    body = _posted(posted, kind, _content_type(headers))
    left_out = isinstance(posted, dict) and _member(node, "bodySize") != 0
    whole = bool(body) or not (left_out or _was_sent(node, headers))
    kept = [pair for pair in headers if pair[0] not in _OF_THE_WAY]
    return Request(method.upper(), parts.path or "/", query, kept, body), host, whole


def _posted(posted: Json, kind: str, sent: str) -> bytes:
    body = _body(posted, sent)
    form = list(_pairs(_member(posted, "params")))
    if not body and form and kind.partition(";")[0].strip().lower() == FORM:
        return urlencode(form).encode()
    return body


def _response(node: Json) -> tuple[Response | None, bool]:
    status = _member(node, "status")
    if node is None or status in (None, 0, -1):  # aborted, blocked, or never answered
        return None, True
    if not isinstance(status, int) or not 100 <= status <= 599:
        raise _EntryError(f"its response has the status {str(status)[:20]!r}")
    headers = _headers(node)
    content = _member(node, "content")
    kind = _text(content, "mimeType")
    body = _body(content, _content_type(headers) or kind)
    missing = not body and (_was_sent(node, headers) or _is_left_out(content, headers))
    if kind not in ("", _UNKNOWN) and (body or missing) and not _has(headers, "content-type"):
        headers.append(("content-type", kind))
    kept = [pair for pair in headers if pair[0] not in _OF_THE_WAY]
    return Response(status, kept, body), not missing


def _was_sent(node: Json, headers: Headers) -> bool:
    """Does the message say that it had a body?"""
    size = _member(node, "bodySize")
    length = next((value for name, value in headers if name == "content-length"), "0")
    return (isinstance(size, int) and size > 0) or length.strip() not in ("", "0")


def _is_left_out(content: Json, headers: Headers) -> bool:
    """Has a recorder left out what a response has? It then says how long that is, or nothing of it."""
    size = _member(content, "size")
    if isinstance(size, int) and size >= 0:
        return size > 0
    return _member(content, "text") is None and ("content-length", "0") not in headers


def _content_type(headers: Headers) -> str:
    return next((value for name, value in headers if name == "content-type"), "")


def _body(node: Json, sent: str) -> bytes:
    """A body as it was sent: a recorder writes texts as characters, whatever their charset was."""
    text = _text(node, "text")
    if _text(node, "encoding").lower() != "base64":
        return encode_text(text, sent)
    try:
        return base64.b64decode(text)
    except ValueError:
        raise _EntryError("it has a body that is not the base64 it says it is") from None


def _headers(node: Json) -> Headers:
    """Header fields, names in lower case; without the pseudo-headers of HTTP/2 (RFC 9113, section 8.3)."""
    return [
        (name.strip().lower(), value)
        for name, value in _pairs(_member(node, "headers"))
        if not name.startswith(":")
    ]


def _has(headers: Headers, name: str) -> bool:
    return any(each == name for each, _ in headers)


def _pairs(nodes: Json) -> Iterator[tuple[str, str]]:
    """The `name` and `value` of each node of a list."""
    for node in nodes if isinstance(nodes, list) else ():
        name, value = _member(node, "name"), _member(node, "value")
        if isinstance(name, str):
            yield name, "" if value is None else str(value)


def _text(node: Json, name: str) -> str:
    value = _member(node, name)
    return value if isinstance(value, str) else ""


def _member(node: Json, name: str) -> Json:
    return node.get(name) if isinstance(node, dict) else None
