"""Small documents, and the files they are written to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

OK = {"responses": {"200": {"description": "d"}}}


def document(version: str = "3.1.0", **fields: Any) -> dict[str, Any]:
    """A valid document with these fields beside the least it needs."""
    if version == "2.0":
        return {"swagger": "2.0", "info": {"title": "T", "version": "1"}, "paths": {}, **fields}
    return {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": {}, **fields}


def schemas(version: str = "3.1.0", **named: Any) -> dict[str, Any]:
    """A valid document with these schemas."""
    section = {"definitions": named} if version == "2.0" else {"components": {"schemas": named}}
    return document(version, **section)


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write files below a folder; the first is the entry document."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder / next(iter(files))
