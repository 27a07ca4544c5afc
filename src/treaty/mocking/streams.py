"""Streams: the items of a sequence sent one by one, at a rate, some or without end.

Without a pace a sequence is sent whole and at once, as any body is.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count, islice

from treaty.exchange.codecs.multipart import write_part
from treaty.exchange.codecs.parts import last_delimiter
from treaty.exchange.media_types import parameters_of
from treaty.exchange.messages import Response
from treaty.exchange.prepared_media import PreparedMedia
from treaty.findings import Json
from treaty.mocking.values import judge_written
from treaty.mocking.write import write_body

MAX_ITEMS = 100_000
MAX_RATE = 1_000.0  # items per second
ENDLESS = "endless"
_RATE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)(?:/(s|m|h))?", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Pace:
    """How a sequence is sent: `rate` items per second (0: at once), `items` of them.

    `items` is None for as many as the body has, `ENDLESS` until the client leaves.
    """

    rate: float = 0.0
    items: int | str | None = None


def read_pace(rate: str | None, items: str | None) -> Pace | None:
    """A pace from its texts; None where neither is given. Raises `ValueError` for what is none."""
    if rate is None and items is None:
        return None
    per_second = 0.0 if rate is None else _per_second(rate)
    if items is None:
        return Pace(per_second)
    if items == ENDLESS:
        return Pace(per_second or 1.0, ENDLESS)  # without end, and at once, would be no stream
    if not (items.isascii() and items.isdigit() and len(items) < 7 and int(items) <= MAX_ITEMS):
        raise ValueError(f"`{items}` is no number of items: write a number to {MAX_ITEMS:,}, or `{ENDLESS}`")
    return Pace(per_second, int(items))


def _per_second(text: str) -> float:
    found = _RATE.fullmatch(text)
    rate = float(found[1]) / _SECONDS[found[2] or "s"] if found else 0.0
    if not 0 < rate <= MAX_RATE:
        raise ValueError(f"`{text}` is no rate of items: write 2/s, 30/m, at most {MAX_RATE:g}/s")
    return rate


def streamed(
    response: Response,
    items: list[Json],
    prepared: PreparedMedia,
    pace: Pace,
    more: Callable[[int], list[Json]],
) -> Response:
    """The response with its items one by one; `more` gives further ones, by a number from 1.

    A schema that bounds how many there may be is kept to.
    """
    if not items:
        return response
    further = (each for number in count(1) for each in more(number) or items)
    if pace.items == ENDLESS:
        doubled = [*items, *islice(further, len(items))]
        endless = not judge_written(prepared, doubled)
        values: Iterator[Json] = _chained(doubled, further) if endless else iter(items)
    else:
        wanted = _as_many(items, further, pace.items)
        values = iter(items if judge_written(prepared, wanted) else wanted)
    kind = response.header("content-type") or ""
    return replace(response, body=b"", chunks=_paced(values, prepared, kind, pace.rate))


def _as_many(items: list[Json], further: Iterator[Json], wanted: int | str | None) -> list[Json]:
    if not isinstance(wanted, int):
        return items
    return [*items[:wanted], *islice(further, max(0, wanted - len(items)))]


def _chained(first: list[Json], further: Iterator[Json]) -> Iterator[Json]:
    yield from first
    yield from further


async def _paced(
    values: Iterator[Json], prepared: PreparedMedia, kind: str, rate: float
) -> AsyncIterator[bytes]:
    """The bytes of one item after the other; the first at once."""
    written = (
        _written_parts(values, prepared, kind)
        if prepared.media.essence.startswith("multipart/")
        else (write_body(prepared, [value]).body for value in values)
    )
    for number, each in enumerate(written):
        if number:
            await asyncio.sleep(1 / rate if rate else 0)
        yield each


def _written_parts(values: Iterator[Json], prepared: PreparedMedia, kind: str) -> Iterator[bytes]:
    """Each part with the delimiter after it, which tells that it is complete."""
    boundary = parameters_of(kind)["boundary"]
    delimiter, end = f"--{boundary}\r\n".encode(), last_delimiter(boundary)
    parts = (write_part(value, number, prepared, boundary) for number, value in enumerate(values))
    part = next(parts, end)
    while part != end:
        after = next(parts, end)
        yield part + (end if after == end else delimiter)
        part = after.removeprefix(delimiter)
