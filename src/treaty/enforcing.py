"""What is found on an exchange, and what becomes of it: the same in every mode."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from treaty import problems
from treaty.contract.contract import Contract
from treaty.contract.model import Operation
from treaty.exchange.bodies import UndecodableError, is_decodable, may_be_large
from treaty.exchange.call import Call
from treaty.exchange.judge import MAX_FINDINGS
from treaty.exchange.messages import Request, Response, Verified
from treaty.exchange.prepared import PreparedOperation
from treaty.exchange.request import media_of
from treaty.exchange.router import Matched
from treaty.exchange.security import FORBIDDEN, UNAUTHORIZED
from treaty.exchange.streams import StreamJudge, stream_judge
from treaty.findings import Finding, Place
from treaty.judging import Judge, route_finding
from treaty.refusing import is_failure, problem_response, refuse_request, refuse_response
from treaty.repeats import Repeated, Repeats

_LOGGER = logging.getLogger("treaty")
# What refuses a request in the mode's own way is given what makes our problem.
Refuse: TypeAlias = Callable[[Call, Callable[[Call], Response]], Response]
# What is wrong with a request whatever its body is.
_BY_HEAD = frozenset({UNAUTHORIZED, FORBIDDEN, "unsupported-media-type"})
ResponsePolicy: TypeAlias = Literal["refuse", "report", "off"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforcer:
    """A contract's judge, and what becomes of what it finds on an exchange.

    A mode may `refuse` a wrong request with another response than our problem. `takes_bytes` says
    of which operations a body that is a file is needed in memory, so that it must not be large.
    What was answered `before` is answered again.
    """

    judge: Judge
    before: Repeats
    validate_responses: ResponsePolicy
    refuse: Refuse | None = None
    takes_bytes: Callable[[Operation], bool] = lambda _: False

    @property
    def contract(self) -> Contract:
        """The contract that is held to."""
        return self.judge.contract

    def bytes_allowed(self, request: Request) -> int:
        """How many bytes the body of a request may have as an upload; 0: it is none."""
        operation = self.judge.router.match(
            request.method, request.path, request.query, request.headers
        ).operation
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

    def waits(self, prepared: PreparedOperation, request: Request) -> bool:
        """Does it take its time to judge a request?"""
        verified_later = self.judge.authenticate is not None and prepared.operation.security
        return request.spool is not None or bool(verified_later)

    async def read_later(
        self, prepared: PreparedOperation, request: Request, path_values: dict[str, str]
    ) -> Call:
        """A request that `waits`, as the contract reads it."""
        if request.spool is None:
            call = self.judge.read(prepared, request, path_values)
        else:  # what is large takes its time, and others are waiting
            call = await asyncio.to_thread(self.judge.read, prepared, request, path_values)
        if self.judge.authenticate is not None and call.operation.security:
            await self.judge.authenticated(call, self.judge.authenticate)
        return call

    def refused(self, sent: Request, call: Call) -> Exchange:
        """What a wrong request gets: our problem, or what the mode puts in its place."""
        exchange = self._refusal(sent, call)
        self.keep(exchange, call.operation)
        return exchange

    def keep(self, exchange: Exchange, operation: Operation) -> None:
        """Remember what a request got that always gets the same, unless somebody else is asked about it."""
        if self.judge.decides_alone(operation):
            repeated = Repeated(operation, exchange.findings, exchange.response, exchange.refused)
            self.before.keep(exchange.request, repeated)

    async def refused_early(self, request: Request, most: int) -> Exchange | None:
        """What a request gets that its head alone is reason to refuse, so that its body need not come.

        A body that is no upload may have `most` bytes.
        """
        matched = self.judge.router.match(request.method, request.path, request.query, request.headers)
        if matched.operation is None:
            return refuse_route(request, matched) if request.method != "OPTIONS" else None
        judge, prepared = self.judge, self.judge.prepared.of(matched.operation)
        call = judge.read(prepared, request, matched.path_values, has_come=False)
        if judge.authenticate is not None and call.operation.security:
            await judge.authenticated(call, judge.authenticate)
        if any(finding.code in _BY_HEAD for finding in call.findings):
            return self._refusal(request, call)
        if call.known is not None:
            request.verified = Verified([], call.known)
        length, allowed = request.header("content-length") or "", self.bytes_allowed(request) or most
        return refuse_size(request, allowed) if length.isdecimal() and int(length) > allowed else None

    def _refusal(self, sent: Request, call: Call) -> Exchange:
        response = self.refuse(call, refuse_request) if self.refuse is not None else refuse_request(call)
        return Exchange(sent, response, call.operation, call.findings, True)

    def again(self, sent: Request) -> Exchange | None:
        """What a request gets that was answered before; None for another."""
        before = self.before.again(sent)
        if before is None:
            return None
        return Exchange(sent, before.response, before.operation, before.findings, before.refused)

    def answered(self, sent: Request, call: Call, response: Response) -> Exchange:
        """What a right request gets: a response that is whole, or in its place a problem."""
        findings = self.judge.answered(call.prepared, call.request, response)
        if findings and self.refuses(response):
            response = refuse_response(call, response, findings)
        return Exchange(sent, response, call.operation, findings)

    def begun(self, sent: Request, call: Call, response: Response) -> tuple[Exchange, StreamJudge | None]:
        """What becomes of a response in chunks as it begins, and what judges it as it comes."""
        findings: list[Finding] = []
        try:
            judged = stream_judge(call.prepared, call.request, response)
        except UndecodableError as error:
            judged, findings = None, [error.finding]
        findings += self.judge.answered(call.prepared, call.request, response)
        exchange = Exchange(sent, response, call.operation, findings)
        if findings and self.refuses(response):
            exchange.response = refuse_response(call, response, findings)
        else:
            for finding in findings:
                if _is_of_body(finding):
                    _log_finding(call.operation, response, finding)
        return exchange, judged

    def refuses(self, response: Response) -> bool:
        """Does a finding on a response cost it its place?"""
        return self.validate_responses == "refuse" and not is_failure(response)

    def went_on(self, exchange: Exchange, call: Call, findings: list[Finding], *, goes_on: bool) -> bool:
        """Note what was found on a stream that has begun."""
        masked = self.judge.masked(findings, call.request, exchange.response)
        room = max(MAX_FINDINGS - len(exchange.findings), 0)
        for finding in masked[:room]:
            _log_finding(
                call.operation, exchange.response, finding, "" if goes_on else "; the stream ends here"
            )
        exchange.findings += masked[:room]
        return goes_on


def log_findings(exchange: Exchange) -> None:
    """What a responder got wrong, to the logger `treaty`; what a client got wrong it was told.

    A record has the `operation` and the `code` of the finding, for handlers that count.
    """
    if exchange.refused or exchange.operation is None:
        return
    streamed = exchange.response.chunks is not None
    for finding in exchange.findings:
        if streamed and _is_of_body(finding):
            continue  # it was logged when it was found
        _log_finding(exchange.operation, exchange.response, finding)


def _is_of_body(finding: Finding) -> bool:
    return finding.place is not None and finding.place.part == "body"


def _log_finding(operation: Operation, response: Response, finding: Finding, then: str = "") -> None:
    _LOGGER.warning(
        "%s answered %d: %s: %s%s",
        operation.name,
        response.status,
        finding.place,
        finding.message,
        then,
        extra={"operation": operation.name, "code": finding.code},
    )


def unmatched(request: Request, matched: Matched) -> Exchange:
    """What a request gets that no operation is for."""
    if request.method == "OPTIONS" and matched.allowed:
        return answer_options(request, matched)
    return refuse_route(request, matched)


def refuse_route(request: Request, matched: Matched) -> Exchange:
    """404, or 405 with the methods that the path has (RFC 9110, section 15.5.6)."""
    finding = route_finding(request, matched)
    if not matched.allowed:
        return Exchange(request, problem_response(problems.NOT_FOUND, finding.message), None, [finding], True)
    response = problem_response(problems.METHOD_NOT_ALLOWED, finding.message)
    response.headers.append(("allow", ", ".join(matched.allowed)))
    return Exchange(request, response, None, [finding], True)


def refuse_divided(request: Request) -> Exchange:
    """404 for a path that is another one of the contract when its encoded slashes divide it."""
    detail = f"The contract has another path that matches {request.path} when its slashes are decoded."
    finding = Finding("not-found", detail, place=Place("path"))
    return Exchange(request, problem_response(problems.NOT_FOUND, detail), None, [finding], True)


def refuse_size(request: Request, most: int) -> Exchange:
    """413 for a body that is too large."""
    response = problem_response(problems.CONTENT_TOO_LARGE, f"A body may have {most} bytes.")
    return Exchange(request, response, refused=True)


def answer_options(request: Request, matched: Matched) -> Exchange:
    """204 with the methods of a path that does not declare OPTIONS itself (RFC 9110, section 9.3.7)."""
    allowed = ", ".join(sorted({*matched.allowed, "OPTIONS"}))
    return Exchange(request, Response(204, [("allow", allowed)]))
