"""Plain iterators, run in threads: what waits for its next value there does not hold up the event loop."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from treaty.exchange.streams import Chunks


def in_threads(
    iterator: Iterator[bytes], threads: ThreadPoolExecutor, close: Callable[[], None] | None = None
) -> Chunks:
    """What an iterator gives, in the context of this call; at the end it is closed, or `close` is called.

    When this ends before its time, the iterator is closed as soon as it gives what it is asked for.
    """
    context, taking = contextvars.copy_context(), threading.Lock()

    def take() -> bytes | None:
        with taking:
            return context.run(next, iterator, None)

    def end() -> None:
        ended = close or getattr(iterator, "close", None)
        if ended is not None:
            with taking:
                context.run(ended)

    async def closed() -> None:
        threads.submit(end)

    async def taken() -> AsyncGenerator[bytes, None]:
        loop = asyncio.get_running_loop()
        try:
            while (piece := await loop.run_in_executor(threads, take)) is not None:
                yield piece
        finally:
            await closed()

    return Chunks(taken(), closed)
