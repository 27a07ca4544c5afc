"""Media types and ranges of HTTP (RFC 9110, section 8.3.1 and 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from treaty.contract.model import MediaType, is_json
from treaty.exchange.messages import Headers

_PARAMETER = re.compile(r';[ \t]*([^\s;=]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))')
_ESCAPED = re.compile(r"\\(.)")
# How a message is written, not what it is: these never tell two entries apart.
_OF_THE_MESSAGE = frozenset({"charset", "boundary"})
# Further than `*/*` is from naming a type: `application/json` for what has the suffix +json.
_NOT_NAMED = 4
# What is sent of a range of a suffix, `application/*+json`.
_OF_SUFFIX = "vnd.example"
_IN_RANGE = {"text/*": "text/plain", "image/*": "image/png", "audio/*": "audio/mpeg", "video/*": "video/mp4"}


def essence_of(value: str) -> str:
    """`type/subtype` in lower case, without parameters."""
    return value.partition(";")[0].strip().lower()


def content_type_of(headers: Headers) -> str | None:
    """The Content-Type of a message.

    Of several that differ it is all of them, which is no media type (RFC 9110, section 8.3): who reads
    the first and who reads the last do not see the same message.
    """
    found = None
    for name, value in headers:
        if name == "content-type" and value != found:
            if found is not None:
                return f"{essence_of(found)}, {essence_of(value)}"
            found = value
    return found


def parameters_of(value: str) -> dict[str, str]:
    """The parameters of a media type, by lower-case name, unquoted (RFC 9110, section 5.6.6)."""
    found: dict[str, str] = {}
    for name, quoted, token in _PARAMETER.findall(";" + value.partition(";")[2]):
        found.setdefault(name.lower(), _ESCAPED.sub(r"\1", quoted) if quoted else token)
    return found


def is_in_range(essence: str, wanted: str) -> bool:
    """Is a media type in a range, both lower case and without parameters?"""
    return wanted in _ranges_of(essence)


def _ranges_of(essence: str) -> tuple[str, ...]:
    """What a media type falls under, the most specific first.

    `application/*+json` is no range of RFC 9110, but documents have it, for all that have the suffix.
    """
    kind, _, subtype = essence.partition("/")
    _, plus, suffix = subtype.rpartition("+")
    return (essence, *((f"{kind}/*+{suffix}",) if plus else ()), f"{kind}/*", "*/*")


def find_media_type(content: Sequence[MediaType], sent: str) -> MediaType | None:
    """The entry of a `content` that a Content-Type falls under, the most specific first.

    A parameter that both have must be the same; the entry that shares most is the most specific.
    """
    essence, parameters = essence_of(sent), parameters_of(sent)
    if "," in essence:
        return None
    for wanted in _ranges_of(essence):
        same = [media for media in content if media.essence == wanted and _agree(media.name, parameters)]
        if same:
            return max(same, key=lambda media: _shared(media.name, parameters))
    return None


def _agree(declared: str, sent: dict[str, str]) -> bool:
    if ";" not in declared:
        return True
    return all(
        sent.get(name, value).lower() == value.lower()
        for name, value in parameters_of(declared).items()
        if name not in _OF_THE_MESSAGE
    )


def _shared(declared: str, sent: dict[str, str]) -> int:
    """How many parameters are the same; those only declared count against, so that none comes before."""
    if ";" not in declared:
        return 0
    return sum(1 if name in sent else -1 for name in parameters_of(declared))


@dataclass(frozen=True, slots=True)
class _Range:
    essence: str
    quality: float


@dataclass(frozen=True, slots=True)
class _Best:
    """The range that a media type falls under: how far it is from naming it, and where it stands."""

    quality: float
    distance: int = 0
    place: int = 0


def accepted(content: Iterable[MediaType], accept: str | None) -> list[MediaType]:
    """The media types a client accepts, best first; all of them, JSON first, when it says nothing.

    Of equal quality come first those it names most exactly, then earlier, then those declared earlier.
    """
    if not accept:
        return sorted(content, key=lambda media: not media.is_json)
    ranges = _ranges(accept)
    fitting = [(_best(media.essence, ranges), media) for media in content]
    fitting.sort(key=lambda pair: (-pair[0].quality, pair[0].distance, pair[0].place))
    return [media for best, media in fitting if best.quality > 0]


def rated(content: Iterable[MediaType], accept: str | None) -> list[tuple[float, MediaType]]:
    """How much a client wants each media type, from 0 to 1 (RFC 9110, section 12.4.2)."""
    ranges = _ranges(accept) if accept else [_Range("*/*", 1.0)]
    return [(_best(media.essence, ranges).quality, media) for media in content]


def concrete(name: str) -> str:
    """A Content-Type to send for an entry of `content`; a range becomes a type that is in it."""
    essence = essence_of(name)
    if "*+" in essence:
        return essence.replace("*", _OF_SUFFIX)
    return _IN_RANGE.get(essence, "application/json") if "*" in essence else name


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


def _best(essence: str, ranges: list[_Range]) -> _Best:
    """The most specific range that a type falls under (RFC 9110, section 12.5.1)."""
    for distance, wanted in enumerate(_ranges_of(essence)):
        for place, each in enumerate(ranges):
            if each.essence == wanted:
                return _Best(each.quality, distance, place)
    if "*" in essence and "*+" not in essence:
        prefix = essence.partition("*")[0] if essence != "*/*" else ""
        named = [each.quality for each in ranges if each.essence.startswith(prefix)]
    else:
        named = [each.quality for each in ranges if is_in_range(each.essence, essence)]
        if not named and is_json(essence):
            named = [each.quality for each in ranges if each.essence == "application/json"][:1]
    return _Best(max(named, default=0.0), _NOT_NAMED)
