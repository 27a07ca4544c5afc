"""The log keeps what is newest, within bounds."""

from __future__ import annotations

import asyncio

import pytest

from treaty.control import log
from treaty.control.log import MAX_BODY, MAX_RECORDS, Log
from treaty.enforcing import Exchange
from treaty.exchange.messages import Request, Response


def exchange(path: str = "/", body: bytes = b"") -> Exchange:
    return Exchange(Request("GET", path), Response(200, [], body))


def test_the_oldest_go_when_there_are_too_many() -> None:
    kept = Log()
    for _ in range(MAX_RECORDS + 5):
        kept.add(exchange(), 0.0)
    assert (len(kept.records), kept.records[0].number, kept.number) == (MAX_RECORDS, 6, MAX_RECORDS + 5)


def test_the_oldest_go_when_their_bodies_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MAX_BYTES", 1_000)
    kept = Log()
    for _ in range(5):
        kept.add(exchange(body=b"x" * 300), 0.0)
    assert [record.number for record in kept.records] == [3, 4, 5]
    assert kept.size == 900
    kept.clear()
    assert (kept.size, list(kept.after(0))) == (0, [])


def test_a_body_that_is_too_large_is_left_out_and_the_exchange_itself_left_alone() -> None:
    kept, sent = Log(), exchange(body=b"x" * (MAX_BODY + 1))
    kept.add(sent, 0.0)
    assert (kept.records[0].has_response_body, kept.records[0].exchange.response.body) == (False, b"")
    assert len(sent.response.body) == MAX_BODY + 1


def test_who_follows_too_slowly_loses_the_oldest_and_who_leaves_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log, "MAX_WAITING", 2)
    kept = Log()

    async def follow() -> list[int | None]:
        following = kept.follow(None, 0.01)
        found = [await anext(following)]  # nothing yet
        for _ in range(4):
            kept.add(exchange(), 0.0)
        found += [await anext(following), await anext(following), await anext(following)]
        await following.aclose()  # type: ignore[attr-defined]
        return [each and each.number for each in found]

    assert asyncio.run(follow()) == [None, 3, 4, None]
    assert kept.followers == []
