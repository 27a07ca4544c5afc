"""Parameter styles: from the text of a message to lists and objects of texts (OpenAPI 3.2, Style Values).

A style is one function; what it yields are still texts, which `values` turns into what
the schema says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, unquote_plus

from treaty.findings import Json

Kind = Literal["primitive", "array", "object"]

# (name, value) pairs, the values as sent, still percent-encoded.
Pairs = list[tuple[str, str]]


MAX_DEPTH = 32
MAX_INDEX_DIGITS = 9
BOTH = "it is both a value and an object"
NOT_UTF8 = "it has percent-encoded bytes that are not UTF-8"


class MalformedError(ValueError):
    """The text is not of the style's form."""


def percent_decoded(text: str) -> str:
    """The text without percent-encoding (RFC 3986, section 2.1).

    Raises `MalformedError` when it is not UTF-8.
    """
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise MalformedError(NOT_UTF8) from None


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
    first_counts: bool = False  # of several values that cannot be told apart


def split_query(query: str) -> Pairs:
    """The pairs of a query string, percent-encoded as sent."""
    pairs = []
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((unquote_plus(name), value))
    return pairs


def split_cookies(header: str) -> Pairs:
    """The pairs of a Cookie header (RFC 6265, section 4.2.1)."""
    pairs = []
    for part in header.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            pairs.append((name, value.strip('"')))
    return pairs


def read_simple(text: str, styled: Styled) -> Json:
    """Style `simple`, for paths and headers: `a,b`; objects `k,v,k,v` or exploded `k=v,k=v`."""
    if styled.kind == "primitive":
        return styled.decode(text)
    return _listed(text.split(",") if text else [], styled)


def read_pairs(pairs: Pairs, styled: Styled) -> Json | None:
    """A parameter's value from the pairs of a query, a cookie or a form; None when it is absent."""
    reader = _PAIR_READERS.get(styled.style)
    return reader(pairs, styled) if reader else _read_form(pairs, styled)


def _read_form(pairs: Pairs, styled: Styled) -> Json | None:
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


def _read_properties(pairs: Pairs, styled: Styled) -> Json | None:
    """An exploded object: its properties stand among the other parameters; repeated, one is a list."""
    found: dict[str, Json] = {}
    for name, value in pairs:
        if name in styled.properties:
            _add(found, name, styled.decode(value))
    return found or None


def _only(own: list[str], styled: Styled) -> str:
    """The one value of a parameter that has one.

    No RFC says which of several counts, and who takes the first and who the last do not see
    the same request: it is refused.
    """
    if len(own) > 1 and not styled.first_counts:
        raise MalformedError(f"it is there {len(own)} times, and has one value")
    return own[0]


def _read_delimited(separators: tuple[str, ...]) -> Callable[[Pairs, Styled], Json | None]:
    def read(pairs: Pairs, styled: Styled) -> Json | None:
        own = [value for name, value in pairs if name == styled.name]
        if not own:
            return None
        if styled.explode or styled.kind == "primitive":
            return _read_form(pairs, styled)
        text = _only(own, styled)
        for separator in separators[1:]:
            text = text.replace(separator, separators[0])
        return _listed(text.split(separators[0]) if text else [], styled)

    return read


def _read_deep_object(pairs: Pairs, styled: Styled) -> Json | None:
    """Style `deepObject`: `name[key]=value`; also `name[a][b]=1`, `name[]=1`, `name[0]=1`, as tools send it.

    Where the value may be something else than an object, it is sent under the name alone.
    """
    found: dict[str, Json] = {}
    for name, value in pairs:
        if not name.startswith(styled.name + "["):
            continue
        keys = name[len(styled.name) + 1 :].removesuffix("]").split("][")
        _put(found, keys, styled.decode(value))
    if found:
        return _lists(found)
    own = [value for name, value in pairs if name == styled.name]
    return styled.decode(_only(own, styled)) if own else None


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
    if last == "":
        node.setdefault("", []).append(value)
    else:
        _add(node, last, value)


def _add(found: dict[str, Json], name: str, value: str) -> None:
    """Put a value under a name; a second one makes it a list."""
    if name not in found:
        found[name] = value
    elif isinstance(found[name], list):
        found[name].append(value)
    else:
        found[name] = [found[name], value]


def _lists(node: Json) -> Json:
    """Objects whose keys are `""` or 0, 1, 2, … are lists."""
    if not isinstance(node, dict):
        return node
    if set(node) == {""}:
        return node[""] if isinstance(node[""], list) else [_lists(node[""])]
    if node and all(key.isascii() and key.isdigit() and len(key) <= MAX_INDEX_DIGITS for key in node):
        return [_lists(node[key]) for key in sorted(node, key=int)]
    return {key: _lists(value) for key, value in node.items()}


def _listed(parts: Iterable[str], styled: Styled) -> Json:
    items, decode = list(parts), styled.decode
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


_PAIR_READERS: dict[str, Callable[[Pairs, Styled], Json | None]] = {
    "form": _read_form,
    "cookie": _read_form,
    "spaceDelimited": _read_delimited(("%20", "+", " ")),
    "pipeDelimited": _read_delimited(("|", "%7C", "%7c")),
    "tabDelimited": _read_delimited(("%09", "\t")),
    "deepObject": _read_deep_object,
}
