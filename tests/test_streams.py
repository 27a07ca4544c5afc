"""Streams through serve and guard: each item is judged before it goes on, and nothing waits for the end."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import threading
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
import starlette.applications
from respond.projects import imports_undone, operation, write_handlers
from starlette.responses import StreamingResponse
from starlette.routing import Route

import treaty
from treaty.asgi import App
from treaty.enforcing import Exchange
from treaty.guarding.guard import Guard

ITEM = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "maximum": 10}}}
EVENT = {
    "type": "object",
    "required": ["data"],
    "properties": {"data": {"contentMediaType": "application/json"}, "event": {"enum": ["tick", "end"]}},
}
CONTENT = {
    "lines": {"application/jsonl": {"itemSchema": ITEM}},
    "events": {"text/event-stream": {"itemSchema": EVENT}},
    "older": {"text/event-stream": {"schema": ITEM}},
    "records": {"application/json-seq": {"itemSchema": ITEM}},
    "parts": {"multipart/mixed": {"itemSchema": ITEM}},
    "file": {"application/octet-stream": {}},
    "whole": {"application/json": {"schema": ITEM}},
}
DOCUMENT = {
    "openapi": "3.2.0",
    "info": {"title": "Streams", "version": "1"},
    "paths": {
        f"/{name}": {"get": operation(name, responses={"200": {"description": "It", "content": content}})}
        for name, content in CONTENT.items()
    },
}


@pytest.fixture(autouse=True)
def _imports_undone() -> Iterator[None]:
    with imports_undone():
        yield


class Connection:
    """One request to an application, whose chunks are looked at as they come; the client may leave."""

    def __init__(self, app: Any, path: str, method: str = "GET", **headers: str) -> None:
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }
        self.app = app
        self.start: Any = None
        self.chunks: list[bytes] = []
        self.arrived = asyncio.Condition()
        self.complete = False
        self.gone = asyncio.Event()
        self.asked = False

    async def receive(self) -> Any:
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        async with self.arrived:
            if message["type"] == "http.response.start":
                self.start = message
            else:
                self.chunks += [message["body"]] if message.get("body") else []
                self.complete = not message.get("more_body", False)
            self.arrived.notify_all()

    async def until(self, count: int) -> list[bytes]:
        async with self.arrived:
            await asyncio.wait_for(self.arrived.wait_for(lambda: len(self.chunks) >= count), 5)
        return self.chunks

    async def __aenter__(self) -> Connection:
        self.task = asyncio.ensure_future(self.app(self.scope, self.receive, self.send))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.gone.set()
        await asyncio.wait_for(self.task, 5)

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)


def fetched(app: Any, path: str, **headers: str) -> Connection:
    """A connection whose response came to its end."""

    async def fetch() -> Connection:
        connection = Connection(app, path, **headers)
        connection.task = asyncio.ensure_future(
            connection.app(connection.scope, connection.receive, connection.send)
        )
        await asyncio.wait_for(connection.task, 5)
        return connection

    return asyncio.run(fetch())


def served(folder: Path, source: str, framework: Any = "async", **options: Any) -> App:
    handlers = write_handlers(folder, things=source)
    names = {line.split("def ")[1].split("(")[0] for line in source.splitlines() if "def " in line}
    paths = {path: each for path, each in DOCUMENT["paths"].items() if path[1:] in names}  # type: ignore[attr-defined]
    return treaty.serve(treaty.load({**DOCUMENT, "paths": paths}), handlers, framework=framework, **options)


VALUES = """
    {kind} lines():
        yield {{"n": 1}}
        yield '{{"n": '
        yield b'2}}\\n'

    {kind} events():
        yield {{"event": "tick", "data": {{"n": 1}}}}
        yield ": still here\\n\\n"
        yield "data: {{}}\\n\\n"

    {kind} older():
        yield {{"n": 1}}
        yield {{"n": 2}}

    {kind} records():
        yield {{"n": 1}}
        yield {{"n": 2}}

    {kind} parts():
        yield {{"n": 1}}
        yield {{"n": 2}}

    {kind} file():
        yield b"1"
        yield "2"
"""
PART = b"--B\r\ncontent-type: application/json\r\n\r\n"


@pytest.mark.parametrize("framework", ["async", "flask"])
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_generator_is_a_stream(tmp_path: Path, framework: str, kind: str) -> None:
    app = served(tmp_path, VALUES.format(kind=kind), framework)
    bodies = {path: fetched(app, path) for path in ("/lines", "/events", "/older", "/records", "/file")}
    assert {path: connection.body for path, connection in bodies.items()} == {
        "/lines": b'{"n":1}\n{"n": 2}\n',
        "/events": b'event: tick\ndata: {"n":1}\n\n: still here\n\ndata: {}\n\n',
        "/older": b'data: {"n":1}\n\ndata: {"n":2}\n\n',
        "/records": b'\x1e{"n":1}\n\x1e{"n":2}\n',
        "/file": b"12",
    }
    assert all(connection.complete for connection in bodies.values())
    parts = fetched(app, "/parts")
    boundary = dict(parts.start["headers"])[b"content-type"].partition(b"; boundary=")[2]
    assert parts.body.replace(boundary, b"B") == PART + b'{"n":1}\r\n' + PART + b'{"n":2}\r\n--B--\r\n'
    headers = dict(bodies["/events"].start["headers"])
    assert headers[b"content-type"].startswith(b"text/event-stream")
    assert b"content-length" not in headers


WRONG = """
    def lines():
        yield {"n": 1}
        yield {"n": 11}
        yield {"n": 2}

    def events():
        yield {"event": "tick", "data": "1"}
        yield {"event": "tock", "data": "1"}

    def older():
        yield {"n": 1}
        yield {"n": "2"}
        yield {"n": 2}

    def records():
        yield {"n": 1}
        yield b'\\x1e{"n": \\n\\x1e'

    def parts():
        return written(), {"content-type": "multipart/mixed; boundary=B"}

    def written():
        for n in (1, 11, 2):
            yield b'--B\\r\\ncontent-type: application/json\\r\\n\\r\\n{"n":%d}\\r\\n' % n
"""


@pytest.mark.parametrize("framework", ["async", "flask"])
@pytest.mark.parametrize(
    ("path", "sent", "pointer"),
    [
        ("/lines", b'{"n":1}\n', "/1/n"),
        ("/events", b"event: tick\ndata: 1\n\n", "/1/event"),
        ("/older", b'data: {"n":1}\n\n', "/1/n"),
        ("/records", b'\x1e{"n":1}\n', "/1"),
        ("/parts", PART + b'{"n":1}\r\n--B\r\n', "/1/n"),
    ],
)
def test_a_wrong_item_ends_the_stream(
    tmp_path: Path,
    framework: str,
    path: str,
    sent: bytes,
    pointer: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = served(tmp_path, WRONG, framework)
    seen: list[Exchange] = []
    app.observe = lambda exchange, _: seen.append(exchange)
    connection = fetched(app, path)
    assert connection.start["status"] == 200
    assert (connection.body, connection.complete) == (sent, False)
    [[finding]] = [exchange.findings for exchange in seen]
    assert finding.place is not None
    assert (finding.place.part, finding.place.pointer) == ("body", pointer)
    assert caplog.text.count("; the stream ends here") == 1


def test_a_wrong_item_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = served(tmp_path, WRONG, validate_responses="report")
    connection = fetched(app, "/lines")
    assert (connection.body, connection.complete) == (b'{"n":1}\n{"n":11}\n{"n":2}\n', True)
    assert [record.getMessage() for record in caplog.records] == [
        "lines answered 200: body /1/n: 11 is greater than the maximum of 10"
    ]


def test_a_stream_is_not_looked_at_when_that_is_off(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = served(tmp_path, WRONG, validate_responses="off")
    assert fetched(app, "/lines").complete
    assert not caplog.records


def test_as_many_findings_as_an_exchange_has_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = """
    def lines():
        for _ in range(1000):
            yield {}
    """
    assert fetched(served(tmp_path, source, validate_responses="report"), "/lines").complete
    assert len(caplog.records) == 50


@pytest.mark.parametrize("framework", ["async", "flask"])
def test_what_is_judged_as_a_whole_is_collected(tmp_path: Path, framework: str) -> None:
    source = """
    def whole():
        yield '{"n"'
        yield ': %d}'
    """
    assert fetched(served(tmp_path, source % 1, framework), "/whole").body == b'{"n": 1}'
    assert fetched(served(tmp_path, source % 11, framework), "/whole").start["status"] == 500


@pytest.mark.parametrize("framework", ["async", "flask"])
def test_a_handler_that_fails_breaks_its_stream(
    tmp_path: Path, framework: str, caplog: pytest.LogCaptureFixture
) -> None:
    source = """
    def lines():
        yield {"n": 1}
        raise RuntimeError("the pen broke")

    def file():
        raise RuntimeError("no such file")
        yield
    """
    app = served(tmp_path, source, framework)
    connection = fetched(app, "/lines")
    assert (connection.body, connection.complete) == (b'{"n":1}\n', False)
    assert "the pen broke" in caplog.text
    assert fetched(app, "/file").start["status"] == 500


def test_what_a_generator_may_not_give(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    source = """
    def file():
        yield {"n": 1}
    """
    assert fetched(served(tmp_path, source), "/file").start["status"] == 500
    assert "it must give text or bytes" in caplog.text


def test_a_generator_has_the_context_of_its_request(tmp_path: Path) -> None:
    source = """
    import flask
    from connexion import request

    async def lines():
        yield {"n": int(request.headers["x-n"])}

    def records():
        yield {"n": int((flask.request if flask.has_request_context() else request).headers["x-n"])}
    """
    app = served(tmp_path, source)
    assert fetched(app, "/lines", x_n="3").body == b'{"n":3}\n'
    assert fetched(app, "/records", x_n="4").body == b'\x1e{"n":4}\n'
    assert fetched(served(tmp_path, source, "flask"), "/records", x_n="5").body == b'\x1e{"n":5}\n'


ENDLESS = """
    import asyncio, time

    closed = []

    async def events():
        try:
            number = 0
            while True:
                number += 1
                yield {"event": "tick", "data": number}
                await asyncio.sleep(0)
        finally:
            closed.append("events")

    def lines():
        try:
            while True:
                yield {"n": 1}
                time.sleep(0.001)
        finally:
            closed.append("lines")
"""


@pytest.mark.parametrize(
    ("framework", "path"), [("async", "/events"), ("async", "/lines"), ("flask", "/lines")]
)
def test_a_stream_ends_when_the_client_leaves(tmp_path: Path, framework: str, path: str) -> None:
    import sys

    app = served(tmp_path, ENDLESS, framework)
    module = [each for name, each in sys.modules.items() if name.endswith(".things")][-1]

    async def stay() -> None:
        async with Connection(app, path) as connection:
            await connection.until(5)
        await _until(lambda: module.closed == [path[1:]])

    asyncio.run(stay())


async def _until(condition: Any) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to that")


def test_an_endless_stream_costs_no_memory(tmp_path: Path) -> None:
    app = served(tmp_path, ENDLESS)

    async def stay() -> None:
        async with Connection(app, "/events") as connection:
            await connection.until(200)
            connection.chunks.clear()
            tracemalloc.start()
            for _ in range(20):
                await connection.until(200)
                connection.chunks.clear()
            assert tracemalloc.get_traced_memory()[0] < 500_000
            tracemalloc.stop()

    asyncio.run(stay())


def test_head_of_a_stream(tmp_path: Path) -> None:
    document = {**DOCUMENT, "paths": {"/lines": {"get": DOCUMENT["paths"]["/lines"]["get"]}}}  # type: ignore[index]
    handlers = write_handlers(tmp_path, things="def lines():\n    yield {}\n")
    app = treaty.serve(treaty.load(document), handlers)
    connection = fetched(app, "/lines", method="HEAD")
    assert (connection.start["status"], connection.body, connection.complete) == (200, b"", True)


# --- guard


class Source:
    """Applications that stream what they are given, and say when they were ended."""

    def __init__(self, *pieces: bytes, kind: str = "application/jsonl", **headers: str) -> None:
        self.pieces, self.kind, self.ended = pieces, kind, threading.Event()
        self.headers = headers
        self.first_only = threading.Event()

    def asgi(self) -> Any:
        async def chunks() -> AsyncIterator[bytes]:
            try:
                for piece in self.pieces:
                    yield piece
                while self.first_only.is_set():
                    await asyncio.sleep(0.01)
                    yield self.pieces[-1]
            finally:
                self.ended.set()

        async def show(_: Any) -> StreamingResponse:
            return StreamingResponse(chunks(), media_type=self.kind, headers=self.headers)

        routes = [Route(path, show) for path in DOCUMENT["paths"]]  # type: ignore[attr-defined]
        return starlette.applications.Starlette(routes=[*routes, Route("/other", show)])

    def wsgi(self) -> Any:
        app = flask.Flask(__name__)

        def chunks() -> Iterator[bytes]:
            try:
                yield from self.pieces
                while self.first_only.is_set():
                    time.sleep(0.01)
                    yield self.pieces[-1]
            finally:
                self.ended.set()

        @app.get("/<path:path>")
        def show(path: str) -> Any:  # noqa: ARG001
            return flask.Response(chunks(), mimetype=self.kind, headers=self.headers)

        return app


@pytest.fixture(params=["asgi", "wsgi"])
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def guarded(source: Source, kind: str, **options: Any) -> Guard:
    return treaty.guard(treaty.load(DOCUMENT), getattr(source, kind)(), **options)


def test_a_guarded_stream_passes(kind: str) -> None:
    connection = fetched(guarded(Source(b'{"n": 1}\n{"n"', b": 2}\n"), kind), "/lines")
    assert connection.chunks == [b'{"n": 1}\n', b'{"n": 2}\n']
    assert connection.complete


def test_a_wrong_item_of_a_guarded_stream(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    source = Source(b'{"n": 1}\n', b'{"n": 11}\n', b'{"n": 2}\n')
    connection = fetched(guarded(source, kind), "/lines")
    assert (connection.body, connection.complete) == (b'{"n": 1}\n', False)
    assert source.ended.wait(5)
    with caplog.at_level(logging.WARNING, "treaty"):
        caplog.clear()
        connection = fetched(guarded(source, kind, validate_responses="report"), "/lines")
    assert (connection.body, connection.complete) == (b"".join(source.pieces), True)
    assert [record.getMessage() for record in caplog.records if record.name == "treaty"] == [
        "lines answered 200: body /1/n: 11 is greater than the maximum of 10"
    ]
    assert fetched(guarded(source, kind, validate_responses="off"), "/lines").body == b"".join(source.pieces)


def test_a_guarded_stream_of_another_media_type_is_refused_and_ended(kind: str) -> None:
    source = Source(b"data: 1\n\n", kind="text/event-stream")
    source.first_only.set()
    connection = fetched(guarded(source, kind), "/lines")
    assert connection.start["status"] == 500
    assert json.loads(connection.body)["errors"][0]["code"] == "undeclared-media-type"
    source.first_only.clear()


def test_a_coded_stream_is_judged(kind: str) -> None:
    coded = gzip.compress(b'{"n": 1}\n') + gzip.compress(b'{"n": 11}\n')
    for wrong, content in ((True, coded), (False, gzip.compress(b'{"n": 1}\n'))):
        source = Source(content[:10], content[10:], **{"content-encoding": "gzip"})
        connection = fetched(guarded(source, kind), "/lines")
        assert connection.complete is not wrong
    source = Source(gzip.compress(b"{}")[:-1], **{"content-encoding": "gzip"})
    assert not fetched(guarded(source, kind), "/lines").complete
    source = Source(b"{}", **{"content-encoding": "secret"})
    assert fetched(guarded(source, kind), "/lines").start["status"] == 500


def test_a_guarded_application_is_told_that_the_client_left(kind: str) -> None:
    source = Source(b'{"n": 1}\n')
    source.first_only.set()

    async def stay() -> None:
        async with Connection(guarded(source, kind), "/lines") as connection:
            await connection.until(3)
        await _until(source.ended.is_set)

    asyncio.run(stay())


@pytest.mark.parametrize("second", [1, 11])
def test_a_guarded_application_that_listens_ends_itself(second: int) -> None:
    ended: list[str] = []

    async def stream(answer_with: Any) -> None:
        headers = [(b"content-type", b"application/jsonl")]
        await answer_with({"type": "http.response.start", "status": 200, "headers": headers})
        try:
            for number in (1, second, *[2] * 1_000):
                body = b'{"n": %d}\n' % number
                await answer_with({"type": "http.response.body", "body": body, "more_body": True})
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            ended.append("the stream")
            raise

    async def app(_: Any, receive: Any, answer_with: Any) -> None:
        streaming = asyncio.ensure_future(stream(answer_with))
        while (await receive())["type"] != "http.disconnect":
            pass
        streaming.cancel()
        await asyncio.wait([streaming])
        ended.append("the application")

    async def leave() -> None:
        async with Connection(treaty.guard(treaty.load(DOCUMENT), app), "/lines") as connection:
            await connection.until(1)
            if second == 1:
                await connection.until(2)
            else:
                await asyncio.wait_for(connection.task, 5)
        assert not connection.complete

    asyncio.run(leave())
    assert ended == ["the stream", "the application"]


def test_files_pass_as_they_come(kind: str) -> None:
    pieces = [bytes([each]) * 100_000 for each in range(20)]
    connection = fetched(guarded(Source(*pieces, kind="application/octet-stream"), kind), "/file")
    assert (connection.body, connection.complete) == (b"".join(pieces), True)
    assert len(connection.chunks) > 5


def test_unknown_paths_pass_as_they_come(kind: str) -> None:
    source = Source(b"a", b"b", kind="text/event-stream")
    connection = fetched(guarded(source, kind, pass_unknown=True), "/other")
    assert (connection.chunks, connection.complete) == ([b"a", b"b"], True)


def test_an_application_that_fails_breaks_its_stream(caplog: pytest.LogCaptureFixture) -> None:
    async def failing(_: Any, __: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/jsonl")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"n": 1}\n', "more_body": True})
        raise RuntimeError("the pen broke")

    app = treaty.guard(treaty.load(DOCUMENT), failing)
    connection = fetched(app, "/lines")
    assert (connection.body, connection.complete) == (b'{"n": 1}\n', False)
    assert "the pen broke" in caplog.text


def test_an_application_waits_for_who_listens() -> None:
    sent: list[int] = []

    async def fast(_: Any, __: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/jsonl")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for number in range(1000):
            await send({"type": "http.response.body", "body": b'{"n": 1}\n', "more_body": True})
            sent.append(number)

    class Slow(Connection):
        async def send(self, message: Any) -> None:
            await Connection.send(self, message)
            if len(self.chunks) == 2:
                await asyncio.sleep(3600)

    async def listen() -> None:
        async with Slow(treaty.guard(treaty.load(DOCUMENT), fast), "/lines") as connection:
            await connection.until(2)
            await asyncio.sleep(0.1)
            assert len(sent) < 20

    asyncio.run(listen())
