"""What a head is reason enough to refuse is refused before the body comes, where much of it is announced."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
import starlette.applications
from faults.wire import running
from respond.projects import imports_undone, operation, write_handlers
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import treaty
from treaty.contract.model import Requirement
from treaty.exchange.security import Credential, Granted, Verdict, Verification

UPLOAD = {"required": True, "content": {"image/*": {}, "application/json": {"schema": {"type": "object"}}}}
ANSWER = {"200": {"description": "What came", "content": {"application/json": {}}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Uploads", "version": "1"},
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "paths": {
        "/files": {
            "post": operation("take", requestBody=UPLOAD, security=[{"token": []}], responses=ANSWER),
        }
    },
}
HANDLERS = """
    import treaty
    def take(body: "treaty.Upload | dict"):
        return {"size": body.size if isinstance(body, treaty.Upload) else len(body)}
"""
TOKEN = (b"authorization", b"Bearer good")
IMAGE = (b"content-type", b"image/png")
LARGE = (b"content-length", b"2000000")


class Asked:
    """A verifier that counts how often it is asked."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, _: Requirement, credential: Credential) -> Verification:
        self.count += 1
        return Granted({"sub": "ada"}) if credential.value == "good" else Verdict.REFUSED


async def take(request: Request) -> JSONResponse:
    return JSONResponse({"size": len(await request.body())})


def guarded_flask() -> Any:
    app = flask.Flask(__name__)

    @app.post("/files")
    def take() -> dict[str, int]:
        return {"size": len(flask.request.get_data())}

    return app


def serving(framework: Any) -> Callable[[Path, Asked], Any]:
    def build(folder: Path, asked: Asked) -> Any:
        handlers = write_handlers(folder, things=HANDLERS)
        return treaty.serve(treaty.load(DOCUMENT), handlers, framework=framework, verify=asked)

    return build


def guarding(made: Callable[[], Any]) -> Callable[[Path, Asked], Any]:
    return lambda _, asked: treaty.guard(treaty.load(DOCUMENT), made(), verify=asked)


def starlette_app() -> Any:
    return starlette.applications.Starlette(routes=[Route("/files", take, methods=["POST"])])


APPS: dict[str, Callable[[Path, Asked], Any]] = {
    "serve": serving("async"),
    "serve in Flask": serving("flask"),
    "guard around ASGI": guarding(starlette_app),
    "guard around WSGI": guarding(guarded_flask),
}


@pytest.fixture(autouse=True)
def _imports_undone() -> Iterator[None]:
    with imports_undone():
        yield


def ask(
    app: Any,
    *fields: tuple[bytes, bytes],
    method: str = "POST",
    path: str = "/files",
    count: list[int] | None = None,
) -> Any:
    """Status, whether any of the body was asked for, headers and body; `count` is told how many pieces."""
    scope = {"type": "http", "method": method, "path": path, "http_version": "1.1", "headers": list(fields)}
    coming = [b"a" * 100_000] * 20
    received, sent = 0, list[Any]()

    async def receive() -> Any:
        nonlocal received
        received += 1
        piece = coming.pop() if coming else b""
        return {"type": "http.request", "body": piece, "more_body": bool(coming)}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    if count is not None:
        count.append(received)
    body = b"".join(each.get("body", b"") for each in sent)
    return sent[0]["status"], received > 0, dict(sent[0]["headers"]), json.loads(body)


@pytest.mark.parametrize("name", APPS)
def test_what_the_head_is_reason_enough_for(name: str, tmp_path: Path) -> None:
    app = APPS[name](tmp_path, Asked())
    assert ask(app, IMAGE, LARGE)[:2] == (401, False)
    assert ask(app, IMAGE, LARGE, (b"authorization", b"Bearer bad"))[:2] == (401, False)
    assert ask(app, IMAGE, LARGE, TOKEN, path="/nowhere")[:2] == (404, False)
    status, was_read, headers, _ = ask(app, IMAGE, LARGE, TOKEN, method="PUT")
    assert (status, was_read, headers[b"allow"]) == (405, False, b"POST")
    assert ask(app, (b"content-type", b"text/plain"), LARGE, TOKEN)[:2] == (415, False)
    assert ask(app, IMAGE, (b"content-length", b"2000000000"), TOKEN)[:2] == (413, False)
    json_ = (b"content-type", b"application/json")
    assert ask(app, json_, (b"content-length", b"20000000"), TOKEN)[:2] == (413, False)
    assert ask(app, IMAGE, (b"transfer-encoding", b"chunked"))[:2] == (401, False)


@pytest.mark.parametrize("name", APPS)
def test_what_comes_unannounced_is_refused_when_it_begins(name: str, tmp_path: Path) -> None:
    """In HTTP/2 a body has no more to announce it than its first piece."""
    app, count = APPS[name](tmp_path, Asked()), list[int]()
    assert ask(app, IMAGE, count=count)[0] == 401
    assert ask(app, IMAGE, TOKEN, path="/nowhere", count=count)[0] == 404
    assert ask(app, IMAGE, TOKEN, method="PUT", count=count)[0] == 405
    assert ask(app, (b"content-type", b"text/plain"), TOKEN, count=count)[0] == 415
    assert count == [1] * 4
    json_ = (b"content-type", b"application/json")
    assert ask(app, json_, TOKEN, (b"content-length", b"9"), count=count)[0] == 400
    assert count[-1] == 20  # it is small, by what it says


@pytest.mark.parametrize("name", APPS)
def test_a_right_head_is_asked_about_once(name: str, tmp_path: Path) -> None:
    asked = Asked()
    app = APPS[name](tmp_path, asked)
    status, _, _, answer = ask(app, IMAGE, LARGE, TOKEN)
    assert (status, answer, asked.count) == (200, {"size": 2_000_000}, 1)
    status, _, _, answer = ask(app, (b"content-type", b"application/json"), LARGE, TOKEN)
    assert (status, answer["errors"][0]["code"], asked.count) == (400, "malformed-body", 2)


@pytest.mark.parametrize("name", APPS)
def test_who_waits_to_be_asked_is_told(name: str, tmp_path: Path) -> None:
    app = APPS[name](tmp_path, Asked())
    status, was_read, headers, _ = ask(app, IMAGE, (b"content-length", b"5"), (b"expect", b"100-continue"))
    assert (status, was_read, headers[b"connection"]) == (401, False, b"close")


def test_an_early_refusal_is_not_that_of_a_request_without_a_body() -> None:
    optional = {**UPLOAD, "required": False}
    paths = {"/files": {"post": operation("take", requestBody=optional, responses=ANSWER)}}
    app = treaty.mock(treaty.load({**DOCUMENT, "paths": paths}))
    kind = (b"content-type", b"text/plain")
    for _ in range(3):
        assert ask(app, kind, LARGE)[:2] == (415, False)
    scope = {"type": "http", "method": "POST", "path": "/files", "headers": [kind]}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 200


@pytest.mark.parametrize("command", ["mock", "serve"])
def test_on_a_connection(command: str, tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(json.dumps(DOCUMENT))
    handlers = write_handlers(tmp_path, things=HANDLERS)
    more = ["--handlers", handlers.name] if command == "serve" else []
    head = b"POST /files HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\nContent-Length: 200000\r\n"
    expect, token = b"Expect: 100-continue\r\n", b"Authorization: Bearer good\r\n"
    with running(command, "api.yaml", *more, "--quiet", folder=tmp_path, cwd=tmp_path) as server:
        with server.connect() as connection:
            connection.sendall(head + expect + b"\r\n")
            answer = read_all(connection)  # it ends
            assert answer.startswith(b"HTTP/1.1 401 ")
            assert b"100 Continue" not in answer
        with server.connect() as connection:
            connection.sendall(head + expect + token + b"\r\n")
            assert read_until(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 100 Continue\r\n")
            connection.sendall(b"a" * 200_000)
            assert read_until(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")
        with server.connect() as connection:
            connection.sendall(head + b"\r\n" + b"a" * 100_000)
            assert read_until(connection, b"}").startswith(b"HTTP/1.1 401 ")
            connection.sendall(b"a" * 100_000 + head + token + b"\r\n" + b"a" * 200_000)
            assert b"HTTP/1.1 200 " in read_until(connection, b"HTTP/1.1 200 ")


def read_until(connection: socket.socket, end: bytes) -> bytes:
    received = b""
    while end not in received:
        piece = connection.recv(65536)
        assert piece, received
        received += piece
    return received


def read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))
