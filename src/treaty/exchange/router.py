"""Match: from method and path to an operation, at a cost that does not depend on their number.

Paths are kept as a tree of segments. Concrete segments are tried before templated ones
(OpenAPI 3.2, Paths Object), and what was tried in vain is taken back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from urllib.parse import unquote

from treaty.contract.model import Operation
from treaty.exchange.messages import Headers

_EXPRESSION = re.compile(r"\{([^{}]*)\}")
MAX_SPLITS = 100  # of a segment with several expressions


@dataclass(slots=True)  # not frozen, which costs more than all else that a match does
class Matched:
    """What a request's path and method led to.

    `operation` is None when nothing fits; `allowed` then holds the methods of the path,
    empty when there is no such path. `path_values` are as sent, percent-encoded. Where it
    `reads_headers`, another request for the same target may be for another operation.
    """

    operation: Operation | None
    path_values: dict[str, str] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()
    reads_headers: bool = False


_NO_HEADERS: Headers = []
_NOWHERE = Matched(None)
_WHOLE = ("", "")  # the literals of a segment that is one expression


@dataclass(slots=True)
class _Template:
    """A segment with expressions: the texts around them, their names, what follows the segment."""

    literals: tuple[str, ...]  # one more than there are names
    names: tuple[str, ...]
    below: _Node
    encoded: tuple[re.Pattern[str], ...]  # the literals, percent-encoded or not


@dataclass(slots=True)
class _Node:
    concrete: dict[str, _Node] = field(default_factory=dict)
    templates: list[_Template] = field(default_factory=list)
    operations: dict[str, Operation] = field(default_factory=dict)
    # Of paths written with a query or a fragment (`/x?beta=true&in={place}`, `/x#Action=List`): the marks
    # that a request for them bears, most first.
    by_mark: dict[str, list[tuple[frozenset[str], Operation]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Router:
    """The operations of a contract, by path and method.

    `base_paths` are without percent-encoding; with `only_below` a path must begin with one.
    """

    root: _Node
    base_paths: tuple[str, ...] = ()
    only_below: bool = False

    def match(self, method: str, path: str, query: str = "", headers: Headers = _NO_HEADERS) -> Matched:
        """Find the operation for a request; a path is accepted with and without a server's base path."""
        found = _NOWHERE if self.only_below else self._match(method, path, query, headers)
        if found.operation is None and not found.allowed:
            for base in self.base_paths:
                below = _below(path, base)
                if below is not None:
                    found = self._match(method, below, query, headers)
                    if found.operation or found.allowed:
                        return found
        return found

    def _match(self, method: str, path: str, query: str, headers: Headers) -> Matched:
        segments = path.split("/")[1:]
        if "%" not in path:
            found = _follow(self.root, segments, method)
            if found is not None:
                return found
        other: set[str] = set()
        for node, values in _walk(self.root, segments, 0, {}):
            operation = node.operations.get(method)
            if operation is None and method == "HEAD":
                operation = node.operations.get("GET")
            if operation is not None and node.by_mark:
                return Matched(_by_mark(node, operation, query, headers), values, reads_headers=True)
            if operation is not None:
                return Matched(operation, values)
            other |= node.operations.keys()
        if "GET" in other:
            other.add("HEAD")
        return Matched(None, {}, tuple(sorted(other)))


def build_router(
    operations: Iterable[Operation],
    base_paths: tuple[str, ...] = (),
    base_path: str | tuple[str, ...] | None = None,
) -> Router:
    """A router for these operations.

    A path is accepted with and without any of `base_paths`; where `base_path` is given,
    only with that one, which `""` and `"/"` say is none, or with any of several (without
    percent-encoding).
    """
    root = _Node()
    for operation in operations:
        whole, _, fragment = operation.path.partition("#")
        path, _, query = whole.partition("?")
        _place(_node_at(root, path), operation, (*_marks(query), *map(_mark_of_fragment, _marks(fragment))))
        if fragment:  # no client sends it (RFC 9110, section 7.1), unless as a part of the path
            _place(_node_at(root, operation.path), operation, ())
    if base_path is None:
        return Router(root, tuple(sorted(base_paths, key=len, reverse=True)))
    if not isinstance(base_path, str):
        return Router(root, tuple(sorted(base_path, key=len, reverse=True)), only_below=True)
    base = unquote(base_path).strip("/")
    return Router(root, (f"/{base}",), only_below=True) if base else Router(root)


def _node_at(node: _Node, path: str) -> _Node:
    for segment in path.split("/")[1:]:
        node = _child(node, segment)
    return node


def _place(node: _Node, operation: Operation, marks: tuple[str, ...]) -> None:
    """Put an operation where its path leads; one without marks stands for those that have none."""
    first = node.operations.setdefault(operation.method, operation)
    if marks:
        marked = node.by_mark.setdefault(operation.method, [])
        marked.append((frozenset(marks), operation))
        marked.sort(key=lambda pair: -len(pair[0]))
    elif any(each is first for _, each in node.by_mark.get(operation.method, ())):
        node.operations[operation.method] = operation


def _marks(pairs: str) -> tuple[str, ...]:
    """The pairs as they must be sent; of one whose value is an expression (`city={name}`), the name."""
    return tuple(pair[: pair.index("=") + 1] if "={" in pair else pair for pair in pairs.split("&") if pair)


def _mark_of_fragment(mark: str) -> str:
    """A name alone (`#tagKeys`) is that of a parameter that is sent."""
    return mark if "=" in mark else mark + "="


def _below(path: str, base: str) -> str | None:
    """What of a path is below a base path, None when it is not below."""
    if path.startswith(base + "/"):
        return path[len(base) :]
    if "%" not in path:
        return None
    depth = base.count("/") + 1
    segments = path.split("/")
    if len(segments) > depth and unquote("/".join(segments[:depth])) == base:
        return "/" + "/".join(segments[depth:])
    return None


def _child(node: _Node, segment: str) -> _Node:
    names = tuple(_EXPRESSION.findall(segment))
    if not names:
        return node.concrete.setdefault(unquote(segment), _Node())
    literals = tuple(_EXPRESSION.split(segment)[::2])
    for template in node.templates:
        if template.literals == literals and template.names == names:
            return template.below
    encoded = (*map(_encodable, literals[:-1]), re.compile(_encodable(literals[-1]).pattern + r"\Z"))
    template = _Template(literals, names, _Node(), encoded)
    node.templates.append(template)
    # The more of a segment is concrete, the more particular it is.
    node.templates.sort(key=lambda each: -sum(map(len, each.literals)))
    return template.below


def _encodable(literal: str) -> re.Pattern[str]:
    """A text, each of its characters as it is or percent-encoded (RFC 3986, section 2.1)."""
    return re.compile("".join(map(_either, unquote(literal))))


def _either(character: str) -> str:
    encoded = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "replace"))
    return f"(?:(?i:{encoded})|{re.escape(character)})"


def _by_mark(node: _Node, operation: Operation, query: str, headers: Headers) -> Operation:
    """Of the operations of one path, the one whose marks the request has most of, in its query or headers."""
    pairs = query.split("&")
    sent = {*pairs, *(pair[: pair.index("=") + 1] for pair in pairs if "=" in pair)}
    fields = {f"{name}={value}" for name, value in headers} | {f"{name}=" for name, _ in headers}
    for wanted, each in node.by_mark.get(operation.method, ()):
        if all(mark in sent or _field(mark) in fields for mark in wanted):
            return each
    return operation


def _field(mark: str) -> str:
    name, equals, value = mark.partition("=")
    return f"{name.lower()}{equals}{value}"


def _values(segment: str, literals: tuple[str, ...]) -> list[str] | None:
    """The texts between the literals, the first as long as may be, none empty; linear in the segment.

    The standard does not say which split is meant. So do Starlette, Flask and Django, whose
    applications are held to contracts: `{name}.{ext}` of `archive.tar.gz` has the extension `gz`.
    """
    if literals == _WHOLE:
        return [segment]
    first, *between, last = literals
    start, end = len(first), len(segment) - len(last)
    if not (segment.startswith(first) and segment.endswith(last)):
        return None
    found = []
    for literal in reversed(between):
        at = segment.rfind(literal, start + 1, end - 1)
        if at < 0:
            return None
        found.append(segment[at + len(literal) : end])
        end = at
    return [segment[start:end], *reversed(found)] if start < end else None


def _values_encoded(segment: str, literals: tuple[re.Pattern[str], ...]) -> list[str] | None:
    """As `_values`, where the texts between may be percent-encoded: `7%3Acancel` is `7:cancel`."""
    first, *between, last = literals
    begins = first.match(segment)
    ends = last.search(segment)
    if begins is None or ends is None:
        return None
    found, start, end = [], begins.end(), ends.start()
    for literal in reversed(between):
        at = _last(literal, segment, start + 1, end - 1)
        if at is None:
            return None
        found.append(segment[at.end() : end])
        end = at.start()
    return [segment[start:end], *reversed(found)] if start < end else None


def _last(literal: re.Pattern[str], segment: str, start: int, end: int) -> re.Match[str] | None:
    found, following = None, literal.search(segment, start, end)
    while following is not None:
        found, following = following, literal.search(segment, following.start() + 1, end)
    return found


def other_splits(path: str, values: dict[str, str]) -> Iterator[dict[str, str]]:
    """The values of a path's expressions as they may be where several stand in one segment, in other ways.

    They begin with the values themselves, and end with the bound `MAX_SPLITS`.
    """
    several: list[tuple[list[str], list[list[str]]]] = []
    for segment in path.split("/"):
        names, literals = _EXPRESSION.findall(segment), _EXPRESSION.split(segment)[::2]
        if len(names) > 1 and values.keys() >= set(names):
            between = [*literals[1:-1], ""]
            text = "".join(values[name] + literal for name, literal in zip(names, between, strict=True))
            several.append((names, list(islice(_splits(text, literals[1:-1]), MAX_SPLITS))))
    for chosen in islice(product(*(ways for _, ways in several)), MAX_SPLITS) if several else ():
        split = {**values}
        for (names, _), texts in zip(several, chosen, strict=True):
            split.update(zip(names, texts, strict=True))
        yield split


def _splits(text: str, between: list[str]) -> Iterator[list[str]]:
    """A text split at each of several literals, the first part as long as may be; then in every other way."""
    if not between:
        yield [text]
        return
    *before, literal = between
    at = text.rfind(literal, 1, len(text) - 1)
    while at > 0:
        lefts = list(islice(_splits(text[:at], before), MAX_SPLITS))
        for left in lefts:
            yield [*left, text[at + len(literal) :]]
        # Where what stands before has too few of the literals, so has less of it.
        at = text.rfind(literal, 1, at + len(literal) - 1) if lefts else -1


def _follow(node: _Node, segments: list[str], method: str) -> Matched | None:
    """The first way of `_walk`, which most requests end with; None where it is not the end of it."""
    values: dict[str, str] = {}
    for segment in segments:
        below = node.concrete.get(segment)
        if below is None:
            for template in node.templates if segment else ():
                if template.literals == _WHOLE:  # as most are
                    values[template.names[0]] = segment
                    below = template.below
                    break
                found = _values(segment, template.literals)
                if found is not None:
                    values.update(zip(template.names, found, strict=True))
                    below = template.below
                    break
            else:
                return None
        node = below
    operation = node.operations.get(method)
    return None if operation is None or node.by_mark else Matched(operation, values)


def _walk(
    node: _Node, segments: list[str], index: int, values: dict[str, str]
) -> Iterator[tuple[_Node, dict[str, str]]]:
    """Every node the segments lead to that has operations, most particular first."""
    if index == len(segments):
        if node.operations:
            yield node, values
        return
    segment = segments[index]
    concrete = node.concrete.get(segment) or (node.concrete.get(unquote(segment)) if "%" in segment else None)
    if concrete is not None:
        yield from _walk(concrete, segments, index + 1, values)
    if not segment:
        return  # a path parameter is never empty
    for template in node.templates:
        found = _values(segment, template.literals)
        if found is None and "%" in segment:
            found = _values_encoded(segment, template.encoded)
        if found is not None:
            below = {**values, **dict(zip(template.names, found, strict=True))}
            yield from _walk(template.below, segments, index + 1, below)
