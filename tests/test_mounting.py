"""Several contracts in one application."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import treaty
from treaty.enforcing import Exchange
from treaty.exchange.messages import Request
from treaty.findings import DocumentError
from treaty.mounting import MAX_CONFLICTS


def contract(*paths: str, servers: tuple[str, ...] = (), title: str = "T") -> treaty.Contract:
    """A contract with a GET for each path; each answers the title."""
    answer = {"200": {"description": "ok", "content": {"application/json": {"example": title}}}}

    def parameters(path: str) -> list[Any]:
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        return [{"name": each, "in": "path", "required": True, "schema": {}} for each in names]

    return treaty.load(
        {
            "openapi": "3.1.0",
            "info": {"title": title, "version": "1"},
            "servers": [{"url": each} for each in servers] or [{"url": "/"}],
            "paths": {path: {"get": {"parameters": parameters(path), "responses": answer}} for path in paths},
        }
    )


def get(app: Any, path: str, method: str = "GET") -> Exchange:
    found: Exchange = asyncio.run(app.answer(Request(method, path)))
    return found


def answered(app: Any, path: str) -> Any:
    response = get(app, path).response
    return json.loads(response.body) if response.status == 200 else response.status


def test_each_is_below_the_paths_of_its_servers_and_only_there() -> None:
    users = contract("/users/{id}", servers=("https://api.example/v1", "/v2"), title="users")
    app = treaty.mock({"users": users, "orders": contract("/orders", title="orders")})
    assert [answered(app, path) for path in ("/v1/users/7", "/v2/users/7", "/users/7")] == [
        "users",
        "users",
        404,
    ]
    assert [answered(app, path) for path in ("/orders", "/v1/orders")] == ["orders", 404]


def test_a_prefix_takes_the_place_of_the_servers_paths() -> None:
    mounted = {"a": contract("/x", servers=("/v1",), title="a"), "b": contract("/x", title="b")}
    app = treaty.mock(mounted, prefixes={"a": "/shop/a/", "b": "b c{d}"})
    assert [answered(app, path) for path in ("/shop/a/x", "/v1/x", "/b%20c%7Bd%7D/x")] == ["a", 404, "b"]
    at_root = treaty.mock({"a": mounted["a"]}, prefixes={"a": "/"})
    assert [answered(at_root, path) for path in ("/x", "/v1/x")] == ["a", 404]


def test_the_most_particular_path_of_all_contracts_is_found() -> None:
    app = treaty.mock({"a": contract("/users/{id}", title="a"), "b": contract("/users/me", title="b")})
    assert [answered(app, path) for path in ("/users/7", "/users/me")] == ["a", "b"]


def test_what_none_of_them_has() -> None:
    app = treaty.mock({"a": contract("/x"), "b": contract("/y")})
    assert get(app, "/nowhere").response.status == 404
    refused = get(app, "/x", "PUT").response
    assert (refused.status, refused.header("allow")) == (405, "GET, HEAD")
    options = get(app, "/y", "OPTIONS").response
    assert (options.status, options.header("allow")) == (204, "GET, HEAD, OPTIONS")


def test_what_is_claimed_twice_refuses_with_both_places(tmp_path: Any) -> None:
    text = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a/{%s}:\n    get: %s\n"
    parameters = "[{name: %s, in: path, required: true, schema: {}}]"
    get_a = f"{{parameters: {parameters}, responses: {{'200': {{description: ok}}}}}}"
    loaded = {}
    for name in ("id", "key"):
        (tmp_path / f"{name}.yaml").write_text(text % (name, get_a % name))
        loaded[name] = treaty.load(tmp_path / f"{name}.yaml")
    with pytest.raises(DocumentError) as caught:
        treaty.mock(loaded)
    [finding] = caught.value.findings
    assert finding.code == "claimed-twice"
    assert "GET /a/{key} is claimed by `id` and by `key`" in finding.message
    assert [str(each).rpartition("/")[2] for each in (finding.location, *finding.related)] == [
        "key.yaml:5:5",
        "id.yaml:5:5",
    ]
    assert "--prefix key=/key" in finding.hint
    assert answered(treaty.mock(loaded, prefixes={"key": "/key"}), "/nowhere") == 404


def test_very_many_conflicts_are_counted() -> None:
    paths = [f"/{number}" for number in range(MAX_CONFLICTS + 1)]
    with pytest.raises(DocumentError) as caught:
        treaty.mock({"a": contract(*paths), "b": contract(*paths)})
    assert len(caught.value.findings) == MAX_CONFLICTS + 1
    assert "1 more" in caught.value.findings[-1].message


def test_each_has_its_pages_and_a_page_lists_them() -> None:
    first = contract("/x", servers=("/v1",), title="One <1>")
    app = treaty.mock({"a": first, "b": contract("/y", title="Two")})
    assert b"One &lt;1&gt; 1</a> (1 operation)" in get(app, "/docs").response.body
    assert b'href="v1/docs"' in get(app, "/").response.body
    assert b'href="b/openapi.json"' in get(app, "/").response.body
    for path, title in (("/v1", "One <1>"), ("/a", "One <1>"), ("/b", "Two")):
        assert json.loads(get(app, f"{path}/openapi.json").response.body)["info"]["title"] == title
        assert get(app, f"{path}/docs").response.status == 200
        assert get(app, f"{path}/docs/assets/start.js").response.status == 200
    assert get(app, "/docs/").response.header("location") == "../docs"
    assert get(app, "/openapi.json").response.status == 404
    assert get(app, "/docs", "POST").response.status == 404


def test_examples_that_are_not_true_are_told_with_their_place(tmp_path: Any) -> None:
    text = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"
    text += "paths:\n  /x:\n    get:\n      responses:\n        '200':\n"
    content = (
        "          description: ok\n          content: {text/plain: {schema: {enum: [a]}, example: b}}\n"
    )
    (tmp_path / "x.yaml").write_text(text + content)
    told: list[treaty.Finding] = []
    app = treaty.mock({"a": contract("/y"), "x": treaty.load(tmp_path / "x.yaml")}, report=told.append)
    assert get(app, "/x").response.body == b"a"
    assert [str(each.location).rpartition("/")[2] for each in told] == ["x.yaml:9:55"]
