"""Explain: where each part of a generated body comes from."""

from __future__ import annotations

import asyncio
import json

import treaty
from treaty.exchange.messages import Request

PET = {
    "type": "object",
    "required": ["id", "name", "kind", "state", "legs", "tags", "note"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string", "example": "Rex"},
        "kind": {"const": "dog"},
        "state": {"enum": ["sold"]},
        "legs": {"type": "integer", "default": 4},
        "tags": {"type": "array", "minItems": 1, "items": {"type": "string", "examples": ["good"]}},
        "note": {"type": "string", "minLength": 5},
    },
}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/pets/{petId}": {
            "get": {
                "parameters": [
                    {"name": "petId", "in": "path", "required": True, "schema": {"type": "integer"}}
                ],
                "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": PET}}}},
            }
        }
    },
}


def test_the_source_of_each_part() -> None:
    app = treaty.mock(treaty.load(DOCUMENT))
    response = asyncio.run(app.answer(Request("GET", "/pets/42", "__explain"))).response
    body = json.loads(response.body)["answer"]["body"]
    sources = {part["pointer"]: part["source"] for part in body["parts"]}
    assert body["value"]["id"] == 42
    assert sources["/id"] == "request path petId"
    assert sources["/name"] == "schema example"
    assert sources["/kind"] == "const"
    assert sources["/state"] == "enum"
    assert sources["/legs"] == "default"
    assert sources["/tags/0"] == "schema example"
    assert sources["/note"] == "generated"
