"""Where things were written: resources, the map from a bundle back to them, and line numbers.

Nothing here runs while a document is good: positions are worked out only for what is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from treaty.document.positions import locate_all
from treaty.findings import Finding, Json, Location


@dataclass(frozen=True, slots=True)
class Resource:
    """One file, URL or value that was read: its URI, its name for people, its data."""

    uri: str
    label: str
    data: Json = field(repr=False)
    path: Path | None = None
    content: bytes | None = field(default=None, repr=False)  # kept only when it cannot be read again

    def text(self) -> bytes | None:
        """The bytes it was read from; None for a value that never was text."""
        if self.path is None:
            return self.content
        try:
            return self.path.read_bytes()
        except OSError:
            return None


@dataclass(frozen=True, slots=True)
class Sources:
    """All resources of a document, and which part of its bundle came from where.

    `moved` maps a JSON Pointer of the bundle to (resource URI, JSON Pointer in it);
    what lies below no such pointer stands in the entry resource under the same pointer.
    """

    entry: Resource
    resources: Mapping[str, Resource] = field(default_factory=dict)
    moved: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def origin(self, pointer: str) -> tuple[str, str]:
        """The resource URI and JSON Pointer that a pointer of the bundle was written at."""
        head, tail = pointer, ""
        while head:
            if head in self.moved:
                uri, target = self.moved[head]
                return uri, target + tail
            cut = head.rindex("/")
            head, tail = head[:cut], head[cut:] + tail
        return self.entry.uri, tail

    def location(self, pointer: str) -> Location:
        """File, line and column of a pointer of the bundle."""
        uri, target = self.origin(pointer)
        return self._locate(uri, [target])[target]

    def place(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings with file, line and column filled in, in the order of the files.

        A finding comes with a location whose `file` is a resource's URI, or empty for
        a pointer into the bundle; one without a location is about the entry as a whole.
        """
        found = list(findings)
        spots = [self._spot(at) for finding in found for at in (finding.location, *finding.related)]
        wanted: dict[str, list[str]] = {}
        for uri, pointer in spots:
            wanted.setdefault(uri, []).append(pointer)
        placed = {uri: self._locate(uri, pointers) for uri, pointers in wanted.items()}

        def at(location: Location | None) -> Location:
            if location and location.line:
                return location
            uri, pointer = self._spot(location)
            return placed[uri][pointer]

        done = [
            (at(each.location), replace(each, related=tuple(at(other) for other in each.related)))
            for each in found
        ]
        done.sort(key=lambda pair: (pair[0].file, pair[0].line, pair[0].column))
        return [replace(each, location=location) for location, each in done]

    def _spot(self, location: Location | None) -> tuple[str, str]:
        if location is None:
            return self.entry.uri, ""
        return (location.file, location.pointer) if location.file else self.origin(location.pointer)

    def _locate(self, uri: str, pointers: list[str]) -> dict[str, Location]:
        resource = self.resources.get(uri, self.entry if uri == self.entry.uri else None)
        if resource is None:
            return {pointer: Location(uri, pointer=pointer) for pointer in pointers}
        content = resource.text()
        if content is None:
            return {pointer: Location(resource.label, pointer=pointer) for pointer in pointers}
        return locate_all(content, pointers, resource.label)
