"""Match: from method and path to an operation, at a cost that does not depend on their number.

Paths are kept as a tree of segments. Concrete segments are tried before templated ones
(OpenAPI 3.2, Paths Object), and what was tried in vain is taken back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from treaty.contract.model import Operation
from treaty.document.templates import EXPRESSION, literals_of
from treaty.exchange.messages import Headers
from treaty.exchange.segments import (
    WHOLE,
    encodable_literals,
    values_between,
    values_encoded,
)

_ENCODED_SLASH = re.compile("%2[Ff]")


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
class _OpenPath:
    """A base path with expressions: of each segment its text, or the literals around its expressions."""

    segments: tuple[str | tuple[re.Pattern[str], ...], ...]

    def below(self, path: str) -> str | None:
        """What of a path is below the base path, None when it is not below."""
        sent, depth = path.split("/")[1:], len(self.segments)
        if len(sent) > depth and all(map(_fits, sent, self.segments)):
            return "/" + "/".join(sent[depth:])
        return None


def _fits(sent: str, segment: str | tuple[re.Pattern[str], ...]) -> bool:
    return unquote(sent) == segment if isinstance(segment, str) else values_encoded(sent, segment) is not None


def _open_path(path: str) -> _OpenPath:
    return _OpenPath(
        tuple(
            encodable_literals(literals_of(each)) if EXPRESSION.search(each) else each
            for each in path.split("/")[1:]
        )
    )


@dataclass(frozen=True, slots=True)
class Router:
    """The operations of a contract, by path and method.

    `base_paths` are without percent-encoding; with `only_below` a path must begin with one.
    """

    root: _Node
    base_paths: tuple[str, ...] = ()
    only_below: bool = False
    open_paths: tuple[_OpenPath, ...] = ()

    def match(self, method: str, path: str, query: str = "", headers: Headers = _NO_HEADERS) -> Matched:
        """Find the operation for a request; a path is accepted with and without a server's base path.

        Where both are paths of the contract, it is with it (OpenAPI 3.2, Paths Object: a path is
        appended to the URL of a server), unless what stands for a variable of the server may be anything.
        """
        nearest = _NOWHERE
        for base in self.base_paths:
            below = below_base(path, base)
            if below is not None:
                found = self._match(method, below, query, headers)
                if found.operation is not None:
                    return found
                nearest = nearest if nearest.allowed else found
        if self.only_below:
            return nearest
        found = self._match(method, path, query, headers)
        if found.operation is not None:
            return found
        nearest = nearest if nearest.allowed else found
        return nearest if nearest.allowed else self._match_open(method, path, query, headers)

    def _match_open(self, method: str, path: str, query: str, headers: Headers) -> Matched:
        for each in self.open_paths:
            below = each.below(path)
            if below is not None:
                found = self._match(method, below, query, headers)
                if found.operation is not None or found.allowed:
                    return found
        return _NOWHERE

    def leads_elsewhere(self, method: str, path: str) -> bool:
        """Is it another path of the contract for whoever is given it decoded, slashes and all?"""
        if "%2" not in path:
            return False
        divided = _ENCODED_SLASH.sub("/", path)
        if divided == path:
            return False
        found = self.match(method, divided)
        return found.operation is not None or bool(found.allowed)

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
    open_paths: tuple[str, ...] = (),
) -> Router:
    """A router for these operations.

    A path is accepted with and without any of `base_paths` and of `open_paths`, which have expressions
    (`/{version}`); where `base_path` is given, only with that one, which `""` and `"/"` say is none, or
    with any of several (without percent-encoding).
    """
    root = _Node()
    for operation in operations:
        whole, _, fragment = operation.path.partition("#")
        path, _, query = whole.partition("?")
        _place(_node_at(root, path), operation, (*_marks(query), *map(_mark_of_fragment, _marks(fragment))))
        if fragment:  # no client sends it (RFC 9110, section 7.1), unless as a part of the path
            _place(_node_at(root, operation.path), operation, ())
    if base_path is None:
        longest_first = tuple(sorted(base_paths, key=len, reverse=True))
        return Router(root, longest_first, open_paths=tuple(map(_open_path, open_paths)))
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


def below_base(path: str, base: str) -> str | None:
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
    names = tuple(EXPRESSION.findall(segment))
    if not names:
        return node.concrete.setdefault(unquote(segment), _Node())
    literals = literals_of(segment)
    for template in node.templates:
        if template.literals == literals and template.names == names:
            return template.below
    template = _Template(literals, names, _Node(), encodable_literals(literals))
    node.templates.append(template)
    # The more of a segment is concrete, the more particular it is.
    node.templates.sort(key=lambda each: -sum(map(len, each.literals)))
    return template.below


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


def _follow(node: _Node, segments: list[str], method: str) -> Matched | None:
    """The first way of `_walk`, which most requests end with; None where it is not the end of it."""
    values: dict[str, str] = {}
    for segment in segments:
        below = node.concrete.get(segment)
        if below is None:
            for template in node.templates if segment else ():
                if template.literals == WHOLE:  # as most are
                    values[template.names[0]] = segment
                    below = template.below
                    break
                found = values_between(segment, template.literals)
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
        found = values_between(segment, template.literals)
        if found is None and "%" in segment:
            found = values_encoded(segment, template.encoded)
        if found is not None:
            below = {**values, **dict(zip(template.names, found, strict=True))}
            yield from _walk(template.below, segments, index + 1, below)
