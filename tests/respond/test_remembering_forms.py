"""Many forms in which contracts write the same: media ranges, lists of one, envelopes, suffixes of paths."""

from __future__ import annotations

from typing import Any

import pytest
from respond.remembered import PATH_ID, THING, answers, ask, body, content, mocked, things, told


def holding(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


LISTED = {"type": "array", "items": THING}
NEW = {"type": "object", "properties": {"name": {"type": "string"}}}


def written(many: Any, one: Any, sent: Any = NEW, kind: str = "application/json") -> dict[str, Any]:
    def of(schema: Any) -> dict[str, Any]:
        return {"200": {"description": "", "content": content(schema, kind)}, "404": {"description": ""}}

    return {
        "/things": {
            "get": {"responses": of(many)},
            "post": {"requestBody": body(sent), "responses": of(one)},
        },
        "/things/{id}": {
            "parameters": [PATH_ID],
            "get": {"responses": of(one)},
            "put": {"requestBody": body(sent), "responses": of(one)},
            "delete": {"responses": answers(_204=None, _404=None)},
        },
    }


JSEND = holding(status={"const": "success"}, data=holding(thing=THING, server_knowledge={"type": "integer"}))
JSENDS = holding(status={"const": "success"}, data=holding(things=LISTED))


@pytest.mark.parametrize(
    ("paths", "one", "many", "sent"),
    [
        (written(LISTED, THING, kind="*/*"), [], [], []),
        (written(LISTED, LISTED), [0], [], []),
        (written(holding(things=LISTED), holding(things=LISTED)), ["things", 0], ["things"], []),
        (written(JSENDS, JSEND, holding(thing=NEW)), ["data", "thing"], ["data", "things"], ["thing"]),
    ],
)
def test_what_is_created_is_found_in_every_form(
    paths: dict[str, Any], one: list[Any], many: list[Any], sent: list[Any]
) -> None:
    def at(value: Any, way: list[Any]) -> Any:
        for name in way:
            value = value[name]
        return value

    def sending(name: str) -> Any:
        return {sent[0]: {"name": name}} if sent else {"name": name}

    app = mocked(paths)
    new = at(told(ask(app, "POST", "/things", sending("N"))), one)
    path = f"/things/{new['id']}"
    assert new["name"] == "N"
    assert at(told(ask(app, "GET", path)), one) == new
    assert new in at(told(ask(app, "GET", "/things")), many)
    assert at(told(ask(app, "PUT", path, sending("M"))), one)["name"] == "M"
    assert ask(app, "DELETE", path).status == 204
    assert ask(app, "GET", path).status == 404


def test_what_answers_with_all_that_there_are_is_left_to_the_mock() -> None:
    """POST of labels to an issue, which answers with all labels of it."""
    paths = written(LISTED, THING)
    labels = holding(labels={"type": "array", "items": {"type": "string"}})
    paths["/things"]["post"] = {"requestBody": body(labels), "responses": answers(_200=LISTED)}
    app = mocked(paths)
    before = told(ask(app, "GET", "/things"))
    ask(app, "POST", "/things", {"labels": ["a"]})
    assert told(ask(app, "GET", "/things")) == before


def test_paths_may_end_with_the_form() -> None:
    paths = {f"{path}.json": item for path, item in things(delete={"responses": answers(_204=None)}).items()}
    paths["/things/{id}.json"]["get"]["responses"] |= answers(_404=None)
    app = mocked(paths)
    response = ask(app, "POST", "/things.json", {"id": "a b", "name": "A"})
    path = response.header("location")
    assert path == "/things/a%20b.json"
    assert told(ask(app, "GET", path))["name"] == "A"
    assert "a b" in [each["id"] for each in told(ask(app, "GET", "/things.json"))]
    assert ask(app, "DELETE", path).status == 204
    assert ask(app, "GET", path).status == 404


def test_what_several_parameters_of_a_segment_name_are_several() -> None:
    names = [{**PATH_ID, "name": name} for name in ("one", "other")]
    one = {"responses": answers(_200=holding(note={"type": "string"}))}
    put = {**one, "requestBody": body(holding(note={"type": "string"}))}
    app = mocked({"/pairs/{one}...{other}/note": {"parameters": names, "get": one, "put": put}})
    for each in "ab":
        ask(app, "PUT", f"/pairs/x...{each}/note", {"note": each})
    assert [told(ask(app, "GET", f"/pairs/x...{each}/note"))["note"] for each in "ab"] == ["a", "b"]


def test_an_item_is_known_by_what_the_request_called_it() -> None:
    """The items do not say their name, but the request that creates one does, as their path."""
    item = holding(size={"type": "integer"})
    sent = holding(deviceName={"type": "string"}, size={"type": "integer"})
    at = {"name": "device_name", "in": "path", "required": True, "schema": {"type": "string"}}
    app = mocked(
        {
            "/devices": {
                "get": {"responses": answers(_200={"type": "array", "items": item})},
                "post": {"requestBody": body(sent), "responses": answers(_201=None)},
            },
            "/devices/{device_name}": {
                "parameters": [at],
                "get": {"responses": answers(_200=item, _404=None)},
            },
        }
    )
    assert ask(app, "POST", "/devices", {"deviceName": "phone", "size": 5}).status == 201
    assert told(ask(app, "GET", "/devices/phone")) == {"size": 5}


def test_what_a_list_calls_its_items_otherwise_is_the_same() -> None:
    """The items of a list have a `name`; alone they have a `poolName`, as their path says."""
    named, alone = holding(name={"type": "string"}), holding(poolName={"type": "string"})
    at = {"name": "poolName", "in": "path", "required": True, "schema": {"type": "string"}}
    app = mocked(
        {
            "/pools": {
                "get": {"responses": answers(_200={"type": "array", "items": named})},
                "post": {"requestBody": body(named), "responses": answers(_201=named)},
            },
            "/pools/{poolName}": {"parameters": [at], "get": {"responses": answers(_200=alone, _404=None)}},
        }
    )
    assert told(ask(app, "POST", "/pools", {"name": "p"})) == {"name": "p"}
    assert {"name": "p"} in told(ask(app, "GET", "/pools"))
    assert told(ask(app, "GET", "/pools/p")) == {"poolName": "p"}


def test_one_name_of_parameters_does_not_make_an_item_its_own_parent() -> None:
    item = holding(webId={"type": "string"}, name={"type": "string"})
    at = {"parameters": [{**PATH_ID, "name": "webId"}]}
    one = {"get": {"responses": answers(_200=item, _404=None)}}
    listed = {"get": {"responses": answers(_200={"type": "array", "items": item})}}
    sent = {"post": {"requestBody": body(holding(name={"type": "string"})), "responses": answers(_201=item)}}
    app = mocked(
        {
            "/elements": {**listed, **sent},
            "/elements/{webId}": {**at, **one},
            "/analyses": {**listed, **sent},
            "/analyses/{webId}": {**at, **one},
            "/elements/{webId}/analyses": {**at, **listed, **sent},
        }
    )
    element = told(ask(app, "POST", "/elements", {"name": "E"}))["webId"]
    made = [told(ask(app, "POST", f"/elements/{element}/analyses", {"name": "A"}))["webId"] for _ in "ab"]
    assert len({element, *made}) == 3


def test_an_identity_that_only_its_path_says_is_one_that_the_path_takes() -> None:
    schema = {"type": "string", "format": "uuid", "example": "0076a379-f32d-4732-9e91-33ab219d8fde"}
    app = mocked(
        {
            "/jobs": {"post": {"requestBody": body(NEW), "responses": answers(_201=None)}},
            "/jobs/{id}": {
                "parameters": [{**PATH_ID, "schema": schema}],
                "get": {"responses": answers(_200=NEW, _404=None)},
            },
        }
    )
    for name in "abc":
        path = ask(app, "POST", "/jobs", {"name": name}).header("location")
        assert path is not None
        assert told(ask(app, "GET", path)) == {"name": name}
