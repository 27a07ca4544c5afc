"""Bounds on what another server reads: HTTP/2, by hypercorn."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.run import worker_serve
from hypercorn.config import Config

import treaty
from treaty.server.bounded import Bounded, bound
from treaty.server.limits import Limits

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/": {
            "post": {
                "requestBody": {"content": {"application/json": {}}},
                "responses": {"204": {"description": "Taken"}},
            }
        }
    },
}
LIMITS = Limits(head_bytes=200, head_fields=4, body_seconds=0.2, body_rate=100)
JSON = (b"content-type", b"application/json")


def ask(pieces: list[bytes], *fields: tuple[bytes, bytes], pause: float = 0, path: bytes = b"/") -> list[Any]:
    """What is sent in answer to a body that comes in pieces, the last of which is the end."""
    app = Bounded(treaty.mock(treaty.load(DOCUMENT)), LIMITS)
    scope = {"type": "http", "method": "POST", "path": "/", "raw_path": path, "http_version": "2"}
    scope |= {"query_string": b"", "headers": list(fields)}
    coming = list(pieces)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause)
        return {"type": "http.request", "body": coming.pop(0), "more_body": bool(coming)}

    async def send(message: Any) -> None:
        sent.append((message, len(coming)))

    asyncio.run(app(scope, receive, send))
    return sent


def status(sent: list[Any]) -> int:
    found: int = sent[0][0]["status"]
    return found


def test_what_is_within_the_bounds() -> None:
    assert status(ask([b"{}"], (b"host", b"a"), JSON)) == 204
    assert status(ask([b"[" + b" " * 90] * 3 + [b"]"], (b"host", b"a"), JSON, pause=0.1)) == 400  # no JSON


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([(b"host", b"a"), (b"x", b"a" * 200)], 431),
        ([(b"host", b"a"), *((b"x%d" % number, b"") for number in range(4))], 431),
        ([(b"host", b"a"), (b"host", b"b")], 400),
        ([], 400),
    ],
)
def test_a_head_has_bounds(fields: list[tuple[bytes, bytes]], expected: int) -> None:
    assert status(ask([b""], *fields)) == expected


def test_a_target_has_bounds() -> None:
    assert status(ask([b""], (b"host", b"a"), path=b"/" + b"a" * 200)) == 431


def test_a_slow_body_is_refused() -> None:
    assert status(ask([b"{"] * 9, (b"host", b"a"), JSON, pause=0.1)) == 408


def test_the_end_of_an_early_answer_waits_for_the_rest_of_the_body() -> None:
    sent = ask([b"a"] * 5, (b"x", b"a"))
    assert [(message.get("more_body"), left) for message, left in sent] == [(None, 5), (True, 5), (False, 0)]


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\0\0\0\4\0\0\0\0\0"  # none (RFC 9113, section 6.5)


def test_a_connection_on_which_nothing_is_asked_is_closed() -> None:
    """Where HTTP/2 is spoken from the start too (prior knowledge)."""

    async def ends() -> None:
        config = Config()
        config.bind = ["127.0.0.1:0"]
        bound(config, Limits(idle_seconds=0.2))
        [listening] = (sockets := config.create_sockets()).insecure_sockets
        over = asyncio.Event()
        app = Bounded(treaty.mock(treaty.load(DOCUMENT)), LIMITS)
        serving = asyncio.create_task(
            worker_serve(ASGIWrapper(app), config, sockets=sockets, shutdown_trigger=over.wait)  # type: ignore[arg-type]
        )
        with listening:
            listening.listen()
            for said in (PREFACE + SETTINGS, b""):
                reader, writer = await asyncio.open_connection(*listening.getsockname())
                writer.write(said)
                async with asyncio.timeout(5):
                    await reader.read()
                writer.close()
            over.set()
            await serving

    asyncio.run(ends())
