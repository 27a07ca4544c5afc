"""Check a request: read its parameters and body, and find everything that breaks the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from treaty.contract.model import Body, MediaType, Operation
from treaty.exchange.advice import advised, hint_of
from treaty.exchange.bodies import (
    BINARY,
    FORM,
    UndecodableError,
    decode_body,
    decode_json,
    is_decodable,
    is_whole,
)
from treaty.exchange.content_encoding import decoded_content, spooled_content
from treaty.exchange.judge import explain
from treaty.exchange.lengths import judge_length
from treaty.exchange.media_types import content_type_of
from treaty.exchange.messages import Request, combined
from treaty.exchange.prepared import PreparedOperation
from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.prepared_parameters import PreparedParameter
from treaty.exchange.security import check_security
from treaty.exchange.segments import other_splits
from treaty.exchange.spool import MAX_BODY_BYTES, Spool
from treaty.exchange.streams import is_sequence, judged_items
from treaty.exchange.styles import (
    NOT_UTF8,
    MalformedError,
    Pairs,
    Styled,
    only_value,
    read_pairs,
    read_text,
    split_cookies,
    split_query,
)
from treaty.findings import Finding, Json, Location, Place, pointer_of

# The parameters of one location.
Declared: TypeAlias = tuple[PreparedParameter, ...]

FORMS = frozenset({FORM, "multipart/form-data"})


@dataclass(slots=True)
class Call:
    """A request as the contract reads it: what a responder answers.

    `path`, `query`, `headers` and `cookies` hold the declared parameters, typed, by the
    names the document gives them; `body` is the decoded value, or the bytes of a media
    type that is not decoded, or an `Upload` where these are many, or `Items` of a
    sequence too large for memory. Absent
    parameters have their schema's default, or are missing.
    """

    operation: Operation
    request: Request
    prepared: PreparedOperation
    path: dict[str, Json] = field(default_factory=dict)
    query: dict[str, Json] = field(default_factory=dict)
    headers: dict[str, Json] = field(default_factory=dict)
    cookies: dict[str, Json] = field(default_factory=dict)
    body: Json = None
    media_type: MediaType | None = None
    findings: list[Finding] = field(default_factory=list)
    known: dict[str, Json] | None = None  # of the caller, by security scheme, where a verifier was asked


def check_request(
    prepared: PreparedOperation, request: Request, path_values: dict[str, str], *, has_come: bool = True
) -> Call:
    """Read and judge a request that was matched to an operation, or its head before the body has come."""
    operation = prepared.operation
    call = Call(operation, request, prepared)
    if operation.security:
        call.findings += check_security(operation, request)
    for location, declared in prepared.parameters.items():
        _TAKERS[location](declared, path_values, call)
    if operation.body is not None:
        _take_body(prepared, operation.body, call, has_come=has_come)
    if prepared.strict:
        call.findings += _undeclared(prepared, call)
    return call


def _take_path(declared: Declared, path_values: dict[str, str], call: Call) -> None:
    before = len(call.findings)
    for each in declared:
        _take(each, call.path, path_values.get(each.parameter.name), call)
    if len(call.findings) > before:
        _split_otherwise(declared, path_values, call, before)


def _split_otherwise(declared: Declared, path_values: dict[str, str], call: Call, before: int) -> None:
    """Where several parameters share a segment, the first split that their schemas allow is the one meant."""
    for values in other_splits(call.operation.path, path_values):
        other = Call(call.operation, call.request, call.prepared)
        for each in declared:
            _take(each, other.path, values.get(each.parameter.name), other)
        if not other.findings:
            call.path = other.path
            del call.findings[before:]
            return


def _take_query(declared: Declared, _: dict[str, str], call: Call) -> None:
    _take_pairs(declared, call.query, split_query(call.request.query, "surrogateescape"), call)


def _take_headers(declared: Declared, _: dict[str, str], call: Call) -> None:
    for each in declared:
        _take(each, call.headers, combined(call.request.headers, each.parameter.name), call)


def _take_cookies(declared: Declared, _: dict[str, str], call: Call) -> None:
    cookies = split_cookies(combined(call.request.headers, "cookie") or "")
    _take_pairs(declared, call.cookies, cookies, call)


def _take_pairs(declared: Declared, values: dict[str, Json], pairs: Pairs, call: Call) -> None:
    for each in declared:
        parameter = each.parameter
        if parameter.allow_empty_value and _sent_empty(pairs, parameter.name):
            # What an empty text is by the schema, or else no value (OpenAPI 3.2, `allowEmptyValue`).
            fits = each.validator is None or each.validator.accepts("")
            values[parameter.name] = "" if fits else None
            continue
        if each.others:
            _take_either(each, values, partial(read_pairs, pairs), call)
            continue
        try:
            if parameter.media_type is not None:
                _take_content(each, values, only_value(pairs, each.styled), call)
                continue
            styled = read_pairs(pairs, each.styled)
        except MalformedError as error:
            call.findings.append(_malformed(each, str(error)))
        else:
            if styled is None and parameter.required and any(name == parameter.name for name, _ in pairs):
                call.findings.append(_missing(each, hint_of(each.styled)))  # an object that is not exploded
            else:
                _keep(each, values, styled, call)


def _sent_empty(pairs: Pairs, name: str) -> bool:
    return [value for each, value in pairs if each == name] == [""]


def _take(each: PreparedParameter, values: dict[str, Json], text: str | None, call: Call) -> None:
    """A parameter of a path or header."""
    if each.parameter.media_type is not None:
        _take_content(each, values, text, call)
        return
    if each.others and text is not None:
        _take_either(each, values, partial(read_text, text), call)
        return
    try:
        styled = None if text is None else read_text(text, each.styled)
    except MalformedError as error:
        call.findings.append(_malformed(each, str(error)))
    else:
        _keep(each, values, styled, call)


def _take_either(
    each: PreparedParameter, values: dict[str, Json], read: Callable[[Styled], Json | None], call: Call
) -> None:
    """A value that may be of several kinds is read as each of them; the first reading that is valid counts.

    Where none is, what is wrong with the reading that is nearest is told. What an object shares with other
    parameters makes none of it where it may be absent.
    """
    wrong: list[list[Finding]] = []
    malformed: list[Finding] = []
    for one in (each, *each.others):
        if one.shared and not (wrong or each.parameter.required):
            continue
        try:
            styled = read(one.styled)
        except MalformedError as error:
            malformed.append(_malformed(each, str(error)))
            continue
        if styled is None:
            continue
        found = _wrong(one, values, _readings(one, styled))
        if not found:
            return
        wrong.append([*found])
    told = min(wrong, key=len) if wrong else malformed[:1]
    if told:
        call.findings += told
    else:
        _keep(each, values, None, call)


def _take_querystring(declared: Declared, _: dict[str, str], call: Call) -> None:
    """The whole query as one value (OpenAPI 3.2, Parameter Locations): a form, or JSON percent-encoded."""
    query = call.request.query
    for each in declared:
        media = each.parameter.media_type
        if media is None or not query or media.essence != FORM:
            _take_content(each, call.query, query or None, call)
        else:
            _take_form(each, call.query, query, call)


def _take_form(each: PreparedParameter, values: dict[str, Json], text: str, call: Call) -> None:
    media = each.parameter.media_type
    if media is None:
        return
    try:
        readings = decode_body(text.encode(), FORM, call.prepared.prepared_media(media, "request"))
    except UndecodableError as error:
        call.findings.append(_malformed(each, error.finding.message))
    else:
        call.findings += _wrong(each, values, readings)


def _take_content(each: PreparedParameter, values: dict[str, Json], text: str | None, call: Call) -> None:
    """A parameter whose `content` says how it is written: JSON, a form, text, or what is not read at all."""
    media = each.parameter.media_type
    if text is None or media is None:
        _keep(each, values, None, call)
        return
    try:
        decoded = each.styled.decode(text)
        if media.essence == FORM:
            _take_form(each, values, decoded, call)
        elif media.is_json:
            call.findings += _wrong(each, values, (decode_json(decoded.encode()),))
        elif media.essence.startswith("text/"):
            _keep(each, values, decoded, call)
        else:
            values[each.parameter.name] = decoded
    except MalformedError as error:
        call.findings.append(_malformed(each, str(error)))
    except UndecodableError:
        call.findings.append(_malformed(each, "it is not JSON"))


def _keep(each: PreparedParameter, values: dict[str, Json], styled: Json | None, call: Call) -> None:
    parameter = each.parameter
    if styled is None:
        if parameter.required:
            call.findings.append(_missing(each))
        elif each.shape is not None and each.shape.has_default:
            values[parameter.name] = each.shape.default
        return
    call.findings += _wrong(each, values, _readings(each, styled))


def _readings(each: PreparedParameter, styled: Json) -> Iterable[Json]:
    return (styled,) if each.shape is None else each.shape.candidates(styled)


def _wrong(each: PreparedParameter, values: dict[str, Json], readings: Iterable[Json]) -> Sequence[Finding]:
    """Keep the first reading that is valid; where none is, say what is wrong with the likeliest."""
    parameter = each.parameter
    validator = each.validator
    tried = []
    for value in readings:
        if validator is None or validator.accepts(value):
            values[parameter.name] = value
            return ()
        tried.append(value)
    if validator is None:
        return ()
    likeliest = tried[:2][-1]
    found = explain(validator, likeliest, parameter.location, parameter.name)
    return advised(found, each.styled, likeliest)


_TAKERS: dict[str, Callable[[Declared, dict[str, str], Call], None]] = {
    "path": _take_path,
    "query": _take_query,
    "querystring": _take_querystring,
    "header": _take_headers,
    "cookie": _take_cookies,
}


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


def _malformed(each: PreparedParameter, why: str) -> Finding:
    parameter = each.parameter
    return Finding(
        "malformed-parameter",
        f"the {parameter.location} parameter `{parameter.name}` cannot be read: {why}",
        location=Location("", pointer=parameter.pointer),
        place=Place(parameter.location, parameter.name),
        expected=parameter.form,
        hint=hint_of(each.styled) if parameter.media_type is None and why != NOT_UTF8 else "",
    )


def _missing(each: PreparedParameter, hint: str = "") -> Finding:
    parameter = each.parameter
    return Finding(
        "parameter-missing",
        f"the {parameter.location} parameter `{parameter.name}` is missing",
        location=Location("", pointer=parameter.pointer),
        place=Place(parameter.location, parameter.name),
        expected="it is required",
        hint=hint,
    )


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
