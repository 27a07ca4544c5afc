"""The path every request takes: match, decode, validate, respond, validate.

The engine knows no framework and no mode. A mode is a responder (a mock, handlers) and
a policy (what a finding on a response costs).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from treaty import problems
from treaty.contract.contract import Contract
from treaty.contract.model import Operation
from treaty.exchange.messages import Request, Response
from treaty.exchange.prepared import Prepared
from treaty.exchange.request import Call, check_request
from treaty.exchange.response import check_response
from treaty.exchange.router import Matched, Router, build_router
from treaty.exchange.security import challenges
from treaty.findings import Finding

Responder = Callable[[Call], Awaitable[Response]]
ResponsePolicy = Literal["refuse", "report", "off"]


@dataclass(slots=True)
class Exchange:
    """A request, its response, and everything that was found on both."""

    request: Request
    response: Response
    operation: Operation | None = None
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Engine:
    """A contract with a responder, ready for traffic."""

    contract: Contract
    respond: Responder
    validate_responses: ResponsePolicy
    router: Router
    prepared: Prepared

    async def handle(self, request: Request) -> Exchange:
        """Answer a request as the contract and the responder have it."""
        matched = self.router.match(request.method, request.path, request.query)
        if matched.operation is None:
            return refuse_route(request, matched)  # 404, 405
        prepared = self.prepared.of(matched.operation)
        call = check_request(prepared, request, matched.path_values)
        if call.findings:
            return refuse_request(call)  # 400, 401, 415, 422
        response = await self.respond(call)
        if self.validate_responses == "off":
            return Exchange(request, response, call.operation)
        findings = check_response(prepared, request.method, response)
        if findings and self.validate_responses == "refuse" and not is_failure(response):
            response = refuse_response(call, response, findings)
        return Exchange(request, response, call.operation, findings)


def build_engine(contract: Contract, respond: Responder, validate_responses: ResponsePolicy) -> Engine:
    """An engine for a contract; nothing of the contract is compiled before it is used."""
    router = build_router(contract.operations, contract.base_paths)
    return Engine(contract, respond, validate_responses, router, Prepared(contract))


def refuse_route(request: Request, matched: Matched) -> Exchange:
    """404, or 405 with the methods that the path has (RFC 9110, section 15.5.6)."""
    if not matched.allowed:
        detail = f"The contract has no path that matches {request.path}."
        return Exchange(request, problem_response(problems.NOT_FOUND, detail))
    allowed = ", ".join(matched.allowed)
    detail = f"{request.path} has no {request.method}; it has {allowed}."
    response = problem_response(problems.METHOD_NOT_ALLOWED, detail)
    response.headers.append(("allow", allowed))
    return Exchange(request, response)


def refuse_request(call: Call) -> Exchange:
    """A problem with every finding on the request."""
    problem = problems.problem_for(call.findings)
    detail = (
        call.findings[0].message if len(call.findings) == 1 else f"{len(call.findings)} things are wrong."
    )
    response = problem_response(problem, detail, call.findings)
    if problem is problems.UNAUTHORIZED:
        response.headers += [("www-authenticate", value) for value in challenges(call.operation)]
    return Exchange(call.request, response, call.operation, call.findings)


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
