"""HTTP/1.1 as uvicorn reads it, within bounds; what need not be waited for is answered at once.

uvicorn starts a task for each request and sends head and body apart. Where the application
says that its answer never waits, neither is needed: the request is answered in the callback
that completes it. Everything else goes uvicorn's way: large bodies, streams, delays, upgrades.
"""

from __future__ import annotations

import logging
from asyncio import AbstractEventLoop, BaseTransport, TimerHandle, Transport
from collections.abc import Sized
from functools import partial
from typing import Any, cast

from uvicorn import Config
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from treaty import problems
from treaty.asgi import OWN_PATH, App
from treaty.exchange.messages import Headers, Request, Response
from treaty.exchange.wire import UnsafeFieldError, body_of, head_of, status_line
from treaty.receiving import Receive, Scope, as_sent
from treaty.refusing import problem_response
from treaty.sending import Send, send_response
from treaty.server.hosts import is_addressed
from treaty.server.limits import Limits

LIMITS = Limits()
_LOGGER = logging.getLogger("treaty")
_OWN_PATH = OWN_PATH.encode()
_NEVER = float("inf")
# Fields that say where a response ends, or the connection (RFC 9112, sections 6 and 9).
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})


class _Flow(FlowControl):
    """Reads on only when no request waits for its turn, and there is somebody to read from.

    uvicorn reads on after each answer, so that a client who does not wait fills the memory, and
    whose leaving in between is an error in the log.
    """

    def __init__(self, transport: Transport, waiting: Sized) -> None:
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        if not self._waiting and not self._transport.is_closing():
            super().resume_reading()


class Protocol(HttpToolsProtocol):
    """One connection. `limits` bounds what a client may take of it."""

    limits = LIMITS

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.application = cast(App, config.app)
        self.raw: list[tuple[bytes, bytes]] = []  # the fields of a head, as they came
        self.fields: Headers = []  # the same, read
        self.chunks: list[bytes] = []
        self.size = 0  # bytes of the head so far, then of the body
        self.unread = 0  # bytes that arrived since a head began, or a piece of a body came
        self.pieces = 0  # how many came
        self.in_head = False
        self.heads = 0  # how many began
        self.answering: RequestResponseCycle | None = (
            None  # of those that wait their turn, the one whose it is
        )
        self.direct = False
        self.over = False  # refused: what else arrives is not looked at
        self.ready: Response | None = None  # made, but sent uvicorn's way
        self.due = _NEVER  # when the client must have sent more, by the loop's clock
        self.watch: TimerHandle | None = None
        self.lines: dict[int, bytes] = {}  # status lines with the date of this second
        self.lines_of: object = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin to watch the time."""
        super().connection_made(cast(Transport, transport))
        self.flow = _Flow(cast(Transport, transport), self.pipeline)
        self.due = self.loop.time() + self.limits.idle_seconds
        self.look()

    def connection_lost(self, exc: Exception | None) -> None:
        """No more time to watch, and nobody to answer; uvicorn says so only to the last request."""
        if self.answering is not None and not self.answering.response_complete:
            self.answering.disconnected = True
            self.answering.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)
        if self.watch is not None:
            self.watch.cancel()

    def look(self) -> None:
        """Is the client in time? One timer a connection, whatever is asked on it."""
        now = self.loop.time()
        if now < self.due or self.flow.read_paused:
            self.watch = self.loop.call_later(min(self.due - now, self.limits.idle_seconds), self.look)
        elif self.in_head or self.chunks or self.cycle_is_open():
            self.refuse(problems.REQUEST_TIMEOUT, "The request did not arrive in time.")
        else:
            self.transport.close()

    def cycle_is_open(self) -> bool:
        """Is a request of uvicorn's way not answered yet?"""
        return self.cycle is not None and not self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        """Read on. A field is reported when it is complete, so one without end is noticed here.

        So are what stands between the chunks of a body, and the fields after it (RFC 9112, section 7.1).
        """
        if self.over:
            return
        head, pieces = self.heads, self.pieces
        super().data_received(data)
        if self.pieces != pieces:
            self.unread = 0
        elif self.heads == head:  # none of it was another request's
            self.unread += len(data)
            if self.unread > self.limits.head_bytes and not self.over:
                self.refuse(problems.HEAD_TOO_LARGE, f"A head may have {self.limits.head_bytes} bytes.")

    def on_message_begin(self) -> None:
        """A request line begins."""
        self.url = b""
        self.expect_100_continue = False
        self.raw = []
        self.size = self.unread = 0
        self.in_head = True
        self.heads += 1
        self.due = self.loop.time() + self.limits.head_seconds

    def on_header(self, name: bytes, value: bytes) -> None:
        """A complete field."""
        self.size += len(name) + len(value)
        self.raw.append((name, value))

    def on_headers_complete(self) -> None:
        """Choose the way: here, or uvicorn's."""
        limits = self.limits
        self.in_head = False
        self.fields = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in self.raw]
        self.due = self.loop.time() + limits.body_seconds
        if self.over or self.transport.is_closing():
            self.over = True
        elif self.size + len(self.url) > limits.head_bytes or len(self.fields) > limits.head_fields:
            self.refuse(problems.HEAD_TOO_LARGE, f"A head may have {limits.head_bytes} bytes.")
        elif b"#" in self.url:
            self.refuse(problems.MALFORMED, "A target has no fragment.")  # RFC 9112, section 3.2
        elif not is_addressed(self.fields, self.parser.get_http_version):
            self.refuse(problems.MALFORMED, "A request has one Host field, a host and a port.")
        else:
            self.chunks, self.size = [], 0
            self.direct = self.is_direct()
            if not self.direct:
                self.take_uvicorns_way()
                super().on_headers_complete()

    def is_direct(self) -> bool:
        """May this request be answered in the callback that completes it?

        Not before an earlier one is answered, nor while the client does not read what it was sent.
        """
        if not self.application.immediate or self.cycle_is_open() or self.flow.write_paused:
            return False
        if self.parser.should_upgrade() or not self.url.startswith(b"/"):
            return False
        if self.url.startswith(_OWN_PATH):
            return False  # what answers for the mock itself may wait
        for name, value in self.fields:
            if name == "content-length" and int(value) > self.limits.direct_bytes:
                return False
            if name in ("transfer-encoding", "expect"):
                return False
        return True

    def take_uvicorns_way(self) -> None:
        """What uvicorn would have noted until here."""
        url = self.url
        super().on_message_begin()
        self.url = url
        for name, value in self.raw:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """A part of a body; each byte buys the client time."""
        if self.over:
            return
        self.due += len(body) / self.limits.body_rate
        self.pieces += 1
        if self.direct:
            self.chunks.append(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole: answer it."""
        if self.over:
            return
        if not self.direct:
            self.due = _NEVER
            super().on_message_complete()
            return
        path, _, query = self.url.partition(b"?")
        method = self.parser.get_method().decode("latin-1")
        request = Request(method, as_sent(path), as_sent(query), self.fields, b"".join(self.chunks))
        self.chunks = []
        try:
            response = self.application.answer_now(request).response
            if response.broken:
                self.over = True
                self.loop.call_later(response.delay, self.break_off, response)
                return
            if response.chunks is None and not response.delay:
                self.send(method, response)
                return
        except Exception:
            _LOGGER.exception("%s %s could not be answered", method, request.path)
            self.refuse(problems.INTERNAL, "The request could not be answered.")
            return
        self.send_later(response)

    def send(self, method: str, response: Response, *, close: bool = False) -> None:
        """Write a whole response at once, with the date (RFC 9110, section 6.6.1)."""
        self.write(
            method,
            response,
            stays=not close and self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive(),
        )
        self.due = self.loop.time() + self.limits.idle_seconds
        self.server_state.total_requests += 1

    def write(self, method: str, response: Response, *, stays: bool) -> None:
        """Write a whole response; the connection is closed then, unless it `stays`."""
        head, body = head_of(response), b"" if method == "HEAD" else body_of(response)
        if stays:
            self.transport.write(b"".join((self.line(response.status), head, body)))
        else:
            self.transport.write(b"".join((self.line(response.status), b"connection: close\r\n", head, body)))
            self.transport.close()

    def break_off(self, response: Response) -> None:
        """Close the connection in place of the response, or in its midst."""
        if response.broken == "drop":
            self.transport.abort()
        if self.transport.is_closing():
            return
        body = body_of(response)
        half = body[: len(body) // 2]
        self.transport.write(b"".join((self.line(response.status), head_of(response), half)))
        self.transport.close()

    def send_later(self, response: Response) -> None:
        """Send a response that takes its time as uvicorn sends those of a task."""
        self.ready = response
        self.due = _NEVER
        self.take_uvicorns_way()
        super().on_headers_complete()
        super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self.answering = cycle
        response, self.ready = self.ready, None
        if response is not None:
            app = cast(ASGI3Application, partial(_send_made, response))
        elif app is self.app:
            whole = partial(self.send_whole, cycle)
            app = cast(ASGI3Application, partial(self.application.serve, send_whole=whole))
        super()._start_asgi_task(cycle, app)

    def send_whole(self, cycle: RequestResponseCycle, response: Response) -> bool:
        """Write a whole response at once; uvicorn would write head and body apart, which costs as much again.

        Not where how it is framed, or what becomes of the connection, is still to be found out.
        """
        if response.chunks is not None or response.delay or response.broken:
            return False
        if cycle.disconnected or self.flow.write_paused or self.transport.is_closing():
            return False
        if any(name in _FRAMING for name, _ in response.headers):
            return False
        method: str = cycle.scope["method"]
        try:
            self.write(method, response, stays=cycle.keep_alive)
        except UnsafeFieldError:
            _LOGGER.exception("%s %s could not be answered", method, cycle.scope["path"])
            problem = problem_response(problems.INTERNAL, "The request could not be answered.")
            self.write(method, problem, stays=cycle.keep_alive)
        cycle.waiting_for_100_continue = False
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        cycle.on_response()
        return True

    def on_response_complete(self) -> None:
        """uvicorn's way ends; the next request may be awaited."""
        self.due = self.loop.time() + self.limits.idle_seconds
        super().on_response_complete()

    def line(self, status: int) -> bytes:
        """The status line and the fields that uvicorn renews each second."""
        renewed = self.server_state.default_headers
        if renewed is not self.lines_of:
            self.lines, self.lines_of = {}, renewed
        line = self.lines.get(status)
        if line is None:
            fields = (part for name, value in renewed for part in (name, b": ", value, b"\r\n"))
            line = self.lines[status] = b"".join((status_line(status), *fields))
        return line

    def _should_upgrade(self) -> bool:
        return False  # only HTTP/1.1 is spoken; who asks for more is answered in it (RFC 9110, section 7.8)

    def _unsupported_upgrade_warning(self) -> None:
        """Not worth a line in the log for each that a client asks for."""

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is told so, as every other error is."""
        self.refuse(problems.MALFORMED, msg)

    def refuse(self, problem: problems.Problem, detail: str) -> None:
        """Answer with a problem, unless an answer has begun, and close."""
        self.over = True
        has_begun = self.cycle_is_open() and self.cycle.response_started
        if self.cycle_is_open():
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not has_begun and not self.transport.is_closing():
            self.send("", problem_response(problem, detail), close=True)
        self.transport.close()


async def _send_made(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    await send_response(receive, send, scope["method"], response)
