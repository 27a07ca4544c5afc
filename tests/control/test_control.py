"""The control API, held to its own document: the engine refuses (500) every answer of it that breaks it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import treaty
from treaty.asgi import App
from treaty.control.control import DOCUMENT, OPERATIONS, Control
from treaty.exchange.messages import Request, Response
from treaty.har import judge_entries, read_har

CONTRACT = treaty.load(
    {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/things/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "get": {
                    "operationId": "get_thing",
                    "security": [{"bearer": []}, {"key": []}, {"basic": []}, {"session": []}],
                    "responses": {
                        "200": {
                            "description": "ok",
                            "headers": {"Set-Cookie": {"example": "session=topsecret; Path=/", "schema": {}}},
                            "content": {"application/json": {"example": ["é"]}},
                        }
                    },
                },
                "put": {
                    "requestBody": {"content": {"application/octet-stream": {}}},
                    "responses": {"204": {"description": "ok"}},
                },
            },
            "/{any}/{thing}": {
                "parameters": [
                    {"name": each, "in": "path", "required": True, "schema": {}} for each in ("any", "thing")
                ],
                "get": {"responses": {"200": {"description": "whatever"}}},
            },
        },
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
                "key": {"type": "apiKey", "in": "query", "name": "key"},
                "session": {"type": "apiKey", "in": "cookie", "name": "session"},
            }
        },
    }
)
LOCAL = ("host", "127.0.0.1:4010")
TOKEN = ("authorization", "Bearer topsecret")


@pytest.fixture
def app() -> App:
    app = treaty.mock(CONTRACT)
    Control(app).attach()
    return app


def send(app: App, method: str, path: str, *headers: tuple[str, str], body: bytes = b"") -> Response:
    """The answer, with what a server observes."""
    path, _, query = path.partition("?")
    request = Request(method, path, query, [LOCAL, *headers], body)
    exchange = asyncio.run(app.answer(request))
    if app.observe:
        app.observe(exchange, 0.002)
    return exchange.response


def told(app: App, path: str) -> Any:
    response = send(app, "GET", f"/__treaty{path}")
    assert response.status == 200, response.body
    return json.loads(response.body)


def test_every_operation_of_the_document_has_a_function() -> None:
    declared = [each.operation_id for each in treaty.load(DOCUMENT).operations]
    assert sorted(OPERATIONS) == sorted(declared)
    assert treaty.check(DOCUMENT) == []


def test_it_comes_before_any_path_of_the_contract(app: App) -> None:
    assert told(app, "/health")["documents"] == [{"title": "T", "version": "1", "operations": 3}]
    assert send(app, "GET", "/__treaty/nothing").status == 404
    assert send(app, "GET", "/__treat/nothing").status == 200


def test_its_document_and_its_reference_are_served(app: App) -> None:
    assert "/exchanges" in told(app, "/openapi.json")["paths"]
    assert b"<title>" in send(app, "GET", "/__treaty/docs").body


def test_exchanges_are_told_and_filtered(app: App) -> None:
    send(app, "GET", "/things/1", TOKEN)
    send(app, "GET", "/things/x", TOKEN)
    send(app, "PUT", "/things/2", ("content-type", "application/octet-stream"), body=b"\xff")
    found = told(app, "/exchanges")
    assert [each["status"] for each in found["exchanges"]] == [200, 422, 204]
    assert found["last"] == 3
    assert found["exchanges"][1]["findings"][0]["code"] == "schema-type"

    def numbers(query: str) -> list[int]:
        return [each["number"] for each in told(app, f"/exchanges?{query}")["exchanges"]]

    assert numbers("limit=1") == [3]
    assert numbers("after=2") == [3]
    assert numbers("method=PUT") == [3]
    assert numbers("path=/things/x") == [2]
    assert numbers("operation=get_thing") == [1, 2]
    assert (numbers("status=4XX"), numbers("status=200")) == ([2], [1])
    assert (numbers("found=true"), numbers("found=false")) == ([2], [1, 3])
    assert send(app, "GET", "/__treaty/exchanges?status=many").status == 422


def test_one_exchange_is_told_whole_without_credentials(app: App) -> None:
    send(app, "GET", "/things/1?key=topsecret", TOKEN, ("cookie", "session=topsecret"))
    one = told(app, "/exchanges/1")
    assert one["response"]["body"] == '["é"]'
    assert ["authorization", "Bearer masked"] in one["request"]["headers"]
    assert ["cookie", "session=masked"] in one["request"]["headers"]
    assert ["set-cookie", "session=masked; Path=/"] in one["response"]["headers"]
    assert "topsecret" not in json.dumps([one, told(app, "/har"), told(app, "/exchanges")])
    assert send(app, "GET", "/__treaty/exchanges/9").status == 404


def test_bytes_are_told_as_base64(app: App) -> None:
    send(app, "PUT", "/things/2", ("content-type", "application/octet-stream"), body=b"\xff")
    assert told(app, "/exchanges/1")["request"] == {
        "headers": [list(LOCAL), ["content-type", "application/octet-stream"]],
        "body": "/w==",
        "encoding": "base64",
    }


@pytest.mark.parametrize(
    "credential",
    [TOKEN, ("authorization", "Basic dG9wOnNlY3JldA=="), ("cookie", "session=topsecret")],
    ids=["bearer", "basic", "cookie"],
)
def test_a_recording_of_it_is_judged_as_it_was(app: App, credential: tuple[str, str]) -> None:
    send(app, "GET", "/things/1?a=%20b", credential)
    send(app, "GET", "/things/x", credential)
    send(app, "PUT", "/things/2", ("content-type", "application/octet-stream"), body=b"\xff")
    recording = send(app, "GET", "/__treaty/har").body
    entries = read_har(recording, "mock.har")
    assert [each.request.body for each in entries] == [b"", b"", b"\xff"]
    assert (entries[0].request.path, entries[0].request.query) == ("/things/1", "a=%20b")
    assert entries[0].response
    assert entries[0].response.body == '["é"]'.encode()
    codes = [[finding.code for finding in each.findings] for each in judge_entries(CONTRACT.judge, entries)]
    assert codes == [[], ["schema-type"], []]


def test_nobody_is_let_in_by_a_foreign_name_or_from_a_foreign_page(app: App) -> None:
    def status(*headers: tuple[str, str]) -> int:
        request = Request("POST", "/__treaty/reset", headers=list(headers))
        return asyncio.run(app.answer(request)).response.status

    assert status() == 204
    for host in ("localhost:4010", "[::1]:4010", "127.8.0.1", "mock.localhost"):
        assert status(("host", host)) == 204, host
    for host in ("attacker.example", "127.0.0.1.attacker.example", "[", "localhost.attacker.example:4010"):
        assert status(("host", host)) == 403, host
    assert status(LOCAL, ("origin", "http://localhost:5173")) == 204
    for origin in ("https://attacker.example", "null", "http://127.0.0.1.attacker.example"):
        assert status(LOCAL, ("origin", origin)) == 403, origin
    Control(app, open=True).attach()
    assert status(("host", "mock.example"), ("origin", "https://app.example")) == 204


def test_what_is_wrong_with_the_documents_and_with_an_edit(app: App) -> None:
    assert told(app, "/findings") == {"documents": [], "reload": []}
    app.trouble = (treaty.Finding("x", "broken", location=treaty.Location("a.yaml", 3, 7)),)
    app.notice = "a.yaml:3:7: broken"
    assert told(app, "/findings")["reload"][0]["location"]["line"] == 3
    assert told(app, "/health")["reload_error"] == "a.yaml:3:7: broken"


def test_reset_forgets_the_exchanges(app: App) -> None:
    send(app, "GET", "/things/1", TOKEN)
    assert send(app, "POST", "/__treaty/reset").status == 204
    assert told(app, "/exchanges") == {"exchanges": [], "last": 1}
    send(app, "GET", "/things/1", TOKEN)
    assert send(app, "DELETE", "/__treaty/exchanges").status == 204
    assert told(app, "/exchanges") == {"exchanges": [], "last": 2}


def test_a_mock_without_state_says_so(app: App) -> None:
    assert send(app, "GET", "/__treaty/state").status == 409
    assert send(app, "GET", "/__treaty/worlds").status == 409


def test_events_come_as_exchanges_happen_and_continue_where_they_were(app: App) -> None:
    async def follow() -> list[bytes]:
        request = Request("GET", "/__treaty/events", headers=[LOCAL, ("last-event-id", "1")])
        for path in ("/things/1", "/things/2"):
            observe(app, await app.answer(Request("GET", path)))
        chunks = (await app.answer(request)).response.chunks
        assert chunks is not None
        found = [await anext(chunks), await anext(chunks)]
        observe(app, await app.answer(Request("GET", "/things/3")))
        found.append(await anext(chunks))
        await chunks.aclose()  # type: ignore[attr-defined]
        return found

    def observe(app: App, exchange: Any) -> None:
        assert app.observe
        app.observe(exchange, 0.001)

    _, second, third = asyncio.run(follow())
    assert second.startswith(b"id: 2\nevent: exchange\ndata: {")
    assert third.startswith(b"id: 3\n")
    assert b'"path":"/things/3"' in third
    assert third.endswith(b"}\n\n")
