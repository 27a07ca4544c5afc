"""Answers are coherent: with what was asked, within themselves, and with other answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import treaty
from treaty.asgi import App
from treaty.exchange.messages import Request

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "integer"}
SCHEMAS: dict[str, Any] = {
    "User": {
        "type": "object",
        "required": ["id", "name", "email", "address"],
        "properties": {
            "id": NUMBER,
            "name": TEXT,
            "email": TEXT,
            "password": {"type": "string", "writeOnly": True},
            "address": {"type": "object", "required": ["city"], "properties": {"city": TEXT, "zip": TEXT}},
        },
    },
    "UserSummary": {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": NUMBER, "name": TEXT},
    },
    "Post": {
        "type": "object",
        "required": ["id", "user_id", "user", "title", "status"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "user_id": NUMBER,
            "user": {"$ref": "#/components/schemas/User"},
            "title": TEXT,
            "status": {"enum": ["draft", "published"]},
        },
    },
    "Account": {
        "type": "object",
        "required": ["login", "name"],
        "properties": {"login": TEXT, "name": TEXT},
    },
    "Cat": {
        "type": "object",
        "required": ["kind", "lives"],
        "properties": {"kind": {"const": "cat"}, "lives": NUMBER},
    },
    "Dog": {
        "type": "object",
        "required": ["kind", "tricks"],
        "properties": {"kind": {"const": "dog"}, "tricks": TEXT},
    },
}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def operation(schema: Any, code: str = "200", body: Any = None, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "parameters": [{"name": name, "in": "query", "schema": each} for name, each in query.items()],
        "responses": {code: {"description": "ok", "content": {"application/json": {"schema": schema}}}},
    }
    return found | ({"requestBody": {"content": {"application/json": {"schema": body}}}} if body else {})


def path(schema: Any, *names: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]


PAGE = {
    "type": "object",
    "required": ["data", "total", "page", "has_more", "next"],
    "properties": {
        "data": {"type": "array", "items": ref("UserSummary")},
        "total": NUMBER,
        "page": NUMBER,
        "has_more": {"type": "boolean"},
        "next": {"type": ["string", "null"]},
    },
}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "components": {"schemas": SCHEMAS},
    "paths": {
        "/users": {
            "get": operation(PAGE, limit=NUMBER, page=NUMBER, name=TEXT),
            "post": operation(ref("User"), "201", ref("User")),
        },
        "/users/{userId}": {
            "parameters": path(NUMBER, "userId"),
            "get": operation(ref("User")),
            "patch": operation(
                {"type": "object", "required": ["data"], "properties": {"data": ref("User")}},
                body={"type": "object"},
            ),
        },
        "/users/{userId}/posts": {
            "parameters": path(NUMBER, "userId"),
            "get": operation({"type": "array", "items": ref("Post"), "minItems": 2}, status=TEXT),
        },
        "/posts/{id}": {"parameters": path(TEXT, "id"), "get": operation(ref("Post"))},
        "/posts/{id}/publish": {"parameters": path(TEXT, "id"), "post": operation(ref("Post"))},
        "/accounts/{username}": {"parameters": path(TEXT, "username"), "get": operation(ref("Account"))},
        "/short/{id}": {
            "parameters": path(TEXT, "id"),
            "get": operation(
                {"type": "object", "required": ["id"], "properties": {"id": TEXT | {"maxLength": 3}}}
            ),
        },
        "/animals": {"post": operation({"oneOf": [ref("Dog"), ref("Cat")]}, "201", {"type": "object"})},
    },
}


@pytest.fixture(scope="module")
def app() -> App:
    return treaty.mock(treaty.load(DOCUMENT), dynamic=True)


def ask(app: App, target: str, method: str = "GET", body: Any = None, **headers: str) -> Any:
    route, _, query = target.partition("?")
    fields = [*headers.items(), *([("content-type", "application/json")] if body is not None else [])]
    sent = b"" if body is None else json.dumps(body).encode()
    response = asyncio.run(app.answer(Request(method, route, query, fields, sent))).response
    assert response.status < 300, response.body
    return json.loads(response.body)


def test_the_thing_of_a_path_has_its_id(app: App) -> None:
    assert ask(app, "/users/42")["id"] == 42
    assert ask(app, "/accounts/ada")["login"] == "ada"
    assert ask(app, "/accounts/ada")["name"] != "ada"


def test_what_the_schema_does_not_allow_is_dropped(app: App) -> None:
    assert ask(app, "/short/abc")["id"] == "abc"
    assert len(ask(app, "/short/abcdef")["id"]) <= 3
    assert ask(app, "/posts/7")["id"] != "7"  # no uuid


def test_things_below_a_thing_refer_to_it(app: App) -> None:
    for post in ask(app, "/users/42/posts"):
        assert post["user_id"] == 42 == post["user"]["id"]


def test_an_id_beside_an_object_is_its_own(app: App) -> None:
    post = ask(app, "/posts/348b1189-31d3-41ee-af1e-b189450a51a8")
    assert post["user_id"] == post["user"]["id"]


def test_an_action_answers_the_thing(app: App) -> None:
    identifier = "348b1189-31d3-41ee-af1e-b189450a51a8"
    assert ask(app, f"/posts/{identifier}/publish", "POST")["id"] == identifier


def test_a_thing_is_the_same_wherever_it_stands(app: App) -> None:
    user = ask(app, "/users/42")
    assert all(post["user"] == user for post in ask(app, "/users/42/posts"))
    for listed in ask(app, "/users")["data"]:
        item = ask(app, f"/users/{listed['id']}")
        assert {name: item[name] for name in listed} == listed
    post = ask(app, "/users/42/posts")[0]
    assert ask(app, f"/posts/{post['id']}")["title"] == post["title"]


def test_another_seed_is_another_world() -> None:
    other = treaty.mock(treaty.load(DOCUMENT), dynamic=True, seed=1)
    assert ask(other, "/users/42")["id"] == 42
    assert ask(other, "/users/42") != ask(treaty.mock(treaty.load(DOCUMENT), dynamic=True), "/users/42")


def test_a_client_may_choose_the_world(app: App) -> None:
    assert ask(app, "/users/42", prefer="seed=other") != ask(app, "/users/42")


def test_filters_show_up_in_the_items(app: App) -> None:
    assert {post["status"] for post in ask(app, "/users/42/posts?status=draft")} == {"draft"}
    assert {user["name"] for user in ask(app, "/users?name=Ada")["data"]} == {"Ada"}
    assert {post["status"] for post in ask(app, "/users/42/posts?status=lost")} <= {"draft", "published"}


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_a_limit_bounds_the_items(app: App, limit: int) -> None:
    assert len(ask(app, f"/users?limit={limit}")["data"]) <= limit


def test_what_is_told_of_a_list_agrees_with_it(app: App) -> None:
    for target, page, before in (("/users", 1, 0), ("/users?page=3&limit=2", 3, 4)):
        answer = ask(app, target)
        assert answer["page"] == page
        assert answer["total"] == before + len(answer["data"])
        assert (answer["has_more"], answer["next"]) == (False, None)


def test_what_was_sent_comes_back(app: App) -> None:
    sent = {"id": 5, "name": "Ada", "email": "ada@example.org", "password": "x", "address": {"city": "Rome"}}
    user = ask(app, "/users", "POST", sent)
    assert (user["id"], user["name"], user["email"], user["address"]["city"]) == (
        5,
        "Ada",
        "ada@example.org",
        "Rome",
    )
    assert "password" not in user
    assert ask(app, "/users", "POST", sent | {"name": "Bo"})["name"] == "Bo"  # none that was kept


def test_what_was_sent_comes_back_in_an_envelope_with_the_id_of_the_path(app: App) -> None:
    user = ask(app, "/users/7", "PATCH", {"name": "Bo", "id": 9, "email": 7})["data"]
    assert (user["id"], user["name"]) == (7, "Bo")
    assert isinstance(user["email"], str)


def test_what_was_sent_chooses_the_branch(app: App) -> None:
    for kind in ("cat", "dog", "cat"):
        assert ask(app, "/animals", "POST", {"kind": kind, "lives": 9})["kind"] == kind


def test_the_same_request_gets_the_same_bytes_whatever_was_asked_before(app: App) -> None:
    targets = ["/users", "/users/1", "/users/42/posts", "/posts/3", "/users?limit=1"]
    fresh = [ask(treaty.mock(treaty.load(DOCUMENT), dynamic=True), target) for target in targets]
    assert [ask(app, target) for target in targets] == fresh


def test_what_stands_beside_a_list_tells_of_it() -> None:
    page = {
        "type": "object",
        "required": ["users", "meta"],
        "properties": {
            "meta": {"type": "object", "required": ["total"], "properties": {"total": NUMBER}},
            "users": {"type": "array", "items": ref("UserSummary")},
        },
    }
    document = DOCUMENT | {"paths": {"/users": {"get": operation(page)}}}
    answer = ask(treaty.mock(treaty.load(document), dynamic=True, items=(7, 7)), "/users")
    assert answer["meta"]["total"] == len(answer["users"]) == 7


def test_a_parameter_that_only_says_what_it_is_about_is_the_id_or_else_a_name() -> None:
    def shown(properties: Any) -> Any:
        schema = {"type": "object", "required": list(properties), "properties": properties}
        paths = {"/repos/{repo}": {"parameters": path(TEXT, "repo"), "get": operation(schema)}}
        return ask(treaty.mock(treaty.load(DOCUMENT | {"paths": paths}), dynamic=True), "/repos/treaty")

    assert shown({"id": TEXT, "name": TEXT})["id"] == "treaty"
    assert shown({"id": NUMBER, "name": TEXT})["name"] == "treaty"
