"""Files of the declared type: what opens them is not ours, and the schema has the last word."""

from __future__ import annotations

import asyncio
import io
import json
import wave
import xml.etree.ElementTree as ET
import zipfile
import zlib
from typing import Any

import pytest

import treaty
from treaty.exchange.messages import Request, Response

BINARY = {"type": "string", "format": "binary"}


def get(kind: str, schema: Any = None, target: str = "/photos/1", **media: Any) -> Response:
    content = {kind: media if schema is None else {"schema": schema, **media}}
    operation = {"responses": {"200": {"description": "A file", "content": content}}}
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    paths = {"/photos/{id}": {"parameters": [parameter], "get": operation}}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}
    path, _, query = target.partition("?")
    return asyncio.run(treaty.mock(treaty.load(document)).answer(Request("GET", path, query))).response


def pixels(png: bytes) -> bytes:
    """The colour of each pixel, read as the standard says; its checksums hold."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, found = 8, {}
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        name, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        assert int.from_bytes(png[at + 8 + size : at + 12 + size]) == zlib.crc32(name + content)
        found[name], at = content, at + 12 + size
    width, height = int.from_bytes(found[b"IHDR"][:4]), int.from_bytes(found[b"IHDR"][4:8])
    assert len(zlib.decompress(found[b"IDAT"])) == height * (1 + width // 8)
    return found[b"PLTE"]


@pytest.mark.parametrize("schema", [None, {}, BINARY])
def test_a_picture_is_one_of_its_own_for_each_target(schema: Any) -> None:
    first, second = get("image/png", schema), get("image/png", schema, "/photos/2")
    assert (first.status, first.header("content-type")) == (200, "image/png")
    assert str(first.header("treaty-why")).endswith("image/png; file")
    assert pixels(first.body) != pixels(second.body)
    assert get("image/png", schema).body == first.body
    assert pixels(get("image/*", schema).body)


@pytest.mark.parametrize(
    ("kind", "begins"),
    [("image/gif", b"GIF89a"), ("image/jpeg", b"\xff\xd8\xff"), ("image/webp", b"RIFF")],
)
def test_other_pictures_begin_as_their_kind_does(kind: str, begins: bytes) -> None:
    assert get(kind, BINARY).body.startswith(begins)


def test_files_can_be_opened() -> None:
    assert zipfile.ZipFile(io.BytesIO(get("application/zip", BINARY).body)).namelist() == []
    with wave.open(io.BytesIO(get("audio/wav", BINARY).body)) as sound:
        assert sound.getnframes() == 0
    assert ET.fromstring(get("image/svg+xml").body).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - our own
    pdf = get("application/pdf", BINARY).body
    table = int(pdf.split(b"startxref\n")[1].split()[0])
    assert pdf[table:].startswith(b"xref\n")
    for number, row in enumerate(pdf[table:].split(b"\n")[3:6], 1):
        assert pdf[int(row[:10]) :].startswith(b"%d 0 obj" % number)


def test_the_schema_and_examples_come_first() -> None:
    assert len(get("image/png", {**BINARY, "maxLength": 9}).body) <= 9
    assert get("image/png", {"const": "here"}).body == b"here"
    assert get("image/png", None, example="told").body == b"told"
    assert get("application/octet-stream").body == b""


def test_the_reasons_of_a_file_are_json() -> None:
    told = json.loads(get("image/png", BINARY, "/photos/1?__explain").body)
    assert told["answer"]["body"]["source"] == "file"
    assert told["answer"]["body"]["value"] is None
