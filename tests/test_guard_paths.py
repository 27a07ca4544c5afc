"""Guard: what the path of a request is to the contract, and what it is to the application behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import flask
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

import treaty

NAME = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
DONE = {"responses": {"200": {"description": "Done"}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Shelves", "version": "1"},
    "paths": {
        "/{name}": {"parameters": [NAME], "get": DONE},
        "/vault/keys": {"get": {**DONE, "security": [{"key": []}]}},
    },
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
}


def starlette_app() -> Any:
    async def vault(_: Any) -> PlainTextResponse:
        return PlainTextResponse("the keys")

    async def shelf(request: Any) -> PlainTextResponse:
        return PlainTextResponse(request.path_params["name"])

    return Starlette(routes=[Route("/vault/keys", vault), Route("/{name:path}", shelf)])


def flask_app() -> Any:
    app = flask.Flask(__name__)
    app.add_url_rule("/vault/keys", "vault", lambda: "the keys")
    app.add_url_rule("/<path:name>", "shelf", lambda name: name)
    return app


@pytest.fixture(params=[starlette_app, flask_app])
def application(request: pytest.FixtureRequest) -> Any:
    make: Callable[[], Any] = request.param
    return make()


def get(app: Any, raw: str) -> tuple[int, str]:
    """Status and body of the answer to a path as it is sent; a server gives it decoded, too."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(raw),
        "raw_path": raw.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"shelves.example")],
        "server": ("shelves.example", 80),
        "client": ("192.0.2.1", 1234),
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def keep(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, keep))
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:]).decode()


@pytest.mark.parametrize("path", ["/vault%2Fkeys", "/vault%2fkeys", "/vault%2F%6Beys"])
@pytest.mark.parametrize("pass_unknown", [False, True])
def test_an_encoded_slash_opens_no_other_path(application: Any, path: str, pass_unknown: bool) -> None:
    app = treaty.guard(DOCUMENT, application, pass_unknown=pass_unknown)
    status, body = get(app, path)
    assert (status, "another path" in body) == (404, True)
    assert get(app, "/vault/keys")[0] == 401


def test_nor_of_a_contract_that_has_no_path_for_it(application: Any) -> None:
    paths = {"/vault/keys": DOCUMENT["paths"]["/vault/keys"]}  # type: ignore[index]
    app = treaty.guard({**DOCUMENT, "paths": paths}, application, pass_unknown=True)
    assert get(app, "/vault%2Fkeys")[0] == 404
    assert get(app, "/shelf%2Fa") == (200, "shelf/a")


def test_a_value_with_a_slash_reaches_the_application(application: Any) -> None:
    app = treaty.guard(DOCUMENT, application)
    assert get(app, "/shelf%2Fa") == (200, "shelf/a")
    assert get(app, "/shelf/a")[0] == 404


@pytest.mark.parametrize("path", ["/app/vault/keys", "/%61pp/vault/keys", "/app%2Fvault/keys"])
def test_a_guard_that_is_mounted_judges_what_is_below(path: str) -> None:
    app = treaty.guard(DOCUMENT, starlette_app(), pass_unknown=True)
    assert get(Starlette(routes=[Mount("/app", app)]), path)[0] == 401
