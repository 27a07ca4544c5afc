"""How a parameter is to be written: an example of its form, for who wrote it in another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from treaty.exchange.codecs.codec import UnwritableError
from treaty.exchange.style_writers import write_pairs, write_text
from treaty.exchange.styles import Styled
from treaty.findings import Finding, Json

_COMPOUND = {"array": list, "object": dict}
_IN_PAIRS = frozenset({"query", "cookie"})
_JOINED = re.compile(r"[^\[{].*[,|]", re.DOTALL)  # but not JSON


def hint_of(styled: Styled) -> str:
    """An example, with letters for the values: a value of the message could be a secret."""
    sample: Json = "x"
    if styled.kind == "array":
        sample = ["x", "y"]
    elif styled.kind == "object":
        sample = dict(zip(sorted(styled.properties)[:2] or "ab", "xy", strict=False))
    try:
        written = (write_pairs if styled.location in _IN_PAIRS else write_text)(sample, styled)
    except UnwritableError:
        return ""
    return (
        f"write it as in `{styled.name}: {written}`"
        if styled.location == "header"
        else f"write it as in `{written}`"
    )


def advised(findings: Sequence[Finding], styled: Styled, value: Json) -> Sequence[Finding]:
    """The findings on an invalid value, with a hint where it was perhaps written in another form."""
    if _is_of_another_form(styled, value):
        hint = hint_of(styled)
        for each in findings:
            each.hint = hint
    return findings


def _is_of_another_form(styled: Styled, value: Json) -> bool:
    """Is it no list or object where one is meant, or a list whose items are joined though it is exploded?"""
    compound = _COMPOUND.get(styled.kind)
    if compound is None:
        return False
    if not isinstance(value, compound):
        return True
    return (
        styled.explode
        and isinstance(value, list)
        and any(isinstance(each, str) and _JOINED.match(each) for each in value)
    )
