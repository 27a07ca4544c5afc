"""Server-sent events: text/event-stream (WHATWG HTML, section 9.2.6).

An item is an object with `event`, `data`, `id` and `retry` (OpenAPI 3.2, Server-Sent Event Streams).
Documents older than 3.2 have as schema that of the JSON in `data`; that is a second reading.
"""

from __future__ import annotations

import re

from treaty.exchange.codecs.codec import Codec, UndecodableError, Written, undecodable
from treaty.exchange.codecs.form import form_text
from treaty.exchange.codecs.json_text import decode_json
from treaty.exchange.codecs.sequences import MAX_ITEMS, written_items
from treaty.exchange.prepared_media import PreparedMedia
from treaty.findings import Json

_LINE_END = re.compile("\r\n|\r|\n")
_FIELDS = frozenset({"event", "data", "id", "retry"})
# Ends the streams of language-model services; it is no value.
_DONE = "[DONE]"


def _read(body: bytes, sent: str, prepared: PreparedMedia) -> list[Json]:  # noqa: ARG001 - as every codec
    try:
        text = body.decode("utf-8-sig")  # always UTF-8, whatever the charset says
    except UnicodeDecodeError as error:
        raise undecodable(
            f"the body is not UTF-8 at byte {error.start}", "text/event-stream in UTF-8"
        ) from None
    events = _events(text)
    readings: list[Json] = [events]
    data = [each["data"] for each in events if each.get("data", _DONE) != _DONE]
    if data and prepared.shape is not None:
        try:
            decoded = [decode_json(each.encode()) for each in data]
        except UndecodableError:
            pass
        else:
            readings.append(decoded)
    if prepared.shape is not None and "string" in prepared.shape.types:
        readings += [data, text]
    return readings


def _events(text: str) -> list[dict[str, Json]]:
    events: list[dict[str, Json]] = []
    event: dict[str, Json] = {}
    data: list[str] = []
    for line in [*_LINE_END.split(text), ""]:
        if line:
            _take_line(event, data, line)
        elif event:
            if len(events) == MAX_ITEMS:
                raise undecodable(f"the body has more than {MAX_ITEMS} events", f"at most {MAX_ITEMS} events")
            if data:
                event["data"] = "\n".join(data)
            events.append(event)
            event, data = {}, []
    return events


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
        f"{name}: {line}\n" for name, each in fields.items() for line in _LINE_END.split(form_text(each))
    ]
    return "".join(lines) + "\n"


CODEC = Codec(_read, _write)
