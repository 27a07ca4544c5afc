"""How many fields and parts a form may have: ten thousand, or as many as its schema says."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.exchange.messages import Request
from treaty.exchange.prepared_media import MAX_FIELDS, MAX_FIELDS_DECLARED

FORM = "application/x-www-form-urlencoded"
TEXTS = {"type": "array", "items": {"type": "string"}}
FREE = {"type": "object", "additionalProperties": {"type": "string"}}
MORE = MAX_FIELDS + 10


def found(kind: str, body: bytes, schema: dict[str, Any]) -> list[str]:
    content = {kind.partition(";")[0]: {"schema": schema}}
    contract = treaty.load(
        {
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {"/": {"post": {"requestBody": {"content": content}, "responses": {"200": {}}}}},
        }
    )
    findings = contract.check(Request("POST", "/", "", [("content-type", kind)], body), None)
    return [f"{each.code}: {each.expected}" for each in findings]


def fields(count: int) -> bytes:
    return b"&".join([b"tags=a"] * count)


def parts(count: int, headers: bytes = b'content-disposition: form-data; name="tags"') -> bytes:
    return (b"--B\r\n%b\r\n\r\na\r\n" % headers) * count + b"--B--\r\n"


@pytest.mark.parametrize(
    ("kind", "body", "unit"),
    [(FORM, fields, "fields"), ("multipart/form-data; boundary=B", parts, "parts")],
)
def test_a_list_says_how_many_fields_there_may_be(kind: str, body: Any, unit: str) -> None:
    assert found(kind, body(MAX_FIELDS), {"properties": {"tags": TEXTS}}) == []
    refused = [f"malformed-body: at most {MAX_FIELDS} {unit}"]
    assert found(kind, body(MORE), {"properties": {"tags": TEXTS}}) == refused
    assert found(kind, body(MORE), {"properties": {"tags": {**TEXTS, "maxItems": 100}}}) == refused
    assert found(kind, body(MORE), {"properties": {"tags": {**TEXTS, "maxItems": MORE}}}) == []
    too_many = MAX_FIELDS_DECLARED + 1
    most = [f"malformed-body: at most {MAX_FIELDS_DECLARED} {unit}"]
    assert found(kind, body(too_many), {"properties": {"tags": {**TEXTS, "maxItems": 10**9}}}) == most


def test_an_object_and_a_list_of_parts_say_so_too() -> None:
    names = b"&".join(b"n%d=a" % number for number in range(MORE))
    assert found(FORM, names, FREE) == [f"malformed-body: at most {MAX_FIELDS} fields"]
    assert found(FORM, names, {**FREE, "maxProperties": MORE}) == []
    mixed = parts(MORE, b"content-type: text/plain")
    assert found("multipart/mixed; boundary=B", mixed, {**TEXTS, "maxItems": MORE}) == []
