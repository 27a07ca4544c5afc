"""Handlers as they are served: arguments, threads, failures; the same in both frameworks."""

from __future__ import annotations

import asyncio
import importlib
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from respond.projects import (
    application,
    document,
    json_body,
    one,
    operation,
    parameter,
    send,
    write_handlers,
)

import treaty
import treaty.respond.frameworks  # it keeps back the warnings of importing Connexion
from handlers import database
from treaty.exchange.messages import Connection, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
both = pytest.mark.parametrize("framework", ["async", "flask"])


def ask(value: dict[str, Any], handlers: Path, framework: str, method: str, target: str, **more: Any) -> Any:
    """The response to one request."""
    policy = more.pop("policy", "refuse")
    return asyncio.run(send(application(value, handlers, framework, policy), method, target, **more))


@both
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_arguments_come_by_name_and_typed(framework: str, kind: str, tmp_path: Path) -> None:
    parameters = [
        parameter("thing-id", "path", "integer"),
        parameter("limit", "query", "integer", default=5),
        parameter("filter[by]"),
        parameter("class"),
        parameter("unused"),
        parameter("x-trace", "header"),
    ]
    value = one(
        path="/a/{thing-id}", method="post", parameters=parameters, requestBody=json_body({"type": "object"})
    )
    source = f"{kind} act(thing_id, body, class_='none', limit=0, filter_by=None): return locals()"
    handlers = write_handlers(tmp_path, things=source)
    response = ask(value, handlers, framework, "POST", "/a/7?filter[by]=x&unused=1", json={"n": 1})
    assert response.json() == {
        "thing_id": 7,
        "body": {"n": 1},
        "class_": "none",
        "limit": 5,
        "filter_by": "x",
    }


@pytest.mark.parametrize("method", ["get", "post"])
def test_connexion_itself_passes_the_same_arguments(method: str, tmp_path: Path) -> None:
    """Values differ where the contract does (Connexion knows Draft 4); names and defaults do not."""
    parameters = [
        parameter("thing-id", "path", "integer"),
        parameter("other_id", "path"),
        parameter("page-size", "query", "integer", default=5),
        parameter("filter[by]"),
        parameter("$top", "query", "integer"),
        parameter("camelCase"),
        parameter("2nd"),
        parameter("left-out"),
        parameter("x-trace", "header"),
    ]
    more: dict[str, Any] = {"requestBody": json_body({"type": "object"})} if method == "post" else {}
    value = one(path="/a/{thing-id}/{other_id}", method=method, parameters=parameters, **more)
    value["openapi"] = "3.0.3"
    target = "/a/7/x?filter[by]=1&$top=2&camelCase=c&2nd=n"
    content: dict[str, Any] = {"json": {"n": 1}} if method == "post" else {}
    handlers = write_handlers(tmp_path, things="def act(**values): return values")
    ours = ask(value, handlers, "async", method.upper(), target, **content)
    connexion = importlib.import_module("connexion")
    theirs = connexion.AsyncApp("theirs")
    theirs.add_api(value, resolver=connexion.Resolver(lambda _: lambda **values: (values, 200)))
    assert ours.json() == asyncio.run(send(theirs, method.upper(), target, **content)).json()


@both
def test_keywords_take_everything_but_headers_and_cookies(framework: str, tmp_path: Path) -> None:
    parameters = [parameter("b", "path"), parameter("c"), parameter("d"), parameter("x-trace", "header")]
    value = one(path="/a/{b}", parameters=parameters)
    handlers = write_handlers(tmp_path, things="def act(**values): return values")
    response = ask(value, handlers, framework, "GET", "/a/1?c=2", headers={"x-trace": "3"})
    assert response.json() == {"b": "1", "c": "2"}


@both
@pytest.mark.parametrize(
    ("source", "content", "body"),
    [
        ("def act(body): return [body]", None, [None]),
        ("def act(body='none'): return [body]", None, ["none"]),
        ("def act(body='none'): return [body]", b"null", [None]),
        ("def act(body): return [body]", b'{"a":1}', [{"a": 1}]),
        ("def act(): return ['no body']", b'{"a":1}', ["no body"]),
    ],
)
def test_a_body_may_be_left_out(
    framework: str, source: str, content: bytes | None, body: Any, tmp_path: Path
) -> None:
    value = one(method="post", requestBody=json_body({}, required=False))
    handlers = write_handlers(tmp_path, things=source)
    headers = {"content-type": "application/json"} if content else {}
    assert ask(value, handlers, framework, "POST", "/act", content=content, headers=headers).json() == body


@both
def test_forms_come_as_a_dict_and_other_bodies_as_bytes(framework: str, tmp_path: Path) -> None:
    form = {"schema": {"type": "object", "properties": {"n": {"type": "integer"}}}}
    content = {"application/x-www-form-urlencoded": form, "image/png": {}}
    value = one(method="post", requestBody={"content": content, "x-body-name": "sent"})
    handlers = write_handlers(tmp_path, things="def act(sent): return repr(sent)")
    assert ask(value, handlers, framework, "POST", "/act", data={"n": "1"}).text == "{'n': 1}"
    png = ask(
        value, handlers, framework, "POST", "/act", content=b"\x89", headers={"content-type": "image/png"}
    )
    assert png.text == r"b'\x89'"


@both
def test_files_come_by_their_names_too(framework: str, tmp_path: Path) -> None:
    """As in Connexion, which passes the files of a form beside the body."""
    file: dict[str, Any] = {"type": "string", "format": "binary"}
    properties = {"photo": file, "more": {"type": "array", "items": file}, "note": {"type": "string"}}
    schema = {"type": "object", "required": ["photo"], "properties": properties}
    value = one(method="post", requestBody={"content": {"multipart/form-data": {"schema": schema}}})
    source = """
        def act(body, photo, more=()):
            return [sorted(body), photo.filename, photo.read().decode(), [each.filename for each in more]]
    """
    handlers = write_handlers(tmp_path, things=source)
    files = [("photo", ("a.txt", b"1")), ("more", ("b.txt", b"2")), ("more", ("c.txt", b"3"))]
    response = ask(value, handlers, framework, "POST", "/act", files=files, data={"note": "n"})
    assert response.json() == [["more", "note", "photo"], "a.txt", "1", ["b.txt", "c.txt"]]
    assert ask(value, handlers, framework, "POST", "/act", files=files[:1]).json()[3] == []


@both
def test_fields_of_20_come_by_their_names(framework: str, tmp_path: Path) -> None:
    fields = [
        {"name": "formData", "in": "formData", "type": "string", "required": True},
        {"name": "$size", "in": "formData", "type": "integer"},
        {"name": "tags", "in": "formData", "type": "array", "items": {"type": "string"}, "default": ["new"]},
    ]
    act = operation("act", parameters=fields, consumes=["application/x-www-form-urlencoded"])
    info = {"title": "Things", "version": "1"}
    value = {"swagger": "2.0", "info": info, "paths": {"/act": {"post": act}}}
    handlers = write_handlers(
        tmp_path, things="def act(formData, tags, size=1): return [formData, tags, size]"
    )
    assert ask(value, handlers, framework, "POST", "/act", data={"formData": "a"}).json() == ["a", ["new"], 1]
    data = {"formData": "a", "tags": "b,c", "$size": "2"}
    assert ask(value, handlers, framework, "POST", "/act", data=data).json() == ["a", ["b", "c"], 2]


@both
def test_names_may_be_pythonic(framework: str, tmp_path: Path) -> None:
    """As with Connexion's `pythonic_params`, but each function may say."""
    parameters = [parameter("orderBy"), parameter("id", "path"), parameter("pageSize")]
    value = one(path="/a/{id}", parameters=parameters)
    handlers = write_handlers(
        tmp_path, things="def act(id_, order_by=None, pageSize=None): return [order_by, id_, pageSize]"
    )
    assert ask(value, handlers, framework, "GET", "/a/7?orderBy=name&pageSize=5").json() == ["name", "7", "5"]


@both
def test_a_default_stands_for_a_body_that_is_left_out(framework: str, tmp_path: Path) -> None:
    value = one(
        method="post", requestBody=json_body({"type": "object", "default": {"n": []}}, required=False)
    )
    handlers = write_handlers(tmp_path, things="def act(body): body['n'].append(1); return body")
    for _ in range(2):  # what a function does to it is its own
        assert ask(value, handlers, framework, "POST", "/act").json() == {"n": [1]}
    assert ask(value, handlers, framework, "POST", "/act", json={"n": [2]}).json() == {"n": [2, 1]}


@both
def test_an_integer_is_one_however_it_is_written(framework: str, tmp_path: Path) -> None:
    parameters = [parameter("n", "path", "integer"), parameter("m", "query", "number")]
    handlers = write_handlers(tmp_path, things="def act(n, m=None): return repr([n, m])")
    response = ask(one(path="/a/{n}", parameters=parameters), handlers, framework, "GET", "/a/1.0?m=2.0")
    assert response.text == "[1, 2.0]"


@both
def test_the_request_of_connexion_works_inside(framework: str, tmp_path: Path) -> None:
    source = """
        from connexion import request
        def act():
            return [request.method, request.url.path, request.headers["x-trace"], request.query_params["a"]]
        def get(**_):
            return request.path_params
    """
    handlers = write_handlers(tmp_path, things=source)
    response = ask(one(), handlers, framework, "GET", "/act?a=1", headers={"x-trace": "t"})
    assert response.json() == ["GET", "/act", "t", "1"]
    value = one("get", "/a/{n}", parameters=[parameter("n", "path", "integer")])
    assert ask(value, handlers, framework, "GET", "/a/7").json() == {"n": 7}


RAISING = """
    import connexion, flask, werkzeug.exceptions
    from starlette.exceptions import HTTPException

    def act(how):
        if how == "connexion":
            raise connexion.ProblemException(
                status=409, title="Taken", detail="secret", type="/taken", ext={"n": 1}
            )
        if how == "werkzeug":
            raise werkzeug.exceptions.NotFound("no such thing")
        if how == "starlette":
            raise HTTPException(418, "teapot", headers={"x-pot": "tea"})
        if how == "response":
            flask.abort(flask.Response("gone", 410))
        if how == "allow":
            raise werkzeug.exceptions.MethodNotAllowed(valid_methods=["PUT"])
        if how == "stop":
            next(iter(()))
        if how == "exit":
            raise SystemExit(1)
        if how == "answer":
            return object()
        if how == "generator":
            return (1 / 0 for _ in "a")
        raise ValueError("password=hunter2")
"""


@both
@pytest.mark.parametrize(
    ("how", "status", "members"),
    [
        ("connexion", 409, {"type": "/taken", "title": "Taken", "detail": "secret", "n": 1}),
        ("werkzeug", 404, {"type": "about:blank", "title": "Not Found", "detail": "no such thing"}),
        ("starlette", 418, {"title": "I'm a Teapot", "detail": "teapot"}),
    ],
)
def test_http_exceptions_become_problems_of_their_status(
    framework: str, how: str, status: int, members: dict[str, Any], tmp_path: Path
) -> None:
    value = one(path="/act/{how}", parameters=[parameter("how", "path")])
    handlers = write_handlers(tmp_path, things=RAISING)
    response = ask(value, handlers, framework, "GET", f"/act/{how}")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers.get("x-pot") == ("tea" if how == "starlette" else None)
    assert response.json().items() >= {**members, "status": status}.items()


@both
def test_an_exception_may_hold_a_response_or_headers(framework: str, tmp_path: Path) -> None:
    value = one(path="/act/{how}", parameters=[parameter("how", "path")])
    handlers = write_handlers(tmp_path, things=RAISING)
    gone = ask(value, handlers, framework, "GET", "/act/response")
    assert (gone.status_code, gone.text) == (410, "gone")
    assert ask(value, handlers, framework, "GET", "/act/allow").headers["allow"] == "PUT"


@both
@pytest.mark.parametrize("how", ["value", "stop", "exit", "answer", "generator"])
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_failure_is_a_problem_and_its_cause_is_in_the_log_only(
    framework: str, how: str, kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    value = one(path="/act/{how}", parameters=[parameter("how", "path")])
    handlers = write_handlers(tmp_path, things=RAISING.replace("def act", f"{kind} act"))
    with caplog.at_level(logging.ERROR, "treaty"):
        response = ask(value, handlers, framework, "GET", f"/act/{how}", policy="report")
    assert response.status_code == 500
    assert response.json() == {
        "type": "urn:treaty:problem:handler-failed",
        "title": "The handler failed",
        "status": 500,
        "detail": "The handler of act failed; the server's log says why.",
    }
    (record,) = [each for each in caplog.records if each.name == "treaty"]
    assert "act" in record.getMessage()
    if how == "value":
        assert record.exc_info is not None
        assert "hunter2" in str(record.exc_info[1])
        assert record.exc_info[2] is not None


@both
def test_a_response_that_breaks_the_contract_is_refused_or_reported(framework: str, tmp_path: Path) -> None:
    declared = {"200": {"description": "a", "content": {"application/json": {"schema": {"type": "array"}}}}}
    value = one(responses=declared)
    handlers = write_handlers(tmp_path, things="def act(): return {'a': 1}")
    refused = ask(value, handlers, framework, "GET", "/act")
    assert (refused.status_code, refused.json()["type"]) == (500, "urn:treaty:problem:invalid-response")
    assert ask(value, handlers, framework, "GET", "/act", policy="off").json() == {"a": 1}
    seen: list[Any] = []
    app = application(value, handlers, framework, "report")
    app.observe = lambda exchange, _: seen.append(exchange)
    assert asyncio.run(send(app, "GET", "/act")).json() == {"a": 1}
    assert seen[0].findings


@both
def test_an_invalid_request_never_reaches_the_handler(framework: str, tmp_path: Path) -> None:
    value = one(path="/a/{n}", parameters=[parameter("n", "path", "integer")])
    handlers = write_handlers(tmp_path, things="def act(n): raise AssertionError")
    assert ask(value, handlers, framework, "GET", "/a/x").status_code == 422


@both
def test_a_blocking_function_does_not_hold_up_others(framework: str, tmp_path: Path) -> None:
    source = """
        import threading
        MEETING = threading.Barrier(2)
        def act():
            MEETING.wait(10)
            return threading.current_thread().name
    """
    app = application(one(), write_handlers(tmp_path, things=source), framework)

    async def meet() -> list[httpx.Response]:
        return list(await asyncio.gather(send(app, "GET", "/act"), send(app, "GET", "/act")))

    names = {each.text for each in asyncio.run(meet())}
    assert len(names) == 2
    assert threading.current_thread().name not in names


def test_a_coroutine_runs_in_the_event_loop(tmp_path: Path) -> None:
    source = """
        import threading
        async def act(): return threading.current_thread() is threading.main_thread()
    """
    assert ask(one(), write_handlers(tmp_path, things=source), "async", "GET", "/act").json() is True


@both
def test_an_application_may_be_started_again(framework: str, tmp_path: Path) -> None:
    app = application(one(), write_handlers(tmp_path, things="def act(): return 1"), framework)

    async def live() -> list[str]:
        events = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
        sent: list[str] = []

        async def receive() -> Any:
            return next(events)

        async def note(message: Any) -> None:
            sent.append(message["type"])

        await app({"type": "lifespan"}, receive, note)
        return sent

    for _ in range(2):
        assert asyncio.run(live()) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        assert asyncio.run(send(app, "GET", "/act")).json() == 1


@both
@pytest.mark.parametrize("version", ["3.0.4", "3.1.1", "3.2.0"])
def test_recursive_documents_are_served(framework: str, version: str, tmp_path: Path) -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    reference = {"$ref": "#/components/schemas/Node"}
    value = document(
        {"/act": {"post": operation("act", requestBody=json_body(reference))}},
        version,
        components={"schemas": {"Node": {**node, "required": ["n"], "additionalProperties": True}}},
    )
    handlers = write_handlers(tmp_path, things="def act(body): return body['next']['n']")
    good, bad = {"n": 1, "next": {"n": 2}}, {"n": 1, "next": {}}
    assert ask(value, handlers, framework, "POST", "/act", json=good).json() == 2
    assert ask(value, handlers, framework, "POST", "/act", json=bad).status_code == 422


@both
def test_what_only_newer_documents_have_is_served(framework: str, tmp_path: Path) -> None:
    value = document(
        {"/act": {"query": operation("ask", requestBody=json_body({"type": ["array", "null"]}))}}, "3.2.0"
    )
    handlers = write_handlers(tmp_path, things="def ask(body): return [body]")
    response = ask(value, handlers, framework, "QUERY", "/act", json=[1])
    assert response.json() == [[1]]


@pytest.fixture
def _database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NEWSDESK_DATABASE", f"sqlite:///{tmp_path / 'newsdesk.sqlite'}")
    yield
    database.engine().dispose()


USER = {"name": "Ada", "email": "ada@newsdesk.example"}


@both
@pytest.mark.usefixtures("_database")
def test_every_operation_of_the_reference_service_answers(framework: Any) -> None:
    contract = treaty.load(PROJECT / "specs" / "newsdesk")
    app = treaty.serve(contract, PROJECT / "handlers", framework=framework)
    called: set[str] = set()
    app.observe = lambda exchange, _: called.add(exchange.operation.name if exchange.operation else "")

    def call(method: str, target: str, body: Any = None, kind: str = "application/json") -> httpx.Response:
        content = {} if body is None else {"json": body, "headers": {"content-type": kind}}
        return asyncio.run(send(app, method, target, **content))

    patch = "application/merge-patch+json"
    created = call("POST", "/users", USER)
    user = created.headers["location"]
    assert created.status_code == 201
    assert call("POST", "/users", USER).status_code == 409
    assert call("GET", user).json() == created.json()
    assert call("PUT", user, {**USER, "name": "A"}).json()["name"] == "A"
    assert call("PATCH", user, {"bio": "Counts."}, patch).json()["bio"] == "Counts."
    assert call("GET", "/users?limit=1").json()["total"] == 1
    post = {"author_id": created.json()["id"], "slug": "a-b", "title": "T", "content": "C"}
    posted = call("POST", "/posts", post)
    where = posted.headers["location"]
    assert call("GET", "/posts?status=draft").json()["items"] == [posted.json()]
    assert call("GET", where).status_code == call("PUT", where, post).status_code == 200
    assert call("PATCH", where, {"status": "published"}, patch).json()["published_at"] is not None
    assert call("DELETE", user).status_code == 409
    assert [call("DELETE", each).status_code for each in (where, user, user)] == [204, 204, 404]
    assert call("GET", "/health").json() == {"status": "ok"}
    assert called == {each.name for each in contract.operations}


CALLER = {
    "async": """
        from connexion import request
        def act():
            return {
                "client": request.client.host,
                "url": str(request.url),
                "version": request.scope["http_version"],
                "root": request.scope["root_path"],
            }
    """,
    "flask": """
        from flask import request
        def act():
            return {
                "client": request.remote_addr,
                "url": request.url,
                "version": request.environ["SERVER_PROTOCOL"][5:],
                "root": request.root_path,
            }
    """,
}


@both
@pytest.mark.parametrize("root", ["", "/api"])
def test_a_handler_knows_the_connection(framework: str, root: str, tmp_path: Path) -> None:
    app = application(one(path="/a b"), write_handlers(tmp_path, things=CALLER[framework]), framework)

    async def ask_over_tls() -> Any:
        transport = httpx.ASGITransport(app, client=("192.0.2.7", 4711), root_path=root)
        async with httpx.AsyncClient(transport=transport, base_url="https://things.example:8443") as client:
            return (await client.get(f"{root}/a%20b?n=1")).json()

    found = asyncio.run(ask_over_tls())
    assert (found["client"], found["version"], found["root"]) == ("192.0.2.7", "1.1", root)
    assert found["url"].replace("%20", " ") == f"https://things.example:8443{root}/a b?n=1"


@pytest.mark.parametrize(
    ("host", "server", "called"),
    [
        ("[::1]:8080", None, ("::1", "8080")),
        ("things.example", ("192.0.2.1", 81), ("things.example", "80")),
        ("a:b", ("192.0.2.1", 81), ("192.0.2.1", "81")),
        ("", ("/run/socket", None), ("/run/socket", "80")),
        ("", None, ("localhost", "80")),
    ],
)
def test_what_a_server_is_called(host: str, server: Any, called: tuple[str, str]) -> None:
    from treaty.respond.wsgi import environ_of

    environ = environ_of(Request("GET", "/", headers=[("host", host)], connection=Connection(server=server)))
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == called
    assert "REMOTE_ADDR" not in environ
