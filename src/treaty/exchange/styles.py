"""Parameter styles: from the text of a message to lists and objects of texts (OpenAPI 3.2, Style Values).

A style is one function; what it yields are still texts, which `values` turns into what
the schema says. The way back is in `style_writers`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, unquote_plus

from treaty.findings import Json

Kind = Literal["primitive", "array", "object"]

# (name, value) pairs, the values as sent, still percent-encoded.
Pairs = list[tuple[str, str]]


MAX_DEPTH = 32
MAX_ITEMS = 100_000
SPACES = ("%20", "+", " ")
PIPES = ("%7C", "%7c", "|")
TABS = ("%09", "\t")
COMMAS = (",", "%2C", "%2c")
BOTH = "it is both a value and an object"
NOT_UTF8 = "it has percent-encoded bytes that are not UTF-8"


# `unquote` takes 80 bytes of memory for each escape; of a longer text it would be too much.
_LONG = 64 * 1024
_ESCAPES = re.compile(b"(?:%[0-9A-Fa-f]{2}){1,1000}")  # bounded, as what is matched is held on a stack


class MalformedError(ValueError):
    """The text is not of the style's form."""


def percent_decoded(text: str) -> str:
    """The text without percent-encoding (RFC 3986, section 2.1).

    Raises `MalformedError` when it is not UTF-8.
    """
    if "%" not in text:
        return text
    try:
        if len(text) > _LONG:
            return _ESCAPES.sub(_unescaped, text.encode()).decode()
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise MalformedError(NOT_UTF8) from None


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[0].replace(b"%", b"").decode())


def form_decoded(text: str) -> str:
    """As `percent_decoded`, with `+` for a space, as forms and queries have it."""
    return percent_decoded(text.replace("+", " "))


def as_it_is(text: str) -> str:
    """The text itself, without the white space around it."""
    return text.strip()


@dataclass(frozen=True, slots=True)
class Styled:
    """How one parameter is written, and what kind of value is in it."""

    name: str
    style: str
    explode: bool
    kind: Kind
    properties: frozenset[str] = frozenset()  # the property names of an object, for exploded forms
    decode: Callable[[str], str] = form_decoded
    may_repeat: bool = False  # a primitive or a list of them: sent again, it is a list
    location: str = "query"
    allow_reserved: bool = False  # when written, reserved characters stand as they are
    # Of an exploded object that takes other names too: those that other parameters have.
    taken: frozenset[str] | None = None


def split_query(query: str, errors: Literal["replace", "surrogateescape"] = "replace") -> Pairs:
    """The pairs of a query string, percent-encoded as sent.

    `errors` is what becomes of bytes of a name that are not UTF-8; `key_of` finds those that were escaped.
    """
    pairs = []
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((unquote_plus(name, errors=errors), value))
    return pairs


def key_of(name: str) -> str:
    """A name that is to be a property's. Raises `MalformedError` where bytes of it were not UTF-8."""
    if name.isascii():
        return name
    try:
        name.encode()
    except UnicodeEncodeError:
        raise MalformedError(NOT_UTF8) from None
    return name


def split_cookies(header: str) -> Pairs:
    """The pairs of a Cookie header (RFC 6265, section 4.2.1)."""
    pairs = []
    for part in header.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            pairs.append((name, value.strip('"')))
    return pairs


def read_text(text: str, styled: Styled) -> Json:
    """A parameter's value from its text in a path or header."""
    return _TEXT_READERS.get(styled.style, _read_simple)(text, styled)


def _read_simple(text: str, styled: Styled) -> Json:
    """Style `simple`: `a,b`; objects `k,v,k,v` or exploded `k=v,k=v`."""
    if styled.kind == "primitive":
        return styled.decode(text)
    return _listed(text.split(",") if text else [], styled)


def _read_label(text: str, styled: Styled) -> Json:
    """Style `label`, for paths: as `simple` after a dot; exploded, dots are between the parts too."""
    if not text.startswith("."):
        raise MalformedError("expected a text that begins with a dot")
    text = text[1:]
    if styled.kind == "primitive":
        return styled.decode(text)
    return _listed(text.split("." if styled.explode else ",") if text else [], styled)


def _read_matrix(text: str, styled: Styled) -> Json:
    """Style `matrix`, for paths: `;name=a,b`, exploded `;name=a;name=b`; objects `;k=v;k=v`."""
    if not text.startswith(";"):
        raise MalformedError(f"expected a text that begins with `;{styled.name}`")
    pairs = []
    for part in text[1:].split(";"):
        name, _, value = part.partition("=")
        pairs.append((percent_decoded(name), value))
    if styled.kind == "object" and styled.explode:
        found: dict[str, Json] = {}
        for name, value in pairs:
            add_value(found, name, styled.decode(value))
        return found
    own = _read_form(pairs, styled)
    if own is None:
        raise MalformedError(f"expected a text that begins with `;{styled.name}`")
    return own


def _read_separated(separators: tuple[str, ...]) -> Callable[[str, Styled], Json]:
    """The collection formats of OpenAPI 2.0 that have no style of 3.x in paths and headers."""

    def read(text: str, styled: Styled) -> Json:
        if styled.kind == "primitive":
            return styled.decode(text)
        # Nothing is percent-encoded in a header; the separator as it is stands last.
        return _split(text, separators[-1:] if styled.location == "header" else separators, styled)

    return read


def _split(text: str, separators: tuple[str, ...], styled: Styled) -> Json:
    for separator in separators[1:]:
        text = text.replace(separator, separators[0])
    return _listed(text.split(separators[0]) if text else [], styled)


def only_value(pairs: Pairs, styled: Styled) -> str | None:
    """The one value of a name as sent, None when it is absent. Raises `MalformedError` for several."""
    own = [value for name, value in pairs if name == styled.name]
    return _only(own, styled) if own else None


def read_pairs(pairs: Pairs, styled: Styled) -> Json | None:
    """A parameter's value from the pairs of a query, a cookie or a form; None when it is absent."""
    reader = _PAIR_READERS.get(styled.style)
    return reader(pairs, styled) if reader else _read_form(pairs, styled)


def _read_form(pairs: Iterable[tuple[str, str]], styled: Styled) -> Json | None:
    if styled.location == "cookie" and styled.style == "form" and styled.explode:
        pairs = _at_ampersands(pairs) if styled.kind != "primitive" else pairs
    if styled.kind == "object" and styled.explode:
        return _read_properties(pairs, styled)
    own = [value for name, value in pairs if name == styled.name]
    if not own:
        return None
    if styled.kind == "primitive" and not (styled.may_repeat and len(own) > 1):
        return styled.decode(_only(own, styled))
    if styled.explode:
        return [styled.decode(value) for value in own]
    text = _only(own, styled)
    return _listed(text.split(",") if text else [], styled)


def _read_properties(pairs: Iterable[tuple[str, str]], styled: Styled) -> Json | None:
    """An exploded object: its properties stand among the other parameters; repeated, one is a list."""
    found: dict[str, Json] = {}
    for name, value in pairs:
        if name in styled.properties or (styled.taken is not None and name not in styled.taken):
            add_value(found, key_of(name), styled.decode(value))
    return found or None


def _at_ampersands(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The pairs of a cookie in style `form`, exploded: `a=1&a=2` (OpenAPI 3.2, Style Examples)."""
    for name, value in pairs:
        first, *more = value.split("&")
        yield name, first
        for each in more:
            further, _, text = each.partition("=")
            yield percent_decoded(further), text


def _only(own: list[str], styled: Styled) -> str:
    """The one value of a parameter that has one.

    No RFC says which of several counts, and who takes the first and who the last do not see
    the same request: it is refused. A browser sends the cookie of the longest path first
    (RFC 6265, section 5.4).
    """
    if len(own) > 1 and styled.location != "cookie":
        raise MalformedError(f"it is there {len(own)} times, and has one value")
    return own[0]


def _read_delimited(separators: tuple[str, ...]) -> Callable[[Pairs, Styled], Json | None]:
    def read(pairs: Pairs, styled: Styled) -> Json | None:
        if styled.explode or styled.kind == "primitive":
            return _read_form(pairs, styled)
        text = only_value(pairs, styled)
        return None if text is None else _split(text, separators, styled)

    return read


def _read_deep_object(pairs: Pairs, styled: Styled) -> Json | None:
    """Style `deepObject`: `name[key]=value`; also `name[a][b]=1`, `name[]=1`, `name[0]=1`, as tools send it.

    Where the value may be something else than an object, it is sent under the name alone.
    Whether indexes, and keys of no text, make a list or are names is for the schema to say.
    """
    found: dict[str, Json] = {}
    for name, value in pairs:
        if not (name.startswith(styled.name + "[") and name.endswith("]")):
            continue
        keys = key_of(name)[len(styled.name) + 1 : -1].split("][")
        _put(found, keys, styled.decode(value))
    if found:
        return found
    own = [value for name, value in pairs if name == styled.name]
    if own and styled.kind == "array":
        return [styled.decode(value) for value in own]
    return styled.decode(_only(own, styled)) if own else None


def property_of(name: str) -> str:
    """The property that a name is of: `address` of `address[city]`; any other name is its own."""
    return name.partition("[")[0] if name.endswith("]") else name


def _put(found: dict[str, Json], keys: list[str], value: str) -> None:
    if len(keys) > MAX_DEPTH:
        raise MalformedError(f"it is nested more than {MAX_DEPTH} deep")
    node = found
    for key in keys[:-1]:
        node = node.setdefault(key, {})
        if not isinstance(node, dict):
            raise MalformedError(BOTH)
    last = keys[-1]
    if isinstance(node.get(last), dict):
        raise MalformedError(BOTH)
    add_value(node, last, value)


def add_value(found: dict[str, Json], name: str, value: Json) -> None:
    """Put a value under a name; a second one makes it a list."""
    if name not in found:
        found[name] = value
    elif isinstance(found[name], list):
        found[name].append(value)
    else:
        found[name] = [found[name], value]


def _listed(parts: Iterable[str], styled: Styled) -> Json:
    items, decode = list(parts), styled.decode
    if len(items) > MAX_ITEMS:
        raise MalformedError(f"it has more than {MAX_ITEMS} items")
    if styled.kind != "object":
        return [decode(each) for each in items]
    if styled.explode:
        split = [each.partition("=") for each in items]
        if not all(equals for _, equals, _ in split):
            raise MalformedError("expected key=value pairs, separated by commas")
        return {decode(key): decode(value) for key, _, value in split}
    if len(items) % 2:
        raise MalformedError("expected as many values as keys, separated by commas")
    return {decode(key): decode(value) for key, value in zip(items[::2], items[1::2], strict=True)}


_TEXT_READERS: dict[str, Callable[[str, Styled], Json]] = {
    "simple": _read_simple,
    "label": _read_label,
    "matrix": _read_matrix,
    "spaceDelimited": _read_separated(("%20", " ")),
    "pipeDelimited": _read_separated(PIPES),
    "tabDelimited": _read_separated(TABS),
}
_PAIR_READERS: dict[str, Callable[[Pairs, Styled], Json | None]] = {
    "form": _read_form,
    "cookie": _read_form,
    "spaceDelimited": _read_delimited(SPACES),
    "pipeDelimited": _read_delimited(PIPES),
    "tabDelimited": _read_delimited(TABS),
    "commaDelimited": _read_delimited(COMMAS),
    "deepObject": _read_deep_object,
}
