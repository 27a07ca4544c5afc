"""Lengths of bodies that come in chunks: judged as they come, or by the head that says them."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Iterable

import pytest

import treaty
from treaty.enforcing import Exchange, ResponsePolicy
from treaty.engine import Engine, build_engine
from treaty.exchange.call import Call
from treaty.exchange.messages import BrokenStreamError, Request, Response
from treaty.exchange.octets import octets_of

MOST = 64 * 1024 * 1024
CONTENT = {
    "image/png": {"schema": {"minLength": 3, "maxLength": 5}},
    "text/csv": {"schema": {"type": "string", "maxLength": 2}},
    "application/zip": {"schema": {"type": "string", "format": "binary", "maxLength": MOST}},
}
CONTRACT = treaty.load(
    {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/": {"get": {"responses": {"200": {"description": "A file", "content": CONTENT}}}}},
    }
)


async def coming(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def engine_of(pieces: Iterable[bytes], policy: ResponsePolicy, **headers: str) -> Engine:
    async def respond(_: Call) -> Response:
        fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return Response(200, fields, chunks=coming(pieces))

    return build_engine(CONTRACT, respond, policy)


def sent(
    pieces: Iterable[bytes], policy: ResponsePolicy = "refuse", **headers: str
) -> tuple[Exchange, bytes, bool]:
    """What a client gets of a response in chunks, and whether it gets the end."""

    async def run() -> tuple[Exchange, bytes, bool]:
        exchange = await engine_of(pieces, policy, **headers).handle(Request("GET", "/"))
        got = exchange.response.body
        try:
            async for chunk in exchange.response.chunks or coming(()):
                got += chunk
        except BrokenStreamError:
            return exchange, got, False
        return exchange, got, True

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("pieces", "headers", "codes", "got"),
    [
        ([b"12", b"345"], {}, [], b"12345"),
        ([b"12", b"345", b"6", b"7"], {}, ["schema-maxLength"], b"12345"),
        ([b"1", b"2"], {}, ["schema-minLength"], b"12"),
        (
            [gzip.compress(b"12345", mtime=0)],
            {"content_encoding": "gzip"},
            [],
            gzip.compress(b"12345", mtime=0),
        ),
        ([gzip.compress(b"123456", mtime=0)], {"content_encoding": "gzip"}, ["schema-maxLength"], b""),
        ([b"\xc3", b"\xa9\xc3", b"\xa9"], {"content_type": "text/csv"}, [], "éé".encode()),
        ([b"\xc3", b"\xa9ab"], {"content_type": "text/csv"}, ["schema-maxLength"], b"\xc3"),
        ([b"abcd"], {"content_type": "text/csv; charset=utf-16"}, [], b"abcd"),
    ],
)
def test_a_length_is_judged_as_it_comes(
    pieces: list[bytes], headers: dict[str, str], codes: list[str], got: bytes
) -> None:
    exchange, body, is_whole = sent(pieces, **({"content_type": "image/png"} | headers))
    assert [each.code for each in exchange.findings] == codes
    assert (body, is_whole) == (got, not codes)


@pytest.mark.parametrize(("size", "code"), [(2, "schema-minLength"), (6, "schema-maxLength")])
def test_a_head_that_says_a_wrong_length_is_refused(size: int, code: str) -> None:
    exchange, _, _ = sent([b"1" * size], content_type="image/png", content_length=str(size))
    assert [each.code for each in exchange.findings] == [code]
    assert exchange.response.status == 500


def test_a_wrong_length_is_reported_once_and_sent(caplog: pytest.LogCaptureFixture) -> None:
    for headers in ({}, {"content_length": "6"}):
        caplog.clear()
        exchange, body, is_whole = sent([b"1234", b"5", b"6"], "report", content_type="image/png", **headers)
        assert (body, is_whole) == (b"123456", True)
        assert [each.code for each in exchange.findings] == ["schema-maxLength"]
        assert [each.message for each in caplog.records if "longer than 5 bytes" in each.message]


def test_a_large_body_is_judged_without_being_kept() -> None:
    piece = bytes(1024 * 1024)
    tracemalloc.start()

    async def run() -> int:
        exchange = await engine_of(
            (piece for _ in range(65)), "report", content_type="application/zip"
        ).handle(Request("GET", "/"))
        async for _ in exchange.response.chunks or coming(()):
            pass
        return len(exchange.findings)

    try:
        assert asyncio.run(run()) == 1
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_whole_response_gets_the_same_verdict() -> None:
    for body, codes in ((b"123", []), (b"12", ["schema-minLength"]), (b"123456", ["schema-maxLength"])):
        found = CONTRACT.check(Request("GET", "/"), Response(200, [("content-type", "image/png")], body))
        assert [each.code for each in found] == codes


def test_schemas_that_lead_to_each_other_have_an_end() -> None:
    names = [f"S{number}" for number in range(12)]
    each_other = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in names], "maxLength": 3}
    document = dict(CONTRACT.document.data, components={"schemas": dict.fromkeys(names, each_other)})
    schemas = treaty.load(document).schemas
    assert octets_of(schemas, "/components/schemas/S0", "request", str).broken(4)
