"""Uploads: the files of a multipart body, as handlers get them and as schemas judge them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from treaty.contract.validator import SchemaError, Validator
from treaty.findings import Json


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a multipart body (RFC 7578): its bytes, and what was said of them; empty where unsaid."""

    name: str
    filename: str
    content_type: str
    bytes: bytes


@dataclass(frozen=True, slots=True)
class UploadValidator(Validator):
    """Judges values in which there are uploads."""

    def accepts(self, value: Json) -> bool:
        """Is the value valid, its uploads taken as texts?"""
        return Validator.accepts(self, as_json(value))

    def errors(self, value: Json) -> Iterator[SchemaError]:
        """What is wrong with the value, its uploads taken as texts."""
        return Validator.errors(self, as_json(value))


def as_json(value: Json) -> Json:
    """The value with each upload as a text of one character for each byte, so that lengths are lengths."""
    if isinstance(value, Upload):
        return value.bytes.decode("latin-1")
    if isinstance(value, list):
        return [as_json(each) for each in value]
    if isinstance(value, dict):
        return {name: as_json(each) for name, each in value.items()}
    return value
