"""What is inferred of resources: from the reference API, from real documents, from small ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import treaty
from treaty.mocking.memory.corrections import check_corrections
from treaty.mocking.memory.explain import explain
from treaty.mocking.memory.infer import infer
from treaty.mocking.memory.resources import Resource, Resources

ROOT = Path(__file__).parents[3]


def inferred(paths: dict[str, Any], version: str = "3.1.0") -> Resources:
    document = {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": paths}
    return infer(treaty.load(document))


def answer(schema: dict[str, Any] | None, status: str = "200") -> dict[str, Any]:
    content = {"application/json": {"schema": schema}} if schema is not None else None
    return {status: {"description": "", **({"content": content} if content else {})}}


def operation(schema: dict[str, Any] | None = None, status: str = "200", **more: Any) -> dict[str, Any]:
    return {"responses": answer(schema, status), **more}


def body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def parameter(name: str, kind: str = "string", where: str = "path", **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "required": where == "path", "schema": {"type": kind, **schema}}


def thing(*names: str, **more: str) -> dict[str, Any]:
    types = [*((name, "string") for name in names), *more.items()]
    return {"type": "object", "properties": {name: {"type": kind} for name, kind in types}}


def holding(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def verbs(resource: Resource) -> set[str]:
    return {each.verb for each in resource.actions}


def test_the_reference_api() -> None:
    resources = infer(treaty.load(ROOT / "specs" / "newsdesk")).by_name
    assert set(resources) == {"users", "posts"}
    posts = resources["posts"]
    assert verbs(posts) == {"list", "create", "read", "replace", "merge", "delete"}
    assert posts.identity is not None
    assert (posts.identity.parameter, posts.identity.property) == ("post_id", "id")
    assert [(each.property, each.resource) for each in posts.links] == [("author_id", "users")]
    assert posts.unique == ("slug",)
    listing = posts.actions[0].listing
    assert listing is not None
    assert (listing.paging.size, listing.paging.offset) == ("limit", "offset")
    assert [each.parameter for each in listing.filters] == ["author_id", "status"]


@pytest.mark.parametrize(
    ("parameter_name", "names", "expected"),
    [
        ("id", ("id", "name"), "id"),
        ("userId", ("user_id", "id"), "user_id"),
        ("user_id", ("id", "name"), "id"),
        ("username", ("login", "id", "name"), "login"),
        ("user_uuid", ("id", "uuid"), "uuid"),
        ("slug", ("id", "slug"), "slug"),
        ("user", ("name", "uuid"), "uuid"),
        ("whatever", ("colour", "size"), None),
    ],
)
def test_the_identity_is_what_the_path_holds(
    parameter_name: str, names: tuple[str, ...], expected: str | None
) -> None:
    item = thing(*names)
    found = inferred(
        {
            "/users": {"get": operation({"type": "array", "items": item})},
            f"/users/{{{parameter_name}}}": {
                "parameters": [parameter(parameter_name)],
                "get": operation(item),
            },
        }
    )
    identity = found.by_name["users"].identity
    assert identity is not None
    assert identity.property == expected


def test_a_number_in_the_path_is_no_uuid() -> None:
    item = {
        "type": "object",
        "properties": {"id": {"type": "string", "format": "uuid"}, "number": {"type": "integer"}},
    }
    found = inferred(
        {
            "/issues": {"get": operation({"type": "array", "items": item})},
            "/issues/{issue_number}": {
                "parameters": [parameter("issue_number", "integer")],
                "get": operation(item),
            },
        }
    )
    identity = found.by_name["issues"].identity
    assert identity is not None
    assert identity.property == "number"


@pytest.mark.parametrize(
    ("envelope", "way"),
    [
        (lambda items: items, ()),
        (
            lambda items: {"type": "object", "properties": {"items": items, "total": {"type": "integer"}}},
            ("items",),
        ),
        (lambda items: {"type": "object", "properties": {"pets": items, "meta": thing("x")}}, ("pets",)),
        (
            lambda items: {"type": "object", "properties": {"odd": items, "next": {"type": "string"}}},
            ("odd",),
        ),
        (
            lambda items: {
                "type": "object",
                "properties": {"_embedded": {"type": "object", "properties": {"pets": items}}},
            },
            ("_embedded", "pets"),
        ),
    ],
)
def test_lists_are_found_in_envelopes(envelope: Any, way: tuple[str, ...]) -> None:
    item = thing("id", "name")
    found = inferred(
        {
            "/pets": {"get": operation(envelope({"type": "array", "items": item}))},
            "/pets/{petId}": {"parameters": [parameter("petId")], "get": operation(item)},
        }
    )
    action = found.by_name["pets"].action("list")
    assert action is not None
    assert action.answer.way == way


def test_an_item_with_a_list_of_its_own_is_no_list() -> None:
    order = {**thing("id", "customer"), "properties": {**thing("id", "customer")["properties"]}}
    order["properties"]["lines"] = {"type": "array", "items": thing("sku")}
    found = inferred(
        {
            "/orders": {"post": operation(order, "201", requestBody=body(order))},
            "/orders/{orderId}": {"parameters": [parameter("orderId")], "get": operation(order)},
        }
    )
    assert verbs(found.by_name["orders"]) == {"create", "read"}


def test_items_in_envelopes_nested_resources_and_parents() -> None:
    post = thing("id", "user_id", "text")
    wrapped = {"type": "object", "properties": {"post": post}}
    found = inferred(
        {
            "/users": {"get": operation({"type": "array", "items": thing("id")})},
            "/users/{id}": {"parameters": [parameter("id")], "get": operation(thing("id"))},
            "/users/{id}/posts": {
                "parameters": [parameter("id")],
                "get": operation(
                    {"type": "object", "properties": {"posts": {"type": "array", "items": post}}}
                ),
                "post": operation(wrapped, "201", requestBody=body(wrapped)),
            },
            "/users/{id}/posts/{postId}": {
                "parameters": [parameter("id"), parameter("postId")],
                "get": operation(wrapped),
                "delete": operation(None, "204"),
            },
        }
    )
    posts = found.by_name["posts"]
    assert [(each.parameter, each.resource, each.property) for each in posts.parents] == [
        ("id", "users", "user_id")
    ]
    create = posts.action("create")
    assert create is not None
    assert (create.answer.way, create.body_way) == (("post",), ("post",))


def test_singletons_actions_and_what_is_left_to_the_mock() -> None:
    settings, listed = thing("theme", "language"), {"type": "array", "items": thing("id")}
    found = inferred(
        {
            "/settings": {"get": operation(settings), "put": operation(settings, requestBody=body(settings))},
            "/version": {"get": operation(thing("version"))},
            "/users/{id}/activate": {"parameters": [parameter("id")], "post": operation(thing("ok"))},
            "/search": {"post": operation(listed, requestBody=body(thing("q")))},
        }
    )
    assert set(found.by_name) == {"settings"}
    assert found.by_name["settings"].identity is None
    assert {each.path for each in found.left} == {"/version", "/users/{id}/activate", "/search"}


@pytest.mark.parametrize(
    ("names", "paging"),
    [
        (("limit", "offset"), ("limit", "offset", None, None)),
        (("page", "per_page"), ("per_page", None, "page", None)),
        (("page[number]", "page[size]"), ("page[size]", None, "page[number]", None)),
        (("size", "pageNumber"), ("size", None, "pageNumber", None)),
    ],
)
def test_pages_are_asked_for_by_many_names(names: tuple[str, ...], paging: tuple[str | None, ...]) -> None:
    item = thing("id")
    queries = [parameter(name, "integer", "query") for name in names]
    found = inferred(
        {
            "/pets": {"get": operation({"type": "array", "items": item}, parameters=queries)},
            "/pets/{id}": {"parameters": [parameter("id")], "get": operation(item)},
        }
    )
    listing = found.by_name["pets"].actions[0].listing
    assert listing is not None
    asked = listing.paging
    assert (asked.size, asked.offset, asked.page, asked.after) == paging


def test_a_cursor_sorting_and_filters() -> None:
    item = thing("id", "status", "created_at")
    queries = [
        parameter("starting_after", "string", "query"),
        parameter("limit", "integer", "query"),
        parameter("sort", "string", "query"),
        parameter("order", "string", "query", enum=["asc", "desc"]),
        parameter("status", "string", "query"),
        parameter("q", "string", "query"),
        parameter("fields", "string", "query"),
    ]
    found = inferred(
        {
            "/pets": {"get": operation({"type": "array", "items": item}, parameters=queries)},
            "/pets/{id}": {"parameters": [parameter("id")], "get": operation(item)},
        }
    )
    listing = found.by_name["pets"].actions[0].listing
    assert listing is not None
    assert (listing.paging.after, listing.paging.size) == ("starting_after", "limit")
    assert listing.sorting is not None
    assert (listing.sorting.by, listing.sorting.direction) == ("sort", "order")
    assert [(each.parameter, each.property) for each in listing.filters] == [
        ("status", "status"),
        ("q", None),
    ]


CORRECTED: dict[str, Any] = {
    "/things": {"get": operation({"type": "array", "items": thing("id", "serial")})},
    "/things/{key}": {"parameters": [parameter("key")], "get": operation(thing("id", "serial"))},
}


def test_a_document_corrects_what_is_inferred() -> None:
    said = {**CORRECTED["/things"], "x-treaty-resource": {"name": "gadgets", "identity": "serial"}}
    found = inferred({**CORRECTED, "/things": said}).by_name
    assert set(found) == {"gadgets"}
    identity = found["gadgets"].identity
    assert identity is not None
    assert identity.property == "serial"


@pytest.mark.parametrize("path", ["/things", "/things/{key}"])
def test_a_document_says_that_something_is_no_resource(path: str) -> None:
    paths = {**CORRECTED, path: {**CORRECTED[path], "x-treaty-resource": False}}
    assert inferred(paths).by_name == {}


def test_a_wrong_correction_is_found() -> None:
    said = {**CORRECTED["/things"], "x-treaty-resource": {"nam": "gadgets"}}
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/things": said}}
    (finding,) = check_corrections(treaty.load(document))
    assert "has no `nam`" in finding.message


def test_real_documents(corpus: Path) -> None:
    github = infer(treaty.load(corpus / "github.json")).by_operation
    identities = {
        path: github["GET", path][0].identity
        for path in ("/users/{username}", "/orgs/{org}", "/repos/{owner}/{repo}/issues/{issue_number}")
    }
    assert [each and each.property for each in identities.values()] == ["login", "login", "number"]
    assert github["PATCH", "/repos/{owner}/{repo}"][1].verb == "merge"
    stripe = infer(treaty.load(corpus / "stripe.yaml")).by_operation
    assert stripe["POST", "/v1/disputes/{dispute}"][1].verb == "merge"
    petstore = infer(treaty.load(corpus / "petstore-swagger30.yaml")).by_operation
    assert petstore["PUT", "/pet"][1].verb == "upsert"
    assert petstore["GET", "/pet/findByStatus"][1].verb == "list"


def test_the_explanation_names_resources_operations_and_reasons() -> None:
    told = explain(infer(treaty.load(ROOT / "specs" / "newsdesk")))
    assert "users  /users\n" in told
    assert "`author_id` is of an item of users" in told
    assert "GET     /health" in told
