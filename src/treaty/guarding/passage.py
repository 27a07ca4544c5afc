"""A request on its way through the guard: the `receive` and `send` of the application behind it.

Nothing is sent before it is judged: the head of a response waits for its body, which mostly comes in
one message. What becomes of the others is in `streaming`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

from treaty import problems
from treaty.enforcing import Enforcer, Exchange
from treaty.exchange.call import Call
from treaty.exchange.kept import Kept, Key
from treaty.exchange.messages import Request, Response
from treaty.exchange.response import WITHOUT_CONTENT
from treaty.exchange.wire import body_of, fields_of, lacks_length
from treaty.guarding.streaming import Rest, begin, begins_at_once
from treaty.guarding.verdicts import MAX_BODY_BYTES, Held
from treaty.receiving import Message, Receive, Scope, read_request
from treaty.refusing import problem_response
from treaty.sending import Send

DEFECT = "The request could not be answered."
_LOGGER = logging.getLogger("treaty")


class Passage:
    """One request and its response. Where no operation is `held` to, everything goes on unjudged.

    `message` is the first of the request's, and `read` the request where it had to be read. In
    `right` are responses that were right, if there is such a thing.
    """

    __slots__ = (
        "_asking",
        "_gone",
        "_is_ended",
        "_is_taken",
        "_message",
        "_pieces",
        "_read",
        "_receive",
        "_rest",
        "_right",
        "_scope",
        "_start",
        "_task",
        "enforcer",
        "exchange",
        "held",
        "is_begun",
        "is_over",
        "listens",
        "send_on",
    )

    def __init__(
        self,
        enforcer: Enforcer,
        held: Held | None,
        right: Kept[bool] | None,
        message: Message,
        read: Request | None,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        self.enforcer, self.held, self._right = enforcer, held, right
        self._message, self._read = message, read
        self._scope, self._receive, self.send_on = scope, receive, send
        self._is_taken = False
        self._pieces: Iterator[tuple[bytes, bool]] | None = None
        self._gone: asyncio.Future[Message] | None = None
        self._asking: asyncio.Future[None] | None = None
        may_stream = held is None or held.may_stream
        self._task = asyncio.current_task() if may_stream else None
        self._start: Message | None = None
        self._rest: Rest | None = None
        self.exchange: Exchange | None = None  # where there is anything to say of it
        self.listens = False  # the application asks if the client is there
        self.is_over = False  # nothing more is sent
        self.is_begun = False  # something was sent
        self._is_ended = False  # and the application was told to end

    @property
    def request(self) -> Request:
        """The request; most are judged and answered without it."""
        if self._read is None:
            self._read = read_request(self._scope)
            self._read.body = self._message.get("body", b"")
        return self._read

    # --- what the application is given

    async def receive(self) -> Message:
        """The `receive` of ASGI 3.0: the body, which is here already; then that the client left."""
        if self._is_taken:
            self.listens = True
            return await self.left()
        if not self._message.get("more_body", False):
            self._is_taken = True
            return self._message
        if self._pieces is None:
            self._pieces = _marked(self.request.pieces())
        piece, more = next(self._pieces)
        self._is_taken = not more
        return {"type": "http.request", "body": piece, "more_body": more}

    async def left(self) -> Message:
        """That the client left; whoever asks, the server is asked once."""
        return await asyncio.shield(self._gone_by())

    def _gone_by(self) -> asyncio.Future[Message]:
        if self._gone is None:
            self._gone = asyncio.get_running_loop().create_future()
            self._asking = asyncio.ensure_future(_await_leaving(self._receive, self._gone))
        return self._gone

    # --- what it says

    async def send(self, message: Message) -> None:
        """The `send` of ASGI 3.0."""
        start = self._start
        if message["type"] == "http.response.body":
            if start is None:
                raise RuntimeError("http.response.body was sent before http.response.start")
            if self._rest is not None:
                await self._rest.take(message)
            elif self.is_over:
                pass  # as servers have it when the client left
            elif message.get("more_body", False):
                self._rest = await begin(self)
                await self._rest.take(message)
            else:
                key = self._key(start, message)
                if key is not None and self._right is not None and self._right.get(key):
                    self.is_begun = self.is_over = True
                    await self.send_on(start)
                    await self.send_on(message)
                else:
                    await self._whole(start, message, key)
        elif message["type"] == "http.response.start":
            if start is not None:
                raise RuntimeError("http.response.start was sent twice")
            self._start = message
            if (self.held is None or self.held.may_stream) and begins_at_once(self):
                self._rest = await begin(self)

    def _key(self, start: Message, message: Message) -> Key | None:
        """What the verdict on a whole response follows from; None where none is kept."""
        if self._right is None or self.held is None:
            return None
        body, reads = message.get("body", b""), self.held.reads_of(start["status"])
        if reads is None or len(body) > MAX_BODY_BYTES:
            return None
        fields = [text for pair in start.get("headers", ()) if pair[0].lower() in reads for text in pair]
        return (self.held, start["status"], body, *fields)

    def begun(self, body: bytes = b"") -> Response:
        """The response that the application began."""
        start = self._start or {"status": 500}
        fields = list(start.get("headers", ()))
        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in fields]
        response = Response(start["status"], headers, body)
        if self._scope["method"] == "HEAD" or not lacks_length(response):
            response.fields = fields  # as they came, they may go on
        return response

    async def _whole(self, start: Message, message: Message, key: Key | None) -> None:
        response = self.begun(message.get("body", b""))
        exchange = self.exchange = self._judged(response)
        may_stay = response.fields is not None and self._scope["method"] != "HEAD"
        if exchange.response is not response or not may_stay or response.status in WITHOUT_CONTENT:
            await self.send_whole(exchange.response)
            return
        if key is not None and self._right is not None and not exchange.findings:
            self._right.put(key, True, 0)
        self.is_begun = self.is_over = True
        await self.send_on(start)
        await self.send_on(message)

    async def answer(self, response: Response) -> None:
        """Send a whole response, or in its place a problem."""
        self.exchange = self._judged(response)
        await self.send_whole(self.exchange.response)

    async def send_whole(self, response: Response) -> None:
        """Send a response as it is."""
        self.is_over = True
        await self.send_head(response)
        body = b"" if self._scope["method"] == "HEAD" else body_of(response)
        await self.send_on({"type": "http.response.body", "body": body})

    async def send_head(self, response: Response) -> None:
        """Begin to send a response."""
        fields, self.is_begun = fields_of(response), True
        await self.send_on({"type": "http.response.start", "status": response.status, "headers": fields})

    def _judged(self, response: Response) -> Exchange:
        if self.held is None:
            return Exchange(self.request, response)
        call = self.call(self.held)
        if self.enforcer.validate_responses == "off":
            return Exchange(self.request, response, call.operation)
        try:
            return self.enforcer.answered(self.request, call, response)
        except Exception:  # a defect, which the client learns nothing of
            _LOGGER.exception("what %s answered could not be judged", call.operation.name)
            problem = problem_response(problems.INTERNAL, DEFECT)
            return Exchange(self.request, problem, call.operation)

    def call(self, held: Held) -> Call:
        """The request as one of an operation: all that a verdict on its response needs."""
        return Call(held.prepared.operation, self.request, held.prepared)

    async def stop(self) -> None:
        """End the application, from within: as if the client had left, nothing is listened to any more."""
        self.end()
        await asyncio.sleep(0)  # where it was cancelled it goes no further

    def end(self) -> None:
        """The same, from outside. One that listens for a client that leaves is told so, and ends itself."""
        self.is_over = True
        if self.listens:
            gone = self._gone_by()
            if not gone.done():
                gone.set_result({"type": "http.disconnect"})
        elif not self._is_ended:
            self._is_ended = True
            self._task = self._task or asyncio.current_task()
            if self._task is not None:
                self._task.cancel()

    def was_ended(self) -> bool:
        """Was the application cancelled here, and by nobody else? Then that is over with."""
        return self._is_ended and (self._task is None or self._task.uncancel() == 0)

    def close(self) -> None:
        """The application is done."""
        if self._asking is not None:
            self._asking.cancel()
        if self._rest is not None:
            self._rest.close()


async def _await_leaving(receive: Receive, gone: asyncio.Future[Message]) -> None:
    while (message := await receive())["type"] != "http.disconnect":
        pass
    if not gone.done():
        gone.set_result(message)


def _marked(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each piece, and whether there are more."""
    piece = next(pieces, b"")
    for following in pieces:
        yield piece, True
        piece = following
    yield piece, False
