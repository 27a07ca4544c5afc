"""What a stateful mock answers, part by part, where the laws of tests/laws/test_memory.py do not reach."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from respond.remembered import PATH_ID, THING, answers, ask, body, content, mocked, things, told

import treaty
from treaty.asgi import App
from treaty.exchange.messages import Request
from treaty.mocking.memory.stores.model import Limits
from treaty.mocking.memory.stores.opening import open_store, slug

ROOT = Path(__file__).parents[2]


def test_a_json_patch_changes_an_item_as_a_whole_or_not_at_all() -> None:
    kind = "application/json-patch+json"
    patch = {"requestBody": body({"type": "array"}, kind), "responses": answers(_200=THING, _409=None)}
    app = mocked(things(patch=patch))
    assert ask(app, "POST", "/things", {"id": "a", "name": "A", "tags": ["x"]}).status == 201
    operations = [
        {"op": "test", "path": "/name", "value": "A"},
        {"op": "add", "path": "/tags/-", "value": "y"},
        {"op": "replace", "path": "/name", "value": "B"},
    ]
    assert told(ask(app, "PATCH", "/things/a", operations, content_type=kind))["tags"] == ["x", "y"]
    assert ask(app, "PATCH", "/things/a", operations, content_type=kind).status == 409
    after = told(ask(app, "GET", "/things/a"))
    assert (after["name"], after["tags"]) == ("B", ["x", "y"])


def test_a_put_creates_where_201_is_declared() -> None:
    put = {"requestBody": body(THING), "responses": answers(_200=THING, _201=THING)}
    app = mocked(things(put=put))
    assert ask(app, "PUT", "/things/new", {"id": "new", "name": "N"}).status == 201
    assert ask(app, "PUT", "/things/new", {"id": "new", "name": "M"}).status == 200
    assert told(ask(app, "GET", "/things/new"))["name"] == "M"


def test_a_put_without_201_does_not_create() -> None:
    put = {"requestBody": body(THING), "responses": answers(_200=THING, _404=None)}
    app = mocked(things(put=put))
    assert ask(app, "PUT", "/things/new", {"id": "new", "name": "N"}).status == 404


def test_null_takes_away_what_cannot_be_null() -> None:
    patch = {"requestBody": body({"type": "object"}), "responses": answers(_200=THING)}
    app = mocked(things(patch=patch))
    ask(app, "POST", "/things", {"id": "a", "name": "A", "tags": ["x"], "size": {"w": 1, "h": 2}})
    after = told(ask(app, "PATCH", "/things/a", {"tags": None, "size": {"w": 5}}))
    assert after == {"id": "a", "name": "A", "size": {"w": 5, "h": 2}}


def test_what_a_client_creates_twice_without_a_declared_conflict_is_replaced() -> None:
    app = mocked(things())
    assert ask(app, "POST", "/things", {"id": "a", "name": "A"}).status == 201
    assert ask(app, "POST", "/things", {"id": "a", "name": "B"}).status == 201
    assert [each["name"] for each in told(ask(app, "GET", "/things")) if each["id"] == "a"] == ["B"]


def test_what_no_response_can_say_the_absence_of_is_there_when_it_is_read() -> None:
    patch = {"requestBody": body({"type": "object"}), "responses": answers(_200=THING)}
    app = mocked(things(patch=patch, delete={"responses": answers(_204=None)}))
    first = told(ask(app, "GET", "/things/a"))
    assert first["id"] == "a"
    assert told(ask(app, "GET", "/things/a")) == first
    assert first in told(ask(app, "GET", "/things"))
    assert told(ask(app, "PATCH", "/things/b", {"name": "B"}))["name"] == "B"
    assert told(ask(app, "GET", "/things/b"))["name"] == "B"
    assert [ask(app, "DELETE", "/things/a").status for _ in range(2)] == [204, 204]


def test_what_is_deleted_does_not_come_back_to_the_list_by_reading() -> None:
    app = mocked(things(delete={"responses": answers(_204=None)}))
    ask(app, "POST", "/things", {"id": "a", "name": "A"})
    ask(app, "DELETE", "/things/a")
    response = ask(app, "GET", "/things/a")
    assert (response.status, told(response)["id"]) == (200, "a")
    assert "not there, but no 404 is declared" in (response.header("treaty-why") or "")
    assert "a" not in [each["id"] for each in told(ask(app, "GET", "/things"))]
    assert ask(app, "POST", "/things", {"id": "a", "name": "again"}).status == 201
    assert told(ask(app, "GET", "/things/a"))["name"] == "again"


def test_a_list_below_what_is_not_there_is_empty_unless_that_can_be_said() -> None:
    notes = {"get": {"responses": answers(_200={"type": "array", "items": THING})}}
    notes["post"] = {"requestBody": body(THING), "responses": answers(_201=THING)}
    paths = {**things(), "/things/{id}/notes": {"parameters": [PATH_ID], **notes}}
    paths["/things/{id}"]["get"]["responses"] |= answers(_404=None)
    assert told(ask(mocked(paths), "GET", "/things/none/notes")) == []
    notes["get"]["responses"] |= answers(_404=None)
    assert ask(mocked(paths), "GET", "/things/none/notes").status == 404


ERROR = {"type": "object", "required": ["status", "message"], "properties": {"message": {"type": "string"}}}
ERROR["properties"] |= {"status": {"type": "integer"}}


@pytest.mark.parametrize(
    ("declared", "status"), [("404", 404), ("410", 410), ("4XX", 404), ("default", 404), ("422", 422)]
)
def test_the_nearest_declared_response_says_that_there_is_nothing(declared: str, status: int) -> None:
    paths = things()
    paths["/things/{id}"]["get"]["responses"][declared] = {"description": "", "content": content(ERROR)}
    response = ask(mocked(paths), "GET", "/things/none")
    assert response.status == status
    assert told(response) == {"status": status, "message": "/things/none does not exist."}


def test_a_change_may_say_the_same_as_another_item_where_that_cannot_be_refused() -> None:
    user = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "readOnly": True}}}
    user["properties"] |= {"email": {"type": "string"}}
    item = {"get": {"responses": answers(_200=user, _404=None)}, "parameters": [PATH_ID]}
    item["patch"] = {"requestBody": body(user), "responses": answers(_200=user)}
    users = {
        "get": {"responses": answers(_200={"type": "array", "items": user})},
        "post": {"requestBody": body(user), "responses": answers(_201=user, _409=None)},
    }
    app = mocked({"/users": users, "/users/{id}": item})
    one, other = (
        told(ask(app, "POST", "/users", {"email": each}))["id"] for each in ("a@x.example", "b@x.example")
    )
    assert ask(app, "POST", "/users", {"email": "a@x.example"}).status == 409
    assert told(ask(app, "PATCH", f"/users/{other}", {"email": "a@x.example"}))["email"] == "a@x.example"
    assert told(ask(app, "GET", f"/users/{one}"))["email"] == "a@x.example"


@pytest.mark.parametrize("schema", [{"format": "uuid"}, {"pattern": "^v[0-9]{2}$"}, {"format": "ipv4"}])
def test_an_identity_is_one_that_its_path_takes(schema: dict[str, str]) -> None:
    named = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "readOnly": True}}}
    named["properties"] |= {"name": {"type": "string"}}
    paths = things()
    listed = {"type": "array", "items": named}
    paths["/things"]["get"]["responses"] = answers(_200=listed)
    paths["/things"]["get"]["responses"]["200"]["content"]["application/json"]["example"] = [{"id": "5"}]
    paths["/things"]["post"] = {"requestBody": body(named), "responses": answers(_201=named)}
    paths["/things/{id}"] = {"get": {"responses": answers(_200=named, _404=None)}}
    paths["/things/{id}"]["parameters"] = [{**PATH_ID, "schema": {"type": "string", **schema}}]
    app = mocked(paths)
    items = [told(ask(app, "POST", "/things", {"name": "N"})), *told(ask(app, "GET", "/things"))]
    assert [ask(app, "GET", f"/things/{each['id']}").status for each in items] == [200] * len(items)


def test_more_is_created_than_its_path_has_identities_for() -> None:
    few = {**PATH_ID, "schema": {"type": "integer", "minimum": 1, "maximum": 5}}
    thing = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
    app = mocked(
        {
            "/things": {"post": {"requestBody": body(thing), "responses": answers(_200=thing, _400=None)}},
            "/things/{id}": {"get": {"parameters": [few], "responses": answers(_200=thing)}},
        }
    )
    made = [ask(app, "POST", "/things", {"name": "a"}) for _ in range(8)]
    assert [each.status for each in made] == [200] * 8
    assert len({json.loads(each.body)["id"] for each in made}) == 8


def test_a_singleton_is_kept() -> None:
    settings = {"type": "object", "properties": {"theme": {"type": "string"}, "size": {"type": "integer"}}}
    path = {
        "get": {"responses": answers(_200=settings)},
        "put": {"requestBody": body(settings), "responses": answers(_200=settings)},
        "patch": {"requestBody": body(settings), "responses": answers(_200=settings)},
        "delete": {"responses": answers(_204=None)},
    }
    app = mocked({"/settings": path})
    assert ask(app, "GET", "/settings").status == 200
    assert told(ask(app, "PUT", "/settings", {"theme": "dark"})) == {"theme": "dark"}
    assert told(ask(app, "PATCH", "/settings", {"size": 3})) == {"theme": "dark", "size": 3}
    assert told(ask(app, "GET", "/settings")) == {"theme": "dark", "size": 3}
    assert told(ask(app, "GET", "/settings", treaty_world="other")) != {"theme": "dark", "size": 3}
    first = told(ask(app, "GET", "/settings", treaty_world="third"))
    assert ask(app, "DELETE", "/settings").status == 204
    assert told(ask(app, "GET", "/settings")) == first
    for operation in path.values():
        operation["responses"] |= answers(_404=None)
    app = mocked({"/settings": path})
    assert ask(app, "DELETE", "/settings").status == 204
    assert [ask(app, method, "/settings").status for method in ("GET", "DELETE")] == [404, 404]


def test_what_appears_when_asked_for_stays_deleted() -> None:
    item = {
        "parameters": [PATH_ID],
        "get": {"responses": answers(_200=THING, _404=None)},
        "put": {"requestBody": body(THING), "responses": answers(_200=THING)},
        "delete": {"responses": answers(_204=None, _404=None)},
    }
    app = mocked({"/repos/{id}": item})
    first = told(ask(app, "GET", "/repos/a%2Fb"))
    assert first["id"] == "a/b"
    assert told(ask(app, "GET", "/repos/a%2Fb")) == first
    assert ask(app, "DELETE", "/repos/a%2Fb").status == 204
    assert [ask(app, method, "/repos/a%2Fb").status for method in ("GET", "DELETE")] == [404, 404]
    assert ask(app, "GET", "/repos/a").status == 200
    assert told(ask(app, "PUT", "/repos/a%2Fb", {"id": "a/b", "name": "N"}))["name"] == "N"
    assert told(ask(app, "GET", "/repos/a%2Fb"))["name"] == "N"


def test_pages_by_cursor_are_followed_to_the_end() -> None:
    page = {
        "type": "object",
        "required": ["data", "has_more"],
        "properties": {
            "data": {"type": "array", "items": THING},
            "has_more": {"type": "boolean"},
            "next_cursor": {"type": ["string", "null"]},
        },
    }
    queries = [
        {"name": "cursor", "in": "query", "schema": {"type": "string"}},
        {"name": "limit", "in": "query", "schema": {"type": "integer"}},
    ]
    paths = things()
    paths["/things"]["get"] = {"parameters": queries, "responses": answers(_200=page)}
    app = mocked(paths, seed_items=7)
    seen, cursor, pages = list[str](), "", 0
    while True:
        listed = told(ask(app, "GET", f"/things?limit=3{cursor}"))
        seen += [each["id"] for each in listed["data"]]
        pages += 1
        if not listed["has_more"]:
            break
        cursor = f"&cursor={listed['next_cursor']}"
    assert (len(set(seen)), pages) == (7, 3)


def test_prefer_and_overrides_come_before_memory(tmp_path: Path) -> None:
    (tmp_path / "list_users").mkdir()
    empty = '{"body": {"items": [], "total": 0, "limit": 20, "offset": 0}}'
    (tmp_path / "list_users" / "200.json").write_text(empty)
    app = treaty.mock(treaty.load(ROOT / "specs" / "newsdesk"), stateful=True, mocks=tmp_path)
    assert told(ask(app, "GET", "/users"))["items"] == []
    user = "/users/5b6f2f0e-6c55-4c3e-9f0e-0d8f3a1f7a11"
    assert ask(app, "GET", user, prefer="code=404").status == 404
    assert ask(app, "DELETE", user, prefer="code=204").status == 204
    assert ask(app, "GET", user).status == 200


def test_why_it_answers_so_is_said() -> None:
    app = treaty.mock(treaty.load(ROOT / "specs" / "newsdesk"), stateful=True)
    user = "/users/5b6f2f0e-6c55-4c3e-9f0e-0d8f3a1f7a11"
    assert "memory of users" in (ask(app, "GET", user).header("treaty-why") or "")
    assert "memory of users" in ask(app, "GET", f"{user}?__explain").body.decode()
    assert ask(app, "GET", user, prefer="wait=50ms").delay == pytest.approx(0.05)
    assert ask(app, "GET", user).delay == 0


def test_another_media_type_of_the_same_schema_is_written(corpus: Path) -> None:
    app = treaty.mock(treaty.load(corpus / "petstore-swagger30.yaml"), stateful=True)
    pet = {"id": 5, "name": "Rex", "photoUrls": []}
    key = {"api_key": "k", "authorization": "Bearer x"}
    assert ask(app, "POST", "/pet", pet, **key).status == 200
    response = ask(app, "GET", "/pet/5", accept="application/xml", **key)
    assert response.header("content-type") == "application/xml"
    assert b"<name>Rex</name>" in response.body
    assert told(ask(app, "PUT", "/pet", {**pet, "name": "Max"}, **key))["name"] == "Max"
    assert ask(app, "PUT", "/pet", {**pet, "id": 77}, **key).status == 404
    assert [each["id"] for each in told(ask(app, "GET", "/pet/findByStatus?status=sold", **key))].count(
        5
    ) == 0


def test_a_full_memory_and_a_lost_one_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = mocked(things())
    memory = app.mocked[""].remembering
    assert memory is not None
    memory.memory.store = open_store(None, "", Limits(records=4))
    assert [ask(app, "POST", "/things", {"id": str(n), "name": "n"}).status for n in range(3)] == [
        201,
        507,
        507,
    ]
    store = open_store(tmp_path / "s.db", "t")
    store.close()
    monkeypatch.setattr(type(store), "blocks", False)
    memory.memory.store = store
    assert ask(app, "GET", "/things").status == 503


def test_a_state_keeps_on_through_a_restart(tmp_path: Path) -> None:
    import httpx

    from treaty.testing import running_mock

    spec, state = ROOT / "specs" / "newsdesk", tmp_path / "s.db"
    with running_mock(spec, state=state) as mock:
        user = httpx.get(f"{mock.url}/users").json()["items"][0]
        assert httpx.delete(f"{mock.url}/users/{user['id']}").status_code == 204
    with running_mock(spec, state=state) as mock:
        assert httpx.get(f"{mock.url}/users/{user['id']}").status_code == 404
        assert httpx.get(f"{mock.url}/users").json()["total"] == 2


def document_of(path: Path, title: str, name: str) -> Path:
    """A document whose only collection is at `/NAME`."""
    document: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": title, "version": "1"}}
    document["paths"] = {each.replace("/things", f"/{name}"): item for each, item in things().items()}
    path.write_text(json.dumps(document))
    return path


def test_documents_of_one_title_do_not_share_a_state(tmp_path: Path) -> None:
    one, other = (treaty.load(document_of(tmp_path / f"{name}.json", "API", "things")) for name in "ab")
    prefixes = {"a": "/a", "b": "/b"}
    options: Any = {"state": tmp_path / "s.db", "prefixes": prefixes}
    app = treaty.mock({"a": one, "b": other}, **options)
    kind = ("content-type", "application/json")
    asked = Request("POST", "/a/things", "", [kind], b'{"id": "1", "name": "A"}')
    assert asyncio.run(app.answer(asked)).response.status == 201
    listed = [asyncio.run(app.answer(Request("GET", f"/{name}/things"))).response for name in prefixes]
    assert [len(told(each)) for each in listed] == [4, 3]
    assert slug("商店 API") != slug("書店 API") != slug("API")


def test_the_state_is_kept_when_a_document_comes_beside_it(tmp_path: Path) -> None:
    one = document_of(tmp_path / "a.json", "A", "things")
    alone = treaty.mock(treaty.load(one), stateful=True)
    assert ask(alone, "POST", "/things", {"id": "1", "name": "A"}).status == 201
    other = document_of(tmp_path / "b.json", "B", "others")
    both = treaty.mock({"a": treaty.load(one), "b": treaty.load(other)}, stateful=True, keep=alone)
    assert told(ask(both, "GET", "/things/1"))["name"] == "A"
    again = treaty.mock(treaty.load(one), stateful=True, keep=both)
    assert told(ask(again, "GET", "/things/1"))["name"] == "A"


NOTE: dict[str, Any] = {
    "type": "object",
    "required": ["id", "text", "created_at", "updated_at"],
    "properties": {},
}
NOTE["properties"] |= {"id": {"type": "integer", "readOnly": True}, "text": {"type": "string"}}
NOTE["properties"] |= {
    name: {"type": "string", "format": "date-time", "readOnly": True} for name in ("created_at", "updated_at")
}


def notes(**options: Any) -> App:
    item = {"parameters": [{**PATH_ID, "schema": {"type": "integer"}}]}
    operation = {"requestBody": body(NOTE), "responses": answers(_200=NOTE)}
    listed = {"responses": answers(_200={"type": "array", "items": NOTE})}
    listed["responses"]["200"]["content"]["application/json"]["example"] = [
        {"id": 1, "text": "a", "created_at": "2091-05-05T05:05:05Z", "updated_at": "2091-05-05T05:05:05Z"}
    ]
    paths = {"/notes": {"get": listed, "post": operation}, "/notes/{id}": {**item, "patch": operation}}
    return mocked(paths, **options)


def test_two_runs_with_a_seed_are_the_same_to_the_byte() -> None:
    def run(**options: Any) -> list[bytes]:
        app, found = notes(**options), []
        for world in ("", "w", ""):
            found += [ask(app, "POST", "/notes", {"text": "b"}, treaty_world=world).body]
            found += [ask(app, "PATCH", "/notes/2", {"text": "c"}, treaty_world=world).body]
        return found

    one = run(seed="7")
    assert one == run(seed="7")
    assert one != run()
    first = json.loads(one[0])
    assert first["created_at"] == first["updated_at"] == "2026-01-01T00:00:00.000Z"
    assert one[2] == one[0]  # each world has a clock of its own
    assert json.loads(run(clock="2030-02-03T04:05:06Z")[0])["created_at"] == "2030-02-03T04:05:06.000Z"
    with pytest.raises(ValueError, match="is no time"):
        notes(clock="noon")


@pytest.mark.parametrize("clock", ["now", "2026-01-01T00:00:00Z"])
def test_nothing_changes_before_it_was_created(clock: str) -> None:
    app = notes(clock=clock)
    before = told(ask(app, "GET", "/notes"))[0]
    after = told(ask(app, "PATCH", "/notes/1", {"text": "later"}))
    assert after["created_at"] == before["created_at"] == "2091-05-05T05:05:05Z"
    assert after["updated_at"] > before["updated_at"]


USER = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "readOnly": True}}}
POST: dict[str, Any] = {"type": "object", "required": ["id", "userId", "title"], "properties": {}}
POST["properties"] |= {"id": {"type": "integer", "readOnly": True}, "userId": {"type": "integer"}}
POST["properties"] |= {"title": {"type": "string"}}
DRAFT = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}


def posts(flat: bool) -> App:
    """Users with posts below them, and posts by themselves: also listed and created there, or not."""
    number = {**PATH_ID, "schema": {"type": "integer"}}
    listed, one = answers(_200={"type": "array", "items": POST}), answers(_200=POST, _404=None)
    users = {"get": {"responses": answers(_200={"type": "array", "items": USER})}}
    paths: dict[str, Any] = {
        "/users": users,
        "/users/{id}": {"parameters": [number], "get": {"responses": answers(_200=USER, _404=None)}},
        "/users/{id}/posts": {
            "parameters": [number],
            "get": {"responses": {**listed, **answers(_404=None)}},
            "post": {"requestBody": body(DRAFT), "responses": answers(_201=POST, _404=None)},
        },
        "/posts/{id}": {
            "parameters": [number],
            "get": {"responses": one},
            "delete": {"responses": answers(_204=None, _404=None)},
        },
    }
    if flat:
        paths["/posts"] = {
            "get": {"responses": listed},
            "post": {"requestBody": body(POST), "responses": answers(_201=POST)},
        }
        paths["/users/{id}/posts/{postId}"] = {
            "parameters": [number, {**number, "name": "postId"}],
            "get": {"responses": one},
        }
    return mocked(paths)


@pytest.mark.parametrize("flat", [True, False])
def test_what_is_created_below_an_item_is_there_by_itself_too(flat: bool) -> None:
    app = posts(flat)
    one, other = (each["id"] for each in told(ask(app, "GET", "/users"))[:2])
    before = told(ask(app, "GET", f"/users/{one}/posts"))
    response = ask(app, "POST", f"/users/{one}/posts", {"title": "T"})
    made = told(response)
    assert (made["userId"], made["title"]) == (one, "T")
    assert response.header("location") in (None, f"/posts/{made['id']}")
    assert told(ask(app, "GET", f"/posts/{made['id']}")) == made
    assert told(ask(app, "GET", f"/users/{one}/posts")) == [*before, made]
    assert made not in told(ask(app, "GET", f"/users/{other}/posts"))
    assert ask(app, "GET", "/users/999/posts").status == 404
    if flat:
        assert made in told(ask(app, "GET", "/posts"))
        by_itself = told(ask(app, "POST", "/posts", {"title": "U", "userId": other, "id": 1}))
        assert by_itself in told(ask(app, "GET", f"/users/{other}/posts"))
        assert told(ask(app, "GET", f"/users/{other}/posts/{by_itself['id']}")) == by_itself
        assert ask(app, "GET", f"/users/{one}/posts/{by_itself['id']}").status == 404
    assert ask(app, "DELETE", f"/posts/{made['id']}").status == 204
    assert made not in told(ask(app, "GET", f"/users/{one}/posts"))


def test_what_is_there_in_the_beginning_has_the_words_of_the_locale() -> None:
    person = {"type": "object", "required": ["id", "city"], "properties": {"id": {"type": "integer"}}}
    person["properties"] |= {"city": {"type": "string"}}
    listed = {"responses": answers(_200={"type": "array", "items": person})}
    paths = {
        "/people": {"get": listed, "post": {"requestBody": body(person), "responses": answers(_201=person)}}
    }
    cities = [
        {each["city"] for each in told(ask(mocked(paths, locale=locale, seed_items=9), "GET", "/people"))}
        for locale in ("en", "ja")
    ]
    assert any(each.isascii() for each in cities[0])
    assert not any(each.isascii() for each in cities[1])


def test_an_item_has_a_tag_that_changes_with_it_and_is_held_to() -> None:
    tagged = {
        "200": {
            "description": "",
            "headers": {"ETag": {"schema": {"type": "string"}}},
            "content": content(THING),
        }
    }
    put = {"requestBody": body(THING), "responses": {**tagged, **answers(_412=None)}}
    paths = things(put=put, delete={"responses": answers(_204=None, _412=None)})
    paths["/things/{id}"]["get"]["responses"] = {**tagged, **answers(_304=None, _404=None)}
    app = mocked(paths)
    ask(app, "POST", "/things", {"id": "a", "name": "A"})
    first = ask(app, "GET", "/things/a").header("etag") or ""
    assert ask(app, "GET", "/things/a").header("etag") == first
    unchanged = ask(app, "GET", "/things/a", if_none_match=first)
    assert (unchanged.status, unchanged.body) == (304, b"")
    second = ask(app, "PUT", "/things/a", {"id": "a", "name": "B"}, if_match=f'"other", {first}').header(
        "etag"
    )
    assert second not in (None, first)
    assert ask(app, "GET", "/things/a", if_none_match=first).status == 200
    assert ask(app, "PUT", "/things/a", {"id": "a", "name": "C"}, if_match=first).status == 412
    assert ask(app, "DELETE", "/things/a", if_match=first).status == 412
    assert told(ask(app, "GET", "/things/a"))["name"] == "B"
    assert ask(app, "DELETE", "/things/a", if_match="*").status == 204


def test_links_that_are_objects_lead_to_the_other_pages() -> None:
    link = {"type": "object", "required": ["href"], "properties": {"href": {"type": "string"}}}
    links = {
        "type": "object",
        "required": ["self"],
        "properties": dict.fromkeys(("self", "next", "prev"), link),
    }
    embedded = {
        "type": "object",
        "required": ["things"],
        "properties": {"things": {"type": "array", "items": THING}},
    }
    page = {
        "type": "object",
        "required": ["_embedded", "_links"],
        "properties": {"_embedded": embedded, "_links": links},
    }
    paths = things()
    query = {"in": "query", "schema": {"type": "integer"}}
    paths["/things"]["get"] = {
        "parameters": [{**query, "name": name} for name in ("page", "size")],
        "responses": answers(_200=page),
    }
    found = told(ask(mocked(paths, seed_items=5), "GET", "/things?page=1&size=2", host="h"))
    assert found["_links"] == {
        "self": {"href": "http://h/things?page=1&size=2"},
        "next": {"href": "http://h/things?size=2&page=2"},
    }
