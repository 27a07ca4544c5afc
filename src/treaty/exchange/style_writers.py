"""Parameter styles, the way back: from a value to the text of a message (OpenAPI 3.2, Style Values).

A writer for each reader of `styles`: what one writes, the other reads as the same texts. Of a
value `None` there is a name without a value; an absent parameter is not written at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

from treaty.exchange.codecs.codec import UnwritableError
from treaty.exchange.styles import Styled
from treaty.findings import Json

# RFC 3986, section 2.2, without what divides a URL or its query, and without `+`, which is read as a space.
RESERVED_IN_QUERY = ":/?@!$'()*,;="
RESERVED_IN_PATH = ":@!$'()*,;="
# RFC 6265, section 4.1.1: a cookie's value may have these; the style's own delimiters are encoded.
_COOKIE = "!#$'()*+-./:<>?@[]^_`{|}~"
_DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C", "tabDelimited": "%09"}
# In headers nothing is percent-encoded.
_RAW_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|", "tabDelimited": "\t"}

Encode = Callable[[str], str]


def write_text(value: Json, styled: Styled) -> str:
    """A value as the text of a path segment or header. Raises `UnwritableError`."""
    return _TEXT_WRITERS.get(styled.style, _write_simple)(value, styled)


def write_pairs(value: Json, styled: Styled) -> str:
    """A value as the part of a query, form or Cookie header that is the parameter's.

    Empty for an empty list or object that is exploded. Raises `UnwritableError`.
    """
    return _PAIR_WRITERS.get(styled.style, _write_form)(value, styled)


def plain(value: Json) -> str:
    """A single value as text: as JSON has it, without quotes. Raises `UnwritableError` for others."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        raise UnwritableError("a list or object within a value has no form in this style")
    return "" if value is None else json.dumps(value)


def encoder(styled: Styled, delimiters: str = "") -> Encode:
    """How the texts of a parameter are encoded; `delimiters` of its style always are."""
    if styled.location == "header" or styled.style == "cookie":
        return str
    safe = _COOKIE if styled.location == "cookie" else ""
    if styled.allow_reserved:
        safe = RESERVED_IN_PATH if styled.location == "path" else RESERVED_IN_QUERY
    kept = "".join(each for each in safe if each not in delimiters)

    def encode(text: str) -> str:
        # `quote` leaves these as they are, and a style may divide by them.
        encoded = quote(text, safe=kept)
        return encoded.replace(".", "%2E") if "." in delimiters else encoded

    return encode


def _joined(value: Json, between: str, encode: Encode, *, explode: bool) -> str:
    """The parts of a value with a delimiter between them; exploded, an object is `k=v` pairs."""
    if isinstance(value, list):
        return between.join(encode(plain(each)) for each in value)
    if isinstance(value, dict):
        equals = "=" if explode else between
        return between.join(f"{encode(key)}{equals}{encode(plain(each))}" for key, each in value.items())
    return encode(plain(value))


def _write_simple(value: Json, styled: Styled) -> str:
    return _joined(value, ",", encoder(styled, ",=" if _is_compound(value) else ""), explode=styled.explode)


def _write_label(value: Json, styled: Styled) -> str:
    between = "." if styled.explode else ","
    encode = encoder(styled, f"{between}=" if _is_compound(value) else "")
    return "." + _joined(value, between, encode, explode=styled.explode)


def _write_matrix(value: Json, styled: Styled) -> str:
    name, encode = encoder(styled, ",;=")(styled.name), encoder(styled, ",;=")
    if styled.explode and isinstance(value, list):
        return "".join(f";{name}={encode(plain(each))}" for each in value)
    if styled.explode and isinstance(value, dict):
        return "".join(f";{encode(key)}={encode(plain(each))}" for key, each in value.items())
    text = _joined(value, ",", encode, explode=False)
    return f";{name}" if value is None or value == "" else f";{name}={text}"


def _write_separated(value: Json, styled: Styled) -> str:
    """Parts between spaces, pipes or tabs, which a part itself cannot have: both look alike when encoded."""
    raw = _RAW_DELIMITERS[styled.style]
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    if isinstance(value, list | dict) and any(raw in plain(each) for each in parts):
        raise UnwritableError(f"a part with {raw!r} in it has no form in style {styled.style}")
    between = raw if styled.location == "header" else _DELIMITERS[styled.style]
    return _joined(value, between, encoder(styled), explode=False)


def _write_form(value: Json, styled: Styled) -> str:
    between = "; " if styled.style == "cookie" else "&"
    return between.join(f"{name}={text}" for name, text in _form_pairs(value, styled))


def _form_pairs(value: Json, styled: Styled) -> Iterator[tuple[str, str]]:
    encode = encoder(styled)
    name = encoder(styled, "=")(styled.name)
    if styled.explode and isinstance(value, list):
        yield from ((name, encode(plain(each))) for each in value)
    elif styled.explode and isinstance(value, dict):
        yield from ((encoder(styled, "=")(key), encode(plain(each))) for key, each in value.items())
    else:
        within = encoder(styled, ",") if _is_compound(value) else encode
        yield name, _joined(value, ",", within, explode=False)


def _write_delimited(value: Json, styled: Styled) -> str:
    if styled.explode or not _is_compound(value):
        return _write_form(value, styled)
    name = encoder(styled, "=")(styled.name)
    return f"{name}={_write_separated(value, styled)}"


def _write_deep_object(value: Json, styled: Styled) -> str:
    """`name[key]=value`; lists and objects below take further brackets, lists with their indexes."""
    encode, name = encoder(styled), encoder(styled, "=")
    return "&".join(f"{name(keys)}={encode(text)}" for keys, text in _deep(styled.name, value))


def _deep(name: str, value: Json) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _deep(f"{name}[{key}]", each)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _deep(f"{name}[{index}]", each)
    else:
        yield name, plain(value)


def _is_compound(value: Json) -> bool:
    return isinstance(value, list | dict)


_TEXT_WRITERS: dict[str, Callable[[Json, Styled], str]] = {
    "simple": _write_simple,
    "label": _write_label,
    "matrix": _write_matrix,
    "spaceDelimited": _write_separated,
    "pipeDelimited": _write_separated,
    "tabDelimited": _write_separated,
}
_PAIR_WRITERS: dict[str, Callable[[Json, Styled], str]] = {
    "form": _write_form,
    "cookie": _write_form,
    "spaceDelimited": _write_delimited,
    "pipeDelimited": _write_delimited,
    "tabDelimited": _write_delimited,
    "deepObject": _write_deep_object,
}
