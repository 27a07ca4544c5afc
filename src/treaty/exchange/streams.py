"""Streams: responses whose body comes in chunks. A sequence is judged item by item, before it goes on.

Of a sequence the items are judged, not how many there are: it may have no end.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol, TypeVar

from treaty.contract.model import MediaType
from treaty.exchange.bodies import is_decodable
from treaty.exchange.codecs.codec import NO_ITEM, Split, Splitter, UndecodableError, undecodable
from treaty.exchange.codecs.items import Items
from treaty.exchange.codecs.table import find_codec
from treaty.exchange.conditional import may_be_selected, selected
from treaty.exchange.content_encoding import ContentDecoder, codings_of
from treaty.exchange.judge import MAX_FINDINGS, judge
from treaty.exchange.lengths import length_judge
from treaty.exchange.media_types import content_type_of, essence_of, find_media_type
from treaty.exchange.messages import BrokenStreamError, Request, Response
from treaty.exchange.prepared import PreparedOperation
from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.response import WITHOUT_CONTENT
from treaty.exchange.spool import Spool
from treaty.findings import Finding, Json, pointer_of

# Of a body that is collected, because it is judged as a whole.
MAX_RESPONSE_BYTES = 64 * 1024 * 1024
Chunk = TypeVar("Chunk")


@dataclass(slots=True)
class ItemJudge:
    """Says what is wrong with the items of a sequence as they come.

    After bytes that cannot be read it says nothing more.
    """

    ready: PreparedMedia
    splitter: Splitter
    decoder: ContentDecoder | None = None
    count: int = 0
    _readings: set[int] = field(default_factory=set)  # that every item so far has been valid by
    _first: dict[int, list[Json]] = field(
        default_factory=dict
    )  # items with a schema of their own, by reading
    _is_lost: bool = False

    @property
    def pending(self) -> int:
        """How many of the bytes at the end belong to an item that was not judged; unknown where coded."""
        return 0 if self._is_lost or self.decoder is not None else self.splitter.pending

    @property
    def reading(self) -> int:
        """The likeliest of the readings by which every item so far is valid."""
        return min(self._readings, default=0)

    def feed(self, data: bytes) -> list[Finding]:
        """What is wrong with the items that are complete with these bytes."""
        return self._found(self._items(data))

    def finish(self) -> list[Finding]:
        """What is wrong with the item that the end completes, and with the end."""
        return self._found(self._last_items())

    def _items(self, data: bytes) -> Iterator[list[Json]]:
        for piece in (data,) if self.decoder is None else self.decoder.feed(data):
            yield from self.splitter.feed(piece)

    def _last_items(self) -> Iterator[list[Json]]:
        if self.decoder is not None:
            self.decoder.finish()
        yield from self.splitter.finish()

    def _found(self, items: Iterator[list[Json]]) -> list[Finding]:
        found: list[Finding] = []
        if self._is_lost:
            return found
        try:
            for item in items:
                found += self._judged(item)
        except UndecodableError as error:
            self._is_lost = True
            found.append(error.finding)
        return found

    def _judged(self, item: list[Json]) -> list[Finding]:
        index, self.count = self.count, self.count + 1
        readings = self._readings or set(range(len(item)))
        found = {each: self._errors(item[each], each, index) for each in readings}
        for each in readings:
            first = self._first.setdefault(each, [])
            if len(first) < self.ready.first_items and item[each] is not NO_ITEM:
                first.append(item[each])
        # What is the same by both readings has none but the first.
        possible = {each for each in readings if each == 0 or item[each] is not item[0]}
        fitting = {each for each in possible if not found[each]}
        self._readings = fitting or self._readings
        return [] if fitting else found[min(readings)] or [_not_as_before(index)]

    def _errors(self, value: Json, reading: int, index: int) -> list[Finding]:
        """What is wrong with an item, and not with the list that it is the last of."""
        validator, shape = self.ready.validator, self.ready.shape
        if value is NO_ITEM or validator is None or shape is None or "string" in shape.types:
            return []
        items = [*self._first.get(reading, ()), value]
        if validator.accepts(items):
            return []
        at, found = pointer_of((len(items) - 1,)), []
        for each in judge(validator, items, "body"):
            pointer = each.place.pointer if each.place is not None else ""
            if each.place is not None and (pointer == at or pointer.startswith(at + "/")):
                place = replace(each.place, pointer=pointer_of((index,)) + pointer.removeprefix(at))
                found.append(replace(each, place=place))
        return found


def _not_as_before(index: int) -> Finding:
    expected = "JSON, as the items before it are"
    return undecodable("the item is not JSON", expected, pointer_of((index,))).finding


class StreamJudge(Protocol):
    """Says what is wrong with a body as it comes: with the items of a sequence, or with a length."""

    @property
    def pending(self) -> int:
        """How many of the bytes at the end are not judged yet."""

    def feed(self, data: bytes) -> list[Finding]:
        """What is wrong, now that these bytes came."""

    def finish(self) -> list[Finding]:
        """What is wrong with the end."""


def stream_judge(prepared: PreparedOperation, request: Request, response: Response) -> StreamJudge | None:
    """The judge of a response that is a sequence, or not decoded; None for what is not judged as it comes.

    Raises `UndecodableError` for a content coding that is not known.
    """
    found = _declared(prepared, request, response)
    if found is None:
        return None
    ready, kind = found
    split = _splitting(kind, ready.media)
    if split is None:
        return length_judge(ready, kind, response)
    codings = codings_of(response.headers)
    return ItemJudge(ready, split(kind, ready, None), ContentDecoder(codings) if codings else None)


def judged_items(ready: PreparedMedia, kind: str, spool: Spool) -> tuple[Items, list[Finding]]:
    """The items of a body that is too large for memory, and what is wrong with the first of them that are."""
    splitting = _splitting(kind, ready.media)
    if splitting is None:
        raise ValueError(f"{kind} is no sequence")
    split = partial(splitting, kind, ready, spool)
    judged, found = ItemJudge(ready, split()), list[Finding]()
    for piece in spool.pieces():
        found += judged.feed(piece)
        if len(found) >= MAX_FINDINGS:
            break
    else:
        found += judged.finish()
    return Items(spool, split, judged.reading, judged.count), found[:MAX_FINDINGS]


def is_judged_whole(prepared: PreparedOperation, request: Request, response: Response) -> bool:
    """Must a response be whole to be judged? Not what is no sequence of items, but also never read."""
    found = _declared(prepared, request, response)
    return found is not None and is_decodable(found[1]) and not is_sequence(found[1], found[0].media)


async def settled(prepared: PreparedOperation, request: Request, response: Response) -> Response:
    """The response to be judged: whole where that is how it is judged, else as it is.

    Raises `BrokenStreamError` when it ends before its time, or has more than `MAX_RESPONSE_BYTES`.
    """
    if response.chunks is None or not is_judged_whole(prepared, request, response):
        return response
    chunks, size = [], 0
    async with closing(response.chunks) as coming:
        async for chunk in coming:
            size += len(chunk)
            if size > MAX_RESPONSE_BYTES:
                raise BrokenStreamError(f"the response has more than {MAX_RESPONSE_BYTES} bytes")
            chunks.append(chunk)
    return replace(response, body=b"".join(chunks), chunks=None)


def judged_chunks(
    chunks: AsyncIterator[bytes], judged: StreamJudge, goes_on: Callable[[list[Finding]], bool]
) -> Chunks:
    """The chunks, each item when it is judged; `goes_on` is told of findings and decides what they cost.

    They end with `BrokenStreamError` when it does not go on.
    """
    return Chunks(_judged_chunks(chunks, judged, goes_on), partial(close, chunks))


async def _judged_chunks(
    chunks: AsyncIterator[bytes], judged: StreamJudge, goes_on: Callable[[list[Finding]], bool]
) -> AsyncGenerator[bytes, None]:
    passing = Passing(judged, goes_on)
    async with closing(chunks) as coming:
        async for chunk in coming:
            ready = passing.feed(chunk)
            if ready:
                yield ready
        rest = passing.finish()
    if rest:
        yield rest


@dataclass(slots=True)
class Passing:
    """Lets the bytes of a body go on when they are judged, of a sequence the items they belong to.

    `goes_on` is told of findings and decides what they cost.
    """

    judged: StreamJudge
    goes_on: Callable[[list[Finding]], bool]
    held: bytearray = field(default_factory=bytearray)

    def feed(self, chunk: bytes) -> bytes:
        """What may go on, now that these bytes came. Raises `BrokenStreamError` when nothing may any more."""
        self._decide(self.judged.feed(chunk))
        self.held += chunk
        ready = max(len(self.held) - self.judged.pending, 0)
        free = bytes(self.held[:ready])
        del self.held[:ready]
        return free

    def finish(self) -> bytes:
        """The rest, now that the end came. Raises `BrokenStreamError` when it may not go on."""
        self._decide(self.judged.finish())
        return bytes(self.held)

    def _decide(self, findings: list[Finding]) -> None:
        if findings and not self.goes_on(findings):
            raise BrokenStreamError("an item breaks the contract")


def telling(chunks: AsyncIterator[bytes], failed: Callable[[BaseException], None]) -> Chunks:
    """The chunks of a responder; `failed` is told why they end before their time.

    They end with `BrokenStreamError` then.
    """
    return Chunks(_telling(chunks, failed), partial(close, chunks))


async def _telling(
    chunks: AsyncIterator[bytes], failed: Callable[[BaseException], None]
) -> AsyncGenerator[bytes, None]:
    async with closing(chunks):
        try:
            async for chunk in chunks:
                yield chunk
        except BrokenStreamError:
            raise
        except (Exception, SystemExit) as error:  # a responder must not end the server
            failed(error)
            raise BrokenStreamError("the response ended before its time") from None


async def begun(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks when there is a first one. Raises `BrokenStreamError` when they end before."""
    try:
        first = await anext(chunks)
    except StopAsyncIteration:
        return chunks

    async def all_of_them() -> AsyncGenerator[bytes, None]:
        async with closing(chunks):
            yield first
            async for chunk in chunks:
                yield chunk

    return Chunks(all_of_them(), partial(close, chunks))


async def discard(response: Response) -> None:
    """End chunks that nobody is sent."""
    if response.chunks is not None:
        await close(response.chunks)


def is_sequence(kind: str, media: MediaType | None = None) -> bool:
    """Is a body of this Content-Type a sequence of items, which may have no end?

    Whether parts are one is said by their media type; without it they may be.
    """
    return _splitting(kind, media) is not None


def _splitting(kind: str, media: MediaType | None) -> Split | None:
    essence = essence_of(kind)
    codec = find_codec(essence)
    if codec is None or (
        media is not None and media.item_schema is None and essence.startswith("multipart/")
    ):
        return None
    return codec.split


class Chunks:
    """What a generator makes of other chunks; `closed` is called where it is closed before it has begun."""

    def __init__(self, made: AsyncGenerator[bytes, None], closed: Callable[[], Awaitable[None]]) -> None:
        self._made, self._closed, self._begun = made, closed, False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        self._begun = True
        return await anext(self._made)

    async def aclose(self) -> None:
        """Nobody wants more."""
        await self._made.aclose()
        if not self._begun:
            self._begun = True
            await self._closed()


@asynccontextmanager
async def closing(chunks: AsyncIterator[Chunk]) -> AsyncIterator[AsyncIterator[Chunk]]:
    """The chunks, closed at the end."""
    try:
        yield chunks
    finally:
        await close(chunks)


async def close(chunks: AsyncIterator[Any]) -> None:
    """End chunks that nobody wants more of, where they can be told."""
    ended = getattr(chunks, "aclose", None)
    if ended is not None:
        await ended()


def _declared(
    prepared: PreparedOperation, request: Request, response: Response
) -> tuple[PreparedMedia, str] | None:
    """The prepared media type that a response with content is of, and its Content-Type."""
    declared, kind = prepared.declared(response.status), content_type_of(response.headers)
    if declared is None or kind is None or request.method == "HEAD" or response.status in WITHOUT_CONTENT:
        return None
    if may_be_selected(response.status) and selected(prepared, request, response) is not None:
        return None  # part of a representation, which cannot be read
    media = find_media_type(declared.content, kind)
    return (prepared.prepared_media(media, "response"), kind) if media is not None else None
