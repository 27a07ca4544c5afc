"""Conventions: what a handler may return, as a response. They are Connexion's, for every framework.

`body`, `(body, status)`, `(body, headers)`, `(body, status, headers)`; `None` is 204 without a body,
`NoContent` no body with any status; responses of Connexion, Starlette, Flask and Werkzeug as they are.
A generator is a stream: of texts and bytes, or of the items of a sequence.
The media type is the one in the headers, else a declared one for the status that fits the body.
"""

from __future__ import annotations

import collections.abc
import inspect
import secrets
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from starlette.responses import Response as StarletteResponse
from starlette.responses import StreamingResponse as StarletteStream
from werkzeug.wrappers import Response as WerkzeugResponse

from treaty.contract.model import MediaType, is_json
from treaty.exchange.codecs.codec import UnwritableError, Written
from treaty.exchange.codecs.table import find_codec
from treaty.exchange.media_types import concrete, essence_of, find_media_type, parameters_of
from treaty.exchange.messages import Headers, Response
from treaty.exchange.prepared import PreparedOperation
from treaty.exchange.prepared_media import is_sequential
from treaty.exchange.response import WITHOUT_CONTENT
from treaty.exchange.streams import closing
from treaty.respond.frameworks import ConnexionResponse, NoContent
from treaty.respond.writing import AnswerError, ItemWriter, json_of, write_json, written_items

# What a handler returns: its own to choose.
Answer: TypeAlias = Any


@dataclass(slots=True)
class _Parts:
    """An answer taken apart; `written` says that the body is text or bytes as they are to be sent."""

    body: Any
    status: int | None = None
    headers: Headers = field(default_factory=list)
    written: bool = False
    close: Callable[[], None] | None = None


def is_unfinished(answer: Answer) -> bool:
    """Must an answer be awaited before it can be a response?"""
    body = answer[0] if isinstance(answer, tuple) and answer else answer
    return inspect.isawaitable(body) or (
        isinstance(body, StarletteResponse) and not isinstance(body, StarletteStream)
    )


async def finish(answer: Answer) -> Answer:
    """Await what an answer needs: a coroutine, a response of Starlette."""
    if isinstance(answer, tuple) and answer:
        return (await finish(answer[0]), *answer[1:])
    if inspect.isawaitable(answer):
        return await finish(await answer)
    if is_unfinished(answer):
        return await _run(answer)
    return answer


@dataclass(slots=True)
class Stream:
    """A response whose body is made while it is sent."""

    status: int
    headers: Headers
    chunks: Iterator[bytes] | AsyncIterator[bytes]
    close: Callable[[], None] | None = None  # when the chunks are not closed themselves


def response_of(prepared: PreparedOperation, answer: Answer) -> Response | Stream:
    """The response that a handler's answer means. Raises `AnswerError`."""
    parts = _parts(answer)
    status = _status(204 if parts.body is None and parts.status is None else parts.status or 200)
    headers = [_header(name, value) for name, value in parts.headers]
    if parts.body is None or status in WITHOUT_CONTENT:
        return Response(status, headers)
    said = next((value for name, value in headers if name == "content-type"), None)
    kind = said or _media_type(prepared, status, parts.body)
    if isinstance(parts.body, Iterator | AsyncIterable):
        if essence_of(kind).startswith("multipart/") and "boundary" not in parameters_of(kind):
            kind = f"{kind}; boundary=part-{secrets.token_hex(12)}"
        headers = [*(each for each in headers if each[0] != "content-type"), ("content-type", kind)]
        return Stream(
            status, headers, written_items(parts.body, ItemWriter(prepared, status, kind)), parts.close
        )
    written = _write(parts, kind, prepared, status)
    if written.content_type:
        headers = [(name, value) for name, value in headers if name != "content-type"]
        headers.append(("content-type", written.content_type))
    elif said is None and kind:
        headers.append(("content-type", _with_charset(kind, parts.body)))
    return Response(status, headers, written.body)


def _parts(answer: Answer) -> _Parts:
    if not isinstance(answer, tuple):
        return _body(answer)
    if not 1 <= len(answer) <= 3:
        raise AnswerError(
            f"a tuple of {len(answer)}: it must be (body, status), (body, headers) or (body, status, headers)"
        )
    parts = _body(answer[0])
    for each in answer[1:]:
        if each is None:
            continue
        if isinstance(each, int) or (isinstance(each, Enum) and isinstance(each.value, int)):
            parts.status = int(each.value if isinstance(each, Enum) else each)
        else:
            parts.headers = _merged(parts.headers, _pairs(each))
    return parts


def _body(body: Any) -> _Parts:
    if body is NoContent:
        return _Parts(None)
    if isinstance(body, StarletteStream):
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in body.raw_headers]
        return _Parts(_with_background(body), body.status_code, headers, written=True)
    if isinstance(body, Response):
        return _Parts(body.body, body.status, list(body.headers), written=True)
    if isinstance(body, ConnexionResponse):
        headers = _pairs(body.headers)
        if body.mimetype and not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("content-type", body.mimetype))
        return _Parts(body.body, body.status_code, headers, written=isinstance(body.body, str | bytes))
    if isinstance(body, WerkzeugResponse):
        if body.is_streamed:
            stream = iter(body.iter_encoded())
            return _Parts(stream, body.status_code, list(body.headers.items()), True, body.close)
        body.direct_passthrough = False  # a file is read here rather than by the server
        return _Parts(body.get_data(), body.status_code, list(body.headers.items()), written=True)
    return _Parts(body)


def _status(status: int) -> int:
    if not 200 <= status <= 599:
        raise AnswerError(f"the status {status}: a final one is between 200 and 599 (RFC 9110, section 15)")
    return status


def _pairs(headers: Any) -> Headers:
    """Headers from a mapping, a list of pairs, or headers of Werkzeug and Starlette."""
    listed = headers.items() if hasattr(headers, "items") else headers
    try:
        return [(str(name), str(value)) for name, value in listed]
    except (TypeError, ValueError):
        raise AnswerError(f"headers of type {type(headers).__name__}: they must be a dict or pairs") from None


def _merged(old: Headers, new: Headers) -> Headers:
    names = {name.lower() for name, _ in new}
    return [(name, value) for name, value in old if name.lower() not in names] + new


def _header(name: str, value: str) -> tuple[str, str]:
    """A header, its name in lower case; a line break would start another one (RFC 9110, section 5.5)."""
    if not name or any(each in "\r\n\0" for each in name + value):
        raise AnswerError(f"the header {name!r} has a line break or NUL in it, or no name")
    return name.lower(), value


def _media_type(prepared: PreparedOperation, status: int, body: Any) -> str:
    """The declared media type that fits a body best; JSON where none is declared for the status."""
    form = _form_of(body)
    kind = prepared.written.get((status, form))
    if kind is None:
        declared = prepared.declared(status)
        kind = prepared.written[status, form] = _fitting(declared.content if declared else (), form)
    return kind


def _form_of(body: Any) -> str:
    """What a body is, as far as its media type depends on it: a name in `_FORMS`."""
    if isinstance(body, dict | list):
        return "value"  # as most are
    if isinstance(body, str):
        return "text"
    if isinstance(body, Iterator | AsyncIterable):
        return "stream"
    return "bytes" if isinstance(body, bytes | bytearray | memoryview) else "value"


def _fitting(content: tuple[MediaType, ...], form: str) -> str:
    usual, order = _FORMS[form]
    for fits in order:
        for media in content:
            if fits(media):
                return concrete(media.name)
    return usual


def _is_json(media: MediaType) -> bool:
    return media.is_json or media.essence == "*/*"


def _is_text(media: MediaType) -> bool:
    return media.essence.startswith("text/")


def _is_binary(media: MediaType) -> bool:
    return media.essence == "application/octet-stream"


def _is_anything(media: MediaType) -> bool:
    return not media.is_json


# The media type where none is declared, and which of the declared ones fit, the best first.
_FORMS: dict[str, tuple[str, tuple[Callable[[MediaType], bool], ...]]] = {
    "text": ("text/plain", (_is_text, _is_json, _is_anything)),
    "stream": ("application/octet-stream", (is_sequential, _is_binary, _is_anything, _is_json)),
    "bytes": ("application/octet-stream", (_is_binary, _is_anything, _is_json)),
    "value": ("application/json", (_is_json, _is_anything)),
}


def _with_charset(kind: str, body: Any) -> str:
    return (
        f"{kind}; charset=utf-8"
        if isinstance(body, str) and kind.startswith("text/") and ";" not in kind
        else kind
    )


def _write(parts: _Parts, kind: str, prepared: PreparedOperation, status: int) -> Written:
    """The body, and the Content-Type where writing it decides that: the boundary of a multipart body."""
    body = parts.body
    if isinstance(body, bytes | bytearray | memoryview):
        return Written(bytes(body))
    if is_json(essence_of(kind)) and not parts.written:
        return Written(write_json(body))
    if isinstance(body, str):
        return Written(body.encode("utf-8"))
    declared = prepared.declared(status)
    media = find_media_type(declared.content, kind) if declared else None
    codec = find_codec(essence_of(kind))
    if media is None or codec is None:
        raise AnswerError(f"a {type(body).__name__} for {kind}: return text or bytes for it")
    try:
        return codec.write(json_of(body), prepared.prepared_media(media, "response"))
    except UnwritableError as error:
        raise AnswerError(f"a body that cannot be written as {kind}: {error}") from error


async def _with_background(response: StarletteStream) -> AsyncIterator[Any]:
    """The chunks of a response of Starlette, and then what it is to do afterwards."""
    async with closing(aiter(response.body_iterator)) as chunks:
        async for each in chunks:
            yield each
    if response.background is not None:
        await response.background()


async def _run(response: StarletteResponse) -> Response:
    """A response of Starlette, sent to nobody and kept."""
    kept = Response(200)
    chunks: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: collections.abc.MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept.status = message["status"]
            kept.headers = [
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]
            ]
        elif message["type"] == "http.response.body":
            chunks.append(message.get("body", b""))

    # From version 2.4 on a stream is not stopped by a disconnect, which here there is from the start.
    scope = {
        "type": "http",
        "method": "GET",
        "headers": [],
        "asgi": {"version": "3.0", "spec_version": "2.4"},
    }
    await response(scope, receive, send)
    kept.body = b"".join(chunks)
    return kept
