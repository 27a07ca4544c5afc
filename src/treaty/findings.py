"""Findings: the one type in which check, mock, serve and test say what is wrong.

Who finds something says what (code, message, expected, actual, hint); who walks
says where (a `Location` in the document, a `Place` in a message).
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

# A JSON value whose shape only the user's document or traffic knows.
Json: TypeAlias = Any


class Severity(enum.StrEnum):
    """What a finding costs: an error refuses, a warning is reported, info explains."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Location:
    """A point in a document: file or URL, line and column (from 1, 0 when unknown), JSON Pointer."""

    file: str
    line: int = 0
    column: int = 0
    pointer: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(slots=True, unsafe_hash=True)  # as findings are
class Place:
    """A point in an HTTP message.

    `part` is one of method, path, query, header, cookie, body, security, status;
    `name` the parameter or header, `pointer` a JSON Pointer (RFC 6901) into the value.
    """

    part: str
    name: str = ""
    pointer: str = ""

    def __str__(self) -> str:
        named = f"{self.part} {self.name}".rstrip()
        return f"{named} {self.pointer}".rstrip()


# Nobody changes one; but frozen, it would take three times as long to make, and every refusal makes some.
@dataclass(slots=True, unsafe_hash=True)
class Finding:
    """One thing that is wrong, said once.

    `code` is a stable kebab-case name, `hint` says how to mend it, `related` names
    other points of the document that belong to it (the first of two duplicates).
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    location: Location | None = None
    place: Place | None = None
    expected: str = ""
    actual: str = ""
    hint: str = ""
    related: tuple[Location, ...] = ()


class DocumentError(Exception):
    """A document cannot be read or used; `findings` says why, never empty."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(finding.message for finding in self.findings))


def plural(count: int, noun: str, several: str = "") -> str:
    """`1 case`, `1,204 cases`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {several or noun + 's'}"


def pointer_of(path: Sequence[str | int]) -> str:
    """The JSON Pointer (RFC 6901) of a path of keys and indexes."""
    pointer = "".join([f"/{part}" for part in path])
    if "~" not in pointer and pointer.count("/") == len(path):
        return pointer
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def step_of(key: str | int) -> str:
    """The JSON Pointer of one key, in less time than `pointer_of` takes."""
    text = f"/{key}"
    return text if text.count("/") == 1 and "~" not in text else pointer_of((key,))


def path_of(pointer: str) -> tuple[str, ...]:
    """The keys of a JSON Pointer (RFC 6901), unescaped; `""` is the whole value."""
    if "~" not in pointer:
        return tuple(pointer.split("/")[1:])
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
