"""Scalars of the YAML 1.2 core schema (YAML 1.2.2 section 10.3.2)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from treaty.findings import Json

_NAMED: dict[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
_NUMBER_STARTS = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def plain_value(text: str) -> Json:
    """The value of an unquoted scalar without a tag.

    `no`, `1_000`, `0b11`, `1:30` and dates are strings, `017` is 17, `0o17` is 15; `.inf`
    and `.nan` become floats, which JSON cannot write. Raises `ValueError` for an integer
    of more digits than Python converts (4,300 by default).
    """
    if text in _NAMED:
        return _NAMED[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return int(text[2:], 16)
    return text


def tagged_value(tag: str, text: str) -> Json:
    """The value of a scalar with a tag: a core type, or a string for any other tag.

    Raises `ValueError` when the text is not of the type that the tag names.
    """
    convert = SCALAR_TAGS.get(tag)
    return convert(text) if convert else text


def _integer(text: str) -> int:
    value = plain_value(text)
    if type(value) is not int:
        raise ValueError(text)
    return value


def _float(text: str) -> float:
    value = plain_value(text)
    if type(value) not in (int, float):
        raise ValueError(text)
    return float(text) if _FLOAT.fullmatch(text) else float(value)


def _boolean(text: str) -> bool:
    value = plain_value(text)
    if type(value) is not bool:
        raise ValueError(text)
    return value


def _null(text: str) -> None:
    if plain_value(text) is not None:
        raise ValueError(text)


SCALAR_TAGS: dict[str, Callable[[str], Json]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": _integer,
    "tag:yaml.org,2002:float": _float,
    "tag:yaml.org,2002:bool": _boolean,
    "tag:yaml.org,2002:null": _null,
}
