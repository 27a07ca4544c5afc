"""Items of a stream: however its bytes are cut, they are the items of the whole, and the same is found."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import treaty
from treaty.exchange.bodies import decode_body
from treaty.exchange.codecs.codec import NO_ITEM
from treaty.exchange.codecs.table import find_codec
from treaty.exchange.messages import Request, Response
from treaty.exchange.prepared import PreparedOperation
from treaty.exchange.response import check_response
from treaty.exchange.spool import MAX_BODY_BYTES
from treaty.exchange.streams import ItemJudge, stream_judge
from treaty.findings import Finding

ITEM = {"type": "object", "properties": {"data": {"maxLength": 3}, "n": {"type": "integer"}}}
PARTS_KIND = "multipart/mixed; boundary=B"
KINDS = ["application/jsonl", "application/json-seq", "text/event-stream", PARTS_KIND]
# What a body begins with.
BEGINS = {KINDS[1]: b"\x1e", PARTS_KIND: b"--B\r\n\r\n"}
# What tells items apart, and what is in them.
PARTS = [
    b"\n",
    b"\r",
    b"\r\n",
    b"\x1e",
    b"{}",
    b'{"n":1}',
    b'{"n":""}',
    b"data: ",
    b"data:{}",
    b":c",
    b"x",
    b" ",
    b"\r\n--B\r\ncontent-type: application/json\r\n\r\n",
    b"\r\n--B",
    b"--",
]


def prepared(kind: str, **more: Any) -> PreparedOperation:
    responses = {
        "200": {"description": "Items", "content": {kind.partition(";")[0]: {"itemSchema": ITEM, **more}}}
    }
    contract = treaty.load(
        {
            "openapi": "3.2.0",
            "info": {"title": "T", "version": "1"},
            "paths": {"/": {"get": {"responses": responses}}},
        }
    )
    return PreparedOperation(contract, contract.operations[0])


PREPARED = {kind: prepared(kind) for kind in KINDS}


def judge_of(kind: str, at: PreparedOperation | None = None) -> ItemJudge:
    found = stream_judge(at or PREPARED[kind], Request("GET", "/"), Response(200, [("content-type", kind)]))
    assert isinstance(found, ItemJudge)
    return found


def said(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(each.code, each.place.pointer if each.place else "", each.message) for each in findings]


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None)
@given(parts=st.lists(st.sampled_from(PARTS), max_size=12), cuts=st.lists(st.integers(1, 9)))
def test_cut_anywhere(kind: str, parts: list[bytes], cuts: list[int]) -> None:
    body = BEGINS.get(kind, b"") + b"".join(parts)
    whole, cut = judge_of(kind), judge_of(kind)
    expected = said(whole.feed(body) + whole.finish())
    found, start = [], 0
    for size in cuts:
        found += cut.feed(body[start : start + size])
        start += size
        assert 0 <= cut.pending <= start
    actual = said(found + cut.feed(body[start:]) + cut.finish())
    if any(code == "malformed-body" for code, _, _ in expected):  # an item may have seemed to be complete
        assert actual[-1] == expected[-1]
    else:
        assert (actual, cut.count) == (expected, whole.count)


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None)
@given(parts=st.lists(st.sampled_from(PARTS), max_size=12))
def test_a_stream_is_valid_as_the_whole_is(kind: str, parts: list[bytes]) -> None:
    body = BEGINS.get(kind, b"") + b"".join(parts)
    judged = judge_of(kind)
    found = judged.feed(body) + judged.finish()
    response = Response(200, [("content-type", kind)], body)
    assert bool(found) is bool(check_response(PREPARED[kind], "GET", response)), body


@pytest.mark.parametrize("body", [b'data: \n\ndata: {"n":1}', b'data: {"n":1}\n\ndata: x'])
def test_events_are_all_json_or_none_of_them_is(body: bytes) -> None:
    judged = judge_of("text/event-stream")
    [found] = judged.feed(body) + judged.finish()
    assert found.place is not None
    assert found.place.pointer.startswith("/1")
    response = Response(200, [("content-type", "text/event-stream")], body)
    assert check_response(PREPARED["text/event-stream"], "GET", response)


@pytest.mark.parametrize("kind", KINDS[:3])
def test_items_are_complete_when_they_are(kind: str) -> None:
    codec = find_codec(kind)
    assert codec is not None
    assert codec.split is not None
    ready = PREPARED[kind].prepared_media(PREPARED[kind].operation.responses[0].content[0], "response")
    split = codec.split(kind, ready, None)
    for number in range(3):
        written = codec.write([{"n": number}], ready).body
        [readings] = split.feed(written)
        assert {"n": number} in [each for each in readings if each is not NO_ITEM]
        assert split.pending == 0
        assert list(split.feed(b"")) == []
    assert decode_body(codec.write([{"n": 1}], ready).body, kind, ready)


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_is_bounded(kind: str) -> None:
    judged = judge_of(kind)
    assert judged.feed(BEGINS.get(kind, b"")) == []
    piece = b"data: " + b"x" * 1_000_000 + (b"\n" if kind == KINDS[2] else b"")
    found = [finding for _ in range(MAX_BODY_BYTES // 1_000_000 + 1) for finding in judged.feed(piece)]
    assert [each.code for each in found] == ["content-too-large"]
    assert (judged.pending, judged.finish()) == (0, [])


def test_a_part_is_complete_with_the_delimiter_after_it() -> None:
    judged = judge_of(PARTS_KIND)
    kind = b"content-type: application/json\r\n\r\n"
    assert judged.feed(b"--B\r\n" + kind + b'{"n": 1}') == []
    assert judged.pending == len(b"--B\r\n" + kind + b'{"n": 1}')
    assert (judged.feed(b"\r\n--B\r\n"), judged.count, judged.pending) == ([], 1, 0)
    assert said(judged.feed(kind + b'{"n": ""}\r\n--B\r\n'))[0][:2] == ("schema-type", "/1/n")
    assert said(judged.feed(kind + b'{"n": 1}\r\n--B--\r\nthe end') + judged.finish()) == []
    assert (judged.count, judged.pending) == (3, 0)


def test_items_with_schemas_of_their_own() -> None:
    """`prefixItems` are the first, whatever comes after them (JSON Schema 2020-12 Core, section 10.3.1.1)."""
    schema = {"type": "array", "prefixItems": [{"required": ["n"]}], "items": {"required": ["data"]}}
    judged = judge_of(KINDS[0], prepared(KINDS[0], schema=schema))
    assert judged.feed(b'{"n": 1}\n{"data": 1}\n{"data": 2}\n') == []
    assert said(judged.feed(b'{"n": 1}\n'))[0][:2] == ("schema-required", "/3")
    assert said(judge_of(KINDS[0], prepared(KINDS[0], schema=schema)).feed(b'{"data": 1}\n'))[0][1] == "/0"


def test_how_many_there_are_is_not_judged() -> None:
    judged = judge_of(KINDS[0], prepared(KINDS[0], schema={"type": "array", "minItems": 2, "maxItems": 3}))
    assert [judged.feed(b"{}\n") for _ in range(5)] == [[]] * 5
    assert said(judged.feed(b'{"n":""}\n'))[0][:2] == ("schema-type", "/5/n")


def test_what_is_no_sequence() -> None:
    assert (
        stream_judge(PREPARED[KINDS[0]], Request("GET", "/"), Response(200, [("content-type", "text/html")]))
        is None
    )
    assert (
        stream_judge(PREPARED[KINDS[0]], Request("HEAD", "/"), Response(200, [("content-type", KINDS[0])]))
        is None
    )
    assert (
        stream_judge(PREPARED[KINDS[0]], Request("GET", "/"), Response(204, [("content-type", KINDS[0])]))
        is None
    )
