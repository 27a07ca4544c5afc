"""Refusals: what was found, as the problem that a caller is told."""

from __future__ import annotations

import re
from collections.abc import Callable

from treaty import problems
from treaty.exchange.call import Call
from treaty.exchange.content_encoding import NAMED_CODINGS
from treaty.exchange.messages import Headers, Response
from treaty.exchange.security import challenges
from treaty.findings import Finding


def refuse_request(call: Call) -> Response:
    """A problem with every finding on the request."""
    problem = problems.problem_for(call.findings)
    detail = (
        call.findings[0].message if len(call.findings) == 1 else f"{len(call.findings)} things are wrong."
    )
    response = problem_response(problem, detail, call.findings)
    response.headers += fields_of(call, problem)
    return response


def fields_of(call: Call, problem: problems.Problem) -> Headers:
    """The header fields of a refusal that say what would do in place of what was sent."""
    telling = _TELLING.get(problem)
    return [] if telling is None else telling(call)


def _challenges(call: Call) -> Headers:
    """What credentials would do, for who sent none that does (RFC 9110, section 11.6.1)."""
    offered = challenges(call.operation, call.findings, call.request)
    return [("www-authenticate", value) for value in offered]


def _accepted(call: Call) -> Headers:
    """The media types, or the content codings, that would have been taken (RFC 9110, section 15.5.16)."""
    wrong = {
        finding.place.name for finding in call.findings if finding.code == _UNSUPPORTED and finding.place
    }
    fields: Headers = []
    if "content-type" in wrong and call.operation.body is not None:
        names = (media.name for media in call.operation.body.content)
        fields.append(("accept", ", ".join(name for name in names if _SENDABLE.fullmatch(name))))
    if "content-encoding" in wrong:
        fields.append(("accept-encoding", ", ".join(NAMED_CODINGS)))
    return [(name, value) for name, value in fields if value]


_UNSUPPORTED = problems.UNSUPPORTED_MEDIA_TYPE.type
_SENDABLE = re.compile(r"[ -~]+")  # what stands in a document may be anything
_TELLING: dict[problems.Problem, Callable[[Call], Headers]] = {
    problems.UNAUTHORIZED: _challenges,
    problems.FORBIDDEN: _challenges,
    problems.UNSUPPORTED_MEDIA_TYPE: _accepted,
}


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
