"""Server-sent events, read and written."""

from __future__ import annotations

from typing import Any

import pytest
from exchange.codecs.media import prepared

from treaty.exchange.bodies import decode_body
from treaty.exchange.codecs.codec import UndecodableError
from treaty.mocking.write import write_body

KIND = "text/event-stream"


@pytest.mark.parametrize(
    ("body", "events"),
    [
        (b"", []),
        (b":\n\n: comment\n", []),
        (b"data: a\n\n", [{"data": "a"}]),
        (b"\xef\xbb\xbfdata:a\r\rdata: b\r\n\r\n", [{"data": "a"}, {"data": "b"}]),
        (b"data\ndata:  b\nid\nretry: soon\n", [{"data": "\n b", "id": ""}]),
        (b"retry: 10\nother: x\n\n", [{"retry": 10}]),
    ],
)
def test_events(body: bytes, events: list[Any]) -> None:
    assert decode_body(body, KIND, prepared(KIND))[0] == events


def test_the_json_in_data_is_a_second_reading() -> None:
    body = b'data: {"a": 1}\n\ndata: [DONE]\n\n'
    assert decode_body(body, KIND, prepared(KIND, {"type": "object"}))[1] == [{"a": 1}]


def test_what_is_not_utf8() -> None:
    with pytest.raises(UndecodableError):
        decode_body(b"data: \xff\n\n", KIND, prepared(KIND))


def test_written() -> None:
    media = prepared(KIND, itemSchema={"type": "object"})
    value = [{"event": "tick", "data": "a\nb", "retry": 5}, {"at": 1}]
    assert write_body(media, value).body == b'event: tick\ndata: a\ndata: b\nretry: 5\n\ndata: {"at":1}\n\n'


def test_the_lines_of_an_event_are_joined_in_any_place() -> None:
    body = b"data: a\nid: 1\ndata\ndata: b\n\ndata: c\n\n"
    assert decode_body(body, KIND, prepared(KIND))[0] == [{"data": "a\n\nb", "id": "1"}, {"data": "c"}]
