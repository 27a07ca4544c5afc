"""ASGI: what a server says becomes a request, and a response what a server is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

import treaty
from treaty.asgi import App
from treaty.enforcing import Exchange
from treaty.engine import build_engine
from treaty.exchange.call import Call
from treaty.exchange.messages import Request, Response
from treaty.receiving import read_request

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "responses": {"200": {"description": "ok", "content": {"application/json": {"example": [1]}}}}
            },
            "put": {
                "requestBody": {"content": {"application/json": {"schema": {"type": "array"}}}},
                "responses": {"204": {"description": "ok"}},
            },
        }
    },
}


def scope(method: str = "GET", path: str = "/things/1", **more: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        **more,
    }


def run(app: App, scope: dict[str, Any], *messages: dict[str, Any]) -> list[dict[str, Any]]:
    pending, sent = list(messages) or [{"type": "http.request"}], []

    async def receive() -> dict[str, Any]:
        return pending.pop(0)

    async def send(message: Any) -> None:
        sent.append(dict(message))

    asyncio.run(app(scope, receive, send))
    return sent


def app_answering(response: Response) -> App:
    async def respond(_: Call) -> Response:
        return response

    return App(build_engine(treaty.load(DOCUMENT), respond, "off"))


def mock() -> App:
    return treaty.mock(treaty.load(DOCUMENT))


def chunk(body: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_an_answer() -> None:
    assert run(mock(), scope()) == [
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"application/json"),
                (b"treaty-why", b"200 lowest success; application/json; example"),
                (b"content-length", b"3"),
            ],
        },
        {"type": "http.response.body", "body": b"[1]"},
    ]


def test_head_says_the_length_and_sends_nothing() -> None:
    start, body = run(mock(), scope("HEAD"))
    assert (b"content-length", b"3") in start["headers"]
    assert body["body"] == b""


@pytest.mark.parametrize(("status", "length"), [(204, None), (304, None), (205, b"0"), (302, b"1")])
def test_responses_without_content(status: int, length: bytes | None) -> None:
    start, body = run(app_answering(Response(status, [], b"x")), scope())
    assert dict(start["headers"]).get(b"content-length") == length
    assert body["body"] == (b"x" if status == 302 else b"")


def test_a_length_that_was_said_stands() -> None:
    start, _ = run(app_answering(Response(200, [("content-length", "3")], b"abc")), scope())
    assert start["headers"] == [(b"content-length", b"3")]


def test_a_body_in_chunks() -> None:
    headers = [(b"Content-Type", b"application/json")]
    pieces = [chunk(b"["), chunk(b"1"), chunk(b"", more=True), chunk(b"]", more=False)]
    start, _ = run(mock(), scope("PUT", headers=headers), *pieces)
    assert start["status"] == 204


@pytest.mark.parametrize(("size", "status"), [(10, 415), (11, 413)])
def test_the_body_limit(size: int, status: int) -> None:
    app = mock()
    app.max_body_bytes = 10
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % size)]
    start, body = run(
        app, scope("PUT", headers=headers), chunk(b"x" * 5), chunk(b"x" * (size - 5), more=False)
    )
    assert start["status"] == status
    assert json.loads(body["body"])["status"] == status


def test_who_leaves_before_the_request_is_complete_is_not_answered() -> None:
    seen: list[Exchange] = []
    app = mock()
    app.observe = lambda exchange, _: seen.append(exchange)
    assert run(app, scope("PUT"), chunk(b"["), {"type": "http.disconnect"}) == []
    assert seen == []


def test_every_exchange_is_observed() -> None:
    seen: list[tuple[int, bool]] = []
    app = mock()
    app.max_body_bytes = 1
    app.observe = lambda exchange, seconds: seen.append((exchange.response.status, seconds >= 0))
    run(app, scope())
    run(app, scope(path="/nowhere"))
    run(app, scope("PUT"), chunk(b"[]", more=False))
    assert seen == [(200, True), (404, True), (413, True)]


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"raw_path": b"/a%2Fb"}, "/a%2Fb"),
        ({"raw_path": b"/\xc3\xa9"}, "/%C3%A9"),
        ({"raw_path": b"/\xff"}, "/%FF"),
        ({"raw_path": None}, "/plain"),
        ({"raw_path": b"/root/x", "root_path": "/root"}, "/x"),
        ({"raw_path": b"/root", "root_path": "/root"}, "/"),
        ({"raw_path": b"/rooted/x", "root_path": "/root"}, "/rooted/x"),
        ({"raw_path": b"/x", "root_path": "/root"}, "/x"),
        ({"raw_path": b"/my%20root/a%2Fb", "root_path": "/my root"}, "/a%2Fb"),
    ],
)
def test_the_path_as_sent(more: dict[str, Any], path: str) -> None:
    assert read_request(scope(path="/plain", **more)).path == path


@pytest.mark.parametrize(
    ("raw", "decoded", "path"),
    [
        (b"/%72oot/x", "/root/x", "/x"),
        (b"/root%2Fx%3F", "/root/x?", "/x%3F"),
        (b"/%72oot", "/root", "/"),
        (b"/rooted%2Fx", "/rooted/x", "/rooted%2Fx"),
    ],
)
def test_the_path_below_a_root_that_is_sent_encoded(raw: bytes, decoded: str, path: str) -> None:
    assert read_request(scope(path=decoded, raw_path=raw, root_path="/root")).path == path


def test_a_request() -> None:
    headers = [(b"X-A", b"\xe9"), (b"x-a", b"2")]
    request = read_request(scope("PUT", headers=headers, query_string=b"a=%20&\xc3\xa9"))
    assert request == Request("PUT", "/things/1", "a=%20&%C3%A9", [("x-a", "é"), ("x-a", "2")])


def test_headers_that_cannot_be_written() -> None:
    start, _ = run(app_answering(Response(200, [("x-a", "é✓")])), scope())
    assert start["headers"][0] == (b"x-a", "é?".encode("latin-1"))


def test_lifespan() -> None:
    app = mock()
    closed: list[bool] = []
    app.stack.callback(closed.append, True)
    sent = run(app, {"type": "lifespan"}, {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})
    assert [each["type"] for each in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert closed == [True]


def test_a_websocket_is_refused() -> None:
    assert run(mock(), {"type": "websocket"}) == [{"type": "websocket.close", "code": 1008}]


def endless(closed: list[bool]) -> Any:
    async def chunks() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"."
                await asyncio.sleep(0.001)
        finally:
            closed.append(True)

    return chunks()


def test_a_stream_ends_when_the_client_leaves() -> None:
    closed: list[bool] = []
    app = app_answering(Response(200, [], chunks=endless(closed)))
    sent = run(app, scope(), {"type": "http.request"}, {"type": "http.disconnect"})
    assert closed == [True]
    assert sent[0]["status"] == 200


def test_a_stream_that_fails_is_not_ended_as_if_it_were_whole(caplog: pytest.LogCaptureFixture) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"."
        raise OSError("gone")

    sent = run(app_answering(Response(200, [], chunks=chunks())), scope())
    assert [message.get("more_body") for message in sent] == [None, True]
    assert "OSError: gone" in caplog.text
