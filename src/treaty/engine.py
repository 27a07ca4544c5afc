"""The path every request takes: match, decode, validate, respond, validate.

The engine knows no framework and no mode. A mode is a responder (a mock, handlers) and
a policy (what a finding on a response costs).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal, TypeVar

from treaty import problems
from treaty.contract.contract import Contract
from treaty.contract.model import Operation
from treaty.exchange.bodies import UndecodableError, is_decodable, may_be_large
from treaty.exchange.judge import MAX_FINDINGS
from treaty.exchange.messages import BrokenStreamError, Request, Response
from treaty.exchange.request import Call, media_of
from treaty.exchange.router import Matched
from treaty.exchange.security import (
    AsyncVerifier,
    Authenticator,
    Verifier,
)
from treaty.exchange.spool import MAX_UPLOAD_BYTES
from treaty.exchange.streams import discard, item_judge, judged_chunks, settled
from treaty.findings import Finding
from treaty.judging import Judge, build_judge, route_finding
from treaty.refusing import is_failure, problem_response, refuse_request, refuse_response

_LOGGER = logging.getLogger("treaty")
Result = TypeVar("Result")
Responder = Callable[[Call], Awaitable[Response]]
Rewrite = Callable[[Request], Request]
# What refuses a request in the mode's own way is given what makes our problem.
Refuse = Callable[[Call, Callable[[Call], Response]], Response]
ResponsePolicy = Literal["refuse", "report", "off"]


@dataclass(slots=True)
class Exchange:
    """A request, its response, and everything that was found on both.

    `refused` says that the request was wrong, so that the responder never got it.
    """

    request: Request
    response: Response
    operation: Operation | None = None
    findings: list[Finding] = field(default_factory=list)
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Engine:
    """A contract with a responder, ready for traffic.

    A mode may `rewrite` requests before they are matched, where they say something to the mode
    itself, and may `refuse` a wrong one with another response than our problem.
    `immediate`: the responder never waits. `takes_bytes` says of which operations the responder needs
    a body that is a file in memory, so that it must not be large. The responses of operations
    in `unjudged` (by their pointers) were judged when they were made.
    """

    judge: Judge
    respond: Responder
    validate_responses: ResponsePolicy
    immediate: bool = False
    rewrite: Rewrite | None = None
    refuse: Refuse | None = None
    takes_bytes: Callable[[Operation], bool] = lambda _: False
    unjudged: frozenset[str] = frozenset()

    @property
    def contract(self) -> Contract:
        """The contract that is held to."""
        return self.judge.contract

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Itself: where several are mounted there are more."""
        return (self,)

    def upload_bytes(self, sent: Request) -> int:
        """How many bytes the body of a request may have as an upload; 0: it is none."""
        request = sent if self.rewrite is None else self.rewrite(sent)
        operation = self.judge.router.match(request.method, request.path, request.query).operation
        if operation is None or operation.body is None:
            return 0
        prepared = self.judge.prepared.of(operation)
        media, kind = media_of(prepared, operation.body, request) or (None, "")
        if (
            media is None
            or not may_be_large(kind)
            or (not is_decodable(kind) and self.takes_bytes(operation))
        ):
            return 0
        return prepared.max_upload_bytes

    async def handle(self, sent: Request) -> Exchange:
        """Answer a request as the contract and the responder have it."""
        judge = self.judge
        request = sent if self.rewrite is None else self.rewrite(sent)
        matched = judge.router.match(request.method, request.path, request.query)
        if matched.operation is None:
            if request.method == "OPTIONS" and matched.allowed:
                return answer_options(sent, matched)  # 204
            return refuse_route(sent, matched)  # 404, 405
        prepared = judge.prepared.of(matched.operation)
        if request.spool is None:
            call = judge.read(prepared, request, matched.path_values)
        else:  # what is large takes its time, and others are waiting
            call = await asyncio.to_thread(judge.read, prepared, request, matched.path_values)
        if judge.authenticate is not None and call.operation.security:
            await judge.authenticated(call, judge.authenticate)
        if call.findings:
            return self.refused(sent, call)  # 400, 401, 403, 415, 422
        response = await self.respond(call)
        if self.validate_responses == "off" or call.operation.pointer in self.unjudged:
            return Exchange(sent, response, call.operation)
        if response.chunks is not None:
            return await self.streamed(sent, call, response)
        findings = judge.answered(prepared, request, response)
        if findings and self.validate_responses == "refuse" and not is_failure(response):
            response = refuse_response(call, response, findings)
        return Exchange(sent, response, call.operation, findings)

    async def streamed(self, sent: Request, call: Call, response: Response) -> Exchange:
        """A response in chunks: judged before it begins, where it is no sequence of items; else as it goes.

        What is found then is added to the exchange, and logged at once: it may be long until the end.
        """
        prepared, method = call.prepared, call.request.method
        refuses = self.validate_responses == "refuse" and not is_failure(response)
        try:
            response = await settled(prepared, method, response)
            items = item_judge(prepared, method, response)
        except BrokenStreamError as error:
            return Exchange(sent, problem_response(problems.HANDLER_FAILED, str(error)), call.operation)
        except UndecodableError as error:
            items, findings = None, [error.finding]
        else:
            findings = []
        findings += self.judge.answered(prepared, call.request, response)
        exchange = Exchange(sent, response, call.operation, findings)
        if findings and refuses:
            await discard(response)
            exchange.response = refuse_response(call, response, findings)
        elif response.chunks is not None and items is not None:
            goes_on = partial(self.went_on, exchange, call, goes_on=not refuses)
            exchange.response = replace(response, chunks=judged_chunks(response.chunks, items, goes_on))
        return exchange

    def went_on(self, exchange: Exchange, call: Call, findings: list[Finding], *, goes_on: bool) -> bool:
        """Note what was found on a stream that has begun."""
        masked = self.judge.masked(findings, call.request, exchange.response)
        room = max(MAX_FINDINGS - len(exchange.findings), 0)
        for finding in masked[:room]:
            end = "" if goes_on else "; the stream ends here"
            _LOGGER.warning(
                "%s answered %d: %s: %s%s",
                call.operation.name,
                exchange.response.status,
                finding.place,
                finding.message,
                end,
                extra={"operation": call.operation.name, "code": finding.code},
            )
        exchange.findings += masked[:room]
        return goes_on

    def refused(self, sent: Request, call: Call) -> Exchange:
        """What a wrong request gets: our problem, or what the mode puts in its place."""
        response = self.refuse(call, refuse_request) if self.refuse is not None else refuse_request(call)
        return Exchange(sent, response, call.operation, call.findings, True)


def build_engine(
    contract: Contract,
    respond: Responder,
    validate_responses: ResponsePolicy,
    verify: Verifier | AsyncVerifier | None = None,
    *,
    strict: bool = False,
    base_path: str | tuple[str, ...] | None = None,
    max_upload_bytes: int = MAX_UPLOAD_BYTES,
    immediate: bool = False,
    rewrite: Rewrite | None = None,
    refuse: Refuse | None = None,
    takes_bytes: Callable[[Operation], bool] = lambda _: False,
    authenticate: Authenticator | None = None,
    unjudged: frozenset[str] = frozenset(),
) -> Engine:
    """An engine for a contract; without `verify` credentials are looked at for presence and shape only.

    `strict`, `base_path` and `max_upload_bytes` are the judge's, `immediate`, `takes_bytes` and
    `unjudged` the responder's, `rewrite` and `refuse` the mode's.
    """
    judge = build_judge(
        contract,
        verify,
        strict=strict,
        base_path=base_path,
        max_upload_bytes=max_upload_bytes,
        authenticate=authenticate,
    )
    return Engine(judge, respond, validate_responses, immediate, rewrite, refuse, takes_bytes, unjudged)


def run_now(coroutine: Coroutine[object, None, Result]) -> Result:
    """What a coroutine returns that waits for nothing. Raises RuntimeError when it does."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: Result = done.value
        return result
    coroutine.close()
    raise RuntimeError("what was said to be immediate waits")


def refuse_route(request: Request, matched: Matched) -> Exchange:
    """404, or 405 with the methods that the path has (RFC 9110, section 15.5.6)."""
    finding = route_finding(request, matched)
    if not matched.allowed:
        return Exchange(request, problem_response(problems.NOT_FOUND, finding.message), None, [finding], True)
    response = problem_response(problems.METHOD_NOT_ALLOWED, finding.message)
    response.headers.append(("allow", ", ".join(matched.allowed)))
    return Exchange(request, response, None, [finding], True)


def answer_options(request: Request, matched: Matched) -> Exchange:
    """204 with the methods of a path that does not declare OPTIONS itself (RFC 9110, section 9.3.7)."""
    allowed = ", ".join(sorted({*matched.allowed, "OPTIONS"}))
    return Exchange(request, Response(204, [("allow", allowed)]))
