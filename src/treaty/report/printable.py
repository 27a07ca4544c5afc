"""Text from documents and traffic, made safe to print."""

from __future__ import annotations

import unicodedata

# Control, format (bidirectional overrides) and surrogate characters can rewrite what a terminal shows.
UNPRINTABLE = ("Cc", "Cf", "Cs")


def printable(text: str) -> str:
    """`text` with characters that would steer a terminal written as escapes; newlines and tabs stay."""
    if text.isprintable():
        return text
    return "".join(map(printable_character, text))


def printable_character(character: str) -> str:
    """One character, escaped when it is unprintable."""
    if character in "\n\t" or unicodedata.category(character) not in UNPRINTABLE:
        return character
    return character.encode("unicode_escape").decode()
