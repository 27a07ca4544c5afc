"""What a handler may return, and what becomes of it."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import enum
import uuid
from collections.abc import Iterator
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import flask
import pytest
import starlette.responses

import treaty
from treaty.contract.model import DeclaredResponse, MediaType, Operation
from treaty.exchange.messages import Response
from treaty.exchange.prepared import PreparedOperation
from treaty.exchange.response import check_response
from treaty.respond.conventions import Stream, finish, is_unfinished, response_of
from treaty.respond.frameworks import ConnexionResponse, NoContent
from treaty.respond.writing import AnswerError, write_json

JSON = [("content-type", "application/json")]


CONTRACT = treaty.load({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}})


def declaring(*media_types: str, status: str = "default") -> PreparedOperation:
    content = tuple(MediaType(name, "") for name in media_types)
    declared = DeclaredResponse(status, "", content=content)
    return PreparedOperation(CONTRACT, Operation("act", "GET", "/act", "", responses=(declared,)))


def answered(answer: Any, *media_types: str) -> Response:
    if is_unfinished(answer):
        answer = asyncio.run(_finished(answer))
    made = response_of(declaring(*media_types), answer)
    return made if isinstance(made, Response) else asyncio.run(_whole(made))


async def _whole(stream: Stream) -> Response:
    if isinstance(stream.chunks, Iterator):
        return Response(stream.status, stream.headers, b"".join(stream.chunks))
    return Response(stream.status, stream.headers, b"".join([chunk async for chunk in stream.chunks]))


async def _finished(answer: Any) -> Any:
    return await finish(answer)


@pytest.mark.parametrize(
    ("answer", "status", "headers", "body"),
    [
        ({"a": 1}, 200, JSON, b'{"a":1}'),
        ([], 200, JSON, b"[]"),
        (0, 200, JSON, b"0"),
        (({"a": 1},), 200, JSON, b'{"a":1}'),
        (({"a": 1}, 201), 201, JSON, b'{"a":1}'),
        (({"a": 1}, HTTPStatus.CREATED), 201, JSON, b'{"a":1}'),
        (([], {"X-Total": 3}), 200, [("x-total", "3"), *JSON], b"[]"),
        (([], 202, {"Location": "/a"}), 202, [("location", "/a"), *JSON], b"[]"),
        (([], 202, None), 202, JSON, b"[]"),
        (([], 200, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]), 200, None, b"[]"),
        (None, 204, [], b""),
        ((None, 202), 202, [], b""),
        (NoContent, 204, [], b""),
        ((NoContent, 201), 201, [], b""),
        (({"ignored": True}, 204), 204, [], b""),
        (ConnexionResponse(409, "application/problem+json", body="{}"), 409, None, b"{}"),
        (ConnexionResponse(200, body={"a": 1}), 200, JSON, b'{"a":1}'),
    ],
)
def test_an_answer_is_body_status_and_headers(
    answer: Any, status: int, headers: list[tuple[str, str]] | None, body: bytes
) -> None:
    response = answered(answer)
    assert (response.status, response.body) == (status, body)
    assert headers is None or response.headers == headers


def test_a_header_may_be_there_twice() -> None:
    response = answered(([], 200, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]))
    assert response.headers == [("set-cookie", "a=1"), ("set-cookie", "b=2"), *JSON]


@pytest.mark.parametrize(
    ("answer", "declared", "media_type", "body"),
    [
        ({}, ("text/csv", "application/json"), "application/json", b"{}"),
        ({}, ("application/vnd.thing+json",), "application/vnd.thing+json", b"{}"),
        ({}, ("*/*",), "application/json", b"{}"),
        ("a", (), "text/plain; charset=utf-8", b"a"),
        ("a", ("application/json", "text/csv"), "text/csv; charset=utf-8", b"a"),
        ("a", ("application/json",), "application/json", b'"a"'),
        ("<a/>", ("application/xml",), "application/xml", b"<a/>"),
        ("é", ("text/*",), "text/plain; charset=utf-8", "é".encode()),
        (b"a", (), "application/octet-stream", b"a"),
        (b"a", ("application/json", "image/png"), "image/png", b"a"),
        (b"[1]", ("application/json",), "application/json", b"[1]"),
        (iter(["a", b"b"]), ("text/plain",), "text/plain", b"ab"),
        (({}, {"Content-Type": "application/x+json"}), ("application/json",), "application/x+json", b"{}"),
        (("a", {"content-type": "text/html"}), (), "text/html", b"a"),
    ],
)
def test_the_media_type_is_the_handlers_or_a_declared_one(
    answer: Any, declared: tuple[str, ...], media_type: str, body: bytes
) -> None:
    response = answered(answer, *declared)
    assert (response.header("content-type"), response.body) == (media_type, body)


def test_the_media_type_is_that_of_the_status() -> None:
    operation = Operation(
        "act",
        "GET",
        "/act",
        "",
        responses=(
            DeclaredResponse("200", "", content=(MediaType("application/json", ""),)),
            DeclaredResponse("4XX", "", content=(MediaType("application/problem+json", ""),)),
        ),
    )
    prepared = PreparedOperation(CONTRACT, operation)
    assert response_of(prepared, ({}, 404)).header("content-type") == "application/problem+json"


async def _words() -> Any:
    for word in ("a", "b"):
        yield word


async def _later() -> Any:
    return {"a": 1}, 201


@pytest.mark.parametrize(
    ("answer", "status", "media_type", "body"),
    [
        (starlette.responses.PlainTextResponse("a", 418), 418, "text/plain; charset=utf-8", b"a"),
        (starlette.responses.StreamingResponse(iter([b"a", b"b"])), 200, None, b"ab"),
        ((starlette.responses.JSONResponse([]), 202), 202, "application/json", b"[]"),
        (flask.Response("a", 203, mimetype="text/css"), 203, "text/css; charset=utf-8", b"a"),
        ((flask.Response("a"), 202, {"Content-Type": "text/x"}), 202, "text/x", b"a"),
    ],
)
def test_responses_of_frameworks_are_taken_as_they_are(
    answer: Any, status: int, media_type: str | None, body: bytes
) -> None:
    response = answered(answer, "application/json")
    assert (response.status, response.body) == (status, body)
    if media_type is not None:
        assert [value for name, value in response.headers if name == "content-type"] == [media_type]


def test_coroutines_and_asynchronous_generators_are_awaited() -> None:
    assert answered(_later()).status == 201
    assert answered((_words(), 200), "text/plain").body == b"ab"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((1, 2, 3, 4), "a tuple of 4"),
        ((), "a tuple of 0"),
        (({}, 99), "the status 99"),
        (({}, 101), "the status 101"),
        (({}, "created"), "headers of type str"),
        (({}, {"x": "a\r\nset-cookie: b=1"}), "line break"),
        (({}, {"": "a"}), "no name"),
        (object(), "cannot be written as JSON"),
        ([float("nan"), 1 << 70], "cannot be written as JSON"),
        (({}, 200, {"content-type": "application/xml"}), "a dict for application/xml"),
        (iter([1]), "a generator of int"),
    ],
)
def test_what_is_no_response_is_refused(answer: Any, why: str) -> None:
    with pytest.raises(AnswerError, match=why):
        answered(answer)


class _Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class _Point:
    x: int


NOON = datetime.datetime(2026, 1, 31, 12, 0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (NOON.replace(tzinfo=datetime.UTC), '"2026-01-31T12:00:00+00:00"'),
        (NOON, '"2026-01-31T12:00:00+00:00"'),
        (NOON.date(), '"2026-01-31"'),
        (uuid.UUID(int=0), '"00000000-0000-0000-0000-000000000000"'),
        (Decimal("1.50"), "1.5"),
        (_Colour.RED, '"red"'),
        (_Point(1), '{"x":1}'),
        ({1}, "[1]"),
        ((1, 2), "[1,2]"),
        ({1: "a"}, '{"1":"a"}'),
        ({"big": 1 << 70, "id": uuid.UUID(int=1)}, None),
        ("\ud800", '"\\ud800"'),
    ],
)
def test_values_of_python_have_a_form_in_json(value: Any, text: str | None) -> None:
    expected = text or '{"big":1180591620717411303424,"id":"00000000-0000-0000-0000-000000000001"}'
    assert write_json(value).decode() == expected


PET = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}, "xml": {"wrapped": True}},
        "born": {"type": "string", "format": "date", "xml": {"attribute": True}},
        "photo": {"type": "string", "format": "binary"},
    },
    "xml": {"name": "pet"},
}


def writing(media_type: str) -> PreparedOperation:
    responses = {"200": {"description": "A pet", "content": {media_type: {"schema": PET}}}}
    contract = treaty.load(
        {
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {"/pet": {"get": {"responses": responses}}},
        }
    )
    return PreparedOperation(contract, contract.operations[0])


@pytest.mark.parametrize(
    ("media_type", "written"),
    [
        (
            "application/xml",
            b'<?xml version="1.0" encoding="UTF-8"?>'
            b'<pet born="2020-02-03"><name>Rex</name><tags><tags>a</tags></tags></pet>',
        ),
        ("application/x-www-form-urlencoded", b"name=Rex&tags=a&born=2020-02-03"),
    ],
)
def test_a_value_is_written_as_its_media_type_says(media_type: str, written: bytes) -> None:
    answer = {"name": "Rex", "tags": ["a"], "born": datetime.date(2020, 2, 3)}
    response = response_of(writing(media_type), answer)
    assert response.headers == [("content-type", media_type)]
    assert response.body == written


def test_the_boundary_of_a_multipart_body_is_said() -> None:
    prepared = writing("multipart/form-data")
    response = response_of(
        prepared, ({"name": "Rex", "photo": b"\xff"}, {"Content-Type": "multipart/form-data"})
    )
    [(_, kind)] = response.headers
    assert kind.startswith("multipart/form-data; boundary=")
    assert check_response(prepared, "GET", response) == []
    assert b'name="photo"; filename="photo"' in response.body
    assert b"\r\n\r\n\xff\r\n" in response.body


def test_a_value_that_cannot_be_written() -> None:
    with pytest.raises(AnswerError, match="cannot be written as application/x-www-form-urlencoded"):
        response_of(writing("application/x-www-form-urlencoded"), 1)
