"""ASGI: the one thin file between a server and the engine."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from string import printable
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from treaty import problems
from treaty.enforcing import Exchange, refuse_size
from treaty.engine import run_now
from treaty.exchange.cors import shared
from treaty.exchange.messages import BrokenStreamError, Connection, Request, Response
from treaty.exchange.response import WITHOUT_CONTENT
from treaty.exchange.router import below_base
from treaty.exchange.spool import MAX_BODY_BYTES, SPOOL_BYTES, Spool
from treaty.exchange.streams import close, closing, discard
from treaty.exchange.wire import body_of, fields_of
from treaty.findings import Finding
from treaty.mounting import Answering
from treaty.refusing import problem_response
from treaty.site import Site, Sites

if TYPE_CHECKING:
    from treaty.issuer.issuer import Issuer
    from treaty.respond.mocked import Mocked

# The types of ASGI 3.0; what a scope holds is not ours to know.
Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

# A server's own way to send a response at once; false where it has to be sent as ASGI has it.
SendWhole: TypeAlias = Callable[[Response], bool]

# What answers for the mock itself, whatever its contracts say.
Control: TypeAlias = Callable[[Request], Awaitable[Exchange]]

# What is counted of findings: of which operation (`""`: no such path), on which side (`request` or
# `response`), and by which code.
Counted: TypeAlias = tuple[str, str, str]

OWN_PATH = "/__treaty/"
_OF_UNKNOWN_BODIES = frozenset({b"transfer-encoding", b"expect"})
_SMALL_DIGITS = 5  # of the length of a body that is sooner read than asked about: below 100,000 bytes
ISSUER_PATH = "/__treaty/auth/"
_LOGGER = logging.getLogger("treaty")


class DisconnectedError(Exception):
    """The client left before its request was complete."""


class TooLargeError(Exception):
    """The body is larger than allowed."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


@dataclass(slots=True)
class App:
    """An ASGI 3.0 application over an engine.

    `observe` is told of every exchange and the seconds it took; what is in `started` is
    called at startup, `stack` holds what must be closed at shutdown. With `cors`, pages of
    other origins may read the answers. `trouble` is why an edit of the document is not served
    yet, `notice` the same as the value of a header. `counts` are the findings so far, for
    whatever exports metrics. `control` answers below `/__treaty/`, before any contract,
    as does the `issuer` of tokens; what it steers is `mocked`, by the names of the contracts
    (one alone has none, `""`).
    """

    engine: Answering
    site: Site | Sites | None = None
    observe: Callable[[Exchange, float], None] | None = None
    max_body_bytes: int = MAX_BODY_BYTES
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    started: list[Callable[[], None]] = field(default_factory=list)
    cors: bool = False
    control: Control | None = None
    issuer: Issuer | None = None
    mocked: dict[str, Mocked] = field(default_factory=dict)
    trouble: tuple[Finding, ...] = ()
    notice: str = ""
    counts: Counter[Counted] = field(default_factory=Counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection of type http or lifespan (ASGI 3.0)."""
        if scope["type"] == "http":
            await self.serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})

    async def serve(
        self, scope: Scope, receive: Receive, send: Send, send_whole: SendWhole = lambda _: False
    ) -> None:
        """Answer one request, where it can be by `send_whole`."""
        started = time.perf_counter() if self.observe is not None else 0.0
        request = read_request(scope)
        try:
            exchange = await self.take(request, scope, receive) or await self.answer(request)
        except DisconnectedError:
            return  # nobody is there to be answered
        except TooLargeError as error:
            exchange = self.finish(refuse_size(request, error.most))
        if not send_whole(exchange.response):
            await send_response(receive, send, request.method, exchange.response)
        if exchange.findings:
            count(self.counts, exchange)
        if self.observe is not None:
            self.observe(exchange, time.perf_counter() - started)

    async def take(self, request: Request, scope: Scope, receive: Receive) -> Exchange | None:
        """Take the body of a request; what it gets instead, where its head is reason enough.

        Raises `TooLargeError`, and `DisconnectedError`.
        """
        refused = await self.refused_early(request) if announces_much(scope["headers"]) else None
        if refused is not None:
            return refused
        message = await receive()
        if take_small(request, message, self.max_body_bytes):
            return None
        if is_of_unknown_size(scope, message):
            refused = await self.refused_early(request)
        if refused is None:
            await read_body(request, receive, self.max_body_bytes, self.engine.upload_bytes, message)
        return refused

    @property
    def immediate(self) -> bool:
        """Can every request be answered without waiting for anything?"""
        return self.engine.immediate

    def answer_now(self, request: Request) -> Exchange:
        """The answer of an application that is `immediate`."""
        started = time.perf_counter() if self.observe is not None else 0.0
        exchange = run_now(self.answer(request))
        if exchange.findings:
            count(self.counts, exchange)
        if self.observe is not None:
            self.observe(exchange, time.perf_counter() - started)
        return exchange

    def become(self, other: App) -> None:
        """Answer as another application does from the next request on; those in hand end as they began."""
        self.engine, self.site, self.mocked = other.engine, other.site, other.mocked
        self.issuer = other.issuer

    async def refused_early(self, request: Request) -> Exchange | None:
        """What a request gets before its body comes, where its head is reason enough; else None."""
        if request.path.startswith(OWN_PATH) or (self.site is not None and self.site.find(request)):
            return None
        try:
            exchange = await self.engine.refused_early(request, self.max_body_bytes)
        except Exception:
            exchange = failed(request)
        return None if exchange is None else self.finish(unawaited(exchange))

    async def answer(self, request: Request) -> Exchange:
        """The engine's answer; what the contract has no path for may be a page of ours."""
        try:
            if request.path.startswith(OWN_PATH):
                if self.issuer is not None and request.path.startswith(ISSUER_PATH):
                    return self.finish(await self.issuer.handle(request))
                if self.control is not None:
                    return self.finish(await self.control(request))
            exchange = await self.engine.handle(request)
        except Exception:
            return self.finish(failed(request))
        if exchange.operation is None and self.site is not None and exchange.response.status == 404:
            page = self.site.find(request)
            if page is not None:
                exchange = Exchange(request, page)
        return self.finish(exchange)

    def finish(self, exchange: Exchange) -> Exchange:
        """Add to a response what the server says on its own account; every exchange comes by here."""
        if self.notice:
            headers = [*exchange.response.headers, ("treaty-reload-error", self.notice)]
            exchange.response = replace(exchange.response, headers=headers)
        if self.cors:
            origin = exchange.request.header("origin")
            if origin is not None:
                declared = exchange.operation is not None
                exchange.response = shared(exchange.request, exchange.response, origin, declared=declared)
        return exchange

    async def live(self, receive: Receive, send: Send) -> None:
        """Startup and shutdown."""
        while True:
            try:
                message = await receive()
            except asyncio.CancelledError:
                return  # told twice to end, a server waits for nothing: no fault of anybody's
            if message["type"] == "lifespan.startup":
                for start in self.started:
                    start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stack.aclose()
                await send({"type": "lifespan.shutdown.complete"})
                return


def count(counts: Counter[Counted], exchange: Exchange) -> None:
    """Keep count of what was found on an exchange."""
    name = exchange.operation.name if exchange.operation is not None else ""
    side = "request" if exchange.refused else "response"
    for each in exchange.findings:
        counts[name, side, each.code] += 1


def take_small(request: Request, message: Message, most: int) -> bool:
    """Is the body whole in its first message, as most are, and small? Then the request has it."""
    if message["type"] != "http.request" or message.get("more_body", False):
        return False
    body: bytes = message.get("body", b"")
    if len(body) > min(most, SPOOL_BYTES):
        return False
    request.body = body
    return True


async def read_body(
    request: Request,
    receive: Receive,
    most: int,
    upload_bytes: Callable[[Request], int],
    message: Message,
) -> None:
    """Take the body as it arrives; a large upload goes into a spool, and is never whole in memory.

    `message` is the first one. A body may have `most` bytes, as an upload what `upload_bytes` allows.
    Raises `TooLargeError`, and `DisconnectedError`.
    """
    chunks: list[bytes] = []
    size, kept = 0, 0
    asked = False
    while True:
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        chunk: bytes = message.get("body", b"")
        chunks.append(chunk)
        size, kept = size + len(chunk), kept + len(chunk)
        if not asked and (size > SPOOL_BYTES or size > most):
            asked, allowed = True, upload_bytes(request)
            if allowed:
                request.spool, most = Spool(), allowed
        if size > most:
            raise TooLargeError(most)
        if request.spool is not None and kept > SPOOL_BYTES:
            await asyncio.to_thread(request.spool.write, b"".join(chunks))
            chunks, kept = [], 0
        if not message.get("more_body", False):
            break
        message = await receive()
    rest = b"".join(chunks)
    if request.spool is None:
        request.body = rest
    else:
        request.spool.write(rest)


def announces_much(fields: Iterable[tuple[bytes, bytes]]) -> bool:
    """Is the body yet to come large, or of unknown size, or does it wait to be asked for?"""
    for name, value in fields:
        if name in _OF_UNKNOWN_BODIES or (name == b"content-length" and len(value) > _SMALL_DIGITS):
            return True
    return False


def is_of_unknown_size(scope: Scope, message: Message) -> bool:
    """Has a body begun that nothing announced? In HTTP/2 there is no other sign of it than that it comes."""
    if not message.get("more_body", False):
        return False
    return all(name not in _OF_UNKNOWN_BODIES and name != b"content-length" for name, _ in scope["headers"])


def unawaited(exchange: Exchange) -> Exchange:
    """An answer before the body: a client that waits to be asked for it does not send it any more.

    So what else it would send on the connection could be taken for it (RFC 9110, section 10.1.1).
    """
    request, response = exchange.request, exchange.response
    if request.header("expect") is not None and request.connection.http_version.startswith("1"):
        exchange.response = replace(response, headers=[*response.headers, ("connection", "close")])
    return exchange


def failed(request: Request) -> Exchange:
    """What a request gets when there is a defect, which the client learns nothing of; the log does."""
    _LOGGER.error("%s %s could not be answered", request.method, request.path, exc_info=True)
    detail = "The request could not be answered."
    return Exchange(request, problem_response(problems.INTERNAL, detail))


def read_request(scope: Scope) -> Request:
    """The request of a scope, without its body; the path as sent, below the root path."""
    get = scope.get
    path = as_sent(get("raw_path") or scope["path"].encode("utf-8", "surrogateescape"))
    root = get("root_path", "")
    if root:
        path = _below_root(path, scope["path"], root)
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    known = Connection(get("scheme", "http"), get("http_version", "1.1"), get("client"), get("server"), root)
    return Request(scope["method"], path, as_sent(get("query_string", b"")), headers, b"", None, known)


def _below_root(path: str, decoded: str, root: str) -> str:
    """A path below where the application is mounted, which is not percent-encoded.

    One that is sent so that it is only below it once decoded (`/r%6Fot%2Fx`) is what it then is, for
    whoever mounts applications goes by that.
    """
    below = "" if path == root else below_base(path, root)
    if below is None and decoded.startswith(root) and decoded[len(root) :][:1] in ("", "/"):
        below = quote(decoded[len(root) :].encode("utf-8", "surrogateescape"))
    return path if below is None else below or "/"


def as_sent(text: bytes) -> str:
    """A path or query; bytes that should have been percent-encoded (RFC 3986, section 2.1) now are."""
    return text.decode("ascii") if text.isascii() else quote(text, safe=printable)


async def send_response(receive: Receive, send: Send, method: str, response: Response) -> None:
    """Send a response, in time: whole, or as its chunks come, for as long as the client stays.

    One whose chunks end before their time is not completed, so that the client can tell.
    """
    if response.delay:
        await asyncio.sleep(response.delay)
    if response.broken:
        await _break_off(send, response)
    await send({"type": "http.response.start", "status": response.status, "headers": fields_of(response)})
    if response.chunks is None:
        body = b"" if method == "HEAD" else body_of(response)
    else:
        body = b""
        if response.status in WITHOUT_CONTENT or method == "HEAD":
            await discard(response)
        elif not await _send_chunks(receive, send, response.chunks):
            return
    await send({"type": "http.response.body", "body": body})


async def _break_off(send: Send, response: Response) -> None:
    """Leave a response in its midst: an application that fails is all that closes a connection in ASGI."""
    await send({"type": "http.response.start", "status": response.status, "headers": fields_of(response)})
    if response.broken == "truncate":
        body = body_of(response)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    raise ConnectionAbortedError("the connection was to be broken off")


async def _send_chunks(receive: Receive, send: Send, chunks: AsyncIterator[bytes]) -> bool:
    """Were all chunks sent? Who makes them is told when the client leaves: their generator is closed."""
    sending = asyncio.ensure_future(_send_each(send, chunks))
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        sending.cancel()
        await asyncio.wait((sending, leaving))
        await close(chunks)  # it may not have begun
    if sending.cancelled():
        return False
    error = sending.exception()
    if error is not None and not isinstance(error, BrokenStreamError):
        _LOGGER.error("a response ended before its time", exc_info=error)
    return error is None


async def _send_each(send: Send, chunks: AsyncIterator[bytes]) -> None:
    async with closing(chunks):
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
