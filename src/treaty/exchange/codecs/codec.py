"""What a codec is: one media type, read and written by a pair of functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.spool import Spool
from treaty.findings import Finding, Json, Place


class UndecodableError(Exception):
    """A body is not of its media type; `finding` says where."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class UnwritableError(ValueError):
    """A value has no form in this media type."""


class Written(NamedTuple):
    """A body, and the Content-Type to send it with; empty when the one that is declared says it all."""

    body: bytes
    content_type: str = ""


class Splitter(Protocol):
    """Takes a sequence apart, in pieces of any size, into the readings of each item, likeliest first.

    A reading is `NO_ITEM` where to it there is none. Both methods raise `UndecodableError`.
    """

    @property
    def pending(self) -> int:
        """How many bytes at the end belong to an item that is not complete."""

    def feed(self, data: bytes) -> Iterator[list[Json]]:
        """The items that are complete with these bytes."""

    def finish(self) -> Iterator[list[Json]]:
        """The item that ends with the sequence."""


NO_ITEM: Json = object()
Split: TypeAlias = Callable[[str, PreparedMedia, Spool | None], Splitter]


@dataclass(frozen=True, slots=True)
class Codec:
    """Reads and writes the bodies of one media type.

    `read` takes the body, its Content-Type as sent and the prepared media type, and gives the
    readings: one, or where the types leave a choice several, the likeliest first; it raises
    `UndecodableError`. `write` takes a value; it raises `UnwritableError`. `read_spool`, where there
    is one, reads a body that is too large for memory. `split`, of what may be a sequence, takes it apart
    as it comes: it is given the Content-Type, the media type, and the spool where the body is in one.
    """

    read: Callable[[bytes, str, PreparedMedia], list[Json]]
    write: Callable[[Json, PreparedMedia], Written]
    read_spool: Callable[[Spool, str, PreparedMedia], list[Json]] | None = None
    split: Split | None = None


def too_large(what: str, most: int, pointer: str = "") -> UndecodableError:
    """The error for a body, or a part of it, that is larger than can be read."""
    place = Place("body", pointer=pointer)
    return UndecodableError(
        Finding("content-too-large", f"{what} is too large", place=place, expected=f"at most {most} bytes")
    )


def undecodable(message: str, expected: str, pointer: str = "") -> UndecodableError:
    """The error for a body that is not of its media type, at a pointer into its value."""
    return UndecodableError(
        Finding("malformed-body", message, place=Place("body", pointer=pointer), expected=expected)
    )
