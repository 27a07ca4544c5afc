"""An ASGI application as the system under test, in this process: no socket, no server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from schemathesis.python import asgi

# ASGI 3.0 leaves message values to its extensions, and each framework types its callables its own way.
Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]


class LifespanError(Exception):
    """The application's lifespan failed: at startup, before any test, or at shutdown, after all of them."""


@dataclass(slots=True)
class Server:
    """An application with what a server would do for it.

    An unhandled exception is answered with 500. A failing lifespan step is kept in `failure`.
    """

    app: ASGIApp
    failure: str = ""

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """The ASGI 3.0 interface."""
        if scope["type"] == "lifespan":
            await self.lifespan(scope, receive, send)
        else:
            await self.answer(scope, receive, send)

    async def answer(self, scope: Any, receive: Receive, send: Send) -> None:
        """One request; the body of a 500 names the exception, as there is no server log beside the report."""
        started = False

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noting_send)
        except Exception as error:
            # Frameworks answer 500 first and raise again for the server's log: that answer stands.
            if not started:
                await send_error(send, error)

    async def lifespan(self, scope: Any, receive: Receive, send: Send) -> None:
        """The lifespan protocol; the other side always hears that a step is complete.

        Schemathesis leaves its streams open after a failed startup, and passes over a failed shutdown.
        """
        supported = False

        async def noting_receive() -> Message:
            nonlocal supported
            supported = True
            return await receive()

        async def noting_send(message: Message) -> None:
            step, _, outcome = message["type"].rpartition(".")
            if outcome == "failed":
                self.failure = message.get("message") or "no reason given"
            await send({"type": f"{step}.complete"})

        try:
            await self.app(scope, noting_receive, noting_send)
        except Exception as error:
            # An application without a lifespan refuses the scope before it asks for a message.
            if supported:
                self.failure = f"{type(error).__name__}: {error}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """The lifespan around the block: startup before it, shutdown after.

        Raises `LifespanError` when either fails.
        """
        try:
            with asgi.get_client(self):
                self.refuse_failure("start")
            yield
        finally:
            asgi.shutdown_lifespans()
        self.refuse_failure("shut down")

    def refuse_failure(self, step: str) -> None:
        """Raise `LifespanError` if the step failed."""
        if self.failure:
            raise LifespanError(f"the application did not {step}: {self.failure}")


async def send_error(send: Send, error: Exception) -> None:
    """Answer 500 with the exception in one line."""
    body = f"Internal Server Error: {type(error).__name__}: {error}".encode(errors="replace")
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})
