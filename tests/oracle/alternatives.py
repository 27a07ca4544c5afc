"""What texts may stand for: every value that a client could have meant by them.

A query, a path, a header or a form carries texts only. Where one says `1`, the number or the
text was meant, and only the schema can tell. So all readings are told, and the schema is asked.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_MOST = 300
_ROUNDS = 6


def scalars(text: str) -> list[Any]:
    """A text, and the number, boolean or null that it also writes.

    No standard says how null is written outside JSON: as `null` and as nothing, both are met.
    """
    if text in ("true", "false", "null"):
        return [text, json.loads(text)]
    if _NUMBER.fullmatch(text) and len(text) < 300:
        return [text, json.loads(text)]
    return [text] if text else [text, None]


@dataclass
class _Leaf:
    """A text within a value, with all that it may stand for."""

    path: tuple[str | int, ...]
    options: list[Any]


def accepted(value: Any, errors: Callable[[Any], Iterator[Any]], *, single: bool = False) -> bool | None:
    """Whether a schema takes some reading of a value of texts; None when that is not found out.

    `errors` tells the errors of the schema for a value. With `single`, a text in an object
    may also stand for a list of one.
    """
    leaves: list[_Leaf] = []
    shape = _gather(value, (), leaves, single)
    count = 1
    for leaf in leaves:
        count *= len(leaf.options)
    choices = product(*(range(len(leaf.options)) for leaf in leaves))
    for choice in islice(choices, _MOST if count <= _MOST else 1):
        if next(errors(_built(shape, leaves, choice)), None) is None:
            return True
    return False if count <= _MOST else _searched(shape, leaves, errors)


def _gather(value: Any, path: tuple[str | int, ...], leaves: list[_Leaf], single: bool) -> Any:
    if isinstance(value, dict):
        return {key: _gather(each, (*path, key), leaves, single) for key, each in value.items()}
    if isinstance(value, list):
        return [_gather(each, (*path, index), leaves, single) for index, each in enumerate(value)]
    options = scalars(value) if isinstance(value, str) else [value]
    if single and path and isinstance(path[-1], str):
        options = [*options, *([each] for each in options)]
    leaves.append(_Leaf(path, options))
    return leaves[-1]


def _built(shape: Any, leaves: list[_Leaf], choice: tuple[int, ...]) -> Any:
    chosen = {id(leaf): leaf.options[index] for leaf, index in zip(leaves, choice, strict=True)}

    def build(node: Any) -> Any:
        if isinstance(node, _Leaf):
            return chosen[id(node)]
        if isinstance(node, dict):
            return {key: build(each) for key, each in node.items()}
        return [build(each) for each in node]

    return build(shape)


def _searched(shape: Any, leaves: list[_Leaf], errors: Callable[[Any], Iterator[Any]]) -> bool | None:
    """Where readings are too many to try all: what is complained of is read in another way."""
    choice = [0] * len(leaves)
    for _ in range(_ROUNDS):
        found = list(errors(_built(shape, leaves, tuple(choice))))
        if not found:
            return True
        blamed = {path for error in found for path in _blamed(error)}
        for index, leaf in enumerate(leaves):
            if any(path[: len(leaf.path)] == leaf.path for path in blamed):
                choice[index] = (choice[index] + 1) % len(leaf.options)
    return None


def _blamed(error: Any) -> Iterator[tuple[str | int, ...]]:
    yield tuple(error.absolute_path)
    for inner in error.context or ():
        yield from _blamed(inner)
