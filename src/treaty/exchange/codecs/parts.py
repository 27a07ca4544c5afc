"""Parts: a multipart body taken apart and put together (RFC 2046, section 5.1; RFC 7578)."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from treaty.exchange.codecs.codec import UndecodableError, too_large, undecodable
from treaty.exchange.codecs.upload import Upload
from treaty.exchange.media_types import parameters_of
from treaty.exchange.prepared_media import MAX_FIELDS
from treaty.exchange.spool import MAX_BODY_BYTES, Spool, Window

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

# What is wrong with a body is told to whoever sent it, who must not fill the log.
_SILENT = logging.Logger("multipart", logging.CRITICAL + 1)
_POSITION = re.compile(r" (?:at (?:index )?)?\(?[0-9]+\)?$")  # counted from the beginning of some piece
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


def split_parts(body: Spool, sent: str, most: int = MAX_FIELDS) -> list[ReceivedPart]:
    """The parts of a body, by the boundary of its Content-Type. Raises `UndecodableError`."""
    splitter, parts = PartSplitter(sent, body), list[ReceivedPart]()
    for piece in body.pieces():
        parts += splitter.feed(piece)
        if len(parts) > most:
            raise undecodable(f"the multipart body has more than {most} parts", f"at most {most} parts")
    splitter.finish()
    return parts


def join_parts(parts: list[Part], essence: str) -> tuple[bytes, str]:
    """A body of these parts and its Content-Type; the boundary is made from them, so it stays the same."""
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(part.content)
    boundary = f"part-{digest.hexdigest()}"
    body = b"".join(delimited(part, boundary) for part in parts) + last_delimiter(boundary)
    return body, f"{essence}; boundary={boundary}"


def delimited(part: Part, boundary: str) -> bytes:
    """A part after its delimiter."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in part.headers.items())
    return f"--{boundary}\r\n{headers}\r\n".encode() + part.content + b"\r\n"


def last_delimiter(boundary: str) -> bytes:
    """The end of a body."""
    return f"--{boundary}--\r\n".encode()


def escaped_name(name: str) -> str:
    """A name as it stands between quotes (WHATWG HTML, multipart/form-data)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


class PartSplitter:
    """Takes a multipart body apart, in pieces of any size, into its parts.

    With the `body` whose pieces they are, from its beginning, a part is a window into it; else each has a
    spool of its own, and none may be large. All raise `UndecodableError`.
    """

    def __init__(self, sent: str, body: Spool | None = None) -> None:
        boundary = parameters_of(sent).get("boundary", "").encode("latin-1", "replace")
        if not boundary:
            raise _malformed("its Content-Type has no boundary")
        try:
            self._parser = MultipartParser(boundary, self._callbacks())
        except FormParserError as error:
            raise _malformed(str(error)) from None
        self._parser.logger = _SILENT
        self._delimiter = b"--" + boundary
        self._body = body
        self._preamble: bytes | None = b"\r\n"  # its end, which a delimiter may begin in; None after it
        self._piece = b""
        self._before = self._done = 0  # bytes before the piece, and those of parts that are complete
        self._content_end = 0
        self._current = ReceivedPart(Spool(), 0)
        self._complete: list[ReceivedPart] = []
        self._name = self._value = b""
        self._ended = False

    @property
    def pending(self) -> int:
        """How many bytes at the end belong to a part that is not complete."""
        return 0 if self._ended else max(self._before - self._done, 0)

    def feed(self, data: bytes) -> Iterator[ReceivedPart]:
        """The parts that are complete with these bytes."""
        wrong: FormParserError | None = None
        try:
            self._write(data)
        except FormParserError as error:
            wrong = error
        complete, self._complete = self._complete, []
        yield from complete
        if wrong is not None:
            raise _malformed(_POSITION.sub("", str(wrong)))
        if self._body is None and self.pending > MAX_BODY_BYTES:
            raise too_large("a part of the body", MAX_BODY_BYTES)

    def finish(self) -> None:
        """The body ends here."""
        if not self._ended:
            raise _malformed("its end is missing")

    def _write(self, data: bytes) -> None:
        self._piece = data if self._preamble is None else self._after_preamble(data)
        self._parser.write(self._piece)
        self._before += len(self._piece)

    def _after_preamble(self, data: bytes) -> bytes:
        """From the first delimiter on: what is before it says nothing (RFC 2046, section 5.1.1)."""
        seen = (self._preamble or b"") + data
        found = seen.find(b"\r\n" + self._delimiter)
        if found >= 0:
            self._preamble = None
            self._before += found + len(data) - len(seen) + 2
            return seen[found + 2 :]
        self._preamble = seen[-len(self._delimiter) - 1 :]
        self._before += len(data)
        return b""

    def _callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_part_data": self._add_content,
            "on_part_end": self._finish,
            "on_header_field": self._add_name,
            "on_header_value": self._add_value,
            "on_header_end": self._keep_header,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._current = ReceivedPart(Spool() if self._body is None else self._body, 0)

    def _add_content(self, data: bytes, start: int, end: int) -> None:
        part = self._current
        # Other bytes than the piece's are the end of the one before, which might have begun a delimiter.
        self._content_end = self._before + (end if data is self._piece else 0)
        if self._body is None:
            part.spool.write(data[start:end])
        elif not part.size:
            part.start = self._content_end - (end - start)
        part.size += end - start

    def _finish(self) -> None:
        self._complete.append(_named(self._current))
        # All before this piece is of complete parts now, and so is the delimiter after this one.
        delimited = self._content_end + len(self._delimiter) + 4
        self._done = max(self._before, min(delimited, self._before + len(self._piece)))

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _keep_header(self) -> None:
        self._current.headers[self._name.decode("latin-1").lower()] = self._value.decode("latin-1").strip()
        self._name = self._value = b""

    def _end(self) -> None:
        self._ended = True


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
