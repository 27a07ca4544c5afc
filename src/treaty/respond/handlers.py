"""The handlers of a project as a responder: coroutines in the event loop, plain functions in threads."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from treaty.exchange.messages import Response
from treaty.exchange.request import Call
from treaty.respond.conventions import Answer, finish, is_unfinished, response_of
from treaty.respond.failures import failure_response
from treaty.respond.frameworks import connexion_context
from treaty.respond.resolve import Handler, Resolved, context_of

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
        with connexion_context(call.request, context_of(call)):
            try:
                if handler.is_coroutine:
                    answer = await handler.function(**handler.arguments_of(call))
                else:
                    answer = await self._in_thread(handler, call)
                if isinstance(answer, Response):
                    return answer
                return response_of(call.prepared, await finish(answer) if is_unfinished(answer) else answer)
            except (Exception, SystemExit) as error:  # a handler must not end the server
                return failure_response(call.prepared, error)

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


def _answer(handler: Handler, call: Call) -> Answer:
    """The whole work in the thread, and no exception out of it: a future cannot carry StopIteration."""
    try:
        answer = handler.function(**handler.arguments_of(call))
        return answer if is_unfinished(answer) else response_of(call.prepared, answer)
    except (Exception, SystemExit) as error:  # a handler must not end the server
        return failure_response(call.prepared, error)
