"""Check a request: read its parameters and body, and find everything that breaks the contract."""

from __future__ import annotations

from treaty.contract.model import Body, MediaType
from treaty.exchange.bodies import (
    BINARY,
    FORM,
    UndecodableError,
    decode_body,
    is_decodable,
    is_whole,
)
from treaty.exchange.call import Call
from treaty.exchange.content_encoding import decoded_content, spooled_content
from treaty.exchange.judge import explain
from treaty.exchange.lengths import judge_length
from treaty.exchange.media_types import content_type_of
from treaty.exchange.messages import Request
from treaty.exchange.parameters import take_parameters
from treaty.exchange.prepared import PreparedOperation
from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.security import check_security
from treaty.exchange.spool import MAX_BODY_BYTES, Spool
from treaty.exchange.streams import is_sequence, judged_items
from treaty.exchange.styles import (
    split_query,
)
from treaty.findings import Finding, Json, Location, Place, pointer_of

FORMS = frozenset({FORM, "multipart/form-data"})


def check_request(
    prepared: PreparedOperation, request: Request, path_values: dict[str, str], *, has_come: bool = True
) -> Call:
    """Read and judge a request that was matched to an operation, or its head before the body has come."""
    operation = prepared.operation
    call = Call(operation, request, prepared)
    if operation.security:
        call.findings += check_security(operation, request)
    take_parameters(prepared, path_values, call)
    if operation.body is not None:
        _take_body(prepared, operation.body, call, has_come=has_come)
    if prepared.strict:
        call.findings += _undeclared(prepared, call)
    return call


def _take_body(prepared: PreparedOperation, body: Body, call: Call, *, has_come: bool) -> None:
    request = call.request
    if has_come and not request.size:
        if body.required:
            call.findings.append(_body_missing(body))
        return
    found = media_of(prepared, body, request)
    if found is None:
        call.findings.append(_unsupported(body, content_type_of(request.headers)))
        return
    call.media_type, kind = found
    if not has_come:
        return
    ready = prepared.prepared_media(call.media_type, "request")
    try:
        content = _content(request, kind, prepared.max_upload_bytes)
        large = isinstance(content, Spool) and content.size > MAX_BODY_BYTES
        if isinstance(content, Spool) and large and is_sequence(kind, call.media_type):
            call.body, wrong = judged_items(ready, kind, content)
            call.findings += wrong
        else:
            _judge_body(call, ready, decode_body(content, kind, ready), kind)
    except UndecodableError as error:
        call.findings.append(error.finding)


def _judge_body(call: Call, ready: PreparedMedia, readings: list[Json], kind: str) -> None:
    call.body = readings[0]
    validator = ready.validator
    if validator is None:
        return
    if not is_decodable(kind):
        call.findings += judge_length(ready, kind, call.body)
        return
    for value in readings:
        if validator.accepts(value):
            call.body = value
            return
    call.findings += explain(validator, call.body, "body")


def media_of(prepared: PreparedOperation, body: Body, request: Request) -> tuple[MediaType, str] | None:
    """The declared media type that a request's body is of, and the Content-Type to read it by."""
    sent = content_type_of(request.headers)
    media = prepared.body_media(sent) if sent else _assumed(body.content)
    if media is None:
        return None
    return media, sent or (BINARY if "*" in media.essence and not media.is_json else media.name)


def _content(request: Request, kind: str, most: int) -> bytes | Spool:
    """The body without content codings; where it was too large for memory, it still is.

    Of what is read as a whole as much as of any other value is.
    """
    if request.spool is None:
        return decoded_content(request.body, request.headers)
    spool = request.spool
    if request.header("content-encoding") is not None:
        spool = spooled_content(spool.pieces(), request.headers, most)
    return spool.read_at(0, spool.size) if is_whole(kind) and spool.size <= MAX_BODY_BYTES else spool


def _undeclared(prepared: PreparedOperation, call: Call) -> list[Finding]:
    """The query parameters, the form fields and the body that the contract does not speak of."""
    findings = []
    if "querystring" not in prepared.parameters:
        names = dict.fromkeys(name for name, _ in split_query(call.request.query))
        findings = [
            _undeclared_finding(Place("query", name), f"the query parameter `{name}`", prepared)
            for name in names
            if not prepared.declares_query(name)
        ]
    if prepared.operation.body is None and call.request.size:
        # It has no meaning for the operation (RFC 9110, sections 9.3.1 and 9.3.5), and is not looked at.
        findings.append(_undeclared_finding(Place("body"), "the body", prepared, "undeclared-body"))
    if call.media_type is None or call.media_type.essence not in FORMS or not isinstance(call.body, dict):
        return findings
    shape = prepared.prepared_media(call.media_type, "request").shape
    if shape is None or shape.is_open:
        return findings
    return findings + [
        _undeclared_finding(Place("body", pointer=pointer_of((name,))), f"the form field `{name}`", prepared)
        for name in call.body
        if name not in shape.properties
    ]


def _undeclared_finding(
    place: Place, named: str, prepared: PreparedOperation, code: str = "undeclared-parameter"
) -> Finding:
    return Finding(
        code,
        f"{named} is not declared",
        location=Location("", pointer=prepared.operation.pointer),
        place=place,
        expected="what the contract declares, and nothing else",
    )


def _assumed(content: tuple[MediaType, ...]) -> MediaType | None:
    """What a body without a Content-Type is taken for (RFC 9110, section 8.3): JSON, else the only one."""
    json = next((media for media in content if media.is_json), None)
    return json or (content[0] if len(content) == 1 else None)


def _body_missing(body: Body) -> Finding:
    return Finding(
        "body-missing",
        "the request has no body",
        location=Location("", pointer=body.pointer),
        place=Place("body"),
        expected=" or ".join(media.name for media in body.content) or "a body",
    )


def _unsupported(body: Body, sent: str | None) -> Finding:
    return Finding(
        "unsupported-media-type",
        f"the Content-Type `{sent}` is not declared" if sent else "the request has no Content-Type",
        location=Location("", pointer=body.pointer),
        place=Place("header", "content-type"),
        expected=" or ".join(media.name for media in body.content),
        actual=sent or "",
    )
