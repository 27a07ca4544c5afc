"""ASGI: the one thin file between a server and the engine."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from treaty import problems
from treaty.enforcing import Exchange, refuse_size
from treaty.engine import run_now
from treaty.exchange.cors import shared
from treaty.exchange.messages import Request, Response
from treaty.exchange.spool import MAX_BODY_BYTES
from treaty.findings import Finding
from treaty.mounting import Answering
from treaty.receiving import (
    DisconnectedError,
    Receive,
    Scope,
    TooLargeError,
    announces_much,
    is_of_unknown_size,
    read_body,
    read_request,
    take_small,
)
from treaty.refusing import problem_response
from treaty.sending import Send, send_response
from treaty.site import Site, Sites

if TYPE_CHECKING:
    from treaty.issuer.issuer import Issuer
    from treaty.respond.mocked import Mocked


# A server's own way to send a response at once; false where it has to be sent as ASGI has it.
SendWhole: TypeAlias = Callable[[Response], bool]

# What answers for the mock itself, whatever its contracts say.
Control: TypeAlias = Callable[[Request], Awaitable[Exchange]]

# What is counted of findings: of which operation (`""`: no such path), on which side (`request` or
# `response`), and by which code.
Counted: TypeAlias = tuple[str, str, str]

OWN_PATH = "/__treaty/"
ISSUER_PATH = "/__treaty/auth/"
_LOGGER = logging.getLogger("treaty")


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
