"""Spools: bytes that are too many for memory, in a temporary file; few stay where they are."""

from __future__ import annotations

import io
import threading
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# Of a body that is no upload; it is whole in memory.
MAX_BODY_BYTES = 16 * 1024 * 1024
# What is kept in memory of one that is.
SPOOL_BYTES = 1024 * 1024
MAX_UPLOAD_BYTES = 1024 * 1024 * 1024
PIECE_BYTES = 256 * 1024


class Spool:
    """Bytes that are written once, at the end, and read at any place by any thread.

    The file has no name, and is gone with the last who refers to the spool.
    """

    def __init__(self) -> None:
        self.size = 0
        self._file: BinaryIO = io.BytesIO()
        self._in_memory = True
        self._lock = threading.Lock()

    @classmethod
    def holding(cls, data: bytes) -> Spool:
        """A spool of bytes that are in memory already, where they stay."""
        spool = cls()
        spool._file, spool.size = io.BytesIO(data), len(data)
        return spool

    def write(self, data: bytes) -> None:
        """Add to the end."""
        with self._lock:
            if self._in_memory and self.size + len(data) > SPOOL_BYTES:
                self._move()
            self._file.seek(self.size)
            self._file.write(data)
            self.size += len(data)

    def read_at(self, start: int, size: int) -> bytes:
        """As many bytes from `start` on, fewer at the end."""
        with self._lock:
            self._file.seek(start)
            return self._file.read(size)

    def pieces(self) -> Iterator[bytes]:
        """All bytes, a piece at a time."""
        for start in range(0, self.size, PIECE_BYTES):
            yield self.read_at(start, PIECE_BYTES)

    def open(self) -> BinaryIO:
        """A file of all bytes, with a position of its own."""
        return cast(BinaryIO, io.BufferedReader(Window(self, 0, self.size)))

    def _move(self) -> None:
        import tempfile  # here: most servers are never sent so much

        file = cast(BinaryIO, tempfile.TemporaryFile(prefix="treaty-"))  # noqa: SIM115  # closed with the spool
        weakref.finalize(self, file.close)
        file.write(cast(io.BytesIO, self._file).getbuffer())
        self._file, self._in_memory = file, False


class Window(io.RawIOBase):
    """A part of a spool as a file that is read."""

    def __init__(self, spool: Spool, start: int, size: int) -> None:
        self.spool, self.start, self.size = spool, start, size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        wanted = max(min(len(view), self.size - self._position), 0)
        found = self.spool.read_at(self.start + self._position, wanted)
        view[: len(found)] = found
        self._position += len(found)
        return len(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError(f"a position before the beginning: {base + offset}")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        return self._position
