"""Exchanges as JSON: for the control API, and as a recording (HAR 1.2). Credentials are masked."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from treaty.contract.model import SecurityScheme
from treaty.control.log import Record
from treaty.exchange.messages import Headers
from treaty.exchange.secrets import mask_query, masked_headers
from treaty.exchange.styles import split_query
from treaty.findings import Json
from treaty.problems import reason
from treaty.report.json import finding_value

if TYPE_CHECKING:
    from treaty.respond.calling import Delivery

Schemes = tuple[SecurityScheme, ...]


def summary(record: Record, schemes: Schemes) -> dict[str, Json]:
    """An exchange without headers and bodies."""
    exchange = record.exchange
    return {
        "number": record.number,
        "started": _time(record.started),
        "milliseconds": round(record.seconds * 1000, 3),
        "method": exchange.request.method,
        "path": exchange.request.path,
        "query": mask_query(exchange.request.query, schemes),
        "operation": exchange.operation.name if exchange.operation else None,
        "status": exchange.response.status,
        "refused": exchange.refused,
        "findings": [finding_value(each) for each in exchange.findings],
    }


def whole(record: Record, schemes: Schemes) -> dict[str, Json]:
    """An exchange with headers and bodies."""
    request, response = record.exchange.request, record.exchange.response
    return {
        **summary(record, schemes),
        "request": _message(masked_headers(request.headers, schemes), request.body, record.has_request_body),
        "response": _message(
            masked_headers(response.headers, schemes), response.body, record.has_response_body
        ),
    }


def har(records: Iterable[Record], schemes: Schemes, version: str, scheme: str = "http") -> dict[str, Json]:
    """A recording (HTTP Archive 1.2); `scheme` is that of its URLs."""
    entries = [_entry(record, schemes, scheme) for record in records]
    return {"log": {"version": "1.2", "creator": {"name": "Treaty", "version": version}, "entries": entries}}


def delivery(sent: Delivery) -> dict[str, Json]:
    """What came of a request of the mock's own."""
    return {
        "name": sent.outgoing.name,
        "method": sent.outgoing.operation.method,
        "url": sent.outgoing.url,
        "status": sent.status,
        "error": sent.error,
        "tries": sent.tries,
        "findings": [finding_value(each) for each in sent.findings],
    }


def _message(headers: Headers, body: bytes, is_kept: bool) -> dict[str, Json]:
    text, encoding = _text(body)
    return {
        "headers": [list(pair) for pair in headers],
        "body": text if is_kept else None,
        "encoding": encoding,
    }


def _entry(record: Record, schemes: Schemes, scheme: str) -> dict[str, Json]:
    request, response = record.exchange.request, record.exchange.response
    query = mask_query(request.query, schemes)
    host = request.header("host") or "127.0.0.1"
    asked: dict[str, Json] = {
        "method": request.method,
        "url": f"{scheme}://{host}{request.path}" + (f"?{query}" if query else ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _fields(masked_headers(request.headers, schemes)),
        "queryString": [
            {"name": unquote_plus(name), "value": unquote_plus(value)} for name, value in split_query(query)
        ],
        "headersSize": -1,
        "bodySize": request.size if record.has_request_body else -1,
    }
    if request.body or not record.has_request_body:
        asked["postData"] = {"mimeType": request.header("content-type") or "", **_content(request.body)}
    return {
        "startedDateTime": _time(record.started),
        "time": record.seconds * 1000,
        "request": asked,
        "response": {
            "status": response.status,
            "statusText": reason(response.status),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _fields(masked_headers(response.headers, schemes)),
            "content": {
                "size": len(response.body) if record.has_response_body else -1,
                "mimeType": response.header("content-type") or "",
                **(_content(response.body) if record.has_response_body else {}),
            },
            "redirectURL": response.header("location") or "",
            "headersSize": -1,
            "bodySize": len(response.body) if record.has_response_body else -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": record.seconds * 1000, "receive": 0},
    }


def _fields(headers: Headers) -> list[Json]:
    return [{"name": name, "value": value} for name, value in headers]


def _content(body: bytes) -> dict[str, Json]:
    text, encoding = _text(body)
    return {"text": text} if encoding == "utf-8" else {"text": text, "encoding": encoding}


def _text(body: bytes) -> tuple[str, str]:
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), "base64"


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
