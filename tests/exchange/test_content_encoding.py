"""Content codings, undone within bounds."""

from __future__ import annotations

import contextlib
import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from functools import partial

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from treaty.exchange.codecs.codec import UndecodableError
from treaty.exchange.content_encoding import (
    MAX_CODINGS,
    MAX_DECODED_BYTES,
    ContentDecoder,
    codings_of,
    decoded_content,
)

# Without a time, so that tests are called the same in every process.
_gzip = partial(gzip.compress, mtime=0)

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gzip,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_few_members_may_be_little(coding: str) -> None:
    """To begin one takes its time, and one of nothing is 13 bytes."""
    little, much = COMPRESS[coding](b""), COMPRESS[coding](bytes(1024))
    fields = [("content-encoding", coding)]
    assert decoded_content(little * 1000 + much * 2000, fields) == bytes(2000 * 1024)
    with pytest.raises(UndecodableError) as raised:
        decoded_content(little * 1001, fields)
    assert "has too many members" in raised.value.finding.message


def raw_deflate(body: bytes) -> bytes:
    compressing = zlib.compressobj(wbits=-15)
    return compressing.compress(body) + compressing.flush()


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (b"abc", ""),
        (b"abc", "identity"),
        (_gzip(b"abc"), "gzip"),
        (_gzip(b"a") + _gzip(b"bc"), "X-GZIP"),
        (zlib.compress(b"abc"), "deflate"),
        (raw_deflate(b"abc"), "deflate"),
        (brotli.compress(b"abc"), "br"),
        (zstandard.compress(b"abc"), "ZSTD"),
        (zstandard.compress(b"a") + zstandard.compress(b"bc"), "zstd"),
        (_gzip(zlib.compress(b"abc")), "deflate, gzip"),
        (brotli.compress(_gzip(b"abc")), "gzip, identity, br"),
    ],
)
def test_undone(body: bytes, coding: str) -> None:
    assert decoded_content(body, [("content-encoding", coding)]) == b"abc"


def test_a_body_without_codings_is_itself() -> None:
    body = b"abc"
    assert decoded_content(body, []) is body


@pytest.mark.parametrize(
    ("body", "coding", "code"),
    [
        (b"abc", "gzip", "malformed-body"),
        (b"abc", "deflate", "malformed-body"),
        (_gzip(b"abc")[:-1], "gzip", "malformed-body"),
        (_gzip(b"abc") + b"more", "gzip", "malformed-body"),
        (b"abc", "br", "malformed-body"),
        (b"abc", "zstd", "malformed-body"),
        (b"a", "deflate", "malformed-body"),
        (zlib.compress(b"abc") + b"more", "deflate", "malformed-body"),
        (brotli.compress(b"abc") + b"more", "br", "malformed-body"),
        (brotli.compress(b"abc" * 100)[:-1], "br", "malformed-body"),
        (zstandard.compress(b"abc")[:-1], "zstd", "malformed-body"),
        (b"abc", "compress", "unsupported-media-type"),
        (b"abc", ", ".join(["identity"] * (MAX_CODINGS + 1)), "unsupported-media-type"),
        (_gzip(bytes(MAX_DECODED_BYTES + 1), 1), "gzip", "content-too-large"),
        (_gzip(bytes(MAX_DECODED_BYTES), 1) * 2, "gzip", "content-too-large"),
    ],
    ids=[
        *("no gzip", "no deflate", "cut", "more", "no br", "no zstd", "one byte", "more deflate", "more br"),
        *("cut br", "cut zstd", "unknown", "many", "bomb", "two members"),
    ],
)
def test_refused(body: bytes, coding: str, code: str) -> None:
    with pytest.raises(UndecodableError) as raised:
        decoded_content(body, [("content-encoding", coding)])
    assert raised.value.finding.code == code


@pytest.mark.parametrize("coding", COMPRESS)
def test_what_stands_for_very_many_costs_little_memory(coding: str) -> None:
    bomb = COMPRESS[coding](bytes(50_000_000))
    decoder = ContentDecoder([coding], 1_000_000_000)
    tracemalloc.start()
    try:
        assert sum(map(len, decoder.feed(bomb))) == 50_000_000
        assert tracemalloc.get_traced_memory()[1] < 16_000_000
    finally:
        tracemalloc.stop()


def test_no_coding_on_the_way_may_be_too_large() -> None:
    empty_blocks = b"\x78\x9c" + b"\x00\x00\x00\xff\xff" * (MAX_DECODED_BYTES // 5 + 1)
    with pytest.raises(UndecodableError) as raised:
        decoded_content(_gzip(empty_blocks), [("content-encoding", "deflate, gzip")])
    assert raised.value.finding.code == "content-too-large"


@settings(deadline=None)
@given(
    st.binary(max_size=2000).map(lambda each: each * 300),
    st.lists(st.sampled_from(sorted(COMPRESS)), max_size=MAX_CODINGS),
    st.integers(1, 5000),
)
def test_bodies_may_come_in_pieces_of_any_size(body: bytes, codings: list[str], size: int) -> None:
    coded = body
    for each in codings:
        coded = COMPRESS[each](coded)
    headers = [("content-encoding", each) for each in codings]
    decoder = ContentDecoder(codings_of(headers))
    pieces = [coded[start : start + size] for start in range(0, len(coded), size)]
    assert b"".join(out for piece in pieces for out in decoder.feed(piece)) == body
    decoder.finish()
    assert decoded_content(coded, headers) == body


@settings(deadline=None)
@given(st.binary(max_size=200), st.lists(st.sampled_from(sorted(COMPRESS)), min_size=1, max_size=2))
def test_bytes_of_any_kind_are_decoded_or_refused(body: bytes, codings: list[str]) -> None:
    with contextlib.suppress(UndecodableError):
        decoded_content(body, [("content-encoding", ", ".join(codings))])
