"""Sequences of JSON values: JSON Lines, newline-delimited JSON, and JSON Text Sequences (RFC 7464)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice

from treaty.exchange.codecs.codec import (
    Codec,
    Splitter,
    UndecodableError,
    UnwritableError,
    Written,
    too_large,
    undecodable,
)
from treaty.exchange.codecs.json_text import decode_json, write_json
from treaty.exchange.codecs.plain import decode_text
from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.spool import MAX_BODY_BYTES
from treaty.findings import Json, pointer_of

# Of a sequence that is read as a whole.
MAX_ITEMS = 100_000
_SEPARATOR = b"\x1e"


class _Texts:
    """What stands between separators, as bytes that may come in pieces of any size."""

    def __init__(self, separator: bytes) -> None:
        self.pending = 0
        self._separator = separator
        self._begun: list[bytes] = []

    def feed(self, data: bytes) -> Iterator[bytes]:
        first, *others = data.split(self._separator)
        self._keep(first)
        for each in others:
            yield self.take()
            self._keep(each)

    def _keep(self, data: bytes) -> None:
        self.pending += len(data)
        if self.pending > MAX_BODY_BYTES:
            raise too_large("an item of the body", MAX_BODY_BYTES)
        self._begun.append(data)

    def take(self) -> bytes:
        """What has come since the last separator."""
        text = b"".join(self._begun)
        self._begun, self.pending = [], 0
        return text


class Lines:
    """One JSON value a line."""

    def __init__(self) -> None:
        self._texts = _Texts(b"\n")
        self._lines = self._items = 0

    @property
    def pending(self) -> int:
        return self._texts.pending

    def feed(self, data: bytes) -> Iterator[list[Json]]:
        for text in self._texts.feed(data):
            yield from self._read(text)

    def finish(self) -> Iterator[list[Json]]:
        yield from self._read(self._texts.take())

    def _read(self, text: bytes) -> Iterator[list[Json]]:
        self._lines += 1
        if text.strip():
            yield [_decoded(text, f"line {self._lines}", self._items)]
            self._items += 1


class Records:
    """JSON texts, each between a record separator and a line feed (RFC 7464, section 2.2)."""

    def __init__(self) -> None:
        self._texts = _Texts(_SEPARATOR)
        self._is_begun = False
        self._items = 0
        self._given = b""  # the last item, which nothing may follow but a separator

    @property
    def pending(self) -> int:
        return self._texts.pending

    def feed(self, data: bytes) -> Iterator[list[Json]]:
        for text in self._texts.feed(data):
            yield from self._read(text)
            self._is_begun, self._given = True, b""
        if self._is_begun and data.endswith(b"\n"):  # the next separator may be long in coming
            yield from self._complete()

    def finish(self) -> Iterator[list[Json]]:
        yield from self._read(self._texts.take())

    def _complete(self) -> Iterator[list[Json]]:
        text = self._texts.take()
        if self._given:
            self._read_on(text)
            return
        try:
            value = decode_json(text)
        except UndecodableError:  # a line feed within it
            for _ in self._texts.feed(text):
                pass
        else:
            self._items, self._given = self._items + 1, text
            yield [value]

    def _read(self, text: bytes) -> Iterator[list[Json]]:
        if self._given:
            self._read_on(text)
        elif text.strip():
            if not self._is_begun:
                raise undecodable(
                    "the body does not begin with a record separator", "RS JSON LF … (RFC 7464)"
                )
            yield [_decoded(text, f"text {self._items + 1}", self._items)]
            self._items += 1

    def _read_on(self, text: bytes) -> None:
        self._given += text
        if text.strip() or len(self._given) > MAX_BODY_BYTES:
            _decoded(self._given, f"text {self._items}", self._items - 1)
            raise too_large("an item of the body", MAX_BODY_BYTES)


def _decoded(text: bytes, what: str, index: int) -> Json:
    try:
        return decode_json(text)
    except UndecodableError as error:
        why = error.finding.message.partition(": ")[2]
        raise undecodable(
            f"{what} of the body is not JSON: {why}", "JSON values", pointer_of((index,))
        ) from None


def items_of(splitter: Splitter, body: bytes) -> list[list[Json]]:
    """The readings of the items of a whole body, at most `MAX_ITEMS`."""
    items = list(islice(chain(splitter.feed(body), splitter.finish()), MAX_ITEMS + 1))
    if len(items) > MAX_ITEMS:
        raise undecodable(f"the body has more than {MAX_ITEMS} items", f"at most {MAX_ITEMS} items")
    return items


def _reader(split: Callable[[], Splitter]) -> Callable[[bytes, str, PreparedMedia], list[Json]]:
    """The items; where the schema says string, the text may be meant as a whole."""

    def read(body: bytes, sent: str, prepared: PreparedMedia) -> list[Json]:
        items = [value for (value,) in items_of(split(), body)]
        texts = prepared.shape is not None and "string" in prepared.shape.types
        return [items, decode_text(body, sent)] if texts else [items]

    return read


def _write_lines(value: Json, prepared: PreparedMedia) -> Written:
    return Written(b"".join(write_json(each) + b"\n" for each in written_items(value, prepared)))


def _write_json_seq(value: Json, prepared: PreparedMedia) -> Written:
    return Written(b"".join(b"\x1e" + write_json(each) + b"\n" for each in written_items(value, prepared)))


def written_items(value: Json, prepared: PreparedMedia) -> list[Json]:
    """The items of a value to write; one that is no list is the only item where the schema is an item's."""
    if isinstance(value, list):
        return value
    if value is None and prepared.shape is None:  # nothing is declared of it
        return []
    if prepared.of_items:  # the example of a document older than 3.2
        return [value]
    raise UnwritableError(f"a value of type {type(value).__name__} has no form in {prepared.media.name}")


LINES = Codec(_reader(Lines), _write_lines, split=lambda *_: Lines())
JSON_SEQ = Codec(_reader(Records), _write_json_seq, split=lambda *_: Records())
