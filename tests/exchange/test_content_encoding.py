"""Content codings, undone within bounds."""

from __future__ import annotations

import gzip
import zlib

import pytest

from treaty.exchange.codecs.codec import UndecodableError
from treaty.exchange.content_encoding import MAX_CODINGS, MAX_DECODED_BYTES, decoded_content


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (b"abc", ""),
        (b"abc", "identity"),
        (gzip.compress(b"abc"), "gzip"),
        (gzip.compress(b"a") + gzip.compress(b"bc"), "X-GZIP"),
        (zlib.compress(b"abc"), "deflate"),
        (gzip.compress(zlib.compress(b"abc")), "deflate, gzip"),
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
        (gzip.compress(b"abc")[:-1], "gzip", "malformed-body"),
        (gzip.compress(b"abc") + b"more", "gzip", "malformed-body"),
        (b"abc", "br", "unsupported-media-type"),
        (b"abc", ", ".join(["identity"] * (MAX_CODINGS + 1)), "unsupported-media-type"),
        (gzip.compress(bytes(MAX_DECODED_BYTES + 1), 1), "gzip", "content-too-large"),
        (gzip.compress(bytes(MAX_DECODED_BYTES), 1) * 2, "gzip", "content-too-large"),
    ],
    ids=["no gzip", "no deflate", "cut", "more", "unknown", "many", "bomb", "two members"],
)
def test_refused(body: bytes, coding: str, code: str) -> None:
    with pytest.raises(UndecodableError) as raised:
        decoded_content(body, [("content-encoding", coding)])
    assert raised.value.finding.code == code
