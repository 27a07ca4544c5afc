"""Guard: applications of every kind held to a contract; what it refuses never reaches them."""

from __future__ import annotations

import asyncio
import copy
import gzip
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import fastapi
import flask
import pytest
import starlette.applications
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute

import treaty
from treaty.exchange.kept import MAX_KEPT
from treaty.guarding import streaming
from treaty.guarding.application import as_asgi
from treaty.guarding.guard import Guard

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Books", "version": "1"},
    "paths": {
        "/books/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "put": {
                "operationId": "put_book",
                "security": [{"key": []}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"type": "object", "required": ["title"]}}},
                },
                "responses": {
                    "200": {
                        "description": "A book",
                        "content": {
                            "application/json": {"schema": {"type": "object", "required": ["id", "title"]}}
                        },
                    }
                },
            },
        },
    },
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
}
SEEN: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    SEEN.clear()


def answer(book_id: int, body: Any) -> dict[str, Any]:
    """What every application here does: a title that is `wrong` makes an answer that breaks the contract."""
    SEEN.append(f"{book_id} {body['title']}")
    if body["title"] == "fail":
        raise RuntimeError("the shelf fell")
    return {"id": book_id} if body["title"] == "wrong" else {"id": book_id, **body}


def starlette_app() -> Any:
    async def put(request: Any) -> JSONResponse:
        return JSONResponse(answer(request.path_params["book_id"], await request.json()))

    async def other(_: Any) -> JSONResponse:
        return JSONResponse({"other": True})

    routes = [Route("/books/{book_id:int}", put, methods=["PUT"]), Route("/other", other)]
    return starlette.applications.Starlette(routes=routes)


def fastapi_app() -> Any:
    app = fastapi.FastAPI()

    @app.put("/books/{book_id}")
    async def put(book_id: int, body: dict[str, Any]) -> dict[str, Any]:
        return answer(book_id, body)

    @app.get("/other")
    def other() -> dict[str, bool]:
        return {"other": True}

    return app


def flask_app() -> Any:
    app = flask.Flask(__name__)

    @app.put("/books/<int:book_id>")
    def put(book_id: int) -> dict[str, Any]:
        return answer(book_id, flask.request.get_json())

    @app.get("/other")
    def other() -> dict[str, bool]:
        return {"other": True}

    return app


def django_app(kind: str) -> Any:
    import django
    from django.conf import settings
    from django.core.handlers.asgi import ASGIHandler
    from django.core.handlers.wsgi import WSGIHandler

    if not settings.configured:
        settings.configure(ROOT_URLCONF=DjangoUrls, ALLOWED_HOSTS=["*"], SECRET_KEY="k", USE_TZ=True)  # noqa: S106  # of a test
        django.setup(set_prefix=False)
    return ASGIHandler() if kind == "asgi" else WSGIHandler()


class DjangoUrls:
    """What Django wants to find in a module of URLs."""

    @staticmethod
    def _put(request: Any, book_id: int) -> Any:
        from django.http import JsonResponse

        return JsonResponse(answer(book_id, json.loads(request.body)))

    @staticmethod
    def _other(_: Any) -> Any:
        from django.http import JsonResponse

        return JsonResponse({"other": True})

    @classmethod
    def patterns(cls) -> list[Any]:
        from django.urls import path

        return [path("books/<int:book_id>", cls._put), path("other", cls._other)]


DjangoUrls.urlpatterns = DjangoUrls.patterns()  # type: ignore[attr-defined]  # read by Django

APPLICATIONS: dict[str, Callable[[], Any]] = {
    "starlette": starlette_app,
    "fastapi": fastapi_app,
    "flask": flask_app,
    "django-asgi": lambda: django_app("asgi"),
    "django-wsgi": lambda: django_app("wsgi"),
}


@pytest.fixture(params=APPLICATIONS)
def application(request: pytest.FixtureRequest) -> Any:
    return APPLICATIONS[request.param]()


def guarded(application: Any, **options: Any) -> Guard:
    return treaty.guard(treaty.load(DOCUMENT), application, **options)


def send(
    app: Callable[..., Awaitable[None]],
    path: str = "/books/7",
    body: Any = None,
    method: str = "PUT",
    **headers: str,
) -> tuple[int, dict[str, str], Any]:
    """Status, headers and body of the answer to one request."""
    content = json.dumps(body).encode() if body is not None else b""
    named = {"x_key": "opens-it", "content_type": "application/json", "accept_encoding": "gzip"} | headers
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            *((name.replace("_", "-").encode(), value.encode()) for name, value in named.items() if value),
            (b"host", b"books.example"),
            (b"content-length", str(len(content)).encode()),
        ],
        "server": ("books.example", 80),
        "client": ("192.0.2.1", 1234),
    }
    sent: list[Any] = []
    received = iter([{"type": "http.request", "body": content, "more_body": False}])

    async def receive() -> Any:
        message = next(received, None)
        if message is None:
            await asyncio.Event().wait()  # the client stays
        return message

    async def keep(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, keep))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    names = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], names, sent[1]["body"]


def problem(answered: tuple[int, dict[str, str], Any]) -> tuple[int, str, list[str]]:
    status, headers, body = answered
    assert headers["content-type"] == "application/problem+json"
    value = json.loads(body)
    codes = [error["code"] for error in value.get("errors", ())]
    return status, value["type"].removeprefix("urn:treaty:problem:"), codes


def test_what_the_contract_allows_passes(application: Any) -> None:
    status, _, body = send(guarded(application), body={"title": "Emma"})
    assert (status, json.loads(body)) == (200, {"id": 7, "title": "Emma"})
    assert SEEN == ["7 Emma"]


def test_what_it_does_not_allow_never_reaches_the_application(application: Any) -> None:
    app = guarded(application)
    assert problem(send(app, body={})) == (422, "invalid-request", ["schema-required"])
    assert problem(send(app, "/books/seven", body={"title": "x"}))[0] == 422
    assert problem(send(app, body={"title": "x"}, x_key="")) == (401, "unauthorized", ["unauthorized"])
    assert problem(send(app, body={"title": "x"}, content_type="text/plain"))[0] == 415
    assert problem(send(app, method="GET"))[:2] == (405, "method-not-allowed")
    assert SEEN == []


def test_a_body_that_came_in_chunks_has_a_length_by_now(application: Any) -> None:
    status, _, body = send(guarded(application), body={"title": "Emma"}, transfer_encoding="chunked")
    assert (status, json.loads(body)) == (200, {"id": 7, "title": "Emma"})


def test_an_answer_that_breaks_the_contract_is_refused(application: Any) -> None:
    assert problem(send(guarded(application), body={"title": "wrong"})) == (
        500,
        "invalid-response",
        ["schema-required"],
    )
    assert SEEN == ["7 wrong"]


def test_an_answer_that_breaks_the_contract_is_reported(
    application: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = guarded(application, validate_responses="report")
    with caplog.at_level(logging.WARNING, "treaty"):
        assert send(app, body={"title": "wrong"})[0] == 200
        assert send(app, body={})[0] == 422
        assert send(app, "/other", method="GET")[0] == 404
    assert app.counts == {
        ("put_book", "response", "schema-required"): 1,
        ("put_book", "request", "schema-required"): 1,
        ("", "request", "not-found"): 1,
    }
    (record,) = (each for each in caplog.records if each.name == "treaty")
    assert (vars(record)["operation"], vars(record)["code"]) == ("put_book", "schema-required")
    assert [record.getMessage() for record in caplog.records if record.name == "treaty"] == [
        'put_book answered 200: body: "title" is a required property'
    ]


def test_it_is_not_looked_at_when_that_is_off(application: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert send(guarded(application, validate_responses="off"), body={"title": "wrong"})[0] == 200
    assert [record for record in caplog.records if record.name == "treaty"] == []


def test_a_path_the_contract_does_not_have(application: Any) -> None:
    assert problem(send(guarded(application), "/other", method="GET"))[:2] == (404, "not-found")
    status, _, body = send(guarded(application, pass_unknown=True), "/other", method="GET", content_type="")
    assert (status, json.loads(body)) == (200, {"other": True})


def test_an_application_that_fails_is_a_problem_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def failing(_: Any, receive: Any, __: Any) -> None:
        answer(1, json.loads((await receive())["body"]))

    assert problem(send(guarded(failing), body={"title": "fail"}))[:2] == (500, "handler-failed")
    assert "the shelf fell" in caplog.text


@pytest.mark.parametrize("messages", [[], [{"type": "http.response.start", "status": 200, "headers": []}]])
def test_an_application_that_finishes_no_response_failed(messages: list[Any]) -> None:
    async def silent(_: Any, __: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    assert problem(send(guarded(silent), body={"title": "x"}))[:2] == (500, "handler-failed")


def test_a_verifier_of_the_service() -> None:
    def verify(requirement: treaty.Requirement, credential: treaty.Credential) -> treaty.Verdict:
        known = credential.value == "opens-it" and requirement.scheme.name == "key"
        return treaty.Verdict.ACCEPTED if known else treaty.Verdict.REFUSED

    app = guarded(starlette_app(), verify=verify)
    assert send(app, body={"title": "x"})[0] == 200
    status, headers, body = send(app, body={}, x_key="guessed-wrongly")
    assert (status, headers["www-authenticate"]) == (401, 'ApiKey realm="key"')
    assert "guessed-wrongly" not in body.decode()
    assert problem((status, headers, body))[2] == ["unauthorized", "schema-required"]


def test_a_stream_is_judged_as_a_whole_and_the_client_may_stay() -> None:
    async def stream(_: Any) -> StreamingResponse:
        return StreamingResponse(iter(['{"id": 1, ', '"title": "x"}']), media_type="application/json")

    app = starlette.applications.Starlette(routes=[Route("/books/7", stream, methods=["PUT"])])
    assert json.loads(send(guarded(app), body={"title": "x"})[2]) == {"id": 1, "title": "x"}


@pytest.mark.parametrize(
    ("accepted", "asked"),
    [
        ("gzip", "gzip"),
        ("br;q=1.0, compress, zstd;q=0.5, *;q=0.1", "br;q=1.0, zstd;q=0.5"),
        ("compress", "identity"),
        ("", None),
    ],
)
def test_an_application_is_asked_only_for_codings_that_can_be_undone(
    accepted: str, asked: str | None
) -> None:
    async def show(request: Any) -> JSONResponse:
        return JSONResponse({"id": 1, "title": request.headers.get("accept-encoding")})

    app = starlette.applications.Starlette(routes=[Route("/books/7", show, methods=["PUT"])])
    answer = send(guarded(app), body={"title": "x"}, accept_encoding=accepted)
    assert json.loads(answer[2]) == {"id": 1, "title": asked}


@pytest.mark.parametrize(("title", "status"), [("fine", 200), ("wrong", 500)])
def test_a_compressed_answer_is_judged(title: str, status: int) -> None:
    app = GZipMiddleware(starlette_app(), minimum_size=0)
    got, headers, content = send(guarded(app), body={"title": title})
    assert got == status
    assert (headers.get("content-encoding") == "gzip") is (status == 200)
    if status == 200:
        assert json.loads(gzip.decompress(content)) == {"id": 7, "title": title}


def test_a_response_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "MAX_RESPONSE_BYTES", 1_000)

    def flood(_: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", "application/json")])
        for _ in range(100):
            yield b" " * 100

    status, _, body = send(guarded(flood), body={"title": "x"})
    assert (status, json.loads(body)["type"]) == (500, "urn:treaty:problem:invalid-response")


def test_the_lifespan_is_the_applications() -> None:
    lived: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Any) -> Any:
        lived.append("started")
        yield
        lived.append("stopped")

    app = guarded(starlette.applications.Starlette(lifespan=lifespan))
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[str] = []

    async def receive() -> Any:
        return next(messages)

    async def keep(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(app({"type": "lifespan", "state": {}}, receive, keep))
    assert (lived, sent) == (
        ["started", "stopped"],
        ["lifespan.startup.complete", "lifespan.shutdown.complete"],
    )


@pytest.mark.parametrize(
    ("pass_unknown", "expected"), [(False, "websocket.close"), (True, "websocket.accept")]
)
def test_a_websocket_is_what_the_contract_does_not_know(pass_unknown: bool, expected: str) -> None:
    async def talk(socket: Any) -> None:
        await socket.accept()

    app = guarded(
        starlette.applications.Starlette(routes=[WebSocketRoute("/talk", talk)]), pass_unknown=pass_unknown
    )
    sent: list[str] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def keep(message: Any) -> None:
        sent.append(message["type"])

    scope = {"type": "websocket", "path": "/talk", "headers": [], "query_string": b"", "subprotocols": []}
    asyncio.run(app(scope, receive, keep))
    assert sent == [expected]


def test_which_applications_are_asgi() -> None:
    async def coroutine(scope: Any, receive: Any, send: Any) -> None: ...

    def wrapper(scope: Any, receive: Any, send: Any) -> Any: ...

    def wsgi(environ: Any, start_response: Any) -> Any: ...

    class Called:
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

    called = Called()
    assert [as_asgi(each) for each in (coroutine, wrapper, called)] == [coroutine, wrapper, called]
    assert as_asgi(wsgi) is not wsgi


def test_what_is_allowed_across_origins_is_the_application_s_to_say() -> None:
    async def preflight(_scope: Any, _receive: Any, answer_with: Any) -> None:
        headers = [(b"access-control-allow-origin", b"https://shop.example")]
        await answer_with({"type": "http.response.start", "status": 200, "headers": headers})
        await answer_with({"type": "http.response.body", "body": b""})

    status, headers, _ = send(guarded(preflight), "/books/7", method="OPTIONS", content_type="")
    assert (status, headers["access-control-allow-origin"]) == (200, "https://shop.example")


# --- verdicts that are kept


def counted(app: Any, path: str, body: Any = None, **headers: str) -> int:
    return send(app, path, body, **headers)[0]


def test_what_was_right_is_right_again_and_nothing_else_is() -> None:
    document = copy.deepcopy(DOCUMENT)
    operation: Any = document["paths"]["/books/{id}"]  # type: ignore[index]  # a document
    operation["put"] |= {
        "security": [],
        "parameters": [{"name": "X-Shelf", "in": "header", "schema": {"type": "integer"}}],
    }
    app = treaty.guard(treaty.load(document), starlette_app())
    right, wrong = {"title": "Emma"}, {"title": "wrong"}
    for _ in range(4):
        assert counted(app, "/books/7", right) == 200
        assert counted(app, "/books/7", right, x_shelf="1") == 200
        assert counted(app, "/books/7", right, X_SHELF="one") == 422
        assert counted(app, "/books/7", wrong) == 500
        assert counted(app, "/books/7", {}) == 422
        assert counted(app, "/books/seven", right) == 422
        assert counted(app, "/books/7", right, content_type="text/plain") == 415
        assert counted(app, "/books/7", right, content_encoding="gzip") == 400
    assert len(SEEN) == 12
    assert app.kept.requests.values
    assert app.kept.responses.values


def test_no_request_with_a_credential_is_kept() -> None:
    app = guarded(starlette_app())
    found = [counted(app, "/books/7", {"title": "Emma"}, x_key=key) for key in ("a", "a", "", "a")]
    assert found == [200, 200, 401, 200]
    assert not app.kept.requests.values


def test_what_is_kept_is_bounded() -> None:
    async def echo(_: Any, receive: Any, answer_with: Any) -> None:
        message = await receive()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(message["body"]))]
        await answer_with({"type": "http.response.start", "status": 200, "headers": headers})
        await answer_with({"type": "http.response.body", "body": message["body"]})

    document = copy.deepcopy(DOCUMENT)
    document["paths"]["/books/{id}"]["put"]["security"] = []  # type: ignore[index]  # a document
    app = treaty.guard(treaty.load(document), echo)
    for number in range(MAX_KEPT + 10):
        for _ in range(4):  # what is asked for twice is kept: its target, then the request
            assert counted(app, f"/books/{number}", {"id": number, "title": "Emma"}) == 200
    assert len(app.kept.targets.values) <= MAX_KEPT
    assert {len(app.kept.requests.values), len(app.kept.responses.values)} == {MAX_KEPT}
    for _ in range(3):
        assert counted(app, "/books/1", {"id": -1, "title": "x" * 10_000}) == 200
    parts = [part for key in app.kept.requests.values for part in key if isinstance(part, bytes)]
    assert max(map(len, parts)) < 10_000


# --- what an application does beside its response


def test_what_is_done_after_a_response_delays_nobody() -> None:
    order: list[str] = []

    async def app(_: Any, __: Any, answer_with: Any) -> None:
        headers = [(b"content-type", b"application/json")]
        await answer_with({"type": "http.response.start", "status": 200, "headers": headers})
        await answer_with({"type": "http.response.body", "body": b'{"id": 1, "title": "x"}'})
        order.append("afterwards")

    async def ask() -> None:
        async def receive() -> Any:
            return {"type": "http.request", "body": b'{"title": "x"}'}

        async def keep(message: Any) -> None:
            order.append(message["type"])

        scope = {
            "type": "http",
            "method": "PUT",
            "path": "/books/1",
            "headers": [[b"content-type", b"application/json"], [b"x-key", b"k"]],
        }
        await guarded(app)(scope, receive, keep)

    asyncio.run(ask())
    assert order == ["http.response.start", "http.response.body", "afterwards"]


def test_an_application_that_does_not_speak_asgi_failed(caplog: pytest.LogCaptureFixture) -> None:
    async def headless(_: Any, __: Any, answer_with: Any) -> None:
        await answer_with({"type": "http.response.body", "body": b""})

    async def two_headed(_: Any, __: Any, answer_with: Any) -> None:
        for _ in range(2):
            await answer_with({"type": "http.response.start", "status": 200, "headers": []})

    for app in (headless, two_headed):
        caplog.clear()
        assert problem(send(guarded(app), body={"title": "x"}))[:2] == (500, "handler-failed")
        assert "http.response." in caplog.text


def test_an_application_need_not_know_head_where_the_contract_does_not_declare_it() -> None:
    async def without_head(_: Any, __: Any, answer_with: Any) -> None:
        await answer_with({"type": "http.response.start", "status": 405, "headers": [(b"allow", b"GET")]})
        await answer_with({"type": "http.response.body", "body": b""})

    document = copy.deepcopy(DOCUMENT)
    item: Any = document["paths"]["/books/{id}"]  # type: ignore[index]  # a document
    item["get"] = {"responses": {"200": {"description": "A book"}}}
    app = treaty.guard(treaty.load(document), without_head)
    assert send(app, method="HEAD", content_type="")[0] == 405
    assert problem(send(app, method="GET", content_type=""))[:2] == (500, "invalid-response")
    item["head"] = item["get"]
    declared = treaty.guard(treaty.load(document), without_head)
    assert send(declared, method="HEAD", content_type="")[0] == 500


def test_operations_told_apart_by_a_header_are_judged_each_by_its_own() -> None:
    """Their paths differ in a fragment, which no client sends."""

    async def echo(scope: Any, _receive: Any, send: Any) -> None:
        target = dict(scope["headers"])[b"x-target"]
        body = b'{"made": 1}' if target == b"Make" else b'{"listed": []}'
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})

    def operation(name: str) -> dict[str, Any]:
        content = {"application/json": {"schema": {"required": [name]}}}
        return {"get": {"responses": {"200": {"description": "d", "content": content}}}}

    paths = {"/#X-Target=Make": operation("made"), "/#X-Target=List": operation("listed")}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}
    app = treaty.guard(treaty.load(document), echo)
    for target in ("Make", "List", "Make"):
        status, _, _ = send(app, "/", method="GET", x_target=target)
        assert status == 200
