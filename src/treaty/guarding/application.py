"""The application behind the guard: which of ASGI and WSGI it speaks, and WSGI's as one of ASGI."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from treaty import problems
from treaty.exchange.messages import Request, Response
from treaty.exchange.streams import telling
from treaty.receiving import Receive, Scope
from treaty.refusing import problem_response
from treaty.respond.wsgi import WsgiApplication, call_wsgi, environ_of
from treaty.sending import Send, send_response

# An application of ASGI 3.0 or WSGI (PEP 3333); which of them is found out.
Application: TypeAlias = Callable[..., Any]

# A WSGI application mostly waits: many more than there are processors.
THREADS = 40
FAILED = "The application failed; the log says why."
_LOGGER = logging.getLogger("treaty")


def as_asgi(application: Application) -> Application:
    """An ASGI application: itself, or around a WSGI application that runs in threads."""
    return application if _is_asgi(application) else Wsgi(application)


def log_failure(error: BaseException) -> None:
    """What an application raised goes to the log, and not to the server: it must not end that."""
    _LOGGER.error("the application failed", exc_info=error)


@dataclass(frozen=True, slots=True)
class Wsgi:
    """A WSGI application, which runs in threads (PEP 3333)."""

    application: WsgiApplication
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "wsgi"))

    async def serve(self, request: Request, receive: Receive, send: Send) -> None:
        """Answer a request that has been read already; a failure is a problem."""
        await send_response(receive, send, request.method, await self._answer(request))

    async def _answer(self, request: Request) -> Response:
        try:
            response = await call_wsgi(self.application, environ_of(request), self.threads)
        except (Exception, SystemExit) as error:  # an application must not end the server
            log_failure(error)
            return problem_response(problems.HANDLER_FAILED, FAILED)
        if response.chunks is not None:
            response.chunks = telling(response.chunks, log_failure)
        return response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What it has of a lifespan or a WebSocket: nothing (ASGI 3.0)."""
        if scope["type"] == "lifespan":
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})
        else:
            await send({"type": "websocket.close", "code": 1008})


def _is_asgi(application: Application) -> bool:
    call = getattr(application, "__call__", None)  # noqa: B004  # its own, to look at, not whether it has one
    if inspect.iscoroutinefunction(application) or inspect.iscoroutinefunction(call):
        return True
    try:
        parameters = inspect.signature(application).parameters.values()
    except (TypeError, ValueError):  # a callable that says nothing of itself
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(each.kind in positional and each.default is each.empty for each in parameters) == 3
