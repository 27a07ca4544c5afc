"""What is done below an item or to several at once: orders that are cancelled, things that are cleared."""

from __future__ import annotations

from typing import Any

import pytest
from respond.remembered import PATH_ID, THING, answers, ask, body, mocked, things, told

import treaty
from treaty.mocking.memory.explain import explain
from treaty.mocking.memory.infer import infer

STATUS = {"type": "string", "enum": ["new", "cancelled", "in_progress", "paid", "on_hold"]}
ORDER = {
    "type": "object",
    "required": ["id", "status"],
    "properties": {
        "id": {"type": "string"},
        "status": STATUS,
        "is_archived": {"type": "boolean"},
        "locked": {"type": "boolean"},
        "reason": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}
NEW = {"type": "object", "properties": {"status": STATUS, "reason": {"type": "string"}}}


def orders(path: str, method: str = "post", schema: Any = ORDER, **more: Any) -> dict[str, Any]:
    one = answers(_200=ORDER, _404=None)
    return {
        "/orders": {
            "get": {"responses": answers(_200={"type": "array", "items": ORDER})},
            "post": {"requestBody": body(NEW), "responses": answers(_201=ORDER)},
        },
        "/orders/{id}": {"parameters": [PATH_ID], "get": {"responses": one}},
        path: {"parameters": [PATH_ID], method: {"responses": answers(_200=schema, _404=None), **more}},
    }


def created(app: Any, **value: Any) -> str:
    return f"/orders/{told(ask(app, 'POST', '/orders', {'status': 'new', **value}))['id']}"


@pytest.mark.parametrize(
    ("segment", "name", "value"),
    [
        ("/cancel", "status", "cancelled"),
        (":cancel", "status", "cancelled"),
        ("/cancel-order", "status", "cancelled"),
        ("/start", "status", "in_progress"),
        ("/mark-as-paid", "status", "paid"),
        ("/hold", "status", "on_hold"),
        ("/archive", "is_archived", True),
        ("/unarchive", "is_archived", False),
        ("/lock", "locked", True),
    ],
)
def test_an_action_leaves_the_item_in_the_state_that_it_names(segment: str, name: str, value: Any) -> None:
    app = mocked(orders("/orders/{id}" + segment))
    path = created(app)
    done = told(ask(app, "POST", path + segment))
    assert done[name] == value
    assert told(ask(app, "GET", path)) == done
    assert ask(app, "POST", f"/orders/none{segment}").status == 404


def test_an_action_that_answers_with_something_else_is_remembered_too() -> None:
    app = mocked(orders("/orders/{id}/cancel", schema=None))
    path = created(app)
    assert ask(app, "POST", f"{path}/cancel").status == 200
    assert told(ask(app, "GET", path))["status"] == "cancelled"


def test_what_the_body_of_an_action_says_of_the_item_is_kept() -> None:
    reason = {"type": "object", "properties": {"reason": {"type": "string"}, "notify": {"type": "boolean"}}}
    app = mocked(orders("/orders/{id}/cancel", requestBody=body(reason)))
    path = created(app)
    done = told(ask(app, "POST", f"{path}/cancel", {"reason": "late", "notify": True}))
    assert (done["status"], done["reason"]) == ("cancelled", "late")


def test_what_was_locked_is_unlocked() -> None:
    paths = orders("/orders/{id}/lock", "put", None)
    paths["/orders/{id}/lock"]["delete"] = {"responses": answers(_204=None)}
    app = mocked(paths)
    path = created(app)
    for method, is_locked in (("PUT", True), ("DELETE", False)):
        ask(app, method, f"{path}/lock")
        assert told(ask(app, "GET", path))["locked"] is is_locked


def test_a_status_is_written_at_a_path_of_its_own() -> None:
    sent = {"type": "object", "properties": {"status": STATUS}}
    app = mocked(orders("/orders/{id}/status", "put", requestBody=body(sent)))
    path = created(app, reason="why")
    assert told(ask(app, "PUT", f"{path}/status", {"status": "paid"}))["status"] == "paid"
    after = told(ask(app, "GET", path))
    assert (after["status"], after["reason"]) == ("paid", "why")


@pytest.mark.parametrize("segment", ["ship", "comments", "status-history"])
def test_what_no_property_can_say_is_left_to_the_mock(segment: str) -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": orders(f"/orders/{{id}}/{segment}"),
    }
    assert [each.path for each in infer(treaty.load(document)).left] == [f"/orders/{{id}}/{segment}"]


@pytest.mark.parametrize(("segment", "written"), [("tags", "tags"), ("reason", "locked")])
def test_what_may_add_or_write_something_else_is_left_to_the_mock(segment: str, written: str) -> None:
    kinds = {"tags": {"type": "array", "items": {"type": "string"}}, "locked": {"type": "boolean"}}
    sent = {"type": "object", "properties": {written: kinds[written]}}
    paths = orders(f"/orders/{{id}}/{segment}", requestBody=body(sent))
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}
    assert [each.path for each in infer(treaty.load(document)).left] == [f"/orders/{{id}}/{segment}"]


def query(name: str, schema: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": schema, **more}]


IDS = {"type": "array", "items": {"type": "string"}}
HOLDING_IDS = {"type": "object", "properties": {"ids": IDS}}
OLD = query("older_than", {"type": "string"})


def cleared(path: str = "/things", method: str = "delete", schema: Any = None, **more: Any) -> dict[str, Any]:
    paths = things()
    status = "_204" if schema is None else "_200"
    paths.setdefault(path, {})[method] = {"responses": answers(**{status: schema, "_404": None}), **more}
    return paths


@pytest.mark.parametrize(
    ("paths", "asked", "value"),
    [
        (cleared(parameters=query("ids", IDS, explode=False)), "DELETE /things?ids=a,b", None),
        (cleared(parameters=query("thing_ids", {"type": "string"})), "DELETE /things?thing_ids=a,b", None),
        (cleared(parameters=query("name", {"type": "string"})), "DELETE /things?name=AB", None),
        (cleared(requestBody=body(IDS)), "DELETE /things", ["a", "b"]),
        (cleared(requestBody=body(HOLDING_IDS)), "DELETE /things", {"ids": ["a", "b"]}),
        (
            cleared("/things/bulk-delete", "post", requestBody=body({"type": "array", "items": THING})),
            "POST /things/bulk-delete",
            [{"id": "a", "name": ""}, {"id": "b", "name": ""}],
        ),
    ],
)
def test_several_are_removed_at_once(paths: dict[str, Any], asked: str, value: Any) -> None:
    app = mocked(paths, seed_items=0)
    for each, name in (("a", "AB"), ("b", "AB"), ("c", "C")):
        ask(app, "POST", "/things", {"id": each, "name": name})
    assert ask(app, *asked.split(), value).status == 204
    assert [each["id"] for each in told(ask(app, "GET", "/things"))] == ["c"]
    assert ask(app, *asked.split(), value).status == (204 if "name=" in asked else 404)


def test_a_collection_is_cleared_where_nothing_says_what_of_it() -> None:
    app = mocked(cleared())
    assert told(ask(app, "GET", "/things"))
    assert ask(app, "DELETE", "/things").status == 204
    assert told(ask(app, "GET", "/things")) == []


def test_nothing_is_removed_where_a_query_may_say_what_and_does_not() -> None:
    app = mocked(cleared(parameters=query("ids", IDS, explode=False)))
    before = told(ask(app, "GET", "/things"))
    assert ask(app, "DELETE", "/things").status == 204
    assert told(ask(app, "GET", "/things")) == before


def test_how_many_were_removed_is_said() -> None:
    schema = {
        "type": "object",
        "required": ["deleted", "ids", "at"],
        "properties": {"deleted": {"type": "integer"}, "ids": IDS, "at": {"type": "string"}},
    }
    app = mocked(cleared(schema=schema, parameters=query("ids", IDS, explode=False)), seed_items=0)
    for each in "ab":
        ask(app, "POST", "/things", {"id": each, "name": "A"})
    found = told(ask(app, "DELETE", "/things?ids=a,b,x"))
    assert (found["deleted"], found["ids"]) == (2, ["a", "b"])


@pytest.mark.parametrize("more", [{"parameters": OLD}, {"requestBody": body({"type": "object"})}])
def test_a_removal_that_says_something_else_is_left_to_the_mock(more: dict[str, Any]) -> None:
    app = mocked(cleared(**more))
    before = told(ask(app, "GET", "/things"))
    ask(app, "DELETE", "/things", *([{}] if "requestBody" in more else []))
    assert told(ask(app, "GET", "/things")) == before


def test_the_explanation_names_what_is_done() -> None:
    paths = orders("/orders/{id}/cancel")
    paths["/orders"]["delete"] = {"parameters": query("ids", IDS), "responses": answers(_204=None)}
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}
    text = explain(infer(treaty.load(document)))
    assert "act      POST    /orders/{id}/cancel  makes `status` of the item `cancelled`" in text
    assert "discard  DELETE  /orders  the query says which" in text
    assert "filtered by ids (id)" in text
