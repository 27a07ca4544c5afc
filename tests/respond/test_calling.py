"""Callbacks are called after the answer, webhooks when they are asked for; both true to the contract."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import treaty
from treaty.asgi import App
from treaty.exchange.messages import Request
from treaty.findings import Finding
from treaty.mocking.outgoing import OutgoingError
from treaty.respond import calling
from treaty.respond.calling import Calling, deliver
from treaty.respond.mock import Mock

EVENT = {
    "type": "object",
    "required": ["id", "state", "made"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer"},
        "state": {"enum": ["done"]},
        "made": {"type": "string", "format": "date-time"},
        "secret": {"type": "string", "readOnly": True},
    },
}
SENT = {
    "parameters": [{"name": "X-Event", "in": "header", "required": True, "schema": {"const": "job"}}],
    "requestBody": {"content": {"application/json": {"schema": EVENT}}},
    "responses": {"204": {"description": "taken"}},
}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/jobs": {
            "post": {
                "operationId": "start",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"type": "object", "properties": {"callbackUrl": {"type": "string"}}}
                        }
                    },
                },
                "responses": {"202": {"description": "started"}, "400": {"description": "no"}},
                "callbacks": {"done": {"{$request.body#/callbackUrl}/jobs": {"post": SENT}}},
            }
        }
    },
    "webhooks": {"finished": {"put": SENT}},
}


@dataclass
class Listener:
    """A server that notes what it is sent, and answers with the next of `statuses`, or 204."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    heard: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    noted = Listener()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            noted.requests.append((self.command, self.path, headers, body))
            self.send_response(noted.statuses.pop(0) if noted.statuses else 204)
            self.send_header("content-length", "0")
            self.end_headers()
            noted.heard.set()

        do_POST = do_PUT = answer  # noqa: N815 - as http.server has it

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    noted.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield noted
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "RETRY_SECONDS", (0.01, 0.01))
    monkeypatch.setattr(calling, "IDLE_SECONDS", 0.05)


def start(app: App, url: str | None, **options: Any) -> int:
    body = json.dumps({} if url is None else {"callbackUrl": url}).encode()
    request = Request("POST", "/jobs", headers=[("content-type", "application/json")], body=body, **options)
    return asyncio.run(app.answer(request)).response.status


def responder(app: App) -> Calling:
    found = app.engine.engines[0].respond
    assert isinstance(found, Calling)
    return found


def check_body(body: bytes) -> None:
    value = json.loads(body)
    assert {"id", "state", "made"} <= value.keys() <= {"id", "state", "made", "secret"}
    assert value["state"] == "done"


def test_a_callback_is_called_after_the_answer(listener: Listener) -> None:
    app = treaty.mock(treaty.load(DOCUMENT))
    assert start(app, listener.url("/hooks")) == 202
    assert listener.heard.wait(10)
    [(method, path, headers, body)] = listener.requests
    assert (method, path) == ("POST", "/hooks/jobs")
    assert (headers["x-event"], headers["content-type"]) == ("job", "application/json")
    check_body(body)


def test_the_same_request_sends_the_same(listener: Listener) -> None:
    bodies = []
    for _ in range(2):
        listener.heard.clear()
        start(treaty.mock(treaty.load(DOCUMENT), seed=5), listener.url())
        assert listener.heard.wait(10)
        bodies.append(listener.requests[-1][3])
    assert bodies[0] == bodies[1]


def test_only_a_success_is_followed(listener: Listener) -> None:
    app = treaty.mock(treaty.load(DOCUMENT))
    request = Request(
        "POST",
        "/jobs",
        "__code=400",
        [("content-type", "application/json")],
        json.dumps({"callbackUrl": listener.url()}).encode(),
    )
    assert asyncio.run(app.answer(request)).response.status == 400
    assert responder(app).waiting.empty()
    assert not isinstance(
        treaty.mock(treaty.load(DOCUMENT), callbacks=False).engine.engines[0].respond, Calling
    )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://example.test/", "the host `example.test` is not allowed"),
        (None, "has no value here"),
        ("nonsense", "is no http(s) URL"),
    ],
)
def test_what_is_not_called_is_told(url: str | None, said: str) -> None:
    told: list[Finding] = []
    app = treaty.mock(treaty.load(DOCUMENT), report=told.append)
    assert start(app, url) == 202
    assert responder(app).waiting.empty()
    [finding] = told
    assert said in finding.message
    assert finding.location is not None
    assert finding.location.pointer.startswith("/paths/~1jobs/post/callbacks/done/")


@pytest.mark.parametrize(
    ("statuses", "status", "tries"),
    [([], 204, 1), ([503, 204], 204, 2), ([500] * 9, 500, 3), ([404], 404, 1)],
)
def test_tries_are_bounded(listener: Listener, statuses: list[int], status: int, tries: int) -> None:
    listener.statuses = statuses
    senders = Mock(treaty.load(DOCUMENT)).senders
    delivery = deliver(senders.webhook("finished", listener.url("/x")), senders)
    assert (delivery.status, delivery.tries, len(listener.requests)) == (status, tries, tries)
    assert [each.code for each in delivery.findings] == ([] if status == 204 else ["undeclared-status"])


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/a\r\nb", f"http://127.0.0.1/{'a' * 70_000}", "http://..é/", "http://127.0.0.1/\ud800"],
)
def test_what_no_client_can_ask_is_told_at_once(url: str) -> None:
    senders = Mock(treaty.load(DOCUMENT), callback_hosts=frozenset("*")).senders
    delivery = deliver(senders.webhook("finished", url), senders)
    assert (delivery.status, delivery.tries) == (None, 1)
    assert delivery.error.startswith("it is no URL")


def test_a_callback_that_cannot_be_asked_stops_no_other(listener: Listener) -> None:
    told: list[Finding] = []
    app = treaty.mock(treaty.load(DOCUMENT), report=told.append)
    for _ in range(calling.THREADS + 1):
        start(app, listener.url("/a\tb"))
    start(app, listener.url())
    assert listener.heard.wait(10)
    assert {"no URL" in finding.message for finding in told} == {True}


def test_nobody_there() -> None:
    senders = Mock(treaty.load(DOCUMENT)).senders
    delivery = deliver(senders.webhook("finished", "http://127.0.0.1:1/"), senders)
    assert (delivery.status, delivery.tries) == (None, 3)
    assert delivery.error


def test_webhooks_on_demand(listener: Listener) -> None:
    senders = Mock(treaty.load(DOCUMENT)).senders
    assert list(senders.webhooks()) == ["finished"]
    assert deliver(senders.webhook("finished", listener.url("/hook"), "put"), senders).status == 204
    method, path, _, body = listener.requests[0]
    assert (method, path) == ("PUT", "/hook")
    check_body(body)
    with pytest.raises(LookupError, match="no webhook `started`"):
        senders.webhook("started", listener.url())
    with pytest.raises(OutgoingError, match="not allowed"):
        senders.webhook("finished", "http://example.test/")


def test_threads_end_when_there_is_nothing_to_do(listener: Listener) -> None:
    app = treaty.mock(treaty.load(DOCUMENT))
    start(app, listener.url())
    assert listener.heard.wait(10)
    deadline = time.monotonic() + 10
    while responder(app).threads and time.monotonic() < deadline:
        time.sleep(0.01)
    assert responder(app).threads == []
