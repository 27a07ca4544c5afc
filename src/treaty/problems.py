"""Problems: what a caller is told, as problem details (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import orjson

from treaty.findings import Finding, Json

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of problem: `type` is stable, a relative reference that names the kind."""

    type: str
    status: int
    title: str

    @property
    def uri(self) -> str:
        """The `type` of problem documents of this kind."""
        return f"urn:treaty:problem:{self.type}"


NOT_FOUND = Problem("not-found", 404, "No such path")
METHOD_NOT_ALLOWED = Problem("method-not-allowed", 405, "Method not allowed")
REQUEST_TIMEOUT = Problem("request-timeout", 408, "The request did not arrive in time")
CONTENT_TOO_LARGE = Problem("content-too-large", 413, "The body is too large")
MALFORMED = Problem("malformed-request", 400, "The request cannot be read")
UNAUTHORIZED = Problem("unauthorized", 401, "A credential is needed")
FORBIDDEN = Problem("forbidden", 403, "The credential does not suffice")
UNSUPPORTED_MEDIA_TYPE = Problem("unsupported-media-type", 415, "Unsupported media type")
NOT_ACCEPTABLE = Problem("not-acceptable", 406, "Nothing acceptable to send")
UNPROCESSABLE = Problem("invalid-request", 422, "The request breaks the contract")
HEAD_TOO_LARGE = Problem("header-fields-too-large", 431, "The header fields are too large")
UNKNOWN_PREFERENCE = Problem("unknown-preference", 404, "What the request prefers is not declared")
INVALID_RESPONSE = Problem("invalid-response", 500, "The response breaks the contract")
INTERNAL = Problem("internal-error", 500, "The server failed")
HANDLER_FAILED = Problem("handler-failed", 500, "The handler failed")
GONE = Problem("no-such-item", 404, "There is no such item")
CONFLICT = Problem("conflict", 409, "The request is at odds with what is stored")
PRECONDITION_FAILED = Problem("precondition-failed", 412, "The item is another than the request says")
STATE_UNAVAILABLE = Problem("state-unavailable", 503, "The state of the mock cannot be reached")
STATE_FULL = Problem("state-full", 507, "The state of the mock is full")
NO_RESPONSE = Problem("no-response", 501, "The contract declares no response to send")

# The problem that a finding amounts to, by its code, in the order in which they count.
_BY_CODE: dict[str, Problem] = {
    "unauthorized": UNAUTHORIZED,
    "forbidden": FORBIDDEN,
    "content-too-large": CONTENT_TOO_LARGE,
    "unsupported-media-type": UNSUPPORTED_MEDIA_TYPE,
    "not-acceptable": NOT_ACCEPTABLE,
    "malformed-body": MALFORMED,
}


def problem_for(findings: Sequence[Finding]) -> Problem:
    """The problem that a request's findings amount to as a whole."""
    codes = {finding.code for finding in findings}
    if codes.isdisjoint(_BY_CODE):
        return UNPROCESSABLE
    return next(problem for code, problem in _BY_CODE.items() if code in codes)


def problem_body(problem: Problem, detail: str, findings: Sequence[Finding] = (), **more: Json) -> bytes:
    """The problem document: one error for each finding, with its place in the message and in the contract."""
    document: dict[str, Json] = {
        "type": problem.uri,
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        **more,
    }
    if findings:
        document["errors"] = [error_of(finding) for finding in findings[:MAX_ERRORS]]
    return write(document)


def write(document: dict[str, Json]) -> bytes:
    """A problem document as bytes."""
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError:  # texts of a message may hold what UTF-8 cannot
        return json.dumps(document).encode()


def reason(status: int) -> str:
    """The reason phrase of a status code, empty for one that has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def error_of(finding: Finding) -> dict[str, Json]:
    """A finding as one of the `errors` of a problem document."""
    error: dict[str, Json] = {"detail": finding.message, "code": finding.code}
    if finding.place is not None:
        error["location"] = finding.place.part
        if finding.place.name:
            error["parameter"] = finding.place.name
        if finding.place.pointer or finding.place.part == "body":
            error["pointer"] = finding.place.pointer
    if finding.expected:
        error["expected"] = finding.expected
    if finding.actual:
        error["actual"] = finding.actual
    if finding.hint:
        error["hint"] = finding.hint
    if finding.location is not None:
        error["schema"] = "#" + finding.location.pointer
    return error
