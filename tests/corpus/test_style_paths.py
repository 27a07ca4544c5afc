"""The published table of styles through whole paths: each text is its value, and another is another."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

import treaty
from treaty.asgi import App


@pytest.fixture(scope="module")
def rows(corpus: Path) -> list[dict[str, Any]]:
    file = corpus.parent / "data" / "style_matrix.json"
    if not file.is_file():
        pytest.skip(f"no table at {file}")
    return [row for row in json.loads(file.read_bytes()) if row["current"] and row["encoded"] is not None]


@pytest.fixture(scope="module")
def mock(rows: list[dict[str, Any]]) -> App:
    """Paths that take the value of a row, and paths that answer with it in a header."""
    paths: dict[str, Any] = {}
    for number, row in enumerate(rows):
        explode = {} if row["explode"] is None else {"explode": row["explode"]}
        schema = schema_of(row["value"])
        parameter = {"name": "color", "in": row["in"], "style": row["style"], "required": True, **explode}
        segment = "{color}" if row["in"] == "path" else "x"
        paths[f"/read/{number}/{segment}"] = {
            "get": {
                "parameters": [{**parameter, "schema": schema}],
                "responses": {"204": {"description": "It is the value"}},
            }
        }
        header = {"schema": schema, "required": True, "example": row["value"], **explode}
        answer = {"description": "The value", "headers": {"color": header}}
        paths[f"/written/{number}"] = {"get": {"responses": {"200": answer}}}
    return treaty.mock(
        treaty.load({"openapi": "3.2.0", "info": {"title": "Styles", "version": "1"}, "paths": paths})
    )


def schema_of(value: Any) -> dict[str, Any]:
    """Valid is this value, and no other."""
    if isinstance(value, list):
        return {"type": "array", "items": {"type": "string"}, "enum": [value]}
    if isinstance(value, dict):
        return {
            "type": "object",
            "properties": {name: {"type": "integer"} for name in value},
            "enum": [value],
        }
    return {"type": "string" if isinstance(value, str) else ["string", "null"], "enum": [value]}


def ask(app: App, path: str, query: str = "", **headers: str) -> tuple[int, dict[bytes, bytes]]:
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode()}
    scope |= {"query_string": query.encode()}
    scope |= {"headers": [(name.encode(), text.encode()) for name, text in headers.items()]}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"])


def sent_with(app: App, number: int, row: dict[str, Any], text: str) -> int:
    path = f"/read/{number}/"
    if row["in"] == "path":
        return ask(app, path + text)[0]
    if row["in"] == "query":
        return ask(app, path + "x", text.removeprefix("?"))[0]
    name = "cookie" if row["in"] == "cookie" else "color"
    return ask(app, path + "x", **{name: text})[0]


def test_each_text_is_its_value(mock: App, rows: list[dict[str, Any]]) -> None:
    wrong = [
        (row["in"], row["style"], row["explode"], row["encoded"], status)
        for number, row in enumerate(rows)
        if (status := sent_with(mock, number, row, row["encoded"])) != 204
        # A segment that is empty is no value of a path's expression (OpenAPI 3.2.0, Path Templating).
        and not (row["in"] == "path" and not row["encoded"])
    ]
    assert wrong == []
    assert len(rows) == 167


def test_another_text_is_another_value(mock: App, rows: list[dict[str, Any]]) -> None:
    for number, row in enumerate(rows):
        changed = row["encoded"].replace("blue", "bluf").replace("100", "101")
        other = changed if changed != row["encoded"] else changed + "x"
        assert sent_with(mock, number, row, other) == 422, row


def test_each_value_is_written_as_its_text(mock: App, rows: list[dict[str, Any]]) -> None:
    for number, row in enumerate(rows):
        if row["style"] == "simple":  # what headers have
            status, headers = ask(mock, f"/written/{number}")
            assert (status, headers[b"color"].decode()) == (200, row["encoded"])
