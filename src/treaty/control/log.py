"""The log: the exchanges of late, within bounds, and whoever follows them as they happen."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace

from treaty.enforcing import Exchange

MAX_RECORDS = 1_000
MAX_BYTES = 32 * 1024 * 1024  # of all bodies
MAX_BODY = 1024 * 1024  # of one; a larger one is left out
MAX_WAITING = 1_000  # records that one who follows may be behind


@dataclass(slots=True)  # nobody changes one; but frozen, it would take longer to make than to keep
class Record:
    """An exchange in the log: numbered from 1, when it began (seconds since the epoch), how long it took."""

    number: int
    started: float
    seconds: float
    exchange: Exchange
    has_request_body: bool  # false: it was too large to be kept, or never whole
    has_response_body: bool
    size: int  # bytes of both bodies


@dataclass(slots=True)
class Log:
    """The newest exchanges; the oldest go when there are too many, or too many bytes of them."""

    records: deque[Record] = field(default_factory=deque)
    number: int = 0
    size: int = 0
    followers: list[asyncio.Queue[Record]] = field(default_factory=list)

    def add(self, exchange: Exchange, seconds: float) -> None:
        """Keep an exchange, and tell it to those who follow."""
        self.number += 1
        request, response = exchange.request, exchange.response
        asked = request.spool is None and len(request.body) <= MAX_BODY
        answered = response.chunks is None and len(response.body) <= MAX_BODY
        if not (asked and answered):
            request = request if asked else replace(request, body=b"", spool=None)
            response = response if answered else replace(response, body=b"", chunks=None)
            exchange = replace(exchange, request=request, response=response)
        size = len(request.body) + len(response.body)
        record = Record(self.number, time.time() - seconds, seconds, exchange, asked, answered, size)
        self.records.append(record)
        self.size += size
        while len(self.records) > MAX_RECORDS or self.size > MAX_BYTES:
            self.size -= self.records.popleft().size
        for queue in self.followers:
            if queue.full():
                queue.get_nowait()  # who is too slow loses the oldest
            queue.put_nowait(record)

    def clear(self) -> None:
        """Forget all; numbers go on."""
        self.records.clear()
        self.size = 0

    def after(self, number: int) -> Iterator[Record]:
        """The records with a higher number, oldest first."""
        return (record for record in self.records if record.number > number)

    async def follow(self, number: int | None, seconds: float) -> AsyncIterator[Record | None]:
        """The records after a number and then each new one; None whenever there was none for so long."""
        queue: asyncio.Queue[Record] = asyncio.Queue(MAX_WAITING)
        before = list(self.after(number)) if number is not None else []
        self.followers.append(queue)
        try:
            for record in before:
                yield record
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), seconds)
                except TimeoutError:
                    yield None
        finally:
            self.followers.remove(queue)
