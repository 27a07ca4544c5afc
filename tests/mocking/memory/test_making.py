"""What a stateful mock begins with is made as any generated answer is: in its locale, as much as is asked."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import treaty
from treaty.exchange.messages import Request

PERSON = {
    "type": "object",
    "required": ["id", "last_name"],
    "properties": {
        "id": {"type": "integer"},
        "last_name": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}
ONE = {"200": {"description": "ok", "content": {"application/json": {"schema": PERSON}}}}
ALL = {
    "200": {
        "description": "ok",
        "content": {"application/json": {"schema": {"type": "array", "items": PERSON}}},
    }
}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "people", "version": "1"},
    "paths": {
        "/people": {"get": {"responses": ALL}},
        "/people/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"responses": ONE},
            "delete": {"responses": {"204": {"description": "gone"}}},
        },
    },
}


def people(**options: Any) -> list[dict[str, Any]]:
    app = treaty.mock(treaty.load(DOCUMENT), stateful=True, **options)
    response = asyncio.run(app.answer(Request("GET", "/people", "", [], b""))).response
    found: list[dict[str, Any]] = json.loads(response.body)
    return found


def test_what_is_remembered_first_is_in_the_locale() -> None:
    assert len(people()) == 3
    names = "".join(each["last_name"] for each in people(locale="ja"))
    assert not names.isascii()
    assert "".join(each["last_name"] for each in people()).isascii()


def test_what_is_remembered_first_has_as_much_as_is_asked_for() -> None:
    assert all("tags" not in each for each in people(optional=0))
    assert {len(each["tags"]) for each in people(optional=1, items=(5, 5))} == {5}
