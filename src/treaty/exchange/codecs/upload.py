"""Uploads: files that a client sends, as handlers get them and as schemas judge them."""

from __future__ import annotations

import builtins
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from treaty.contract.errors import SchemaError
from treaty.contract.validator import Validator
from treaty.exchange.spool import PIECE_BYTES, SPOOL_BYTES, Spool, Window
from treaty.findings import Json


class Upload(io.BufferedReader):
    """A file in a multipart body (RFC 7578), or a body that is one; it reads like any open binary file.

    `filename` and `content_type` are as the client said, empty where unsaid, and `name` is that of the
    part; none of them is to be trusted. A large one is in a temporary file until nobody refers to it.
    """

    def __init__(self, name: str, filename: str, content_type: str, window: Window) -> None:
        super().__init__(window, max(1, min(window.size, io.DEFAULT_BUFFER_SIZE)))
        self._window = window
        self._name = name
        self.filename = filename
        self.content_type = content_type

    @classmethod
    def of(cls, name: str, filename: str, content_type: str, content: builtins.bytes) -> Upload:
        """An upload of these bytes."""
        spool = Spool()
        spool.write(content)
        return cls(name, filename, content_type, Window(spool, 0, spool.size))

    @property
    def name(self) -> str:
        """The name of the part; empty for a whole body."""
        return self._name

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self._window.size

    @property
    def bytes(self) -> builtins.bytes:
        """The whole content, whatever has been read of it: in memory, so not for a large one."""
        return self.first(self.size)

    def first(self, size: int) -> builtins.bytes:
        """As many bytes of the beginning, whatever has been read."""
        return self._window.spool.read_at(self._window.start, min(size, self.size))

    def pieces(self) -> Iterator[builtins.bytes]:
        """The whole content, a piece at a time, whatever has been read."""
        for start in range(0, self.size, PIECE_BYTES):
            size = min(PIECE_BYTES, self.size - start)
            yield self._window.spool.read_at(self._window.start + start, size)

    def save(self, target: str | Path | BinaryIO) -> None:
        """Write the whole content to a file: a path, or one that is open."""
        if isinstance(target, str | Path):
            with Path(target).open("wb") as file:
                self.save(file)
            return
        self.seek(0)
        shutil.copyfileobj(self, target)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Upload):
            return NotImplemented
        said = self.name, self.filename, self.content_type, self.size
        return said == (other.name, other.filename, other.content_type, other.size) and (
            self is other or self.bytes == other.bytes
        )

    __hash__ = io.BufferedReader.__hash__

    def __repr__(self) -> str:
        return f"Upload({self.name!r}, {self.filename!r}, {self.content_type!r}, {self.size} bytes)"


@dataclass(frozen=True, slots=True)
class UploadValidator(Validator):
    """Judges values in which there are uploads; `lengths` are those that their schemas tell apart.

    Of each the next greater one is another to the schemas; between two of them all are the same.
    """

    lengths: tuple[int, ...] = ()

    def accepts(self, value: Json) -> bool:
        """Is the value valid, its uploads taken as texts?"""
        return Validator.accepts(self, as_json(value, self.lengths))

    def errors(self, value: Json) -> Iterator[SchemaError]:
        """What is wrong with the value, its uploads taken as texts."""
        return Validator.errors(self, as_json(value, self.lengths))


def as_json(value: Json, lengths: tuple[int, ...] = ()) -> Json:
    """The value with each upload as a text of one character for each byte, so that lengths are lengths.

    Of a large upload the text has the beginning, and the least length that is the same to its schema.
    """
    if isinstance(value, Upload):
        text = value.first(SPOOL_BYTES).decode("latin-1")
        return text.ljust(max((each + 1 for each in lengths if each < value.size), default=0), "\0")
    if isinstance(value, list):
        return [as_json(each, lengths) for each in value]
    if isinstance(value, dict):
        return {name: as_json(each, lengths) for name, each in value.items()}
    return value
