"""Where the document says so, while a server runs: looked up once, and not at any price."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from treaty.document.sources import Sources
from treaty.findings import Finding, Location

MAX_KEPT = 4_096
# A line is found by reading the file again: in a larger one that would hold up the next request.
MAX_READ_BYTES = 4 * 1024 * 1024


@dataclass(slots=True)
class Places:
    """Locations by JSON Pointer of the bundle; those in very large files come without a line."""

    sources: Sources
    kept: dict[str, Location] = field(default_factory=dict)

    def of(self, pointer: str) -> Location:
        """The location of a pointer."""
        if pointer not in self.kept:
            if len(self.kept) >= MAX_KEPT:
                self.kept.clear()
            near = self.is_near(pointer)
            self.kept[pointer] = self.sources.location(pointer) if near else self.far(pointer)
        return self.kept[pointer]

    def placed(self, finding: Finding) -> Finding:
        """A finding on the document, with its location."""
        if finding.location is None or finding.location.line:
            return finding
        return replace(finding, location=self.of(finding.location.pointer))

    def is_near(self, pointer: str) -> bool:
        """Is the file small enough to be read again?"""
        path = self.sources.resources[self.sources.origin(pointer)[0]].path
        try:
            return path is None or path.stat().st_size <= MAX_READ_BYTES
        except OSError:
            return False

    def far(self, pointer: str) -> Location:
        """File and pointer, without a line."""
        uri, target = self.sources.origin(pointer)
        return Location(self.sources.resources[uri].label, pointer=target)


def shown(location: Location) -> str:
    """`file:line:column`, or `file#/pointer` where no line is known."""
    return str(location) if location.line else f"{location.file}#{location.pointer}"
