"""Server-sent events: text/event-stream (WHATWG HTML, section 9.2.6).

An item is an object with `event`, `data`, `id` and `retry` (OpenAPI 3.2, Server-Sent Event Streams).
Documents older than 3.2 have as schema that of the JSON in `data`; that is a second reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from treaty.exchange.codecs.codec import NO_ITEM, Codec, UndecodableError, Written, too_large, undecodable
from treaty.exchange.codecs.form import form_text
from treaty.exchange.codecs.json_text import decode_json
from treaty.exchange.codecs.sequences import items_of, written_items
from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.spool import MAX_BODY_BYTES
from treaty.findings import Json

_LINE_END = re.compile(b"\r\n|\r|\n")
_TEXT_LINE_END = re.compile("\r\n|\r|\n")
_FIELDS = frozenset({"event", "data", "id", "retry"})
# Ends the streams of language-model services; it is no value.
_DONE = "[DONE]"


class Events:
    """The events of a stream, always in UTF-8; a second reading of each is the JSON in its `data`."""

    def __init__(self) -> None:
        self._line: list[bytes] = []  # the last, which may go on
        self._line_bytes = 0
        self._event: dict[str, Json] = {}
        self._data: list[str] = []
        self._event_bytes = 0
        self._begins = True
        self._after_return = False

    @property
    def pending(self) -> int:
        return self._event_bytes + self._line_bytes

    def feed(self, data: bytes) -> Iterator[list[Json]]:
        if self._after_return and data.startswith(b"\n"):
            data = data[1:]  # of a CR LF that came in two pieces
        if not data:
            return
        self._after_return = data.endswith(b"\r")
        first, *others = _LINE_END.split(data)
        self._line.append(first)
        for each in others:
            yield from self._take(b"".join(self._line))
            self._line = [each]
        self._line_bytes = sum(map(len, self._line)) if others else self._line_bytes + len(first)
        if self.pending > MAX_BODY_BYTES:
            raise too_large("an event of the body", MAX_BODY_BYTES)

    def finish(self) -> Iterator[list[Json]]:
        """The last event, even when the empty line after it is missing."""
        yield from self._take(b"".join(self._line))
        yield from self._take(b"")
        self._line, self._line_bytes = [], 0

    def _take(self, line: bytes) -> Iterator[list[Json]]:
        if self._begins:
            line, self._begins = line.removeprefix(b"\xef\xbb\xbf"), False
        if line:
            self._event_bytes += len(line) + 1
            _take_line(self._event, self._data, _decoded(line))
        if not self._event:
            self._event_bytes = 0  # a comment belongs to no event
        elif not line:
            event, self._event, self._event_bytes = self._event, {}, 0
            if "data" in event:
                event["data"], self._data = "\n".join(self._data), []
            yield [event, _json_of(event)]


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise undecodable("the body is not UTF-8", "text/event-stream in UTF-8") from None


def _json_of(event: dict[str, Json]) -> Json:
    """The JSON in an event's data; no item where there is none; the event itself where it is none."""
    data = event.get("data", _DONE)
    if data == _DONE:
        return NO_ITEM
    try:
        return decode_json(data.encode())
    except UndecodableError:
        return event


def _read(body: bytes, sent: str, prepared: PreparedMedia) -> list[Json]:  # noqa: ARG001 - as every codec
    items = items_of(Events(), body)
    readings: list[Json] = [[event for event, _ in items]]
    decoded = [each for event, each in items if each is not NO_ITEM]
    if prepared.shape is not None:
        if decoded and all(each is not event for event, each in items):
            readings.append(decoded)
        if "string" in prepared.shape.types:
            data = [event["data"] for event, each in items if each is not NO_ITEM]
            readings += [data, body.decode("utf-8-sig")]
    return readings


def _take_line(event: dict[str, Json], data: list[str], line: str) -> None:
    """A line `name: value`; those of other names, and comments, say nothing."""
    name, _, value = line.partition(":")
    value = value.removeprefix(" ")
    if name == "data":
        event["data"] = ""  # joined at the end, from all its lines
        data.append(value)
    elif name == "retry":
        if value.isascii() and value.isdigit() and len(value) < 16:
            event["retry"] = int(value)
    elif name in _FIELDS:
        event[name] = value


def _write(value: Json, prepared: PreparedMedia) -> Written:
    if isinstance(value, str):
        return Written(value.encode("utf-8", "replace"))
    return Written(
        "".join(_written(each) for each in written_items(value, prepared)).encode("utf-8", "replace")
    )


def _written(item: Json) -> str:
    is_event = isinstance(item, dict) and item and item.keys() <= _FIELDS
    fields = item if is_event else {"data": item}
    lines = [
        f"{name}: {line}\n" for name, each in fields.items() for line in _TEXT_LINE_END.split(form_text(each))
    ]
    return "".join(lines) + "\n"


CODEC = Codec(_read, _write, split=lambda *_: Events())
