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

# (name, value) pairs as sent, still percent-encoded.
Pairs = list[tuple[str, str]]


class MalformedError(ValueError):
    """The text is not of the style's form."""


@dataclass(frozen=True, slots=True)
class Styled:
    """How one parameter is written, and what kind of value is in it."""

    name: str
    style: str
    explode: bool
    kind: Kind
    properties: frozenset[str] = frozenset()  # the property names of an object, for exploded forms


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


def read_simple(text: str, styled: Styled, decode: Callable[[str], str] = unquote) -> Json:
    """Style `simple`, for paths and headers: `a,b`; objects `k,v,k,v` or exploded `k=v,k=v`."""
    if styled.kind == "primitive":
        return decode(text)
    return _listed(text.split(",") if text else [], styled, decode)


def read_pairs(pairs: Pairs, styled: Styled) -> Json | None:
    """A parameter's value from the pairs of a query, a cookie or a form; None when it is absent."""
    reader = _PAIR_READERS.get(styled.style)
    return reader(pairs, styled) if reader else _read_form(pairs, styled)


def _read_form(pairs: Pairs, styled: Styled) -> Json | None:
    if styled.kind == "object" and styled.explode:
        found = {name: unquote_plus(value) for name, value in pairs if name in styled.properties}
        return found or None
    own = [value for name, value in pairs if name == styled.name]
    if not own:
        return None
    if styled.kind == "primitive":
        return unquote_plus(own[-1])
    if styled.explode:
        return [unquote_plus(value) for value in own]
    return _listed(own[-1].split(",") if own[-1] else [], styled, unquote_plus)


def _read_delimited(separators: tuple[str, ...]) -> Callable[[Pairs, Styled], Json | None]:
    def read(pairs: Pairs, styled: Styled) -> Json | None:
        own = [value for name, value in pairs if name == styled.name]
        if not own:
            return None
        if styled.explode or styled.kind == "primitive":
            return _read_form(pairs, styled)
        text = own[-1]
        for separator in separators[1:]:
            text = text.replace(separator, separators[0])
        return _listed(text.split(separators[0]) if text else [], styled, unquote_plus)

    return read


def _read_deep_object(pairs: Pairs, styled: Styled) -> Json | None:
    """Style `deepObject`: `name[key]=value`, and as many tools send it `name[a][b]=1`, `name[]=1`, `name[0]=1`."""
    found: dict[str, Json] = {}
    for name, value in pairs:
        if not name.startswith(styled.name + "["):
            continue
        keys = name[len(styled.name) + 1 :].removesuffix("]").split("][")
        _put(found, keys, unquote_plus(value))
    if not found:
        return None
    return _lists(found)


def _put(found: dict[str, Json], keys: list[str], value: str) -> None:
    node = found
    for key in keys[:-1]:
        node = node.setdefault(key, {})
        if not isinstance(node, dict):
            raise MalformedError("it is both a value and an object")
    last = keys[-1]
    if last == "":
        node.setdefault("", []).append(value)
    elif last in node:
        node[last] = [*node[last], value] if isinstance(node[last], list) else [node[last], value]
    else:
        node[last] = value


def _lists(node: Json) -> Json:
    """Objects whose keys are `""` or 0, 1, 2, … are lists."""
    if not isinstance(node, dict):
        return node
    if set(node) == {""}:
        return node[""]
    if node and all(key.isascii() and key.isdigit() for key in node):
        return [_lists(node[key]) for key in sorted(node, key=int)]
    return {key: _lists(value) for key, value in node.items()}


def _listed(parts: Iterable[str], styled: Styled, decode: Callable[[str], str]) -> Json:
    items = list(parts)
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
