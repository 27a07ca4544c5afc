"""Parameters as they travel: what the text of a message may mean in each style.

Nothing is decided by the kind of a schema here. A text is read as a primitive, as a list and
as an object wherever the style has such a form (OpenAPI 3.2.0, Style Values), and the schema is
asked which of them it takes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_plus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .operations import Parameter

_SEPARATORS = {"spaceDelimited": r"%20|\+| ", "pipeDelimited": r"%7[Cc]|\|", "tabDelimited": r"%09|\t"}
_KEYS = re.compile(r"([^\[]*)((?:\[[^\]]*\])+)")

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Sent:
    """A request as sent: path and query percent-encoded, header names in lower case."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """A header's values, joined as RFC 9110, section 5.3 has it."""
        found = [value for key, value in self.headers if key == name.lower()]
        return ",".join(found) if found else None


class NotJsonError(ValueError):
    """A text that RFC 8259 does not take for JSON, or that says one name twice."""


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text; a name said twice has no meaning that all share (RFC 8259, section 4)."""

    def pairs(found: Pairs) -> dict[str, Any]:
        if len({name for name, _ in found}) < len(found):
            raise NotJsonError("a name is there twice")
        return dict(found)

    def refuse(constant: str) -> Any:
        raise NotJsonError(constant)

    return json.loads(text, object_pairs_hook=pairs, parse_constant=refuse)


def pairs_of(query: str) -> Pairs:
    """Names, decoded, and values, as sent, of a query or a form."""
    parts = [part.partition("=") for part in query.split("&") if part]
    return [(unquote_plus(name), value) for name, _, value in parts]


def in_text(parameter: Parameter, text: str, decode: Callable[[str], str]) -> Iterator[Any]:
    """What a parameter in a path or a header may mean."""
    if parameter.media_type:
        yield read_json(decode(text))
    elif parameter.style == "label":
        if text.startswith("."):
            yield from _separated(text[1:], r"\." if parameter.explode else ",", parameter.explode, decode)
    elif parameter.style == "matrix":
        if text.startswith(";"):
            yield from in_pairs(parameter, [_pair(each) for each in text[1:].split(";")], frozenset(), decode)
    else:
        separator = _SEPARATORS.get(parameter.style, ",")
        yield from _separated(text, separator, parameter.explode, decode)


def in_pairs(
    parameter: Parameter, pairs: Pairs, others: frozenset[str], decode: Callable[[str], str] = unquote_plus
) -> Iterator[Any]:
    """What a parameter in a query, a cookie or a form may mean; `others` are names of other parameters."""
    own = [value for name, value in pairs if name == parameter.name]
    if parameter.media_type:
        yield from (read_json(decode(value)) for value in own)
        return
    if parameter.style == "deepObject":
        yield from deep(parameter.name, [(name, decode(value)) for name, value in pairs])
    if own and (parameter.explode or parameter.style == "deepObject"):
        if len(own) == 1:
            yield decode(own[0])
        yield [decode(value) for value in own]
    elif len(own) == 1:
        yield from _separated(own[0], _SEPARATORS.get(parameter.style, ","), False, decode)
    if parameter.explode and parameter.style != "deepObject":
        yield from _exploded([(name, decode(value)) for name, value in pairs if name not in others])


def _exploded(pairs: Pairs) -> Iterator[Any]:
    found = _grouped(pairs)
    if found:
        yield found


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return unquote(name), value


def _separated(text: str, separator: str, explode: bool, decode: Callable[[str], str]) -> Iterator[Any]:
    yield decode(text)
    parts = re.split(separator, text)
    yield [decode(part) for part in parts]
    if not text:
        yield []
        yield {}
    elif explode:
        if all("=" in part for part in parts):
            yield {decode(name): decode(value) for name, _, value in (part.partition("=") for part in parts)}
    elif len(parts) % 2 == 0:
        yield {decode(name): decode(value) for name, value in zip(parts[::2], parts[1::2], strict=True)}


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Pairs as an object; a name that is there again makes a list."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found


def deep(name: str, pairs: Pairs) -> Iterator[Any]:
    """What `name[a][b]=1` means: an object, or where keys are numbers or nothing, perhaps a list."""
    tree = bracketed([(key, value) for key, value in pairs if key.partition("[")[0] == name])
    if isinstance(tree.get(name), dict):
        yield tree[name]
        listed = as_lists(tree[name])
        if listed != tree[name]:
            yield listed


def bracketed(pairs: Pairs) -> dict[str, Any]:
    """An object of pairs whose names have keys in brackets."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        matched = _KEYS.fullmatch(name)
        keys = [matched[1], *re.findall(r"\[([^\]]*)\]", matched[2])] if matched else [name]
        node = found
        for key in keys[:-1]:
            below = node.setdefault(key, {})
            if not isinstance(below, dict):
                return {}
            node = below
        last = keys[-1]
        node[last] = _grouped([*[(last, each) for each in _several(node.get(last))], (last, value)])[last]
    return found


def _several(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def as_lists(node: Any) -> Any:
    """Objects whose keys are numbers, or nothing, as lists."""
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [as_lists(node[key]) for key in sorted(node, key=int)]
    if set(node) == {""}:
        return _several(as_lists(node[""]))
    return {key: as_lists(value) for key, value in node.items()}
