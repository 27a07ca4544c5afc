"""Errors of large values, told from a part: each takes 20 µs and a kilobyte, and a body can have millions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeAlias

from treaty.contract.errors import SchemaError
from treaty.findings import Json

Path: TypeAlias = tuple[str | int, ...]

_CONTAINERS = (dict, list)
# Items and members of a value of which all errors are made.
MOST = 5_000
# Of each list and object in a part, the more the fewer there are.
_KEPT = (1_000, 100, 10, 1)
# Parts of which each has another piece of a list or object in its place.
MOST_PIECES = 2_000
# Parts that are invalid only because they are parts, as each is where a member is missing: the next will be.
MOST_IN_VAIN = 200
# What may be wrong with a part only because it is one, in the place of the part or above it.
_OF_PARTS = frozenset(
    {"required", "dependentRequired", "minProperties", "minItems", "contains", "minContains"}
    | {"const", "enum", "not"}
)


def is_large(value: Json, most: int = MOST) -> bool:
    """Has a value more than so many items and members? No more of it than that is looked at."""
    pending, count = [value], 0
    while pending:
        node = pending.pop()
        if isinstance(node, _CONTAINERS):
            count += len(node)
            if count > most:
                return True
            pending.extend(node.values() if isinstance(node, dict) else node)
    return False


def errors_of_part(
    value: Json, errors: Callable[[Json], Iterable[SchemaError]], accepts: Callable[[Json], bool]
) -> list[SchemaError]:
    """Some errors of an invalid value: those of its beginning, else those of a piece further on.

    `errors` and `accepts` judge by the schema. Empty when what is wrong shows in no part alone.
    """
    part = _part_of(value)
    found = part.true_errors(value, errors(part.value))
    pieces = (piece for path in part.cut for piece in part.pieces(value, path))
    in_vain = 0
    for piece, path, start in islice(pieces, 0 if found else MOST_PIECES):
        if accepts(piece.value):
            continue
        found = piece.true_errors(value, errors(piece.value), path, start)
        in_vain += 1
        if found or in_vain == MOST_IN_VAIN:
            break
    return found


@dataclass(slots=True)
class _Part:
    """A copy of a value in which every list and object has at most `kept` items or members."""

    kept: int
    value: Json = None
    cut: list[Path] = field(default_factory=list)  # where some were left out
    count: int = 0

    def take(self, value: Json, path: Path = ()) -> Json:
        """A copy of a value at a path. Raises `OverflowError` when it is large all the same."""
        if not isinstance(value, dict | list):
            return value
        if len(value) > self.kept:
            self.cut.append(path)
        self.count += min(len(value), self.kept)
        if self.count > MOST:
            raise OverflowError
        if isinstance(value, list):
            return [self.take(each, (*path, index)) for index, each in enumerate(value[: self.kept])]
        return {key: self.take(each, (*path, key)) for key, each in islice(value.items(), self.kept)}

    def pieces(self, value: Json, path: Path) -> Iterator[tuple[_Part, Path, int]]:
        """The part with one piece after the other of what stands at a path, and where each begins."""
        whole = _at(value, path)
        items = whole if isinstance(whole, list) else list(whole.items())
        for start in range(self.kept, len(items), self.kept):
            piece = items[start : start + self.kept]
            part = _Part(self.kept, cut=[*self.cut])
            with suppress(OverflowError):
                own = part.take(piece if isinstance(whole, list) else dict(piece), path)
                part.value = _replaced(self.value, path, own)
                yield part, path, start

    def true_errors(
        self, value: Json, errors: Iterable[SchemaError], moved: Path = (), start: int = 0
    ) -> list[SchemaError]:
        """The errors that the value has too, as it has them."""
        found = []
        for error in errors:
            path, depth = error.path, len(moved)
            if start and len(path) > depth and path[:depth] == moved and isinstance(path[depth], int):
                path = (*moved, int(path[depth]) + start, *path[depth + 1 :])
            whole, is_cut = _at(value, path), any(each[: len(error.path)] == error.path for each in self.cut)
            is_missing = error.missing is not None and error.missing not in whole
            if is_missing or not is_cut or error.keyword not in _OF_PARTS:
                found.append(replace(error, path=path, value=whole))
        return found


def _part_of(value: Json) -> _Part:
    for kept in _KEPT:
        part = _Part(kept)
        try:
            part.value = part.take(value)
        except OverflowError:
            continue
        return part
    return _Part(0, [] if isinstance(value, list) else {})


def _at(value: Json, path: Path) -> Json:
    for key in path:
        value = value[key]
    return value


def _replaced(value: Json, path: Path, new: Json) -> Json:
    if not path:
        return new
    copy: Json = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copy
