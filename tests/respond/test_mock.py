"""The mock responder: the same request the same bytes, nothing untrue sent, nothing kept without bound."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any

import orjson
import pytest

import treaty
from treaty.exchange.kept import MAX_KEPT, MAX_KEPT_BYTES, MAX_MET, Kept
from treaty.exchange.messages import Headers, Request, Response
from treaty.findings import Finding
from treaty.mocking.reasons import MAX_CHARACTERS

BOOK = {
    "type": "object",
    "required": ["id", "title"],
    "properties": {"id": {"type": "integer"}, "title": {"type": "string", "minLength": 8, "maxLength": 40}},
}


def document(response: Any, **more: Any) -> dict[str, Any]:
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    operation = {"responses": {"200": {"description": "ok", **response}, **more}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/books/{id}": {"parameters": [parameter], "get": operation}},
    }


BOOKS = document({"content": {"application/json": {"schema": BOOK}}})


def answer(document: Any, path: str = "/books/1", method: str = "GET", **options: Any) -> Response:
    headers: Headers = options.pop("headers", [])
    app = treaty.mock(treaty.load(document), **options)
    return asyncio.run(app.answer(Request(method, path, headers=headers))).response


def test_the_same_request_and_seed_give_the_same_bytes_in_another_process() -> None:
    program = (
        "import asyncio, json, sys, treaty; from treaty.exchange.messages import Request\n"
        "app = treaty.mock(treaty.load(json.load(sys.stdin)), seed=3)\n"
        "print(asyncio.run(app.answer(Request('GET', '/books/1'))).response.body.decode())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(BOOKS), capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == answer(BOOKS, seed=3).body.decode()


def test_another_id_another_seed_another_body() -> None:
    bodies = {answer(BOOKS, f"/books/{number}", seed=seed).body for number in range(4) for seed in range(3)}
    assert len(bodies) == 12


def test_head_is_answered_as_get_is() -> None:
    assert answer(BOOKS, method="HEAD") == answer(BOOKS)


def test_what_was_answered_before_changes_nothing() -> None:
    app = treaty.mock(treaty.load(BOOKS))
    first = asyncio.run(app.answer(Request("GET", "/books/1"))).response
    asyncio.run(app.answer(Request("GET", "/books/2")))
    again = asyncio.run(app.answer(Request("GET", "/books/1"))).response
    assert again == first == answer(BOOKS)


def test_preferences_are_part_of_what_is_asked() -> None:
    examples = {
        "a": {"value": {"id": 1, "title": "The first"}},
        "b": {"value": {"id": 2, "title": "The second"}},
    }
    spec = document({"content": {"application/json": {"schema": BOOK, "examples": examples}}})
    app = treaty.mock(treaty.load(spec))
    for name, number in (("a", 1), ("b", 2), ("a", 1)):
        request = Request("GET", "/books/1", headers=[("prefer", f"example={name}")])
        assert json.loads(asyncio.run(app.answer(request)).response.body)["id"] == number


def test_an_invalid_example_is_replaced_and_reported_once() -> None:
    told: list[Finding] = []
    spec = document({"content": {"application/json": {"schema": BOOK, "example": {"id": "one"}}}})
    app = treaty.mock(treaty.load(spec), report=told.append)
    for number in range(3):
        body = json.loads(asyncio.run(app.answer(Request("GET", f"/books/{number}"))).response.body)
        assert isinstance(body["id"], int)
    [finding] = told
    assert finding.code == "invalid-example"
    assert finding.location is not None
    assert finding.location.pointer.endswith("/content/application~1json/example")


def header(**more: Any) -> dict[str, Any]:
    return document({"headers": {"X-A": more}})


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (header(schema={"const": 5}), "5"),
        (header(schema={"type": "string"}, example="as written"), "as written"),
        (header(schema={"type": "integer"}, examples={"a": {"value": 7}}), "7"),
        (header(schema={"const": [1, 2], "items": {"type": "integer"}}), "1,2"),
        (header(schema={"const": {"k": "v"}}), "k,v"),
        (header(schema={"const": {"k": "v"}}, explode=True), "k=v"),
        (header(schema={"const": True}), "true"),
        (header(schema={"const": "no é in a header"}), None),
        (header(content={"text/plain": {"schema": {"type": "string"}, "example": "beta"}}), "beta"),
        (header(content={"text/plain": {"schema": {"const": 5}}}), "5"),
        (header(content={"application/json": {"schema": {"const": {"k": "é"}}}}), r'{"k":"\u00e9"}'),
        (header(content={"application/xml": {"schema": {"const": "a"}}}), None),
        (header(schema=False), None),
    ],
)
def test_declared_headers_are_sent(spec: Any, value: str | None) -> None:
    assert answer(spec).header("x-a") == value


def test_an_invalid_example_of_a_header_is_replaced_and_reported_once() -> None:
    told: list[Finding] = []
    app = treaty.mock(
        treaty.load(header(schema={"type": "integer", "minimum": 5, "maximum": 5}, example="five")),
        report=told.append,
    )
    for number in range(3):
        response = asyncio.run(app.answer(Request("GET", f"/books/{number}"))).response
        assert response.header("x-a") == "5"
    assert [finding.code for finding in told] == ["invalid-example"]


@pytest.mark.parametrize("schema", [{"const": "é"}, False])
@pytest.mark.parametrize("required", [True, False])
def test_a_required_header_without_a_value_is_reported_once(schema: Any, required: bool) -> None:
    told: list[Finding] = []
    app = treaty.mock(treaty.load(header(schema=schema, required=required)), report=told.append)
    for number in range(3):
        asyncio.run(app.answer(Request("GET", f"/books/{number}")))
    assert [finding.code for finding in told] == ["header-left-out"] * required


@pytest.mark.parametrize("name", ["Content-Length", "Transfer-Encoding", "Not a name", "Date"])
def test_headers_that_are_not_the_mocks_to_set(name: str) -> None:
    response = answer(document({"headers": {name: {"schema": {"const": "1"}}}}))
    assert [name for name, _ in response.headers] == ["treaty-why"]


SIGNED = {"X-Sig": {"required": True, "schema": {"type": "integer", "minimum": 5}}}
PARTS = [
    ("form-data", {"encoding": {"a": {"headers": SIGNED}}}),
    ("mixed", {"itemSchema": {"type": "string"}, "itemEncoding": {"headers": SIGNED}}),
    ("mixed", {"itemSchema": {"type": "string"}, "prefixEncoding": [{"headers": SIGNED}]}),
]


@pytest.mark.parametrize(("kind", "more"), PARTS)
def test_the_headers_of_parts_are_sent(kind: str, more: Any) -> None:
    whole = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
    media = {"schema": whole, **more} if kind == "form-data" else more
    spec = {**document({"content": {f"multipart/{kind}": media}}), "openapi": "3.2.0"}
    request, response = Request("GET", "/books/1"), answer(spec)
    assert b"\r\nx-sig: " in response.body
    contract = treaty.load(spec)
    assert contract.check(request, response) == []
    response.body = response.body.replace(b"x-sig: ", b"x-sig: -")
    assert [each.code for each in contract.check(request, response)] == ["schema-minimum"]
    response.body = response.body.replace(b"x-sig: ", b"x-other: ")
    assert [each.code for each in contract.check(request, response)] == ["malformed-body"]


@pytest.mark.parametrize("name", ["Content-Disposition", "Content-Type", "Content-Length", "Not a name"])
def test_headers_of_parts_that_are_not_the_mocks_to_set(name: str) -> None:
    encoding = {"a": {"headers": {name: {"schema": {"const": "1"}}}}}
    media = {"schema": {"type": "object", "required": ["a"], "properties": {"a": {"const": "b"}}}}
    body = answer(document({"content": {"multipart/form-data": {**media, "encoding": encoding}}})).body
    head = b'content-disposition: form-data; name="a"\r\ncontent-type: text/plain\r\n\r\nb\r\n'
    assert head in body


def test_a_required_header_of_a_part_without_a_value_is_reported_once() -> None:
    told: list[Finding] = []
    encoding = {"a": {"headers": {"X-A": {"required": True, "schema": False}}}}
    media = {"schema": {"type": "object", "required": ["a"], "properties": {"a": {"const": "b"}}}}
    spec = document({"content": {"multipart/form-data": {**media, "encoding": encoding}}})
    app = treaty.mock(treaty.load(spec), report=told.append)
    for number in range(3):
        asyncio.run(app.answer(Request("GET", f"/books/{number}")))
    assert [finding.code for finding in told] == ["header-left-out"]


def test_dynamic_prefers_generated_data() -> None:
    media = {"schema": BOOK, "example": {"id": 1, "title": "The example"}}
    spec = document({"content": {"application/json": media}})
    assert json.loads(answer(spec).body) == media["example"]
    assert json.loads(answer(spec, dynamic=True).body) != media["example"]
    preferring = answer(spec, dynamic=True, headers=[("prefer", "dynamic=false")])
    assert json.loads(preferring.body) == media["example"]


@pytest.mark.parametrize("kind", ["application/pdf", "text/plain", "applcation/json"])
def test_an_object_in_a_media_type_without_objects_is_json(kind: str) -> None:
    response = answer(document({"content": {kind: {"schema": BOOK}}}))
    assert (response.status, response.header("content-type")) == (200, kind)
    assert "title" in orjson.loads(response.body)


def test_an_example_of_a_schema_is_sent_however_large_it_is() -> None:
    items = {"type": "object", "properties": {"n": {"type": "integer"}}}
    schema = {"type": "array", "items": items, "example": [{"n": number} for number in range(3_000)]}
    response = answer(document({"content": {"application/json": {"schema": schema}}}))
    assert response.status == 200
    assert len(orjson.loads(response.body)) == 3_000


def test_a_media_type_that_cannot_be_written_gives_way_to_the_next() -> None:
    content = {"application/octet-stream": {"schema": BOOK}, "text/plain": {"schema": {"const": "text"}}}
    response = answer(document({"content": content}))
    assert (response.header("content-type"), response.body) == ("text/plain", b"text")


def keep(kept: Kept[bytes], key: str, body: bytes) -> None:
    """As an answer that is made twice, and a third time beside the second."""
    for _ in range(3):
        kept.put((key,), body, len(body))


def test_what_is_kept_is_bounded() -> None:
    kept = Kept[bytes]()
    for number in range(MAX_KEPT + 10):
        keep(kept, f"{number:05}", b"12345")
    assert len(kept.values) == MAX_KEPT
    assert kept.get(("00009",)) is None
    assert kept.get(("00010",)) is not None
    assert kept.size == MAX_KEPT * 10


def test_what_is_asked_for_once_is_not_kept() -> None:
    kept = Kept[bytes]()
    for number in range(MAX_MET + 10):
        kept.put((number,), b"", 0)
    assert not kept.values
    assert len(kept.met) <= MAX_MET


def test_large_bodies_are_not_kept_without_bound() -> None:
    kept = Kept[bytes]()
    keep(kept, "too large", bytes(MAX_KEPT_BYTES))
    keep(kept, "too long" * MAX_KEPT_BYTES, b"")
    assert not kept.values
    for number in range(20):
        keep(kept, str(number), bytes(MAX_KEPT_BYTES // 6))
    assert len(kept.values) == 5
    assert kept.size <= MAX_KEPT_BYTES


def test_a_preferred_seed_is_the_mocks_own_for_one_answer() -> None:
    preferring = answer(BOOKS, headers=[("prefer", "seed=3")])
    assert preferring.body == answer(BOOKS, seed=3).body != answer(BOOKS).body


def test_a_twin_asks_for_the_same_bytes_as_its_header() -> None:
    app = treaty.mock(treaty.load(BOOKS))
    by_twin = Request("GET", "/books/1", "__seed=3&a=1")
    by_header = Request("GET", "/books/1", "a=1", [("prefer", "seed=3")])
    first, second = (asyncio.run(app.answer(each)) for each in (by_twin, by_header))
    assert first.response == second.response
    assert first.request.query == "__seed=3&a=1"


def test_strict_knows_the_twins() -> None:
    app = treaty.mock(treaty.load(BOOKS), strict=True)
    statuses = [
        asyncio.run(app.answer(Request("GET", "/books/1", query))).response.status
        for query in ("__dynamic=true", "__other=1")
    ]
    assert statuses == [200, 422]


def test_an_answer_may_be_waited_for() -> None:
    app = treaty.mock(treaty.load(BOOKS))
    for _ in range(3):  # made, made again and kept, kept
        request = Request("GET", "/books/1", headers=[("prefer", "wait=20ms")])
        assert asyncio.run(app.answer(request)).response.delay == 0.02


def test_reasons_are_short_and_printable() -> None:
    examples = {"é" * 300: {"value": {"id": 1, "title": "The first"}}}
    spec = document({"content": {"application/json": {"schema": BOOK, "examples": examples}}})
    why = answer(spec).header("treaty-why")
    assert why is not None
    assert why.startswith("200 lowest success; application/json; example ???")
    assert len(why) == MAX_CHARACTERS


def test_an_error_body_says_the_status_that_it_is_sent_with() -> None:
    number = {"type": "integer"}
    inner = {
        "type": "object",
        "required": ["code", "retries"],
        "properties": {"code": number, "retries": number},
    }
    names = ("status", "error", "kind", "errors")
    error = {"type": "object", "required": names, "properties": {"status": number, "error": inner}}
    error["properties"] |= {"kind": {"type": "string"}}
    error["properties"]["errors"] = {
        "type": "array",
        "minItems": 1,
        "items": {"$ref": "#/components/schemas/One"},
    }
    one = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}
    books = document({}) | {"components": {"schemas": {"One": one}}}
    books["paths"]["/books/{id}"]["get"]["responses"] = {
        "200": {
            "description": "",
            "content": {"application/json": {"schema": {"properties": {"status": number}}}},
        },
        "default": {"description": "", "content": {"application/json": {"schema": error}}},
        "409": {
            "description": "",
            "content": {"application/json": {"schema": error, "example": {"status": 5}}},
        },
    }
    told = json.loads(answer(books, headers=[("prefer", "code=503")]).body)
    assert (told["status"], told["error"]["code"], told["errors"][0]["status"]) == (503, 503, "503")
    assert told["error"]["retries"] != 503
    assert json.loads(answer(books).body).get("status") != 200


def test_a_value_without_end_is_said_to_have_none_and_where() -> None:
    node = {"type": "object", "required": ["next"], "properties": {}}
    node["properties"] = {"next": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Node"}]}}
    endless = document({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}})
    response = answer({**endless, "openapi": "3.0.3", "components": {"schemas": {"Node": node}}})
    detail = json.loads(response.body)["detail"]
    assert (response.status, "has no end" in detail, "(at /next)" in detail) == (501, True, True)
    assert "`nullable` adds null to the `type` beside it" in detail
