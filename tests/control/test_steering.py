"""State and scenarios of a running mock, over its control API and across reloads."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

import treaty
import treaty.testing
from treaty.asgi import App
from treaty.control.control import Control
from treaty.exchange.messages import Request, Response
from treaty.reloading import Reloader

DOCUMENT = """\
openapi: 3.1.0
info: {title: Notes, version: '1'}
paths:
  /notes:
    get:
      operationId: list_notes
      responses:
        '200':
          description: All
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Note'}}}}
        '503': {description: Closed}
    post:
      operationId: create_note
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}
      responses:
        '201':
          description: Created
          content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}
  /notes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: get_note
      responses:
        '200':
          description: One
          content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}
        '404': {description: None}
components:
  schemas:
    Note:
      type: object
      required: [id, text]
      properties:
        id: {type: integer, readOnly: true}
        text: {type: string}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    scenarios = tmp_path / "mocks" / "scenarios"
    scenarios.mkdir(parents=True)
    (scenarios / "closed.yaml").write_text("list_notes: '503'\n")
    (tmp_path / "mocks" / "list_notes").mkdir()
    (tmp_path / "mocks" / "list_notes" / "503.yaml").write_text("{}\n")
    return tmp_path / "openapi.yaml"


def mock(path: Path, keep: App | None = None) -> App:
    return treaty.mock(treaty.load(path), stateful=True, seed_items=0, mocks=path.parent / "mocks", keep=keep)


def send(app: App, method: str, path: str, body: Any = None, **headers: str) -> Response:
    path, _, query = path.partition("?")
    sent = [("content-type", "application/json")] if body is not None else []
    content = b"" if body is None else json.dumps(body).encode()
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return asyncio.run(app.answer(Request(method, path, query, sent + named, content))).response


def notes(app: App, **headers: str) -> Any:
    return [each["text"] for each in json.loads(send(app, "GET", "/notes", **headers).body)]


def controlled(path: Path) -> App:
    app = mock(path)
    Control(app).attach()
    return app


def test_a_snapshot_is_restored_and_a_world_reset(path: Path) -> None:
    app = controlled(path)
    assert send(app, "POST", "/notes", {"text": "first"}).status == 201
    assert send(app, "POST", "/notes", {"text": "other"}, treaty_world="w").status == 201
    snapshot = json.loads(send(app, "GET", "/__treaty/state").body)
    send(app, "POST", "/notes", {"text": "second"})
    assert notes(app) == ["first", "second"]
    assert send(app, "PUT", "/__treaty/state", snapshot).status == 204
    assert notes(app) == ["first"]
    assert json.loads(send(app, "GET", "/__treaty/worlds").body) == ["", "w"]
    assert send(app, "POST", "/__treaty/reset?world=w").status == 204
    assert (notes(app), notes(app, treaty_world="w")) == (["first"], [])
    assert send(app, "POST", "/__treaty/reset").status == 204
    assert notes(app) == []


def test_what_is_no_snapshot_of_this_mock_is_refused(path: Path) -> None:
    app = controlled(path)
    send(app, "POST", "/notes", {"text": "first"})
    assert send(app, "PUT", "/__treaty/state", {"": {"nonsense": 1}}).status == 422
    assert send(app, "PUT", "/__treaty/state", {"others": {}}).status == 409
    assert notes(app) == ["first"]


def test_scenarios_are_switched(path: Path) -> None:
    app = controlled(path)
    assert json.loads(send(app, "GET", "/__treaty/scenario").body) == {"scenario": None, "all": ["closed"]}
    assert send(app, "PUT", "/__treaty/scenario", {"scenario": "closed"}).status == 204
    assert json.loads(send(app, "GET", "/__treaty/scenario").body)["scenario"] == "closed"
    assert send(app, "GET", "/notes").status == 503
    assert send(app, "PUT", "/__treaty/scenario", {"scenario": "nothing"}).status == 409
    assert send(app, "PUT", "/__treaty/scenario", {"scenario": None}).status == 204
    assert send(app, "GET", "/notes").status == 200


def test_state_and_scenario_are_kept_across_a_reload(path: Path) -> None:
    app = controlled(path)
    send(app, "POST", "/notes", {"text": "first"})
    send(app, "PUT", "/__treaty/scenario", {"scenario": "closed"})
    path.write_text(DOCUMENT.replace("title: Notes", "title: Edited"))
    assert Reloader(app, lambda: mock(path, keep=app)).reload().findings == ()
    assert app.engine.engines[0].contract.title == "Edited"
    assert send(app, "GET", "/notes").status == 503
    send(app, "PUT", "/__treaty/scenario", {"scenario": None})
    assert notes(app) == ["first"]
    assert json.loads(send(app, "POST", "/notes", {"text": "second"}).body)["id"] == 2


def test_each_of_several_documents_has_its_own_state(path: Path) -> None:
    loaded = treaty.load(path)
    app = treaty.mock(
        {"a": loaded, "b": loaded}, prefixes={"a": "/a", "b": "/b"}, stateful=True, seed_items=0
    )
    Control(app).attach()
    send(app, "POST", "/a/notes", {"text": "first"})
    snapshot = json.loads(send(app, "GET", "/__treaty/state").body)
    assert sorted(snapshot) == ["a", "b"]
    send(app, "POST", "/__treaty/reset")
    assert send(app, "PUT", "/__treaty/state", snapshot).status == 204
    assert [json.loads(send(app, "GET", f"/{each}/notes").body) for each in ("a", "b")] == [
        [{"id": 1, "text": "first"}],
        [],
    ]


WEBHOOKS = """\
openapi: 3.1.0
info: {title: Hooks, version: '1'}
webhooks:
  paid:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [order], properties: {order: {const: 7}}}
      responses: {'204': {description: Taken}}
"""


def test_a_webhook_is_sent_on_demand(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(WEBHOOKS)
    receiver = {
        "openapi": "3.1.0",
        "info": {"title": "Receiver", "version": "1"},
        "paths": {
            "/hooks": {
                "post": {
                    "requestBody": {"required": True, "content": {"application/json": {}}},
                    "responses": {"204": {"description": "Taken"}},
                }
            },
            "/odd": {"post": {"responses": {"200": {"description": "Not what the webhook declares"}}}},
        },
    }
    with (
        treaty.testing.running_mock(receiver) as there,
        treaty.testing.running_mock(tmp_path / "openapi.yaml") as mock,
    ):
        control = f"{mock.url}/__treaty/webhooks"
        assert httpx.get(control).json() == ["paid"]
        sent = httpx.post(f"{control}/paid", json={"url": f"{there.url}/hooks"}).json()
        assert (sent["status"], sent["tries"], sent["findings"]) == (204, 1, [])
        assert json.loads(there.exchanges[0].request.body) == {"order": 7}
        odd = httpx.post(f"{control}/paid", json={"url": f"{there.url}/odd"}).json()
        assert [each["code"] for each in odd["findings"]] == ["undeclared-status"]
        assert httpx.post(f"{control}/lost", json={"url": there.url}).status_code == 404
        assert httpx.post(f"{control}/paid", json={"url": there.url, "method": "PUT"}).status_code == 404
        assert httpx.post(f"{control}/paid", json={"url": "http://elsewhere.example/"}).status_code == 409
