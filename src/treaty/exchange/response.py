"""Check a response: is it one that the contract declares for this operation?"""

from __future__ import annotations

from treaty.contract.model import DeclaredResponse
from treaty.exchange.bodies import UndecodableError, decode_body, is_decodable
from treaty.exchange.codecs.header import check_header
from treaty.exchange.conditional import is_failed_condition, is_type_of_parts, may_be_selected, selected
from treaty.exchange.content_encoding import decoded_content
from treaty.exchange.judge import judge
from treaty.exchange.lengths import judge_announced, judge_length
from treaty.exchange.media_types import content_type_of
from treaty.exchange.messages import Headers, Request, Response, combined
from treaty.exchange.prepared import PreparedOperation
from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.prepared_parameters import PreparedParameter
from treaty.findings import Finding, Location, Place

# These have no content, whatever is declared for them (RFC 9110, section 6.4.1).
WITHOUT_CONTENT = frozenset({204, 205, 304})


def check_answer(prepared: PreparedOperation, request: Request, response: Response) -> list[Finding]:
    """The findings on the response to a request, which may be HTTP's own answer to the fields in it."""
    if may_be_selected(response.status):
        if is_failed_condition(prepared, request, response):
            return []
        declared = selected(prepared, request, response)
        if declared is not None:
            return _check_selected(prepared, declared, response)
    return check_response(prepared, request.method, response)


def _check_selected(
    prepared: PreparedOperation, declared: DeclaredResponse, response: Response
) -> list[Finding]:
    """What a 304 or 206 says of a representation is right; it need not say all of it, nor send the whole."""
    findings = [
        finding
        for header in prepared.prepared_headers(declared)
        if combined(response.headers, header.parameter.name) is not None
        for finding in _check_header_lines(header, response.headers)
    ]
    kind = content_type_of(response.headers)
    if response.status == 304 or kind is None or not declared.content or is_type_of_parts(response):
        return findings
    if prepared.response_media(declared, kind) is None:
        findings.append(_undeclared_media_type(declared, kind))
    return findings


def check_response(prepared: PreparedOperation, method: str, response: Response) -> list[Finding]:
    """The findings on a response of an operation."""
    declared = prepared.declared(response.status)
    if declared is None and response.status == 405 and method == "HEAD" != prepared.operation.method:
        return []  # that GET is declared does not say so of HEAD
    if declared is None:
        return [_undeclared_status(prepared, response)]
    findings = [
        finding
        for header in prepared.prepared_headers(declared)
        for finding in _check_header_lines(header, response.headers)
    ]
    if method == "HEAD" or response.status in WITHOUT_CONTENT or response.status < 200:
        return findings
    return findings + _check_body(prepared, declared, response)


def _check_header_lines(header: PreparedParameter, headers: Headers) -> list[Finding]:
    """The lines of a header are one value, but each line of `Set-Cookie` is one (RFC 9110, section 5.3)."""
    if header.parameter.name.lower() != "set-cookie":
        return check_header(header, combined(headers, header.parameter.name))
    lines = [value for name, value in headers if name == "set-cookie"]
    if header.shape is None or header.shape.kind != "array" or header.validator is None or not lines:
        return [finding for line in lines or (None,) for finding in check_header(header, line)]
    readings = list(header.shape.candidates(lines))
    if any(header.validator.accepts(each) for each in readings):
        return []
    return judge(header.validator, readings[0], "header", header.parameter.name)


def _check_body(prepared: PreparedOperation, declared: DeclaredResponse, response: Response) -> list[Finding]:
    if not declared.content:
        return []
    kind = content_type_of(response.headers)
    media = prepared.response_media(declared, kind) if kind else None
    if media is None or kind is None:
        return (
            [_undeclared_media_type(declared, kind)]
            if response.body or response.chunks or kind
            else [_body_missing(declared)]
        )
    ready = prepared.prepared_media(media, "response")
    if not is_decodable(kind):
        return _check_length(ready, kind, response) if ready.octets else []
    if response.chunks is not None:
        return []  # chunks are judged as they come
    try:
        readings = decode_body(decoded_content(response.body, response.headers), kind, ready)
    except UndecodableError as error:
        return [error.finding]
    validator = ready.validator
    if validator is None or validator.accepts(readings[0]) or any(map(validator.accepts, readings[1:])):
        return []
    return judge(validator, readings[0], "body")


def _check_length(ready: PreparedMedia, kind: str, response: Response) -> list[Finding]:
    if response.chunks is not None:
        return judge_announced(ready, kind, response)
    try:
        return judge_length(ready, kind, decoded_content(response.body, response.headers))
    except UndecodableError as error:
        return [error.finding]


def _undeclared_status(prepared: PreparedOperation, response: Response) -> Finding:
    declared = ", ".join(each.status for each in prepared.operation.responses)
    return Finding(
        "undeclared-status",
        f"{response.status} is not a declared status",
        location=Location("", pointer=prepared.operation.pointer + "/responses"),
        place=Place("status"),
        expected=declared or "no response is declared",
        actual=str(response.status),
    )


def _undeclared_media_type(declared: DeclaredResponse, kind: str | None) -> Finding:
    return Finding(
        "undeclared-media-type",
        f"the Content-Type `{kind}` is not declared" if kind else "the response has no Content-Type",
        location=Location("", pointer=declared.pointer),
        place=Place("header", "content-type"),
        expected=" or ".join(media.name for media in declared.content),
        actual=kind or "",
    )


def _body_missing(declared: DeclaredResponse) -> Finding:
    return Finding(
        "body-missing",
        "the response has no body",
        location=Location("", pointer=declared.pointer),
        place=Place("body"),
        expected=" or ".join(media.name for media in declared.content),
    )
