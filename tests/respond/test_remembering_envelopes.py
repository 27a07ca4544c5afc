"""Items whose fields are in a member of theirs, as in JSON:API, and what a list says of its page."""

from __future__ import annotations

from typing import Any

import pytest
from respond.remembered import PATH_ID, THING, answers, ask, mocked, things, told

KIND = "application/vnd.api+json"
TEXT = {"type": "string"}
TIME = {"type": "string", "format": "date-time", "readOnly": True}


def holding(required: str = "", **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


ARTICLE = holding(
    "type id attributes",
    type={"const": "articles"},
    id=TEXT,
    attributes=holding(
        "title words created_at",
        title=TEXT,
        body=TEXT,
        words={"type": "integer", "readOnly": True},
        created_at=TIME,
        updated_at=TIME,
    ),
    relationships=holding(author=holding(data=holding("type id", type=TEXT, id=TEXT))),
)
WRITTEN = holding(
    "attributes",
    type={"const": "articles"},
    attributes=holding(title=TEXT, body=TEXT),
    relationships={"type": "object"},
)


def articles(*queries: dict[str, Any]) -> dict[str, Any]:
    def of(schema: Any) -> dict[str, Any]:
        return {"content": {KIND: {"schema": holding("data", data=schema)}}}

    one, sent = {"200": {"description": "", **of(ARTICLE)}, "404": {"description": ""}}, of(WRITTEN)
    listed = of({"type": "array", "items": ARTICLE})
    parameters = [{"in": "query", "schema": TEXT, **each} for each in queries]
    return {
        "/articles": {
            "get": {"parameters": parameters, "responses": {"200": {"description": "", **listed}}},
            "post": {"requestBody": sent, "responses": {"201": one["200"]}},
        },
        "/articles/{id}": {
            "parameters": [PATH_ID],
            "get": {"responses": one},
            "put": {"requestBody": sent, "responses": one},
            "patch": {"requestBody": sent, "responses": one},
        },
    }


def written(author: str = "", **attributes: str) -> dict[str, Any]:
    data: dict[str, Any] = {"type": "articles", "attributes": attributes}
    if author:
        data["relationships"] = {"author": {"data": {"type": "people", "id": author}}}
    return {"data": data}


def sent(method: str, path: str, app: Any, value: Any = None) -> Any:
    return told(ask(app, method, path, value, content_type=KIND))["data"]


PAGES = {"style": "deepObject", "schema": holding(number={"type": "integer"}, size={"type": "integer"})}


@pytest.mark.parametrize(
    "queries",
    [
        [{"name": "filter[title]"}, {"name": "filter[author]"}, {"name": "page", **PAGES}],
        [
            {"name": "filter", "style": "deepObject", "schema": holding(title=TEXT, author=TEXT)},
            *({"name": f"page[{name}]", "schema": {"type": "integer"}} for name in ("number", "size")),
        ],
    ],
)
def test_a_list_is_asked_for_by_attributes_and_relationships(queries: list[dict[str, Any]]) -> None:
    app = mocked(articles(*queries, {"name": "sort"}), seed_items=0)
    for title, author in (("b", "1"), ("c", "2"), ("a", "2")):
        sent("POST", "/articles", app, written(author, title=title))

    def titles(query: str) -> list[str]:
        return [each["attributes"]["title"] for each in sent("GET", f"/articles?{query}", app)]

    assert titles("filter[title]=b") == ["b"]
    assert titles("filter[author]=2&sort=title") == ["a", "c"]
    assert titles("sort=-title") == ["c", "b", "a"]
    assert titles("sort=title&page[size]=2&page[number]=2") == ["c"]


def test_attributes_are_filled_in_stamped_and_merged() -> None:
    app = mocked(articles(), seed=1)
    new = sent("POST", "/articles", app, written(title="A"))
    attributes, path = new["attributes"], f"/articles/{new['id']}"
    assert attributes.keys() == {"title", "words", "created_at", "updated_at"}
    assert attributes["created_at"] == attributes["updated_at"] > "2026"
    merged = sent("PATCH", path, app, written(body="B"))["attributes"]
    assert merged == {**attributes, "body": "B", "updated_at": merged["updated_at"]}
    assert merged["updated_at"] > attributes["updated_at"]
    replaced = sent("PUT", path, app, written(title="C"))["attributes"]
    assert replaced == {**attributes, "title": "C", "updated_at": replaced["updated_at"]}


LINK = {"Link": {"schema": TEXT}}


def paged(envelope: dict[str, Any] | None = None, **headers: Any) -> dict[str, Any]:
    paths = things()
    at = {"in": "query", "schema": {"type": "integer"}}
    listed = answers(_200=envelope or {"type": "array", "items": THING})
    listed["200"]["headers"] = headers or LINK
    parameters = [{**at, "name": name} for name in ("page", "size")]
    paths["/things"]["get"] = {"parameters": parameters, "responses": listed}
    return paths


@pytest.mark.parametrize(
    ("query", "relations"),
    [
        ("size=5", {}),
        ("size=2", {"next": 2, "first": 1, "last": 3}),
        ("size=2&page=2", {"next": 3, "prev": 1, "first": 1, "last": 3}),
        ("size=2&page=3", {"prev": 2, "first": 1, "last": 3}),
        ("size=2&page=9", {"prev": 3, "first": 1, "last": 3}),
    ],
)
def test_the_link_header_leads_only_to_pages_that_there_are(query: str, relations: dict[str, int]) -> None:
    response = ask(mocked(paged(), seed_items=5), "GET", f"/things?{query}", host="h")
    expected = [f'<http://h/things?size=2&page={page}>; rel="{name}"' for name, page in relations.items()]
    assert response.header("link") == (", ".join(expected) or None)


def test_a_required_link_header_is_sent_for_the_only_page_too() -> None:
    paths = paged(Link={"required": True, "schema": TEXT})
    response = ask(mocked(paths, seed_items=1), "GET", "/things", host="h")
    assert response.header("link") == '<http://h/things>; rel="self"'


@pytest.mark.parametrize("required", ["", "next count"])
def test_the_last_page_of_a_body_has_no_next_one(required: str) -> None:
    listed = {"type": "array", "items": THING}
    count = {"type": "string", "minLength": 9}  # the mock has to make it
    envelope = holding(
        f"things {required} kind", things=listed, next=TEXT, kind=count, count={"type": "integer"}
    )
    app = mocked(paged(envelope), seed_items=3)
    first = told(ask(app, "GET", "/things?size=2", host="h"))
    assert first["next"] == "http://h/things?size=2&page=2"
    assert not told(ask(app, "GET", "/things?size=2&page=2")).get("next")


def test_headers_say_what_the_page_is() -> None:
    names = ("X-Total-Count", "X-Total-Pages", "X-Page", "X-Per-Page", "X-Next-Page", "X-Prev-Page")
    app = mocked(paged(**{name: {"schema": {"type": "integer"}} for name in names}), seed_items=5)
    response = ask(app, "GET", "/things?size=2&page=3")
    assert [response.header(name.lower()) for name in names] == ["5", "3", "3", "2", None, "2"]


def test_a_location_has_the_form_that_is_declared() -> None:
    paths = things()
    declared = paths["/things"]["post"]["responses"]["201"]
    declared["headers"] = {"Location": {"schema": {"type": "string", "format": "uri"}}}
    response = ask(mocked(paths), "POST", "/things", {"id": "a", "name": "A"}, host="h")
    assert response.header("location") == "http://h/things/a"
