"""What is written is read back: for each codec, any value that has a form in it."""

from __future__ import annotations

from typing import Any

import pytest
from exchange.codecs.media import prepared
from hypothesis import given, settings
from hypothesis import strategies as st

from treaty.exchange.bodies import decode_body
from treaty.exchange.codecs.upload import as_json
from treaty.exchange.prepared_media import PreparedMedia
from treaty.mocking.write import write_body

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=8)
XML_TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
    max_size=8,
)
NUMBERS = st.integers(-(10**30), 10**30)
RECORD_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "text": {"type": "string"},
        "number": {"type": "integer"},
        "flag": {"type": "boolean"},
        "list": {"type": "array", "items": {"type": "integer"}},
        "texts": {"type": "array", "items": {"type": "string"}},
        "inner": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}},
    },
}
SEQUENCE = {"itemSchema": RECORD_SCHEMA}
EVENT_SCHEMA = {
    "type": "object",
    "properties": {"event": {"type": "string"}, "data": {"type": "string"}, "retry": {"type": "integer"}},
}
LINE = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8)
EVENTS = st.fixed_dictionaries(
    {"data": st.lists(LINE, min_size=1).map("\n".join)},
    optional={"event": LINE, "retry": st.integers(0, 10**9)},
)


def records(texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"text": texts},
        optional={
            "number": NUMBERS,
            "flag": st.booleans(),
            "list": st.lists(NUMBERS, min_size=1, max_size=3),
            "texts": st.lists(texts, min_size=1, max_size=3),
            "inner": st.fixed_dictionaries({"a": texts}, optional={"b": NUMBERS}),
        },
    )


def check(media: PreparedMedia, value: Any) -> None:
    written = write_body(media, value)
    readings = [as_json(each) for each in decode_body(written.body, written.content_type, media)]
    assert media.validator is not None
    assert value in readings, written.body
    assert media.validator.accepts(value)


MEDIA = {
    kind: prepared(kind, RECORD_SCHEMA)
    for kind in (
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/xml",
    )
}
LISTS = {
    kind: prepared(kind, **SEQUENCE)
    for kind in ("application/jsonl", "application/json-seq", "multipart/mixed")
}


@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
)
@settings(max_examples=40, deadline=None)
@given(value=records(TEXTS))
def test_objects(kind: str, value: Any) -> None:
    check(MEDIA[kind], value)


@settings(max_examples=60, deadline=None)
@given(value=records(XML_TEXTS))
def test_xml(value: Any) -> None:
    arrays: dict[str, list[Any]] = {"list": [], "texts": []}  # empty ones cannot be told from absent ones
    written = write_body(MEDIA["application/xml"], value)
    readings = decode_body(written.body, written.content_type, MEDIA["application/xml"])
    assert {**arrays, **value} in readings, written.body


@pytest.mark.parametrize("kind", sorted(LISTS))
@settings(max_examples=30, deadline=None)
@given(value=st.lists(records(TEXTS), min_size=1, max_size=3))
def test_sequences(kind: str, value: Any) -> None:
    check(LISTS[kind], value)


@settings(max_examples=40, deadline=None)
@given(value=st.lists(EVENTS, max_size=3))
def test_event_streams(value: Any) -> None:
    check(prepared("text/event-stream", itemSchema=EVENT_SCHEMA), value)


@settings(max_examples=30, deadline=None)
@given(value=TEXTS)
def test_texts(value: str) -> None:
    check(prepared("text/plain", {"type": "string"}), value)


@settings(max_examples=30, deadline=None)
@given(content=st.binary(max_size=40))
def test_files_keep_their_bytes(content: bytes) -> None:
    from treaty.exchange.codecs.upload import Upload

    media = prepared("multipart/form-data", {"properties": {"f": {"type": "string", "format": "binary"}}})
    upload = Upload.of("f", 'a "b".png', "image/png", content)
    written = write_body(media, {"f": upload})
    assert decode_body(written.body, written.content_type, media)[0] == {"f": upload}
