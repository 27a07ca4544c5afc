"""Parts: a multipart body taken apart and put together (RFC 2046, section 5.1; RFC 7578)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from treaty.exchange.codecs.codec import UndecodableError, too_large, undecodable
from treaty.exchange.codecs.upload import Upload
from treaty.exchange.media_types import parameters_of
from treaty.exchange.spool import MAX_BODY_BYTES, Spool, Window

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MAX_PARTS = 1_000
# What is wrong with a body is told to whoever sent it, who must not fill the log.
_SILENT = logging.Logger("multipart", logging.CRITICAL + 1)
_EXPECTED = "parts between lines of `--boundary`, and `--boundary--` at the end (RFC 2046)"


@dataclass(slots=True)
class Part:
    """One part to write: its headers by lower-case name, and its content."""

    headers: dict[str, str]
    content: bytes


@dataclass(slots=True)
class ReceivedPart:
    """One part that came: its headers by lower-case name, and where its content is in the spool.

    A name may be empty, as the name of a property may: `has_name` says whether there is one.
    """

    spool: Spool
    start: int
    headers: dict[str, str] = field(default_factory=dict)
    size: int = 0
    name: str = ""
    filename: str = ""
    has_name: bool = False
    _upload: Upload | None = None

    @property
    def content_type(self) -> str:
        """Its Content-Type, empty when unsaid."""
        return self.headers.get("content-type", "")

    @property
    def content(self) -> bytes:
        """The whole content, of a part that is no file. Raises `UndecodableError` for a large one."""
        if self.size > MAX_BODY_BYTES:
            raise too_large("the body", MAX_BODY_BYTES)
        return self.spool.read_at(self.start, self.size)

    @property
    def upload(self) -> Upload:
        """The part as a file; always the same."""
        if self._upload is None:
            window = Window(self.spool, self.start, self.size)
            self._upload = Upload(self.name, self.filename, self.content_type, window)
        return self._upload


def split_parts(pieces: Iterable[bytes], sent: str) -> list[ReceivedPart]:
    """The parts of a body, by the boundary of its Content-Type. Raises `UndecodableError`."""
    boundary = parameters_of(sent).get("boundary", "")
    if not boundary:
        raise _malformed("its Content-Type has no boundary")
    collected = _Collected()
    try:
        parser = MultipartParser(boundary.encode("latin-1", "replace"), collected.callbacks())
        parser.logger = _SILENT
        for piece in pieces:
            parser.write(piece)
    except FormParserError as error:
        raise _malformed(str(error)) from None
    if not collected.ended:
        raise _malformed("its end is missing")
    return [_named(part) for part in collected.parts]


def join_parts(parts: list[Part], essence: str) -> tuple[bytes, str]:
    """A body of these parts and its Content-Type; the boundary is made from them, so it stays the same."""
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(part.content)
    boundary = f"part-{digest.hexdigest()}"
    lines = []
    for part in parts:
        headers = "".join(f"{name}: {value}\r\n" for name, value in part.headers.items())
        lines.append(f"--{boundary}\r\n{headers}\r\n".encode() + part.content + b"\r\n")
    return b"".join(lines) + f"--{boundary}--\r\n".encode(), f"{essence}; boundary={boundary}"


def escaped_name(name: str) -> str:
    """A name as it stands between quotes (WHATWG HTML, multipart/form-data)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


class _Collected:
    """What the parser tells, collected into parts."""

    def __init__(self) -> None:
        self.parts: list[ReceivedPart] = []
        self.ended = False
        self._spool = Spool()
        self._name = self._value = b""

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_part_data": lambda data, start, end: self._spool.write(data[start:end]),
            "on_part_end": self._finish,
            "on_header_field": self._add_name,
            "on_header_value": self._add_value,
            "on_header_end": self._keep_header,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        if len(self.parts) == MAX_PARTS:
            raise _malformed(f"it has more than {MAX_PARTS} parts")
        self.parts.append(ReceivedPart(self._spool, self._spool.size))

    def _finish(self) -> None:
        self.parts[-1].size = self._spool.size - self.parts[-1].start

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _keep_header(self) -> None:
        self.parts[-1].headers[self._name.decode("latin-1").lower()] = self._value.decode("latin-1").strip()
        self._name = self._value = b""

    def _end(self) -> None:
        self.ended = True


def _named(part: ReceivedPart) -> ReceivedPart:
    _, options = parse_options_header(part.headers.get("content-disposition"))
    part.name, part.filename = (_text(options.get(key, b"")) for key in (b"name", b"filename"))
    part.has_name = b"name" in options
    if b"filename" in options and not part.filename:
        part.filename = part.name  # a file without a name is a file all the same
    return part


def _text(name: bytes) -> str:
    try:
        text = name.decode()
    except UnicodeDecodeError:
        text = name.decode("latin-1")
    return text.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _malformed(why: str) -> UndecodableError:
    return undecodable(f"the multipart body cannot be read: {why}", _EXPECTED)
