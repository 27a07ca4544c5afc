"""Guard: any ASGI or WSGI application as the responder of the engine, so that it is held to a contract.

A response is judged before a byte of it is sent; of a sequence each item is, before it goes on.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from treaty import problems
from treaty.asgi import App, Message, Receive, Scope, Send, read_request
from treaty.contract.model import Operation
from treaty.enforcing import Exchange
from treaty.exchange.bodies import is_decodable
from treaty.exchange.content_encoding import KNOWN_CODINGS
from treaty.exchange.messages import BrokenStreamError, Request, Response
from treaty.exchange.request import Call
from treaty.exchange.streams import MAX_RESPONSE_BYTES, is_sequence, telling
from treaty.refusing import problem_response
from treaty.respond.wsgi import WsgiApplication, call_wsgi, environ_of

# An application of ASGI 3.0 or WSGI (PEP 3333); which of them is found out.
Application: TypeAlias = Callable[..., Any]

# Messages of an application that are sent and not yet taken.
MAX_WAITING = 8
# A WSGI application mostly waits: many more than there are processors.
THREADS = 40
_FAILED = "The application failed; the log says why."
_log = logging.getLogger("treaty")


@dataclass(slots=True)
class _Connection:
    """What ASGI gave for the request that is being answered."""

    scope: Scope
    receive: Receive


_connection: ContextVar[_Connection] = ContextVar("treaty.guarding.connection")


@dataclass(slots=True)
class Guard(App):
    """An ASGI application in front of another, which gets only what the contract allows.

    With `pass_unknown` it also gets what the contract has no path for, unjudged; without,
    that is refused: 404, and WebSockets are closed.
    """

    application: Application = field(kw_only=True)
    pass_unknown: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI 3.0); the lifespan is the application's own."""
        if scope["type"] == "lifespan" or (scope["type"] == "websocket" and self.pass_unknown):
            await self.application(scope, receive, send)
            return
        if scope["type"] == "http" and self._passes(scope):
            await self.application(scope, receive, send)
            return
        shared = _Shared(receive)
        token = _connection.set(_Connection(scope, shared))
        try:
            await App.__call__(self, scope, shared, send)
        finally:
            _connection.reset(token)
            shared.close()

    def _passes(self, scope: Scope) -> bool:
        """Is it for the application as it is: a path that the contract does not have? Not to WSGI."""
        if not self.pass_unknown or isinstance(self.application, Wsgi):
            return False
        request = read_request(scope)
        routers = (each.judge.router for each in self.engine.engines)
        found = (router.match(request.method, request.path, request.query) for router in routers)
        return not any(matched.operation is not None or matched.allowed for matched in found)

    async def answer(self, request: Request) -> Exchange:
        """The engine's answer; the application's for an unknown path that may pass, and for OPTIONS.

        What a path allows across origins (CORS) is the application's to say.
        """
        exchange = await self.engine.handle(request)
        status = exchange.response.status if exchange.operation is None else None
        if (status == 404 and self.pass_unknown) or (status == 204 and request.method == "OPTIONS"):
            return Exchange(request, await ask(self.application, request))
        return exchange


@dataclass(frozen=True, slots=True)
class Upstream:
    """The responder that asks an application; without `collects` every response may go on as it comes."""

    application: Application
    collects: bool = True
    streaming: dict[int, bool] = field(default_factory=dict)  # by the identity of the operation

    async def __call__(self, call: Call) -> Response:
        """What the application answers, or a problem when it fails."""
        return await ask(self.application, call.request, at_once=not self.may_stream(call.operation))

    def may_stream(self, operation: Operation) -> bool:
        """May an operation answer with what need not be whole: a sequence, or what is not judged?"""
        key = id(operation)
        if key not in self.streaming:
            kinds = [media.name for each in operation.responses for media in each.content]
            self.streaming[key] = not self.collects or any(
                is_sequence(kind) or not is_decodable(kind) for kind in kinds
            )
        return self.streaming[key]


def as_asgi(application: Application) -> Application:
    """An ASGI application: itself, or around a WSGI application that runs in threads."""
    return application if _is_asgi(application) else Wsgi(application)


def log_findings(exchange: Exchange, _: float) -> None:
    """What a responder got wrong, to the logger `treaty`; what a client got wrong it was told.

    A record has the `operation` and the `code` of the finding, for handlers that count.
    """
    if exchange.refused or exchange.operation is None:
        return
    streamed = exchange.response.chunks is not None
    for finding in exchange.findings:
        if streamed and finding.place is not None and finding.place.part == "body":
            continue  # it was logged when it was found
        _log.warning(
            "%s answered %d: %s: %s",
            exchange.operation.name,
            exchange.response.status,
            finding.place,
            finding.message,
            extra={"operation": exchange.operation.name, "code": finding.code},
        )


async def ask(application: Application, request: Request, *, at_once: bool = True) -> Response:
    """The response of an application to a request that has been read already.

    One that is not sent `at_once` goes on as it comes; that costs a task and a queue.
    """
    connection = _connection.get()
    if isinstance(application, Wsgi):
        return await application.answer(request)
    scope, receive = _scope_for(connection.scope), _Replay(request.pieces(), connection.receive)
    if at_once:
        return await _collected(application, scope, receive)
    answering = Answering()
    answering.task = asyncio.ensure_future(application(scope, receive, answering.send))
    answering.task.add_done_callback(answering.end)
    return await answering.response()


async def _collected(application: Application, scope: Scope, receive: Receive) -> Response:
    collected = _Collected()
    try:
        await application(scope, receive, collected)
    except Exception as error:  # an application must not end the server
        _log.error("the application failed", exc_info=error)
    if collected.too_large:
        detail = f"The application answered with more than {MAX_RESPONSE_BYTES} bytes."
        return problem_response(problems.INVALID_RESPONSE, detail)
    return collected.response() or problem_response(problems.HANDLER_FAILED, _FAILED)


@dataclass(slots=True)
class _Replay:
    """The `receive` of ASGI 3.0 for a body that is here already; then the connection's own."""

    pieces: Iterator[bytes]
    receive: Receive
    upcoming: bytes | None = None
    sent: bool = False

    async def __call__(self) -> Message:
        if self.sent:
            return await self.receive()
        piece = self.upcoming if self.upcoming is not None else next(self.pieces, b"")
        self.upcoming = next(self.pieces, None)
        self.sent = self.upcoming is None
        return {"type": "http.request", "body": piece, "more_body": not self.sent}


@dataclass(slots=True)
class _Collected:
    """The `send` of ASGI 3.0 that keeps the response. It never raises: an adapter would wait for ever."""

    start: Message | None = None
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0
    complete: bool = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            chunk = message.get("body", b"")
            self.size += len(chunk)
            self.complete = not message.get("more_body", False)
            if not self.too_large:
                self.chunks.append(chunk)

    @property
    def too_large(self) -> bool:
        return self.size > MAX_RESPONSE_BYTES

    def response(self) -> Response | None:
        """The response; None when the application has not finished one."""
        if self.start is None or not self.complete:
            return None
        response = _begun(self.start)
        response.body = b"".join(self.chunks)
        if response.header("content-length") is not None:
            response.fields = list(self.start["headers"])  # as they came, they may go on
        return response


def _begun(start: Message) -> Response:
    headers = [
        (bytes(name).decode("latin-1").lower(), bytes(value).decode("latin-1"))
        for name, value in start.get("headers", ())
    ]
    return Response(start["status"], headers)


class Answering:
    """An application that goes on while what it has sent is taken: the chunks of its response.

    It waits when it sends faster than it is listened to, and is ended when nobody listens any more.
    """

    def __init__(self) -> None:
        self.task: asyncio.Future[None] | None = None
        self._sent: asyncio.Queue[Message | None] = asyncio.Queue(MAX_WAITING)
        self._first: bytes | None = None
        self._is_complete = False

    async def send(self, message: Message) -> None:
        """The `send` of ASGI 3.0."""
        if message["type"] in ("http.response.start", "http.response.body"):
            await self._sent.put(message)

    def end(self, task: asyncio.Future[None]) -> None:
        """The application is done, well or not."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("the application failed", exc_info=error)
        with suppress(asyncio.QueueFull):  # who takes what is there sees that the task is done
            self._sent.put_nowait(None)

    async def response(self) -> Response:
        """Of a sequence the beginning, at once; of another whatever is sent first, which may be all."""
        start = await self._take()
        if start is None:
            return problem_response(problems.HANDLER_FAILED, _FAILED)
        response = _begun(start)
        if not is_sequence(response.header("content-type") or ""):
            try:
                self._first = await anext(self)
            except BrokenStreamError:
                return problem_response(problems.HANDLER_FAILED, _FAILED)
            if self._is_complete:
                response.body = self._first
                return response
        response.chunks = self
        return response

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if self._is_complete:
            raise StopAsyncIteration
        message = await self._take()
        if message is None:
            raise BrokenStreamError(_FAILED)
        self._is_complete = not message.get("more_body", False)
        return bytes(message.get("body", b""))

    async def _take(self) -> Message | None:
        """The next message; None when the application is done."""
        if self.task is not None and self.task.done() and self._sent.empty():
            return None
        return await self._sent.get()

    async def aclose(self) -> None:
        """Nobody listens any more. What an application does after its response it may still do."""
        if self.task is not None and not self._is_complete:
            self.task.cancel()


@dataclass(frozen=True, slots=True)
class Wsgi:
    """A WSGI application, which runs in threads (PEP 3333)."""

    application: WsgiApplication
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "wsgi"))

    async def answer(self, request: Request) -> Response:
        """What it answers, or a problem when it fails."""
        try:
            response = await call_wsgi(self.application, environ_of(request), self.threads)
        except (Exception, SystemExit) as error:  # an application must not end the server
            self.failed(error)
            return problem_response(problems.HANDLER_FAILED, _FAILED)
        if response.chunks is not None:
            response.chunks = telling(response.chunks, self.failed)
        return response

    def failed(self, error: BaseException) -> None:
        """The log says why."""
        _log.error("the application failed", exc_info=error)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What it has of a lifespan or a WebSocket: nothing (ASGI 3.0)."""
        if scope["type"] == "lifespan":
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})
        else:
            await send({"type": "websocket.close", "code": 1008})


class _Shared:
    """The `receive` of a connection, which the application and whoever sends its response may both ask.

    Both learn that the client left.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_read = False
        self._leaving: asyncio.Future[Message] | None = None

    async def __call__(self) -> Message:
        if not self._is_read:
            message = await self._receive()
            self._is_read = not message.get("more_body", False)
            return message
        if self._leaving is None:
            self._leaving = asyncio.ensure_future(_disconnect(self._receive))
        return await asyncio.shield(self._leaving)

    def close(self) -> None:
        """The connection is done with."""
        if self._leaving is not None:
            self._leaving.cancel()


async def _disconnect(receive: Receive) -> Message:
    while (message := await receive())["type"] != "http.disconnect":
        pass
    return message


def _scope_for(scope: Scope) -> MutableMapping[str, Any]:
    """The scope the application gets.

    Of the content codings only those it may use that can be undone, to judge what it sends; and
    extensions that write a response past `send` are not offered.
    """
    changed = {**scope}
    for name, _ in scope["headers"]:
        if name.lower() == b"accept-encoding":
            changed["headers"] = list(map(_with_judgeable, scope["headers"]))
            break
    extensions = scope.get("extensions")
    if extensions:
        kept = {name: each for name, each in extensions.items() if not name.startswith("http.response.")}
        changed["extensions"] = kept
    return changed


def _with_judgeable(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    name, value = header
    return (name, _judgeable(value)) if name.lower() == b"accept-encoding" else header


@lru_cache(128)  # clients say one of few
def _judgeable(accepted: bytes) -> bytes:
    """What is known of an Accept-Encoding (RFC 9110, section 12.5.3)."""
    offers = [each.strip() for each in accepted.decode("latin-1").split(",")]
    known = [each for each in offers if each.partition(";")[0].strip().lower() in KNOWN_CODINGS]
    return ", ".join(known or ["identity"]).encode("latin-1")


def _is_asgi(application: Application) -> bool:
    call = getattr(application, "__call__", None)  # noqa: B004  # its own, to look at, not whether it has one
    if inspect.iscoroutinefunction(application) or inspect.iscoroutinefunction(call):
        return True
    try:
        parameters = inspect.signature(application).parameters.values()
    except (TypeError, ValueError):  # a callable that says nothing of itself
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(each.kind in positional and each.default is each.empty for each in parameters) == 3
