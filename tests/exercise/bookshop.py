"""A small ASGI application and its contract in each OpenAPI version, with faults to switch on."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from treaty.findings import Json

Send = Callable[[dict[str, Any]], Awaitable[None]]
Answer = tuple[int, Json]

BOOK: Json = {
    "type": "object",
    "required": ["id", "title"],
    "additionalProperties": False,
    "properties": {"id": {"type": "integer"}, "title": {"type": "string", "maxLength": 40}},
}
NEW_BOOK: Json = {
    "type": "object",
    "required": ["title"],
    "additionalProperties": False,
    "properties": {"title": {"type": "string", "maxLength": 40}},
}
PROBLEM: Json = {
    "type": "object",
    "required": ["detail"],
    "properties": {"detail": {"type": "string"}},
}
LIMIT: Json = {"type": "integer", "minimum": 1, "maximum": 100}


def contract(version: str = "3.1.0") -> dict[str, Json]:
    """The contract of the bookshop in an OpenAPI version from 2.0 to 3.2."""
    old = version == "2.0"

    def response(schema: Json) -> Json:
        if old:
            return {"description": "JSON", "schema": schema}
        return {"description": "JSON", "content": {"application/json": {"schema": schema}}}

    def responses(good: str, schema: Json, *bad: str) -> Json:
        return {good: response(schema), **{status: response(PROBLEM) for status in bad}}

    def parameter(name: str, place: str, schema: Json) -> Json:
        shape = schema if old else {"schema": schema}
        return {"name": name, "in": place, "required": place == "path", **shape}

    body: Json = (
        {"parameters": [{"name": "book", "in": "body", "required": True, "schema": NEW_BOOK}]}
        if old
        else {"requestBody": {"required": True, "content": {"application/json": {"schema": NEW_BOOK}}}}
    )
    listing: Json = {
        "operationId": "list_books",
        "parameters": [parameter("limit", "query", LIMIT)],
        "responses": responses("200", {"type": "array", "items": BOOK}, "400"),
    }
    adding: Json = {
        "operationId": "add_book",
        **body,
        "responses": {
            status: response(BOOK if status == "201" else PROBLEM) for status in ("201", "400", "415")
        },
    }
    reading: Json = {
        "operationId": "get_book",
        "parameters": [parameter("id", "path", {"type": "integer"})],
        "responses": {
            status: response(BOOK if status == "200" else PROBLEM) for status in ("200", "400", "404")
        },
    }
    head: Json = (
        {
            "swagger": "2.0",
            "basePath": "/v1",
            "consumes": ["application/json"],
            "produces": ["application/json"],
        }
        if old
        else {"openapi": version, "servers": [{"url": "https://books.example/v1"}]}
    )
    paths = {"/books": {"get": listing, "post": adding}, "/books/{id}": {"get": reading}}
    return {**head, "info": {"title": "Bookshop", "version": "1"}, "paths": paths}


@dataclass(slots=True)
class Bookshop:
    """The application. `faults`: wrong-type, undeclared-status, edge-value, crash, start, shutdown.

    `seen` notes lifespan messages and `METHOD path`s; `on_request` runs before each answer.
    """

    faults: frozenset[str] = frozenset()
    seen: list[str] = field(default_factory=list)
    on_request: Callable[[], None] = lambda: None

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.lifespan(receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.seen.append(f"{scope['method']} {scope['path']}")
        self.on_request()
        status, value = self.answer(scope, body)
        headers = [(b"content-type", b"application/json"), (b"allow", allowed(scope["path"]).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(value).encode()})

    async def lifespan(self, receive: Any, send: Send) -> None:
        for _ in ("startup", "shutdown"):
            step = (await receive())["type"].removeprefix("lifespan.")
            self.seen.append(step)
            outcome = "failed" if step in self.faults else "complete"
            await send({"type": f"lifespan.{step}.{outcome}", "message": f"no {step} today"})
            if outcome == "failed":
                return

    def answer(self, scope: Any, body: bytes) -> Answer:
        path = scope["path"].removeprefix("/v1")
        if scope["method"] not in allowed(scope["path"]).split(", "):
            return 405, {"detail": "method not allowed"}
        if path != "/books":
            return self.get(path.removeprefix("/books/"))
        if scope["method"] == "GET":
            return self.listing(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
        return self.add(dict(scope["headers"]).get(b"content-type", b""), body)

    def get(self, identity: str) -> Answer:
        digits = identity.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()):
            return 400, {"detail": "id must be an integer"}
        number = int(digits)
        if "edge-value" in self.faults and number > 9_000:
            raise OverflowError("id out of range")
        if "undeclared-status" in self.faults:
            return 410, {"detail": "gone"}
        return 200, {"id": str(number) if "wrong-type" in self.faults else number, "title": "Emma"}

    def listing(self, query: list[tuple[str, str]]) -> Answer:
        limits = [value for name, value in query if name == "limit"]
        if limits and not (limits[0].isascii() and limits[0].isdigit() and 1 <= int(limits[0]) <= 100):
            return 400, {"detail": "limit must be from 1 to 100"}
        if len(limits) > 1:
            return 400, {"detail": "limit must be given once"}
        return 200, [{"id": 1, "title": "Emma"}]

    def add(self, media_type: bytes, body: bytes) -> Answer:
        if media_type.partition(b";")[0].strip() != b"application/json":
            return 415, {"detail": "send application/json"}
        try:
            book = json.loads(body)
        except ValueError:
            return 400, {"detail": "not JSON"}
        if not isinstance(book, dict) or set(book) != {"title"}:
            return 400, {"detail": "send a title"}
        if not isinstance(book["title"], str) or len(book["title"]) > 40:
            return 400, {"detail": "title must be a string of at most 40 characters"}
        return 201, {"id": 2, "title": book["title"]}


def allowed(path: str) -> str:
    """The methods of a path, as the Allow header lists them."""
    return "GET, POST" if path.removeprefix("/v1") == "/books" else "GET"
