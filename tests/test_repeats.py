"""What was answered before is answered again: to the byte, to the same requests only, within bounds."""

from __future__ import annotations

import asyncio
import base64
import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import treaty
from treaty.asgi import App
from treaty.engine import Engine, Exchange, build_engine
from treaty.exchange.call import Call
from treaty.exchange.kept import MAX_KEPT_BYTES
from treaty.exchange.messages import Request, Response
from treaty.exchange.spool import Spool
from treaty.repeats import MAX_BODY_BYTES, Repeated

PARAMETERS = [("X-Count", "header"), ("session", "cookie"), ("page", "query")]
BOOK = {
    "application/json": {
        "schema": {
            "type": "object",
            "required": ["id", "title"],
            "properties": {"id": {"type": "integer"}, "title": {"type": "string"}},
        }
    },
    "text/plain": {"schema": {"type": "string"}},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Books", "version": "1"},
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        }
    },
    "paths": {
        "/books/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                {"name": "X-Count", "in": "header", "schema": {"type": "integer"}},
            ],
            "get": {
                "operationId": "get_book",
                "responses": {"200": {"description": "ok", "content": BOOK}, "404": {"description": "no"}},
            },
            "patch": {
                "security": [{}, {"token": []}],
                "requestBody": {"content": BOOK},
                "responses": {"200": {"description": "ok", "content": BOOK}},
            },
        },
        "/books#X-Action=List": {"get": {"responses": {"200": {"description": "all"}}}},
        "/books#X-Action=Count": {"get": {"responses": {"202": {"description": "so many"}}}},
        "/books": {
            "put": {
                "parameters": [
                    {"name": name, "in": place, "schema": {"type": "integer"}} for name, place in PARAMETERS
                ],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"type": "object", "required": ["title"]}},
                        "text/plain": {"schema": {"type": "string", "maxLength": 1}},
                    }
                },
                "responses": {
                    "200": {"description": "ok"},
                    "422": {
                        "description": "wrong",
                        "content": {
                            "application/json": {"schema": {"type": "object"}, "example": {"message": "no"}},
                            "text/plain": {"schema": {"type": "string"}},
                        },
                    },
                },
            },
            "post": {
                "security": [{"token": []}, {"key": []}],
                "requestBody": {"required": True, "content": {"application/json": {}}},
                "responses": {"200": {"description": "ok"}},
            },
        },
    },
}
WRONG = Request("PUT", "/books", "page=x", [("content-type", "application/json")], b"{}")
LOCKED = Request("POST", "/books", "", [("content-type", "application/json")])


def ask(app: App | Engine, request: Request) -> Exchange:
    return asyncio.run(app.answer(request) if isinstance(app, App) else app.handle(request))


def counting(**options: Any) -> tuple[Engine, list[Call]]:
    """An engine, and the calls that it refused by reading them."""
    read: list[Call] = []

    async def respond(_: Call) -> Response:
        return Response(200)

    def refuse(call: Call, problem: Any) -> Response:
        read.append(call)
        made: Response = problem(call)
        return made

    return build_engine(treaty.load(DOCUMENT), respond, "off", refuse=refuse, **options), read


def with_field(request: Request, name: str, value: str) -> Request:
    return replace(request, headers=[*request.headers, (name, value)])


@pytest.mark.parametrize("request_", [WRONG, LOCKED])
def test_what_was_refused_twice_is_refused_again_without_being_read(request_: Request) -> None:
    engine, read = counting()
    first, *others = [ask(engine, replace(request_)) for _ in range(4)]
    assert len(read) == 2
    assert first.refused
    assert len(first.findings) == 2
    assert all(each == first for each in others)


def test_whose_request_it_is_is_told_of_each() -> None:
    app = treaty.mock(treaty.load(DOCUMENT))
    sent = [with_field(WRONG, "user-agent", str(number)) for number in range(4)]
    answers = [ask(app, each) for each in sent]
    assert all(answer.request is request for answer, request in zip(answers, sent, strict=True))
    assert [answer.response is answers[1].response for answer in answers] == [False, True, True, True]


TEXT = replace(WRONG, headers=[("content-type", "text/plain")], body=b"Bearer secret-1")
LIKE_WRONG = {
    "the method": replace(WRONG, method="POST"),
    "the path": replace(WRONG, path="/books/"),
    "the query": replace(WRONG, query="page=y"),
    "a preference in the query": replace(WRONG, query="page=x&__explain"),
    "the body": replace(WRONG, body=b'{"title": 1}'),
    "the media type": replace(WRONG, headers=[("content-type", "text/plain")]),
    "a content coding": with_field(WRONG, "content-encoding", "gzip"),
    "a body in a coding": with_field(replace(WRONG, body=gzip.compress(b"[]")), "content-encoding", "gzip"),
    "what is accepted": with_field(WRONG, "accept", "text/plain"),
    "a preference": with_field(WRONG, "prefer", "explain"),
    "a header": with_field(WRONG, "x-count", "many"),
    "a cookie": with_field(WRONG, "cookie", "session=x"),
}
LIKE_LOCKED = {
    "a credential": with_field(LOCKED, "authorization", "Bearer abc"),
    "a useless credential": with_field(LOCKED, "authorization", "Bearer"),
    "another credential": with_field(LOCKED, "authorization", "Basic " + base64.b64encode(b"a:b").decode()),
    "a key": with_field(LOCKED, "x-key", "abc"),
}
LIKE_TEXT = {
    "a secret that is quoted": with_field(TEXT, "authorization", "Bearer secret-1"),
    "a secret for a proxy": with_field(TEXT, "proxy-authorization", "Bearer secret-1"),
    "a secret in a cookie": with_field(TEXT, "cookie", "a=secret-1"),
    "a secret in a key": with_field(TEXT, "x-key", "Bearer secret-1"),
}
RIGHT = Request("GET", "/books/1")
LIKE_RIGHT = {
    "HEAD": replace(RIGHT, method="HEAD"),
    "another thing": replace(RIGHT, path="/books/2"),
    "a query": replace(RIGHT, query="a=1"),
    "a twin in the query": replace(RIGHT, query="__code=404"),
    "text": with_field(RIGHT, "accept", "text/plain"),
    "a seed": with_field(RIGHT, "prefer", "seed=7"),
    "a header that is wrong": with_field(RIGHT, "x-count", "many"),
}
CHANGED = Request("PATCH", "/books/1", "", [("content-type", "application/json")], b'{"id": 1, "title": "A"}')
LIKE_CHANGED = {
    "what is sent": replace(CHANGED, body=b'{"id": 1, "title": "B"}'),
    "how it is sent": replace(CHANGED, headers=[("content-type", "text/plain")]),
}
LISTED = Request("GET", "/books", "", [("x-action", "List")])
LIKE_LISTED = {"what the path is written with": replace(LISTED, headers=[("x-action", "Count")])}
EXPLAINED = with_field(replace(WRONG, body=b'{"title": 1}'), "prefer", "explain")
# What is found is the same, what it is found on is told too.
LIKE_EXPLAINED = {"what was read of a body": replace(EXPLAINED, body=b"")}
PAIRS = [
    pytest.param(first, other, id=name)
    for first, others in (
        (RIGHT, LIKE_RIGHT),
        (CHANGED, LIKE_CHANGED),
        (LISTED, LIKE_LISTED),
        (WRONG, LIKE_WRONG),
        (LOCKED, LIKE_LOCKED),
        (TEXT, LIKE_TEXT),
        (EXPLAINED, LIKE_EXPLAINED),
    )
    for name, other in others.items()
]


@pytest.mark.parametrize("auth", ["presence", "off"])
@pytest.mark.parametrize(("first", "other"), PAIRS)
def test_another_request_gets_an_answer_of_its_own(first: Request, other: Request, auth: Any) -> None:
    contract = treaty.load(DOCUMENT)
    app = treaty.mock(contract, auth=auth)
    for _ in range(3):
        ask(app, first)
    told, fresh = ask(app, other), ask(treaty.mock(contract, auth=auth), other)
    assert (told.response, told.findings, told.operation) == (fresh.response, fresh.findings, fresh.operation)


def test_a_verifier_is_asked_each_time() -> None:
    verdicts = [treaty.Verdict.REFUSED] * 3 + [treaty.Verdict.ACCEPTED]
    asked = iter(verdicts)
    engine, _ = counting(verify=lambda *_: next(asked))
    sent = with_field(replace(LOCKED, body=b"{}"), "authorization", "Bearer abc")
    assert [ask(engine, sent).response.status for _ in verdicts] == [401, 401, 401, 200]


def test_refusals_are_as_late_as_they_would_be() -> None:
    apps = [treaty.mock(treaty.load(DOCUMENT), latency="1..900ms", seed=3) for _ in range(2)]
    once, again = ([ask(app, WRONG).response.delay for _ in range(5)] for app in apps)
    assert once == again
    assert len(set(once)) == 5


def test_a_spooled_request_is_read() -> None:
    engine, read = counting()
    for text in (b'"', b"{}", b"{}"):
        spool = Spool()
        spool.write(text)
        ask(engine, replace(WRONG, body=b"", spool=spool))
    assert [call.request.spool is not None for call in read] == [True] * 3


def test_what_is_refused_is_kept_within_bounds() -> None:
    engine, read = counting()
    kept = engine.before.kept
    for _ in range(3):
        ask(engine, replace(WRONG, body=b" " * (MAX_BODY_BYTES + 1)))
    assert (len(read), kept.values) == (3, {})
    refusal = Repeated(engine.contract.operations[0], [], Response(422), refused=True)
    for number in range(3_000):
        sent = replace(WRONG, query=f"page=x{number}", body=b" " * MAX_BODY_BYTES)
        for _ in range(2):
            engine.before.keep(sent, refusal)
    assert kept.size <= MAX_KEPT_BYTES
    assert 100 < len(kept.values) < MAX_KEPT_BYTES // MAX_BODY_BYTES


def test_a_flood_of_different_requests_is_not_kept() -> None:
    engine, _ = counting()
    for number in range(500):
        ask(engine, replace(WRONG, query=f"page=x{number}"))
    assert engine.before.kept.values == {}


def test_what_was_answered_twice_is_answered_again_without_being_read() -> None:
    app = treaty.mock(treaty.load(DOCUMENT))
    first, *others = [ask(app, replace(RIGHT)) for _ in range(4)]
    assert not first.refused
    assert all(each == first for each in others)
    assert [each.response is others[0].response for each in others] == [True] * 3


def test_answers_that_differ_from_one_time_to_the_next_are_made_each_time() -> None:
    apps = [treaty.mock(treaty.load(DOCUMENT), latency="1..900ms", seed=3)]
    apps.append(treaty.mock(treaty.load(DOCUMENT), stateful=True))
    for app in apps:
        for _ in range(4):
            ask(app, replace(CHANGED))
        assert app.engine.engines[0].before.kept.values == {}


def test_the_answers_of_a_scenario_end_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "mocks"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "get_book").mkdir()
    (folder / "get_book" / "404.none.yaml").write_text("{}\n")
    (folder / "scenarios" / "none.yaml").write_text("get_book: 404.none\n")
    app = treaty.mock(treaty.load(DOCUMENT), mocks=folder)
    assert [ask(app, replace(RIGHT)).response.status for _ in range(3)] == [200] * 3
    app.mocked[""].mock.use_scenario("none")
    assert [ask(app, replace(RIGHT)).response.status for _ in range(3)] == [404] * 3
