"""Media types and ranges of HTTP (RFC 9110, section 8.3.1 and 12.5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from treaty.contract.model import MediaType, is_json


def essence_of(value: str) -> str:
    """`type/subtype` in lower case, without parameters."""
    return value.partition(";")[0].strip().lower()


def find_media_type(content: Sequence[MediaType], sent: str) -> MediaType | None:
    """The entry of a `content` that a Content-Type falls under, the most specific first."""
    essence = essence_of(sent)
    kind = essence.partition("/")[0]
    for wanted in (essence, f"{kind}/*", "*/*"):
        for media in content:
            if media.essence == wanted:
                return media
    return None


@dataclass(frozen=True, slots=True)
class _Range:
    essence: str
    quality: float


def accepted(content: Iterable[MediaType], accept: str | None) -> list[MediaType]:
    """The media types a client accepts, best first; all of them when it says nothing.

    Among equals JSON comes first, then the order of the document.
    """
    ranges = _ranges(accept) if accept else [_Range("*/*", 1.0)]
    rated = [(_quality(media.essence, ranges), media) for media in content]
    fitting = [(quality, media) for quality, media in rated if quality > 0]
    fitting.sort(key=lambda pair: (-pair[0], not pair[1].is_json))
    return [media for _, media in fitting]


def concrete(media: MediaType) -> str:
    """A Content-Type to send for an entry of `content`; a range becomes a type that is in it."""
    if "*" not in media.essence:
        return media.name
    return {"text/*": "text/plain"}.get(media.essence, "application/json")


def _ranges(accept: str) -> list[_Range]:
    found = []
    for part in accept.split(","):
        essence, *parameters = (each.strip().lower() for each in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = min(max(float(parameter[2:]), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        if essence:
            found.append(_Range(essence, quality))
    return found


def _quality(essence: str, ranges: list[_Range]) -> float:
    """The quality of the most specific range that a type falls under (RFC 9110, section 12.5.1)."""
    kind = essence.partition("/")[0]
    for wanted in (essence, f"{kind}/*", "*/*"):
        for each in ranges:
            if each.essence == wanted:
                return each.quality
    if "*" in essence:
        prefix = essence.partition("*")[0] if essence != "*/*" else ""
        return max((each.quality for each in ranges if each.essence.startswith(prefix)), default=0.0)
    if is_json(essence):
        return next((each.quality for each in ranges if each.essence == "application/json"), 0.0)
    return 0.0
