"""Guard: any ASGI or WSGI application as the responder of the engine, so that it is held to a contract.

Bodies are collected, in both directions: a response is judged as a whole before a byte of it is sent.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from treaty import problems
from treaty.asgi import App, Message, Receive, Scope, Send
from treaty.engine import Exchange, problem_response
from treaty.exchange.messages import Request, Response
from treaty.exchange.request import Call

# An application of ASGI 3.0 or WSGI (PEP 3333); which of them is found out.
Application: TypeAlias = Callable[..., Any]

MAX_RESPONSE_BYTES = 64 * 1024 * 1024
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
        token = _connection.set(_Connection(scope, receive))
        try:
            await App.__call__(self, scope, receive, send)
        finally:
            _connection.reset(token)

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
    """The responder that asks an application."""

    application: Application

    async def __call__(self, call: Call) -> Response:
        """What the application answers, or a problem when it fails."""
        return await ask(self.application, call.request)


def as_asgi(application: Application) -> Application:
    """An ASGI application: itself, or around a WSGI application that runs in threads."""
    if _is_asgi(application):
        return application
    from a2wsgi import WSGIMiddleware  # here: only who guards a WSGI application waits for it

    return cast("Application", WSGIMiddleware(cast("Any", application)))


def log_findings(exchange: Exchange, _: float) -> None:
    """What a responder got wrong, to the logger `treaty`; what a client got wrong it was told.

    A record has the `operation` and the `code` of the finding, for handlers that count.
    """
    if exchange.refused or exchange.operation is None:
        return
    for finding in exchange.findings:
        _log.warning(
            "%s answered %d: %s: %s",
            exchange.operation.name,
            exchange.response.status,
            finding.place,
            finding.message,
            extra={"operation": exchange.operation.name, "code": finding.code},
        )


async def ask(application: Application, request: Request) -> Response:
    """The whole response of an application to a request that has been read already."""
    connection = _connection.get()
    collected = _Collected()
    try:
        await application(
            _scope_for(connection.scope), _Replay(request.pieces(), connection.receive), collected
        )
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
        headers = [
            (bytes(name).decode("latin-1").lower(), bytes(value).decode("latin-1"))
            for name, value in self.start.get("headers", ())
        ]
        return Response(self.start["status"], headers, b"".join(self.chunks))


def _scope_for(scope: Scope) -> MutableMapping[str, Any]:
    """The scope the application gets.

    It is not asked to compress, for a compressed body cannot be judged; and extensions that
    write a response past `send` are not offered.
    """
    extensions = scope.get("extensions") or {}
    return {
        **scope,
        "headers": [pair for pair in scope["headers"] if pair[0].lower() != b"accept-encoding"],
        "extensions": {
            name: value for name, value in extensions.items() if not name.startswith("http.response.")
        },
    }


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
