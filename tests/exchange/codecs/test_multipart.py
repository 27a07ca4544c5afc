"""Multipart values; what is judged in them is in tests/cases."""

from __future__ import annotations

from typing import Any

import pytest
from exchange.codecs.media import prepared

from treaty.exchange.bodies import decode_body
from treaty.exchange.codecs.codec import UnwritableError
from treaty.exchange.codecs.multipart import default_content_type
from treaty.exchange.codecs.parts import split_parts
from treaty.exchange.codecs.upload import Upload, as_json
from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.spool import Spool
from treaty.mocking.write import write_body

KIND = "multipart/form-data"


def part(head: str, content: str) -> bytes:
    return f"--B\r\n{head}\r\n\r\n{content}\r\n--B--\r\n".encode()


def test_a_file_is_an_upload() -> None:
    body = part(
        'content-disposition: form-data; name="f"; filename="a.txt"\r\ncontent-type: text/plain', "hé"
    )
    (value, *_) = decode_body(body, f"{KIND}; boundary=B", prepared(KIND))
    assert value == {"f": Upload.of("f", "a.txt", "text/plain", "hé".encode())}
    assert as_json([value]) == [{"f": "h\xc3\xa9"}]


@pytest.mark.parametrize(
    ("schema", "encoding", "kind"),
    [
        ({"type": "string"}, {}, "text/plain"),
        ({"type": "integer"}, {}, "text/plain"),
        ({"type": "object"}, {}, "application/json"),
        ({"type": "string", "format": "binary"}, {}, "application/octet-stream"),
        ({"contentMediaType": "image/png"}, {}, "application/octet-stream"),
        ({"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64"}, {}, "text/plain"),
        ({"type": "string"}, {"contentType": "image/png, image/jpeg"}, "image/png"),
        ({"type": "string"}, {"contentType": "image/*"}, "application/octet-stream"),
    ],
)
def test_the_type_of_a_part(schema: Any, encoding: Any, kind: str) -> None:
    media = prepared(KIND, {"properties": {"a": schema}}, encoding={"a": encoding})
    assert default_content_type(media.below["a"], media.media.encoding["a"]) == kind


def test_written_parts() -> None:
    media = prepared(
        KIND, {"properties": {"f": {"type": "string", "format": "binary"}, "o": {"type": "object"}}}
    )
    written = write_body(media, {"f": "x", "o": {"a": 1}, "n": 5, "l": ["a", "b"]})
    parts = split_parts(Spool.holding(written.body), written.content_type)
    assert [(each.name, each.filename, each.content_type, each.content) for each in parts] == [
        ("f", "f", "application/octet-stream", b"x"),
        ("o", "", "application/json", b'{"a":1}'),
        ("n", "", "text/plain", b"5"),
        ("l", "", "text/plain", b"a"),
        ("l", "", "text/plain", b"b"),
    ]


@pytest.mark.parametrize("value", ["a", 5, None, [1]])
def test_what_has_no_form(value: Any) -> None:
    with pytest.raises(UnwritableError):
        write_body(prepared(KIND), value)


def test_a_value_of_several_types_has_several_readings() -> None:
    media: PreparedMedia = prepared(KIND, {"properties": {"a": {"type": ["string", "integer"]}}})
    body = part('content-disposition: form-data; name="a"', "5")
    assert decode_body(body, f"{KIND}; boundary=B", media) == [{"a": "5"}, {"a": 5}]


@pytest.mark.parametrize("name", ["tags[", "tags[a", "tags[a]b"])
def test_a_name_with_an_open_bracket_is_its_own(name: str) -> None:
    media = prepared(KIND, {"properties": {"tags": {"type": "array"}}})
    body = part(f'content-disposition: form-data; name="{name}"', "1")
    assert decode_body(body, f"{KIND}; boundary=B", media)[0] == {name: "1"}
