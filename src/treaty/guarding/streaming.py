"""A response that comes in several messages: collected to be judged as a whole, or judged as it goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from treaty import problems
from treaty.exchange.messages import BrokenStreamError, Response
from treaty.exchange.response import WITHOUT_CONTENT
from treaty.exchange.streams import MAX_RESPONSE_BYTES, Passing, is_judged_whole, is_sequence
from treaty.receiving import Message
from treaty.refusing import problem_response

if TYPE_CHECKING:
    from treaty.guarding.passage import Passage


class Rest(Protocol):
    """What becomes of the messages of a body."""

    async def take(self, message: Message) -> None:
        """One message."""

    def close(self) -> None:
        """There are no more."""


def begins_at_once(passage: Passage) -> bool:
    """Is a head sent before anything of the body is there? Of a sequence: its first item may take long."""
    return is_sequence(passage.begun().header("content-type") or "")


async def begin(passage: Passage) -> Rest:
    """Send the head of a response that may go on as it comes; what must not begin is refused, and is over."""
    response, held, passing = passage.begun(), passage.held, None
    if held is not None and passage.enforcer.validate_responses != "off":
        if is_judged_whole(held.prepared, passage.request, response):
            return Collected(passage)
        call, enforcer, response.chunks = passage.call(held), passage.enforcer, _Coming()
        exchange, judged = enforcer.begun(call.request, call, response)
        passage.exchange = exchange
        if exchange.response is not response:
            return await _over(passage, exchange.response)
        if judged is not None:
            goes_on = partial(enforcer.went_on, exchange, call, goes_on=not enforcer.refuses(response))
            passing = Passing(judged, goes_on)
    if passage.request.method == "HEAD" or response.status in WITHOUT_CONTENT:
        return await _over(passage, response)
    await passage.send_head(response)
    return Streamed(passage, passing, asyncio.ensure_future(_watch(passage)))


async def _over(passage: Passage, response: Response) -> Rest:
    """Send what is whole already; nobody waits for what else the application would say."""
    await passage.send_whole(response)
    await passage.stop()
    return Streamed(passage)


async def _watch(passage: Passage) -> None:
    """End the application when the client leaves."""
    await passage.left()
    passage.end()


@dataclass(slots=True)
class Collected:
    """A body that is judged as a whole."""

    passage: Passage
    pieces: list[bytes] = field(default_factory=list)
    size: int = 0

    async def take(self, message: Message) -> None:
        """One more piece; the last one completes the response."""
        if self.passage.is_over:
            return
        piece = message.get("body", b"")
        self.pieces.append(piece)
        self.size += len(piece)
        if self.size > MAX_RESPONSE_BYTES:
            detail = f"The application answered with more than {MAX_RESPONSE_BYTES} bytes."
            await self.passage.answer(problem_response(problems.INVALID_RESPONSE, detail))
            await self.passage.stop()
        elif not message.get("more_body", False):
            await self.passage.answer(self.passage.begun(b"".join(self.pieces)))

    def close(self) -> None:
        """Nothing to do."""


@dataclass(slots=True)
class Streamed:
    """A body that goes on as it comes; of a sequence each item when it is judged."""

    passage: Passage
    passing: Passing | None = None
    watching: asyncio.Future[None] | None = None

    async def take(self, message: Message) -> None:
        """One more piece, of which an item may not yet be whole."""
        if self.passage.is_over:
            return
        more = message.get("more_body", False)
        if self.passing is not None:
            try:
                ready = self.passing.feed(message.get("body", b""))
                ready += b"" if more else self.passing.finish()
            except BrokenStreamError:
                await self.passage.stop()
                return
            if more and not ready:
                return
            message = {"type": "http.response.body", "body": ready, "more_body": more}
        if not more:
            self.passage.is_over = True
            self.close()  # what is done after a response does not depend on who asked for it
        await self.passage.send_on(message)

    def close(self) -> None:
        """Nobody needs to know any more whether the client stays."""
        if self.watching is not None:
            self.watching.cancel()


class _Coming:
    """The chunks of a response that are sent past whoever has it."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        raise StopAsyncIteration
