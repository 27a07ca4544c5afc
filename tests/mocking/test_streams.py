"""Streams: items one by one, true to the schema of the whole."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import treaty
from treaty.exchange.messages import Request, Response
from treaty.mocking.streams import ENDLESS, Pace, read_pace

TICK = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "minimum": 0}}}


def document(media_type: str, **media: Any) -> dict[str, Any]:
    content = {media_type: media}
    get = {"responses": {"200": {"description": "ok", "content": content}}}
    return {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": {"/ticks": {"get": get}}}


def answer(spec: dict[str, Any], **options: Any) -> Response:
    app = treaty.mock(treaty.load(spec), **options)
    return asyncio.run(app.answer(Request("GET", "/ticks"))).response


def chunks(response: Response, most: int = 1_000) -> list[bytes]:
    """The chunks of a response, at most so many; then the client leaves."""

    async def collect() -> list[bytes]:
        found: list[bytes] = []
        assert response.chunks is not None
        async for chunk in response.chunks:
            found.append(chunk)
            if len(found) == most:
                await response.chunks.aclose()  # type: ignore[attr-defined]
        return found

    return asyncio.run(collect())


@pytest.mark.parametrize(
    ("rate", "items", "expected"),
    [
        (None, None, None),
        ("2/s", None, Pace(2.0)),
        ("30/m", "5", Pace(0.5, 5)),
        ("4", ENDLESS, Pace(4.0, ENDLESS)),
        (None, ENDLESS, Pace(1.0, ENDLESS)),
        (None, "3", Pace(0.0, 3)),
    ],
)
def test_paces(rate: str | None, items: str | None, expected: Pace | None) -> None:
    assert read_pace(rate, items) == expected


@pytest.mark.parametrize(
    ("rate", "items"),
    [("0/s", None), ("fast", None), ("9999/s", None), (None, "-1"), (None, "many"), (None, "9999999")],
)
def test_what_is_no_pace(rate: str | None, items: str | None) -> None:
    with pytest.raises(ValueError, match="is no"):
        read_pace(rate, items)


@pytest.mark.parametrize(
    "media_type",
    [
        "application/jsonl",
        "application/x-ndjson",
        "application/json-seq",
        "text/event-stream",
        "multipart/mixed",
    ],
)
def test_items_one_by_one_are_a_true_whole(media_type: str) -> None:
    spec = document(media_type, itemSchema=TICK)
    response = answer(spec, stream_items="7")
    pieces = chunks(response)
    assert len(pieces) == 7
    whole = Response(200, response.headers, b"".join(pieces))
    assert treaty.load(spec).check(Request("GET", "/ticks"), whole) == []
    assert len(set(pieces)) > 1
    assert chunks(answer(spec, stream_items="7")) == pieces


def test_without_a_pace_it_is_whole() -> None:
    response = answer(document("application/jsonl", itemSchema=TICK))
    assert response.chunks is None
    assert response.body


def test_examples_come_again_in_their_order() -> None:
    spec = document("application/jsonl", itemSchema=TICK, example=[{"n": 1}, {"n": 2}])
    pieces = chunks(answer(spec, stream_items="5"))
    assert [json.loads(piece)["n"] for piece in pieces] == [1, 2, 1, 2, 1]
    assert len(chunks(answer(spec, stream_items="1"))) == 1


def test_what_the_schema_bounds_stays_in_its_bounds() -> None:
    schema = {"type": "array", "maxItems": 2, "minItems": 2}
    spec = document("application/jsonl", itemSchema=TICK, schema=schema)
    assert len(chunks(answer(spec, stream_items="9"))) == 2
    assert len(chunks(answer(spec, stream_items=ENDLESS, stream_rate="1000/s"))) == 2


def test_an_endless_stream_ends_when_the_client_leaves() -> None:
    response = answer(
        document("text/event-stream", itemSchema=TICK), stream_items=ENDLESS, stream_rate="1000/s"
    )
    assert len(chunks(response, most=50)) == 50


def test_the_rate_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("treaty.mocking.streams.asyncio.sleep", sleep)
    chunks(answer(document("application/jsonl", itemSchema=TICK), stream_items="4", stream_rate="4/s"))
    assert slept == [0.25] * 3


def test_each_client_has_a_stream_of_its_own() -> None:
    app = treaty.mock(treaty.load(document("application/jsonl", itemSchema=TICK)), stream_items="3")
    first, second = (asyncio.run(app.answer(Request("GET", "/ticks"))).response for _ in range(2))
    assert chunks(first) == chunks(second)


def test_other_media_types_are_sent_as_ever() -> None:
    spec = document("application/json", schema={"type": "array", "items": TICK})
    assert answer(spec, stream_items="3").chunks is None
