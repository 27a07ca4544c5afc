"""Small documents, and what a stateful mock answers to requests of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import treaty
from treaty.exchange.messages import Request, Response

if TYPE_CHECKING:
    from treaty.asgi import App

THING = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "size": {"type": "object", "properties": {"w": {"type": "integer"}, "h": {"type": "integer"}}},
    },
}
PATH_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def answers(**schemas: Any) -> dict[str, Any]:
    """Responses by status (`_200`); None is one without content."""
    return {
        status[1:]: {"description": "", **({"content": content(schema)} if schema is not None else {})}
        for status, schema in schemas.items()
    }


def content(schema: Any, kind: str = "application/json") -> dict[str, Any]:
    return {kind: {"schema": schema}}


def body(schema: Any, kind: str = "application/json") -> dict[str, Any]:
    return {"required": True, "content": content(schema, kind)}


def mocked(paths: dict[str, Any], **options: Any) -> App:
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}
    return treaty.mock(treaty.load(document), stateful=True, **options)


def ask(app: App, method: str, path: str, value: Any = None, **headers: str) -> Response:
    path, _, query = path.partition("?")
    sent = [(name.replace("_", "-"), each) for name, each in headers.items()]
    if value is not None and "content_type" not in headers:
        sent.append(("content-type", "application/json"))
    data = value if isinstance(value, bytes) else b"" if value is None else json.dumps(value).encode()
    return app.answer_now(Request(method, path, query, sent, data)).response


def told(response: Response) -> Any:
    return json.loads(response.body)


def things(**item: Any) -> dict[str, Any]:
    listed = {"type": "array", "items": THING}
    return {
        "/things": {
            "get": {"responses": answers(_200=listed)},
            "post": {"requestBody": body(THING), "responses": answers(_201=THING)},
        },
        "/things/{id}": {"parameters": [PATH_ID], "get": {"responses": answers(_200=THING)}, **item},
    }
