"""What HTTP itself answers to conditional requests and to those for a range, whatever is declared."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import treaty
from treaty import Request, Response
from treaty.har import judge_entries, read_har

IF_NONE, IF_SINCE = ("If-None-Match", '"1"'), ("If-Modified-Since", "Sat, 21 Nov 2026 06:00:00 GMT")
IF_MATCH, RANGE = ("If-Match", '"1"'), ("Range", "bytes=0-1")
JSON = ("Content-Type", "application/json")
PARTS = ("Content-Type", "multipart/byteranges; boundary=x")
BOOK = {
    "description": "A book",
    "headers": {
        "X-Pages": {"required": True, "schema": {"type": "integer"}},
        "ETag": {"schema": {"maxLength": 5}},
    },
    "content": {"application/json": {"schema": {"type": "object"}}},
}
PROBLEM = {"description": "No", "content": {"application/problem+json": {"schema": {"type": "object"}}}}


def document(responses: dict[str, Any]) -> dict[str, Any]:
    operation = {"operationId": "get_book", "responses": responses}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Books", "version": "1"},
        "paths": {"/book": {"get": operation, "post": operation}},
    }


def codes(
    asked: list[tuple[str, str]], response: Response, method: str = "GET", **responses: Any
) -> list[str]:
    contract = treaty.load(document(responses or {"200": BOOK}))
    return [finding.code for finding in contract.check(Request(method, "/book", "", asked), response)]


@pytest.mark.parametrize(
    ("asked", "answer", "expected"),
    [
        ([IF_NONE], Response(304, [("ETag", '"1"')]), []),
        ([IF_SINCE], Response(304), []),
        ([], Response(304), ["undeclared-status"]),
        ([IF_MATCH], Response(304), ["undeclared-status"]),
        ([IF_NONE], Response(304, [("ETag", '"too long"')]), ["schema-maxLength"]),
        ([RANGE], Response(206, [JSON, ("Content-Range", "bytes 0-1/9")], b'{"'), []),
        ([RANGE], Response(206, [PARTS], b"--x\r\n"), []),
        ([RANGE], Response(206, [("Content-Type", "text/html")], b"<p"), ["undeclared-media-type"]),
        ([RANGE], Response(206, [JSON, ("X-Pages", "many")], b"{"), ["schema-type"]),
        ([], Response(206, [JSON], b"{"), ["undeclared-status"]),
        ([IF_MATCH], Response(412), []),
        ([], Response(412), ["undeclared-status"]),
        ([RANGE], Response(416, [("Content-Range", "bytes */9")]), []),
        ([RANGE], Response(404), ["undeclared-status"]),
        ([RANGE], Response(200, [JSON, ("X-Pages", "1")], b"{"), ["malformed-body"]),
    ],
)
def test_what_a_request_asked_for_need_not_be_declared(
    asked: list[tuple[str, str]], answer: Response, expected: list[str]
) -> None:
    assert codes(asked, answer) == expected


def test_only_where_it_is_defined() -> None:
    """RFC 9110, sections 13.2.2 (304 to GET and HEAD) and 14.2 (Range for GET)."""
    assert codes([IF_NONE], Response(304), "HEAD") == []
    assert codes([IF_NONE], Response(304), "POST") == ["undeclared-status"]
    assert codes([RANGE], Response(206, [JSON], b"{"), "POST") == ["undeclared-status"]
    assert codes([IF_NONE], Response(412), "POST") == []
    assert codes([IF_NONE], Response(304), **{"201": BOOK}) == ["undeclared-status"]


def test_what_is_declared_by_the_very_status_counts() -> None:
    empty = {"description": "As it was", "headers": {"X-Age": {"required": True, "schema": {}}}}
    assert codes([IF_NONE], Response(304), **{"200": BOOK, "304": empty}) == ["header-missing"]
    part = {"200": BOOK, "206": {"description": "A part", "content": {"text/csv": {}}}}
    assert codes([RANGE], Response(206, [JSON], b"{"), **part) == ["undeclared-media-type"]
    assert codes([RANGE], Response(206, [JSON], b"{"), **{"2XX": BOOK}) == []
    assert codes([IF_NONE], Response(304), **{"200": BOOK, "default": PROBLEM}) == []
    assert codes([IF_MATCH], Response(412, [JSON], b"{}"), **{"200": BOOK, "default": PROBLEM}) == [
        "undeclared-media-type"
    ]


async def book(scope: Any, _: Any, send: Any) -> None:
    """An application that knows of conditions and ranges."""
    names = {name for name, _ in scope["headers"]}
    status = 304 if b"if-none-match" in names else 206 if b"range" in names else 200
    body = {200: b"{}", 206: b"{", 304: b""}[status]
    fields = [] if status == 304 else [(b"content-type", b"application/json"), (b"x-pages", b"1")]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body[:1], "more_body": len(body) > 1})
    if len(body) > 1:
        await send({"type": "http.response.body", "body": body[1:]})


async def status_of(app: Any, *fields: tuple[str, str]) -> int:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(name.lower().encode(), value.encode()) for name, value in fields]
    await app(
        {"type": "http", "method": "GET", "path": "/book", "query_string": b"", "headers": headers},
        receive,
        send,
    )
    return int(sent[0]["status"])


@pytest.mark.parametrize("declared", ["200", "2XX"])
def test_a_guarded_application_may_answer_so_again_and_again(declared: str) -> None:
    guarded = treaty.guard(treaty.load(document({declared: BOOK})), book)
    for _ in range(3):  # what was found right is not judged again
        assert asyncio.run(status_of(guarded, IF_NONE)) == 304
        assert asyncio.run(status_of(guarded, RANGE)) == 206
        assert asyncio.run(status_of(guarded)) == 200


def test_what_is_right_for_a_range_is_not_for_the_whole() -> None:
    async def part(_: Any, __: Any, send: Any) -> None:
        fields = [(b"content-type", b"application/json"), (b"x-pages", b"1")]
        await send({"type": "http.response.start", "status": 206, "headers": fields})
        await send({"type": "http.response.body", "body": b"{"})

    guarded = treaty.guard(treaty.load(document({"2XX": BOOK})), part)
    for _ in range(3):
        assert asyncio.run(status_of(guarded, RANGE)) == 206
        assert asyncio.run(status_of(guarded)) == 500


@pytest.mark.parametrize(("asked", "expected"), [([IF_NONE], []), ([], ["undeclared-status"])])
def test_recordings_get_the_same_verdict(asked: list[tuple[str, str]], expected: list[str]) -> None:
    headers = [{"name": name, "value": value} for name, value in asked]
    request = {"method": "GET", "url": "http://books.example/book", "headers": headers}
    recorded = {"log": {"entries": [{"request": request, "response": {"status": 304}}]}}
    judge = treaty.load(document({"200": BOOK})).judge
    [judged] = judge_entries(judge, read_har(json.dumps(recorded).encode(), "a.har"))
    assert [finding.code for finding in judged.findings] == expected
