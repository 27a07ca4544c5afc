"""Uploads: they read like files, and their lengths are judged however large they are."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from treaty.exchange.codecs.upload import Upload, UploadValidator, as_json
from treaty.exchange.spool import SPOOL_BYTES, Spool, Window


def large(size: int) -> Upload:
    spool = Spool()
    for _ in range(size // 1000):
        spool.write(b"x" * 1000)
    spool.write(b"x" * (size % 1000))
    return Upload("f", "f.bin", "", Window(spool, 0, spool.size))


def test_it_reads_like_a_file(tmp_path: Path) -> None:
    upload = Upload.of("f", "a.csv", "text/csv", b"a,b\n1,2\n")
    assert upload.readline() == b"a,b\n"
    assert (upload.name, upload.filename, upload.content_type, upload.size) == ("f", "a.csv", "text/csv", 8)
    assert upload.bytes == b"a,b\n1,2\n"
    assert upload.read() == b"1,2\n"
    upload.save(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == upload.bytes
    target = io.BytesIO()
    upload.save(target)
    assert target.getvalue() == upload.bytes
    upload.seek(0)
    assert list(csv.reader(io.TextIOWrapper(upload))) == [["a", "b"], ["1", "2"]]


def test_libraries_take_it_for_a_file() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "hé")
    upload = Upload.of("", "a.zip", "application/zip", packed.getvalue())
    assert zipfile.ZipFile(upload).read("a.txt") == "hé".encode()


def test_equal_are_those_of_equal_content() -> None:
    upload = Upload.of("f", "a", "", b"1")
    assert upload == Upload.of("f", "a", "", b"1")
    assert upload not in (Upload.of("f", "a", "", b"2"), Upload.of("f", "b", "", b"1"), b"1")
    assert {upload: 1}[upload] == 1


SIZE = 3 * SPOOL_BYTES


@pytest.mark.parametrize(
    ("schema", "valid"),
    [
        ({}, True),
        ({"maxLength": SIZE}, True),
        ({"maxLength": SIZE - 1}, False),
        ({"minLength": SIZE}, True),
        ({"minLength": SIZE + 1}, False),
        ({"minLength": 5, "maxLength": SIZE * 1000}, True),
        ({"minLength": SIZE, "maxLength": SIZE}, True),
        ({"anyOf": [{"maxLength": 5}, {"minLength": SIZE + 1}]}, False),
        ({"anyOf": [{"maxLength": 5}, {"minLength": SIZE - 1}]}, True),
        ({"pattern": "^x"}, True),
        ({"pattern": "^y"}, False),
    ],
)
def test_lengths_of_large_uploads(schema: dict[str, Any], valid: bool) -> None:
    parts = [schema, *schema.get("anyOf", ())]
    lengths = [each["minLength"] - 1 for each in parts if "minLength" in each]
    lengths += [each["maxLength"] for each in parts if "maxLength" in each]
    compiled = jsonschema_rs.Draft202012Validator({"properties": {"f": schema}})
    validator = UploadValidator(compiled, lengths=tuple(lengths))
    assert validator.accepts({"f": large(SIZE)}) is valid


def test_what_is_far_below_its_greatest_length_costs_no_memory() -> None:
    upload = large(100 * SPOOL_BYTES)
    tracemalloc.start()
    try:
        assert len(as_json([upload], (4, 10**9))[0]) == SPOOL_BYTES
        assert tracemalloc.get_traced_memory()[1] < 4 * SPOOL_BYTES
    finally:
        tracemalloc.stop()
