"""The judge of answers: how it reads the headers of a response."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .answers import lies
from .client import Answered
from .operations import operations_of
from .reading import Library
from .schemas import Schemas


def _lies(header: Any, text: str) -> list[str]:
    response = {"description": "", "headers": {"X-A": header}}
    paths = {"/": {"get": {"responses": {"200": response}}}}
    library = Library(Path("/nowhere/openapi.json"), {"openapi": "3.0.3", "paths": paths})
    [operation] = operations_of(library)
    return lies(operation, Answered(200, {"x-a": text}, b""), Schemas(library, "3.0.3", "response"))


@pytest.mark.parametrize(
    ("media_type", "kind", "right", "wrong"),
    [
        ("text/plain", {"type": "string", "maxLength": 4}, "92", "longer"),
        ("text/plain", {"type": "integer"}, "92", "text"),
        ("application/json", {"type": "string"}, '"92"', "92"),
    ],
)
def test_a_header_is_read_as_its_content_says(media_type: str, kind: Any, right: str, wrong: str) -> None:
    header = {"content": {media_type: {"schema": kind}}}
    assert _lies(header, right) == []
    assert _lies(header, wrong)
