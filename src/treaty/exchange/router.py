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

_EXPRESSION = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Matched:
    """What a request's path and method led to.

    `operation` is None when nothing fits; `allowed` then holds the methods of the path,
    empty when there is no such path. `path_values` are as sent, percent-encoded.
    """

    operation: Operation | None
    path_values: dict[str, str] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()


@dataclass(slots=True)
class _Template:
    """A segment with expressions: how it is recognised, the names in it, what follows it."""

    written: str
    pattern: re.Pattern[str] | None  # None: the whole segment is one expression
    names: tuple[str, ...]
    below: _Node


@dataclass(slots=True)
class _Node:
    concrete: dict[str, _Node] = field(default_factory=dict)
    templates: list[_Template] = field(default_factory=list)
    operations: dict[str, Operation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Router:
    """The operations of a contract, by path and method."""

    root: _Node
    base_paths: tuple[str, ...] = ()

    def match(self, method: str, path: str) -> Matched:
        """Find the operation for a request; a path is accepted with and without a server's base path."""
        found = self._match(method, path)
        if found.operation is None and not found.allowed:
            for base in self.base_paths:
                if path.startswith(base + "/"):
                    found = self._match(method, path[len(base) :])
                    if found.operation or found.allowed:
                        return found
        return found

    def _match(self, method: str, path: str) -> Matched:
        other: set[str] = set()
        for node, values in _walk(self.root, path.split("/")[1:], 0, {}):
            operation = node.operations.get(method)
            if operation is None and method == "HEAD":
                operation = node.operations.get("GET")
            if operation is not None:
                return Matched(operation, values)
            other |= node.operations.keys()
        if "GET" in other:
            other.add("HEAD")
        return Matched(None, {}, tuple(sorted(other)))


def build_router(operations: Iterable[Operation], base_paths: tuple[str, ...] = ()) -> Router:
    """A router for these operations."""
    root = _Node()
    for operation in operations:
        node = root
        for segment in operation.path.partition("?")[0].split("/")[1:]:
            node = _child(node, segment)
        # Of several operations with one path and method (told apart by a query in the path) the first stays.
        node.operations.setdefault(operation.method, operation)
    return Router(root, tuple(sorted(base_paths, key=len, reverse=True)))


def _child(node: _Node, segment: str) -> _Node:
    names = tuple(_EXPRESSION.findall(segment))
    if not names:
        return node.concrete.setdefault(unquote(segment), _Node())
    shape = _EXPRESSION.sub("{}", segment)
    for template in node.templates:
        if template.written == shape and template.names == names:
            return template.below
    template = _Template(shape, _pattern(segment), names, _Node())
    node.templates.append(template)
    # The more of a segment is concrete, the more particular it is.
    node.templates.sort(key=lambda each: (each.pattern is None, -len(each.written)))
    return template.below


def _pattern(segment: str) -> re.Pattern[str] | None:
    if _EXPRESSION.fullmatch(segment):
        return None
    literals = [re.escape(part) for part in _EXPRESSION.split(segment)[::2]]
    return re.compile("(.+?)".join(literals))


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
        if template.pattern is None:
            found: tuple[str, ...] = (segment,)
        else:
            hit = template.pattern.fullmatch(segment)
            if hit is None:
                continue
            found = hit.groups()
        yield from _walk(
            template.below, segments, index + 1, {**values, **dict(zip(template.names, found, strict=True))}
        )
