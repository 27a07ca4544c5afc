"""The names that components of other files get in a bundle."""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from treaty.document.library import value_at
from treaty.findings import Json, path_of

# What is named: its kind, the URI of its file, its JSON Pointer there.
Origin: TypeAlias = tuple[str, str, str]


class Names:
    """Places of the bundle's components, each given once and to one part of one file."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._places: dict[Origin, str] = {}
        self._taken: set[str] = set()

    def existing(self, section: str) -> dict[str, Json]:
        """The components that the entry document itself has at the JSON Pointer of a section."""
        try:
            found = value_at(self._document, section)
        except LookupError:
            return {}
        return found if isinstance(found, dict) else {}

    def place_of(self, origin: Origin) -> str | None:
        """The JSON Pointer that was given to a part of a file; None when none was."""
        return self._places.get(origin)

    def adopt(self, origin: Origin, place: str) -> None:
        """Let a part of a file have a place that the entry document named for it; the first counts."""
        self._places.setdefault(origin, place)

    def give(self, origin: Origin, section: str) -> str:
        """A new place in a section, named by the last key of the pointer or else by the file."""
        _, uri, pointer = origin
        last = path_of(pointer)[-1] if pointer else PurePosixPath(unquote(urlsplit(uri).path)).stem
        stem = re.sub(r"[^A-Za-z0-9._-]", "_", last) or "component"
        taken, name, number = self.existing(section), stem, 1
        while name in taken or f"{section}/{name}" in self._taken:
            number += 1
            name = f"{stem}_{number}"
        place = self._places[origin] = f"{section}/{name}"
        self._taken.add(place)
        return place


def relative_address(uri: str, base: str) -> str:
    """A URI as seen from another in the same tree of files; as it is where there is none."""
    if not uri.startswith("file:") or not base.startswith("file:"):
        return uri
    folder = posixpath.dirname(urlsplit(base).path)
    return posixpath.relpath(urlsplit(uri).path, folder or "/")
