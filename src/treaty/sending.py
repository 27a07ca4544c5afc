"""A response as ASGI 3.0 takes it: whole, or as its chunks come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

from treaty.exchange.messages import BrokenStreamError, Response
from treaty.exchange.response import WITHOUT_CONTENT
from treaty.exchange.streams import close, closing, discard
from treaty.exchange.wire import body_of, fields_of
from treaty.receiving import Message, Receive

Send: TypeAlias = Callable[[Message], Awaitable[None]]

_LOGGER = logging.getLogger("treaty")


async def send_response(receive: Receive, send: Send, method: str, response: Response) -> None:
    """Send a response, in time: whole, or as its chunks come, for as long as the client stays.

    One whose chunks end before their time is not completed, so that the client can tell.
    """
    if response.delay:
        await asyncio.sleep(response.delay)
    if response.broken:
        await _break_off(send, response)
    await send({"type": "http.response.start", "status": response.status, "headers": fields_of(response)})
    if response.chunks is None:
        body = b"" if method == "HEAD" else body_of(response)
    else:
        body = b""
        if response.status in WITHOUT_CONTENT or method == "HEAD":
            await discard(response)
        elif not await _send_chunks(receive, send, response.chunks):
            return
    await send({"type": "http.response.body", "body": body})


async def _break_off(send: Send, response: Response) -> None:
    """Leave a response in its midst: an application that fails is all that closes a connection in ASGI."""
    await send({"type": "http.response.start", "status": response.status, "headers": fields_of(response)})
    if response.broken == "truncate":
        body = body_of(response)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    raise ConnectionAbortedError("the connection was to be broken off")


async def _send_chunks(receive: Receive, send: Send, chunks: AsyncIterator[bytes]) -> bool:
    """Were all chunks sent? Who makes them is told when the client leaves: their generator is closed."""
    sending = asyncio.ensure_future(_send_each(send, chunks))
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        sending.cancel()
        await asyncio.wait((sending, leaving))
        await close(chunks)  # it may not have begun
    if sending.cancelled():
        return False
    error = sending.exception()
    if error is not None and not isinstance(error, BrokenStreamError):
        _LOGGER.error("a response ended before its time", exc_info=error)
    return error is None


async def _send_each(send: Send, chunks: AsyncIterator[bytes]) -> None:
    async with closing(chunks):
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
