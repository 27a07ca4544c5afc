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
from treaty.contract.compile import security_schemes
from treaty.contract.contract import Contract
from treaty.contract.model import Operation, SecurityScheme
from treaty.exchange.bodies import UndecodableError, is_decodable, may_be_large
from treaty.exchange.judge import MAX_FINDINGS
from treaty.exchange.messages import BrokenStreamError, Request, Response
from treaty.exchange.prepared import Prepared, PreparedOperation
from treaty.exchange.request import Call, check_request, media_of
from treaty.exchange.response import check_response
from treaty.exchange.router import Matched, Router, build_router
from treaty.exchange.secrets import mask_findings
from treaty.exchange.security import (
    AsyncVerifier,
    Authenticator,
    Verifier,
    challenges,
    check_security,
    check_security_later,
    told_apart,
)
from treaty.exchange.spool import MAX_UPLOAD_BYTES
from treaty.exchange.streams import discard, item_judge, judged_chunks, settled
from treaty.findings import Finding, Place

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
class Judge:
    """A contract, ready to say what is wrong with an exchange: the same for all who ask."""

    contract: Contract
    router: Router
    prepared: Prepared
    schemes: tuple[SecurityScheme, ...]  # whose credentials are masked
    verify: Verifier | None = None
    authenticate: Authenticator | None = None  # a verifier that waits

    def read(self, prepared: PreparedOperation, request: Request, path_values: dict[str, str]) -> Call:
        """A request as the contract reads it, with all that is wrong with it; credentials are masked."""
        call = check_request(prepared, request, path_values)
        if self.verify is not None:
            others = [finding for finding in call.findings if finding.place != Place("security")]
            call.known = {}
            call.findings = check_security(call.operation, request, self.verify, call.known) + others
        if call.findings:
            call.findings = self.masked(call.findings, request)
        return call

    async def authenticated(self, call: Call, authenticate: Authenticator) -> None:
        """What a verifier that waits has to say of a call."""
        others = [finding for finding in call.findings if finding.place != Place("security")]
        call.known = {}
        found = await check_security_later(call.operation, call.request, authenticate, call.known)
        call.findings = found + others

    def answered(self, prepared: PreparedOperation, request: Request, response: Response) -> list[Finding]:
        """What is wrong with the response to a request."""
        findings = check_response(prepared, request.method, response)
        return self.masked(findings, request, response) if findings else findings

    def recorded(self, request: Request, response: Response | None) -> Recorded:
        """What is wrong with an exchange that took place elsewhere.

        That a request is refused (4xx) which breaks the contract need not be declared.
        """
        matched = self.router.match(request.method, request.path, request.query)
        if matched.operation is None:
            asks_what_there_is = request.method == "OPTIONS" and matched.allowed
            return Recorded(None, [] if asks_what_there_is else [route_finding(request, matched)], [])
        prepared = self.prepared.of(matched.operation)
        asked = self.read(prepared, request, matched.path_values).findings
        refused = response is not None and asked and 400 <= response.status < 500
        if response is None or refused:
            return Recorded(matched.operation, asked, [])
        return Recorded(matched.operation, asked, self.answered(prepared, request, response))

    def masked(
        self, findings: list[Finding], request: Request, response: Response | None = None
    ) -> list[Finding]:
        """Findings without credentials."""
        return mask_findings(findings, self.schemes, request, response)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was found on a recorded request and its response; no operation: the contract does not have it."""

    operation: Operation | None
    request_findings: list[Finding]
    response_findings: list[Finding]


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


def build_judge(
    contract: Contract,
    verify: Verifier | AsyncVerifier | None = None,
    *,
    strict: bool = False,
    base_path: str | tuple[str, ...] | None = None,
    max_upload_bytes: int = MAX_UPLOAD_BYTES,
    authenticate: Authenticator | None = None,
) -> Judge:
    """A judge by a contract; nothing of the contract is compiled before it is used.

    `strict` refuses query parameters, form fields and bodies that are not declared. A path is
    accepted with and without the path of a server; with `base_path`, only below that one,
    or any of several. A file, or files, may have `max_upload_bytes`. `authenticate` judges
    credentials where there is no `verify`.
    """
    router = build_router(contract.operations, contract.base_paths, base_path)
    schemes = tuple(security_schemes(contract.document.data).values())
    at_once, later = (None, authenticate) if verify is None else told_apart(verify)
    return Judge(contract, router, Prepared(contract, strict, max_upload_bytes), schemes, at_once, later)


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


def route_finding(request: Request, matched: Matched) -> Finding:
    """That the contract has no such path, or no such method of it."""
    if not matched.allowed:
        detail = f"The contract has no path that matches {request.path}."
        return Finding("not-found", detail, place=Place("path"))
    allowed = ", ".join(matched.allowed)
    detail = f"{request.path} has no {request.method}; it has {allowed}."
    return Finding("method-not-allowed", detail, place=Place("method"), expected=allowed)


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


def refuse_request(call: Call) -> Response:
    """A problem with every finding on the request."""
    problem = problems.problem_for(call.findings)
    detail = (
        call.findings[0].message if len(call.findings) == 1 else f"{len(call.findings)} things are wrong."
    )
    response = problem_response(problem, detail, call.findings)
    if problem in (problems.UNAUTHORIZED, problems.FORBIDDEN):
        offered = challenges(call.operation, call.findings, call.request)
        response.headers += [("www-authenticate", value) for value in offered]
    return response


def is_failure(response: Response) -> bool:
    """Does the response already say that the service failed? Another failure in its place would hide why."""
    return response.status >= 500 and response.header("content-type") == problems.MEDIA_TYPE


def refuse_response(call: Call, response: Response, findings: list[Finding]) -> Response:
    """A problem that says what the responder got wrong."""
    detail = f"{call.operation.name} answered {response.status}, and that breaks the contract."
    return problem_response(problems.INVALID_RESPONSE, detail, findings)


def problem_response(
    problem: problems.Problem, detail: str, findings: list[Finding] | None = None
) -> Response:
    """A problem document (RFC 9457) as a response."""
    body = problems.problem_body(problem, detail, findings or ())
    return Response(problem.status, [("content-type", problems.MEDIA_TYPE)], body)
