"""An application within the bounds of a connection, where another server than ours reads it.

hypercorn bounds what HTTP/2 is made of (frames, streams, lists of fields); how many fields there are, and
how long a body may take, are bounded here. It also takes the rest of a body that is answered before its
end for an error of its own, so that the end of such an answer waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import Any

from hypercorn import protocol
from hypercorn.config import Config
from hypercorn.events import Updated
from hypercorn.protocol.h2 import H2Protocol

from treaty import problems
from treaty.asgi import App
from treaty.exchange.messages import Headers
from treaty.receiving import Message, Receive, Scope
from treaty.refusing import problem_response
from treaty.sending import Send, send_response
from treaty.server.hosts import is_addressed
from treaty.server.limits import Limits

_LOGGER = logging.getLogger("treaty")
_BROKEN = "Unhandled exception in client_connected_cb"  # of asyncio, for a connection that hypercorn gave up


class _SlowError(Exception):
    """A body did not arrive in time."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """An ASGI application that is asked only what is within the limits."""

    application: App
    limits: Limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI 3.0)."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        taking, sending = _Taking(receive, self.limits), _Sending(send)
        refused = self._refused(scope)
        try:
            if refused is None:
                await self.application(scope, taking, sending)
        except _SlowError:
            refused = problems.REQUEST_TIMEOUT, "The request did not arrive in time."
        if refused is not None and not sending.has_begun:
            await send_response(taking, sending, "", problem_response(*refused))
        if sending.end is not None:
            await taking.rest()
            await send(sending.end)

    def _refused(self, scope: Scope) -> tuple[problems.Problem, str] | None:
        limits = self.limits
        fields: Headers = [
            (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]
        ]
        size = sum(len(name) + len(value) for name, value in fields) + len(scope.get("raw_path", b""))
        if size + len(scope.get("query_string", b"")) > limits.head_bytes or len(fields) > limits.head_fields:
            return problems.HEAD_TOO_LARGE, f"A head may have {limits.head_bytes} bytes."
        if not is_addressed(fields, lambda: scope["http_version"]):
            return problems.MALFORMED, "A request has one Host field, a host and a port."
        return None


class _Taking:
    """The `receive` of ASGI 3.0 for a body that has its time; each byte buys more. Raises `_SlowError`."""

    def __init__(self, receive: Receive, limits: Limits) -> None:
        self._receive, self._limits = receive, limits
        self._due = asyncio.get_running_loop().time() + limits.body_seconds
        self._is_complete = False

    async def __call__(self) -> Message:
        if self._is_complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._due):
                message = await self._receive()
        except TimeoutError:
            raise _SlowError from None
        self._due += len(message.get("body", b"")) / self._limits.body_rate
        self._is_complete = not message.get("more_body", False)
        return message

    async def rest(self) -> None:
        """Let go of what nobody asked for, for as long as it has to begin to arrive."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limits.body_seconds):
                while not self._is_complete:
                    self._is_complete = not (await self._receive()).get("more_body", False)


class _Sending:
    """The `send` of ASGI 3.0 that keeps back the end of a response."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False
        self.end: Message | None = None

    async def __call__(self, message: Message) -> None:
        self.has_begun = True
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.end = {"type": "http.response.body", "body": b"", "more_body": False}
            message = {**message, "more_body": True}
        await self._send(message)


class _Begun(H2Protocol):
    """HTTP/2 that says whether anything is asked when it begins, so that it may be idle from then on.

    hypercorn takes the preface in the clear (RFC 9113, section 3.3) for a request that has no end.
    """

    async def initiate(
        self, headers: list[tuple[bytes, bytes]] | None = None, settings: bytes | None = None
    ) -> None:
        """Begin to speak."""
        await super().initiate(headers, settings)
        await self.send(Updated(idle=self.idle))


def bound(config: Config, limits: Limits) -> None:
    """What hypercorn bounds itself."""
    protocol.__dict__["H2Protocol"] = _Begun  # it has no other way to be given one
    config.h11_max_incomplete_size = config.h2_max_header_list_size = limits.head_bytes
    config.keep_alive_timeout = limits.idle_seconds
    config.ssl_handshake_timeout = limits.head_seconds


def tell_of_broken(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """The exception handler of a loop: what a client broke off is no error of the server's."""
    if context.get("message") == _BROKEN:
        _LOGGER.debug("a connection was given up", exc_info=context.get("exception"))
    else:
        loop.default_exception_handler(context)
