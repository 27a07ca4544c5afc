"""Refusals: what was found, as the problem that a caller is told."""

from __future__ import annotations

from treaty import problems
from treaty.exchange.messages import Headers, Response
from treaty.exchange.request import Call
from treaty.exchange.security import challenges
from treaty.findings import Finding


def refuse_request(call: Call) -> Response:
    """A problem with every finding on the request."""
    problem = problems.problem_for(call.findings)
    detail = (
        call.findings[0].message if len(call.findings) == 1 else f"{len(call.findings)} things are wrong."
    )
    response = problem_response(problem, detail, call.findings)
    response.headers += challenge_fields(call, problem)
    return response


def challenge_fields(call: Call, problem: problems.Problem) -> Headers:
    """What credentials would do, for who sent none that does (RFC 9110, section 11.6.1)."""
    if problem is not problems.UNAUTHORIZED and problem is not problems.FORBIDDEN:
        return []
    offered = challenges(call.operation, call.findings, call.request)
    return [("www-authenticate", value) for value in offered]


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
