"""Strings: by pattern, by format, or by the name of the property, within the lengths asked for."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from treaty.mocking.generate.formats import FORMATS, SHORTEST, VARIANTS
from treaty.mocking.generate.model import EXCLUDED, Place, Unfit
from treaty.mocking.generate.pattern_words import MAX_WORD, matcher, matching_word
from treaty.mocking.generate.words import LETTERS, WORDS, text_for

if TYPE_CHECKING:
    import random

    from treaty.mocking.generate.merge import Merged
    from treaty.mocking.generate.session import Session

FORMAT_TRIES = 12


def lengths(merged: Merged, least: str = "minLength", most: str = "maxLength") -> tuple[int, float]:
    """The least and the greatest size that the parts agree on (infinite when unbounded)."""
    low = max((int(value) for value in merged.each(least)), default=0)
    high = min((int(value) for value in merged.each(most)), default=None)
    return low, float("inf") if high is None else high


def fits_string(merged: Merged, value: str) -> bool:
    """Whether a text satisfies lengths and patterns; formats are left to the validator."""
    low, high = lengths(merged)
    return low <= len(value) <= high and all(matcher(pattern)(value) for pattern in merged.each("pattern"))


def build_string(merged: Merged, place: Place, session: Session) -> str:
    """A text for the parts; raises Unfit when none was found."""
    low, high = lengths(merged)
    if low > min(high, MAX_WORD):
        why = "is greater than maxLength" if low > high else f"asks for over {MAX_WORD} characters"
        raise Unfit(f"minLength {why}", place.path)
    excluded = [value for values in merged.each(EXCLUDED) for value in values if isinstance(value, str)]
    limit = int(min(high, MAX_WORD))
    for _ in range(4):
        session.spend(2)
        text = _text(merged, place, session, low, limit)
        if text not in excluded:
            return text
    raise Unfit("every text found is excluded", place.path, chance=True)


def _text(merged: Merged, place: Place, session: Session, low: int, high: int) -> str:
    patterns = [pattern for pattern in merged.each("pattern") if isinstance(pattern, str)]
    formats = [name for name in merged.each("format") if name in FORMATS]
    rng = session.rng
    for name in formats[:1]:
        text = _formatted(name, patterns, low, high, rng)
        if text is not None:
            return text
    if patterns:
        wished = text_for(place.name, rng)
        if low <= len(wished) <= high and all(matcher(pattern)(wished) for pattern in patterns):
            return wished
        session.spend(4)
        text = matching_word(patterns, low, high, rng)
        if text is None:
            raise Unfit(f"no text was found that matches {' and '.join(patterns)}", place.path, chance=True)
        return text
    if formats:
        raise Unfit(f"no text of format {formats[0]} has the length asked for", place.path)
    for encoding in merged.each("contentEncoding"):
        if encoding in ("base64", "base64url"):
            return _encoded(low, high, rng, place)
    if "application/json" in merged.each("contentMediaType"):
        return _sized('{"ok":true}', low, high, rng) if high >= 2 else "1"
    return _sized(text_for(place.name, rng), low, high, rng)


def _formatted(name: str, patterns: list[str], low: int, high: int, rng: random.Random) -> str | None:
    """A text of a format that also has the right length and matches the patterns; None if none was found."""
    for number in range(FORMAT_TRIES):
        # Beyond the first tries the text is lengthened, which the formats with room for it take up.
        fill = "".join(rng.choices(LETTERS, k=max(0, low - 2 * number))) if number and low else ""
        forms = (FORMATS[name], *VARIANTS.get(name, ()))
        text = forms[number % len(forms)](rng, fill)
        if number == FORMAT_TRIES - 1:
            text = SHORTEST.get(name, text)
        if low <= len(text) <= high and all(matcher(pattern)(text) for pattern in patterns):
            return text
    return None


def _encoded(low: int, high: int, rng: random.Random, place: Place) -> str:
    """Base64 of some bytes; its length is always a multiple of four (RFC 4648, section 4)."""
    groups = max(-(-low // 4), min(4, high // 4))
    if groups * 4 > high:
        raise Unfit("no base64 text has the length asked for", place.path)
    return base64.b64encode(rng.randbytes(groups * 3)).decode()


def _sized(text: str, low: int, high: int, rng: random.Random) -> str:
    """A text cut or lengthened with further words to the lengths asked for."""
    while len(text) < low:
        text += (" " if " " in text or low > 20 else "") + rng.choice(WORDS)
    if len(text) > high:
        text = text[:high].strip()
        text += "".join(rng.choices(LETTERS, k=max(0, low - len(text))))
    return text
