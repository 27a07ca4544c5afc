"""The least of an HTTP client: call an ASGI 3 application in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from .requests import Asked

Application = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Answered:
    """A response: status, headers by lower-case name, body."""

    status: int
    headers: dict[str, str]
    body: bytes


def send_all(app: Application, requests: list[Asked]) -> list[Answered]:
    """Send requests one after another, in one event loop."""

    async def run() -> list[Answered]:
        return [await _send(app, request) for request in requests]

    return asyncio.run(run())


async def _send(app: Application, asked: Asked) -> Answered:
    sent: list[MutableMapping[str, Any]] = []
    waiting = [{"type": "http.request", "body": asked.body, "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def collect(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await app(_scope(asked), receive, collect)
    start = next(message for message in sent if message["type"] == "http.response.start")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return Answered(start["status"], headers, body)


def _scope(asked: Asked) -> dict[str, Any]:
    headers = [("host", "mock.example"), *asked.headers]
    headers += [("content-length", str(len(asked.body)))] if asked.body else []
    headers += [("cookie", "; ".join(asked.cookies))] if asked.cookies else []
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": unquote(asked.path),
        "raw_path": asked.path.encode("ascii"),
        "query_string": "&".join(asked.query).encode("ascii"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
    }
