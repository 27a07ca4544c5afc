"""Sets of characters: the classes of regular expressions, and which character to pick from them."""

from __future__ import annotations

import functools
import unicodedata
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from treaty.mocking.generate.dice import Dice

Ranges: TypeAlias = tuple[tuple[int, int], ...]  # of code points, both ends included

LAST = 0x10FFFF
ALPHANUMERIC: Ranges = ((48, 57), (65, 90), (97, 122))
READABLE: Ranges = ((97, 122), (48, 57))
PRINTABLE: Ranges = ((33, 126),)
SPACE: Ranges = ((32, 32),)
FOREIGN: Ranges = (
    (0xC0, 0xD6),
    (0xD8, 0xF6),
    (0x391, 0x3A1),
    (0x3B1, 0x3C9),
    (0x410, 0x44F),
    (0x4E00, 0x4EFF),
)
SURROGATES = (0xD800, 0xDFFF)
SCRIPTS: dict[str, Ranges] = {
    "Latin": ((65, 90), (97, 122), (0xC0, 0xD6), (0xD8, 0xF6)),
    "Greek": ((0x391, 0x3A1), (0x3B1, 0x3C9)),
    "Cyrillic": ((0x410, 0x44F),),
    "Hebrew": ((0x5D0, 0x5EA),),
    "Arabic": ((0x621, 0x63A), (0x641, 0x64A)),
    "Devanagari": ((0x905, 0x939),),
    "Thai": ((0xE01, 0xE2E),),
    "Hangul": ((0xAC00, 0xD7A3),),
    "Hiragana": ((0x3041, 0x3096),),
    "Katakana": ((0x30A1, 0x30FA),),
    "Han": ((0x4E00, 0x9FA5),),
}
CATEGORIES = {
    "Letter": "L", "Lowercase_Letter": "Ll", "Uppercase_Letter": "Lu", "Mark": "M", "Number": "N",
    "Decimal_Number": "Nd", "Punctuation": "P", "Symbol": "S", "Separator": "Z", "Alphabetic": "L",
    "Lowercase": "Ll", "Uppercase": "Lu", "digit": "Nd", "punct": "P", "letter": "L",
}  # fmt: skip
# Where characters of a category are looked for: enough of each kind, quickly walked.
SAMPLE: Ranges = ((32, 0x52F), (0x2000, 0x22FF), (0x3000, 0x30FF), (0x4E00, 0x4E40), (0x1F600, 0x1F640))


def complement(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """All characters that are in none of the ranges."""
    left: list[tuple[int, int]] = []
    start = 0
    for low, high in sorted((*ranges, SURROGATES)):
        if low > start:
            left.append((start, low - 1))
        start = max(start, high + 1)
    if start <= LAST:
        left.append((start, LAST))
    return tuple(left)


ANY: Ranges = complement(((10, 10), (13, 13), (0x2028, 0x2029)))
_DIGITS: Ranges = ((48, 57),)
_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Ranges = ((32, 32), (9, 13), (0xA0, 0xA0), (0x2028, 0x2029), (0xFEFF, 0xFEFF))
CLASSES: dict[str, Ranges] = {
    "d": _DIGITS,
    "D": complement(_DIGITS),
    "w": _WORD,
    "W": complement(_WORD),
    "s": _SPACE,
    "S": complement(_SPACE),
}


@functools.cache
def property_ranges(name: str) -> Ranges:
    """The characters of a Unicode property as `\\p{…}` names it; of categories, a sample of them."""
    value = name.rpartition("=")[2]
    if value in SCRIPTS:
        return SCRIPTS[value]
    if value in ("ASCII", "Any"):
        return ((0, 127),) if value == "ASCII" else ((0, SURROGATES[0] - 1), (SURROGATES[1] + 1, LAST))
    prefix = CATEGORIES.get(value, value)
    return tuple(
        (code, code)
        for low, high in SAMPLE
        for code in range(low, high + 1)
        if unicodedata.category(chr(code)).startswith(prefix)
    )


@functools.lru_cache(maxsize=512)
def _meeting(ranges: Ranges, others: Ranges) -> Ranges:
    """The characters in both."""
    return tuple(
        (max(low, least), min(high, most))
        for low, high in ranges
        for least, most in others
        if max(low, least) <= min(high, most)
    )


def pick(ranges: Ranges, dice: Dice, *, wild: bool) -> str:
    """A character of the ranges, readable if they have one; `wild` gives rare ones the same chance."""
    choices = (PRINTABLE, SPACE, FOREIGN) if wild else (READABLE, ALPHANUMERIC, PRINTABLE, SPACE, FOREIGN)
    for choice in choices:
        common = _meeting(ranges, choice)
        if common:
            break
    else:
        common = ranges
    if not common:
        return ""  # an empty class matches nothing: the check of the whole word will say so
    weights = None if wild else [high - low + 1 for low, high in common]
    low, high = dice.choices(common, weights)[0]
    return chr(dice.randint(low, high))
