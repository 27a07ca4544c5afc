"""The handlers of a project as a responder: coroutines in the event loop, plain functions in threads."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from treaty.exchange.call import Call
from treaty.exchange.messages import BrokenStreamError, Response
from treaty.exchange.streams import begun, closing, is_sequence, telling
from treaty.respond.conventions import Answer, Stream, finish, is_unfinished, response_of
from treaty.respond.failures import failure_response, handler_failed, log_failure
from treaty.respond.frameworks import connexion_context
from treaty.respond.resolve import Handler, Resolved, context_of
from treaty.respond.threads import in_threads

# Plain functions mostly wait (for a database, another service): many more than there are processors.
THREADS = 40
# What a package of handlers may define for the framework flask.
CONFIGURE = "configure_app"
_log = logging.getLogger("treaty")


@dataclass(frozen=True, slots=True)
class Handlers:
    """Answers calls with the functions of a project.

    The threads end with this object, not with a server: one application may be started again.
    """

    handlers: dict[tuple[str, str], Handler]
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "handler"))

    async def __call__(self, call: Call) -> Response:
        """What the operation's handler answers, or a problem when it fails."""
        handler = self.handlers[call.operation.method, call.operation.path]
        with connexion_context(call.request, context_of(call), call.path):
            try:
                if handler.is_coroutine:
                    answer = await handler.function(**handler.arguments_of(call))
                else:
                    answer = await self._in_thread(handler, call)
                if not isinstance(answer, Response | Stream):
                    answer = await finish(answer) if is_unfinished(answer) else answer
                    answer = response_of(call.prepared, answer)
                return await self._streamed(answer, call) if isinstance(answer, Stream) else answer
            except BrokenStreamError:
                return handler_failed(call.operation)
            except (Exception, SystemExit) as error:  # a handler must not end the server
                return failure_response(call.operation, error)

    async def _streamed(self, stream: Stream, call: Call) -> Response:
        """A stream as a response: plain generators run in threads, in the context of this call."""
        chunks: AsyncIterator[bytes]
        if isinstance(stream.chunks, Iterator):
            chunks = in_threads(stream.chunks, self.threads, stream.close)
        else:
            chunks = _within(call, stream.chunks)
        failed = partial(log_failure, call.operation)
        response, chunks = Response(stream.status, stream.headers), telling(chunks, failed)
        kind = response.header("content-type") or ""
        # The first event may be long in coming; where anything else fails at once, that can still be said.
        response.chunks = chunks if is_sequence(kind) else await begun(chunks)
        return response

    async def _in_thread(self, handler: Handler, call: Call) -> Answer:
        context = contextvars.copy_context()
        running = asyncio.get_running_loop().run_in_executor(
            self.threads, context.run, _answer, handler, call
        )
        return await running


def async_handlers(resolved: Resolved) -> Handlers:
    """Handlers that were found, with threads for those that are plain functions."""
    if hasattr(sys.modules.get(resolved.package), CONFIGURE):
        _log.warning("%s.%s is for the framework flask, and is not called", resolved.package, CONFIGURE)
    return Handlers(resolved.by_operation())


async def _within(call: Call, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks, each made in the context of a call: the next may be asked for in another."""
    async with closing(chunks):
        while True:
            with connexion_context(call.request, context_of(call), call.path):
                try:
                    chunk = await anext(chunks)
                except StopAsyncIteration:
                    return
            yield chunk


def _answer(handler: Handler, call: Call) -> Answer:
    """The whole work in the thread, and no exception out of it: a future cannot carry StopIteration."""
    try:
        answer = handler.function(**handler.arguments_of(call))
        return answer if is_unfinished(answer) else response_of(call.prepared, answer)
    except (Exception, SystemExit) as error:  # a handler must not end the server
        return failure_response(call.operation, error)
