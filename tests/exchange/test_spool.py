"""Spools: what is written can be read at any place, in memory or not."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from treaty.exchange.spool import SPOOL_BYTES, Spool, Window


def filled(*pieces: bytes) -> Spool:
    spool = Spool()
    for piece in pieces:
        spool.write(piece)
    return spool


@settings(deadline=None)
@given(st.lists(st.binary(max_size=50)), st.integers(0, 60), st.integers(0, 60), st.booleans())
def test_what_was_written_is_read(pieces: list[bytes], start: int, size: int, large: bool) -> None:
    before = bytes(SPOOL_BYTES) if large else b""
    spool, whole = filled(before, *pieces), b"".join(pieces)
    assert spool.size == len(before) + len(whole)
    assert spool.read_at(len(before) + start, size) == whole[start : start + size]
    assert b"".join(spool.pieces()) == before + whole
    window = io.BufferedReader(Window(spool, len(before), len(whole)))
    assert window.read() == whole
    assert window.seek(-min(len(whole), 3), io.SEEK_END) == max(len(whole) - 3, 0)
    assert window.read() == whole[-3:]


def test_files_of_a_spool_have_positions_of_their_own() -> None:
    spool = filled(b"one\ntwo\n")
    first, second = spool.open(), spool.open()
    assert first.readline() == b"one\n"
    assert list(second) == [b"one\n", b"two\n"]
    assert first.readline() == b"two\n"
    with pytest.raises(ValueError, match="before the beginning"):
        first.seek(-1)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted by Linux's /proc")
def test_only_large_ones_are_files_and_the_file_goes_with_the_spool() -> None:
    def opened() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = opened()
    small, large = filled(bytes(SPOOL_BYTES)), filled(bytes(SPOOL_BYTES), b"1")
    assert opened() == before + 1
    file = large.open()
    del large
    assert file.read(1) == b"\0"
    del file
    assert opened() == before
    assert small.size == SPOOL_BYTES
