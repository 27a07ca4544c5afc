"""Check a response: is it one that the contract declares for this operation?"""

from __future__ import annotations

from treaty.contract.model import DeclaredResponse
from treaty.exchange.bodies import UndecodableError, decode_body, is_decodable
from treaty.exchange.judge import judge
from treaty.exchange.media_types import find_media_type
from treaty.exchange.messages import Response
from treaty.exchange.prepared import PreparedOperation
from treaty.findings import Finding, Location, Place

# These have no content, whatever is declared for them (RFC 9110, section 6.4.1).
WITHOUT_CONTENT = frozenset({204, 205, 304})


def check_response(prepared: PreparedOperation, method: str, response: Response) -> list[Finding]:
    """The findings on a response of an operation."""
    declared = prepared.declared(response.status)
    if declared is None:
        return [_undeclared_status(prepared, response)]
    if method == "HEAD" or response.status in WITHOUT_CONTENT or response.status < 200:
        return []
    return _check_headers(declared, response) + _check_body(prepared, declared, response)


def _check_headers(declared: DeclaredResponse, response: Response) -> list[Finding]:
    sent = {name for name, _ in response.headers}
    return [
        Finding(
            "header-missing",
            f"the response has no `{header.name}` header",
            location=Location("", pointer=header.pointer),
            place=Place("header", header.name),
            expected="it is required",
        )
        for header in declared.headers
        if header.required and header.name.lower() not in sent
    ]


def _check_body(prepared: PreparedOperation, declared: DeclaredResponse, response: Response) -> list[Finding]:
    if not declared.content:
        return []
    kind = response.header("content-type")
    media = find_media_type(declared.content, kind) if kind else None
    if media is None or kind is None:
        return (
            [_undeclared_media_type(declared, kind)] if response.body or kind else [_body_missing(declared)]
        )
    if not is_decodable(kind):
        return []
    ready = prepared.prepared_media(media, "response")
    try:
        value = decode_body(response.body, kind, ready)[0]
    except UndecodableError as error:
        return [error.finding]
    return judge(ready.validator, value, "body") if ready.validator is not None else []


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
