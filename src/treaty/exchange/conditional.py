"""What HTTP itself has a server answer, because a request is conditional or asks for a range.

A contract need not declare it: who declares a representation (200) has declared that it may be said to be
unchanged (304), and sent in part (206). What it declares by the very status counts all the same.
"""

from __future__ import annotations

from typing import NamedTuple

from treaty.contract.model import DeclaredResponse
from treaty.exchange.media_types import essence_of
from treaty.exchange.messages import Request, Response
from treaty.exchange.prepared import PreparedOperation


class _Answer(NamedTuple):
    """To which methods (any) a status is an answer of HTTP's own, and to which fields."""

    methods: tuple[str, ...]
    fields: tuple[str, ...]


_ANSWERS = {
    206: _Answer(("GET",), ("range",)),  # RFC 9110, sections 14.2 and 15.3.7
    304: _Answer(("GET", "HEAD", "QUERY"), ("if-none-match", "if-modified-since")),  # section 13.2.2
    412: _Answer((), ("if-match", "if-unmodified-since", "if-none-match")),
    416: _Answer(("GET",), ("range",)),  # section 15.5.17
}
# More than one part comes as these (RFC 9110, section 14.6).
_SEVERAL = "multipart/byteranges"


def may_be_selected(status: int) -> bool:
    """May a status be HTTP's own answer, so that what is declared is not all there is to it?"""
    return status in _ANSWERS


def selected(prepared: PreparedOperation, request: Request, response: Response) -> DeclaredResponse | None:
    """What is declared of the representation that a 304 or 206 is about, where this is how to judge it."""
    status = response.status
    if status not in (206, 304) or not _is_asked_for(request, status):
        return None
    own, whole = prepared.declared(status), prepared.declared(200)
    return None if own is not None and own.status == str(status) else whole


def is_failed_condition(prepared: PreparedOperation, request: Request, response: Response) -> bool:
    """Is it a 412 or 416 that a request asked for by its fields, and of which nothing is declared?"""
    status = response.status
    return status in (412, 416) and prepared.declared(status) is None and _is_asked_for(request, status)


def is_type_of_parts(response: Response) -> bool:
    """Has it the Content-Type of several parts of a representation?"""
    return response.status == 206 and essence_of(response.header("content-type") or "") == _SEVERAL


def _is_asked_for(request: Request, status: int) -> bool:
    answer = _ANSWERS[status]
    return (not answer.methods or request.method in answer.methods) and any(
        name in answer.fields for name, _ in request.headers
    )
