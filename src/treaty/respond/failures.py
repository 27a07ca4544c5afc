"""Failures: what a handler raises, as a problem (RFC 9457). What it did not mean to raise is logged."""

from __future__ import annotations

import logging
from pathlib import Path
from types import TracebackType

import orjson
from starlette.exceptions import HTTPException as StarletteHTTPException
from werkzeug.exceptions import HTTPException as WerkzeugHTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from treaty import problems
from treaty.contract.model import Operation
from treaty.exchange.messages import Headers, Response
from treaty.findings import Json
from treaty.respond.frameworks import ProblemException
from treaty.respond.writing import AnswerError

_PACKAGE = Path(__file__).parents[1]
_log = logging.getLogger("treaty")


def failure_response(operation: Operation, error: BaseException) -> Response:
    """The response for an exception of a handler: HTTP exceptions as they say, others 500 and logged."""
    if isinstance(error, ProblemException):
        problem = {"type": error.type or "about:blank", "title": error.title or problems.reason(error.status)}
        more = {"instance": error.instance} if error.instance else {}
        return _problem(
            error.status, problem, error.detail, _pairs(error.headers), {**more, **(error.ext or {})}
        )
    if isinstance(error, StarletteHTTPException):
        return _about_blank(error.status_code, error.detail, _pairs(error.headers))
    if isinstance(error, WerkzeugHTTPException):
        return _of_werkzeug(error)
    log_failure(operation, error)
    return handler_failed(operation)


def handler_failed(operation: Operation) -> Response:
    """500, without a word on why: that is in the log."""
    detail = f"The handler of {operation.name} failed; the server's log says why."
    body = problems.problem_body(problems.HANDLER_FAILED, detail)
    return Response(problems.HANDLER_FAILED.status, [("content-type", problems.MEDIA_TYPE)], body)


def log_failure(operation: Operation, error: BaseException) -> None:
    """The error and its traceback to the logger `treaty`, from the first line of the user's on."""
    if isinstance(error, AnswerError):
        _log.error("the handler of %s returned %s", operation.name, error)
        return
    shown = error.with_traceback(_from_the_users(error.__traceback__))
    _log.error("the handler of %s failed", operation.name, exc_info=shown)


def _from_the_users(trace: TracebackType | None) -> TracebackType | None:
    first = trace
    while first is not None and Path(first.tb_frame.f_code.co_filename).is_relative_to(_PACKAGE):
        first = first.tb_next
    return first or trace


def _of_werkzeug(error: WerkzeugHTTPException) -> Response:
    if isinstance(error.response, WerkzeugResponse):  # abort(a response)
        error.response.direct_passthrough = False
        fields = [(name.lower(), value) for name, value in error.response.headers.items()]
        return Response(error.response.status_code, fields, error.response.get_data())
    headers = [(name.lower(), value) for name, value in error.get_headers() if name.lower() != "content-type"]
    return _about_blank(error.code or 500, error.description, headers)


def _about_blank(status: int, detail: str | None, headers: Headers) -> Response:
    """A problem that says no more than its status (RFC 9457, section 4.2.1)."""
    return _problem(status, {"type": "about:blank", "title": problems.reason(status)}, detail, headers, {})


def _problem(
    status: int, problem: dict[str, str], detail: str | None, headers: Headers, more: dict[str, Json]
) -> Response:
    document = {**problem, "status": status, **({"detail": detail} if detail else {}), **more}
    body = orjson.dumps(document, default=str)
    return Response(status, [("content-type", problems.MEDIA_TYPE), *headers], body)


def _pairs(headers: object) -> Headers:
    items = headers.items() if isinstance(headers, dict) else ()
    return [(str(name).lower(), str(value)) for name, value in items if str(name).lower() != "content-type"]
