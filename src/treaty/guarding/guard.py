"""Guard: an application in front of another, which gets only what the contract allows."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from treaty import problems
from treaty.asgi import Counted, count, failed, unawaited
from treaty.enforcing import Enforcer, Exchange, log_findings, refuse_divided, refuse_size, unmatched
from treaty.exchange.kept import Key
from treaty.exchange.messages import Request
from treaty.exchange.spool import MAX_BODY_BYTES
from treaty.guarding.application import FAILED, Application, Wsgi, log_failure
from treaty.guarding.offer import offered
from treaty.guarding.passage import Passage
from treaty.guarding.verdicts import MAX_BODY_BYTES as MAX_KEPT_BODY_BYTES
from treaty.guarding.verdicts import Target, Verdicts
from treaty.receiving import (
    DisconnectedError,
    Message,
    Receive,
    Scope,
    TooLargeError,
    announces_much,
    is_of_unknown_size,
    read_body,
    read_request,
    take_small,
)
from treaty.refusing import problem_response
from treaty.sending import Send, send_response

_LOGGER = logging.getLogger("treaty")


class Asked(NamedTuple):
    """A connection that asks for something, and when it began to."""

    scope: Scope
    receive: Receive
    send: Send
    started: float


@dataclass(slots=True)
class Guard:
    """An ASGI application in front of another, which gets only what the contract allows.

    With `pass_unknown` it also gets what the contract has no path for, unjudged; without,
    that is refused: 404, and WebSockets are closed. `observe` is told of every exchange and the
    seconds it took; `counts` are the findings so far, for whatever exports metrics.
    """

    enforcer: Enforcer
    application: Application
    pass_unknown: bool = False
    observe: Callable[[Exchange, float], None] | None = None
    max_body_bytes: int = MAX_BODY_BYTES
    counts: Counter[Counted] = field(default_factory=Counter)
    kept: Verdicts = field(default_factory=Verdicts)

    @property
    def immediate(self) -> bool:
        """Can every request be answered without waiting for anything? No application says so."""
        return False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI 3.0); the lifespan is the application's own."""
        if scope["type"] != "http":
            await self._leave(scope, receive, send)
            return
        asked = Asked(scope, receive, send, time.perf_counter())
        raw, query = scope.get("raw_path") or scope["path"], scope.get("query_string", b"")
        where = (scope["method"], raw, query, scope.get("root_path", ""))
        known, request = self.kept.targets.get(where), None
        target = known
        if target is None:
            request = read_request(scope)
            target = self._find(where, request)
            if target is None:
                await self._unmatched(asked, request)
                return
        if announces_much(scope["headers"]):
            request = request or read_request(scope)
            if await self._refused_early(asked, request):
                return
        message = await receive()
        # Of a target that is new every request is.
        key = None if known is None else self._key(known, scope, message)
        as_it_is = self.kept.requests.get(key) if key is not None else None
        if as_it_is is None:
            request = await self._admitted(target, asked, request or read_request(scope), message)
            if request is None:
                return
        if not as_it_is or scope.get("extensions"):
            scope = offered(scope)
        if as_it_is is None and key is not None:
            self.kept.requests.put(key, scope is asked.scope, 0)
        right = self.kept.responses if target.keeps and self.observe is None else None
        passage = Passage(self.enforcer, target.held, right, message, request, scope, receive, send)
        await self._ask(passage, scope, asked)

    async def _leave(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is no request is the application's, but for WebSockets: no contract has them."""
        if scope["type"] == "websocket" and not self.pass_unknown:
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self.application(scope, receive, send)

    def _find(self, where: Key, request: Request) -> Target | None:
        judge = self.enforcer.judge
        matched = judge.router.match(request.method, request.path, request.query, request.headers)
        if matched.operation is None or judge.router.leads_elsewhere(request.method, request.path):
            return None
        held = self.kept.of(matched.operation, judge.prepared)
        keeps = request.method != "HEAD" and self.enforcer.validate_responses != "off"
        target = Target(held, matched.path_values, keeps)
        if not matched.reads_headers:
            self.kept.targets.put(where, target, 0)
        return target

    def _key(self, target: Target, scope: Scope, message: Message) -> Key | None:
        """What the verdict on a request follows from; None where none is kept."""
        reads, body = target.held.reads, message.get("body", b"")
        if (
            reads is None
            or self.observe is not None
            or len(body) > MAX_KEPT_BODY_BYTES
            or message.get("more_body", False)
            or message["type"] != "http.request"
        ):
            return None
        fields = [text for pair in scope["headers"] if pair[0].lower() in reads for text in pair]
        return (target, body, *fields)

    async def _admitted(
        self, target: Target, asked: Asked, request: Request, message: Message
    ) -> Request | None:
        """The request when the application may have it; None when it was refused, or nobody asks any more."""
        if not take_small(request, message, self.max_body_bytes):
            if is_of_unknown_size(asked.scope, message) and await self._refused_early(asked, request):
                return None
            if not await self._read(asked, request, message):
                return None
        enforcer, prepared = self.enforcer, target.held.prepared
        again = enforcer.again(request)
        if again is not None:
            await self._tell(asked, again)
            return None
        try:
            if enforcer.waits(prepared, request):
                call = await enforcer.read_later(prepared, request, target.path_values)
            else:
                call = enforcer.judge.read(prepared, request, target.path_values)
        except Exception:
            await self._tell(asked, failed(request))
            return None
        if call.findings:
            await self._tell(asked, enforcer.refused(request, call))
            return None
        return request

    async def _refused_early(self, asked: Asked, request: Request) -> bool:
        """Was it refused before its body came, for its head?"""
        try:
            exchange = await self.enforcer.refused_early(request, self.max_body_bytes)
        except Exception:
            exchange = failed(request)
        if exchange is not None:
            await self._tell(asked, unawaited(exchange))
        return exchange is not None

    async def _read(self, asked: Asked, request: Request, message: Message) -> bool:
        """Is the body read? Not one that is too large, and refused, nor when nobody asks any more."""
        try:
            receive, allowed = asked.receive, self.enforcer.bytes_allowed
            await read_body(request, receive, self.max_body_bytes, allowed, message)
        except DisconnectedError:
            return False
        except TooLargeError as error:
            await self._tell(asked, refuse_size(request, error.most))
            return False
        return True

    async def _unmatched(self, asked: Asked, request: Request) -> None:
        """What no operation is for is refused, but what may pass.

        What a path allows across origins (CORS) is for the application to say. So would be what an
        encoded slash means: applications get their paths decoded, and may find another in it.
        """
        router = self.enforcer.judge.router
        elsewhere = router.leads_elsewhere(request.method, request.path)
        matched = router.match(request.method, request.path, request.query, request.headers)
        is_unknown = self.pass_unknown and not matched.allowed and not elsewhere
        if is_unknown and not isinstance(self.application, Wsgi):
            await self.application(*asked[:3])
            return
        refused = elsewhere or (not is_unknown and (not matched.allowed or request.method != "OPTIONS"))
        refusal = refuse_divided(request) if elsewhere else unmatched(request, matched)
        early = refused and announces_much(asked.scope["headers"])
        message: Message = {} if early else await asked.receive()
        if early or (refused and is_of_unknown_size(asked.scope, message)):
            await self._tell(asked, unawaited(refusal))
            return
        if not await self._read(asked, request, message):
            return
        if not refused:
            scope = offered(asked.scope)
            passage = Passage(self.enforcer, None, None, message, request, scope, asked.receive, asked.send)
            await self._ask(passage, scope, asked)
        else:
            await self._tell(asked, refusal)

    async def _ask(self, passage: Passage, scope: Scope, asked: Asked) -> None:
        """Let the application answer; when it fails, that is a problem."""
        try:
            if isinstance(self.application, Wsgi):
                await self.application.serve(passage.request, passage.receive, passage.send)
            else:
                await self.application(scope, passage.receive, passage.send)
        except asyncio.CancelledError:
            if not passage.was_ended():
                raise
        except Exception as error:  # it must not end the server
            log_failure(error)
        finally:
            passage.close()
        if not passage.is_begun:
            await passage.answer(problem_response(problems.HANDLER_FAILED, FAILED))
        if passage.exchange is not None:
            self._told(asked, passage.exchange)

    async def _tell(self, asked: Asked, exchange: Exchange) -> None:
        await send_response(asked.receive, asked.send, exchange.request.method, exchange.response)
        self._told(asked, exchange)

    def _told(self, asked: Asked, exchange: Exchange) -> None:
        if exchange.findings:
            count(self.counts, exchange)
            if self.enforcer.validate_responses == "report":
                log_findings(exchange)
        if self.observe is not None:
            self.observe(exchange, time.perf_counter() - asked.started)
