"""Whether two documents say the same once their references are followed, cycles included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .reading import Library, Place

_MAX_DIFFERENCES = 20
# A `$ref` below these fields, and in extensions, is data of the author and no reference.
_FREE = frozenset({"example", "default", "enum", "const", "value"})
# Below these fields the names are chosen by the author, `x-…` and `default` among them.
_MAPS = {"properties", "patternProperties", "$defs", "dependentSchemas", "schemas", "responses", "parameters"}
_MAPS |= {
    "examples",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
    "callbacks",
    "pathItems",
    "paths",
}
_MAPS |= {"paths", "content", "encoding", "mapping", "variables", "scopes"}


@dataclass
class Comparison:
    """Compares places of two documents; a pair met before is taken to be equal, which settles cycles.

    `keeps_siblings` says that fields beside a `$ref` count (JSON Schema 2020-12, OpenAPI 3.1).
    """

    first: Library
    second: Library
    keeps_siblings: bool
    differences: list[str] = field(default_factory=list)
    _met: set[tuple[int, int]] = field(default_factory=set)

    def run(self, one: Place, two: Place, path: str = "") -> list[str]:
        """The differences, each with its path."""
        pending = [(one, two, path)]
        while pending and len(self.differences) < _MAX_DIFFERENCES:
            one, two, path = pending.pop()
            pending.extend(self._step(one, two, path))
        return self.differences

    def _step(self, one: Place, two: Place, path: str) -> Iterator[tuple[Place, Place, str]]:
        if isinstance(one.value, dict | list) and isinstance(two.value, dict | list):
            if (id(one.value), id(two.value)) in self._met:
                return
            self._met.add((id(one.value), id(two.value)))
        if self.keeps_siblings and _has_reference(one.value) and _has_reference(two.value):
            yield from self._beside_references(one, two, path)
        try:
            one, two = self.first.follow(one), self.second.follow(two)
        except (OSError, LookupError) as error:
            self.differences.append(f"{path}: leads nowhere, {error!r}")
            return
        if isinstance(one.value, dict) and isinstance(two.value, dict):
            yield from self._keys(one, two, one.value.keys() | two.value.keys(), path)
        elif isinstance(one.value, list) and isinstance(two.value, list) and len(one.value) == len(two.value):
            for index in range(len(one.value)):
                yield self.first.child(one, index), self.second.child(two, index), f"{path}/{index}"
        elif one.value != two.value or isinstance(one.value, bool) != isinstance(two.value, bool):
            self.differences.append(f"{path}: {str(one.value)[:80]!r} became {str(two.value)[:80]!r}")

    def _beside_references(self, one: Place, two: Place, path: str) -> Iterator[tuple[Place, Place, str]]:
        yield from self._keys(one, two, (one.value.keys() | two.value.keys()) - {"$ref"}, path)

    def _keys(self, one: Place, two: Place, keys: set[str], path: str) -> Iterator[tuple[Place, Place, str]]:
        for key in sorted(keys):
            if key not in one.value and (f"{path}/{key}".startswith("/components") and path.count("/") < 3):
                continue  # a component lifted from another file
            if key not in one.value or key not in two.value:
                self.differences.append(f"{path}/{key}: only {'before' if key in one.value else 'after'}")
            elif _is_free(path, key):
                if one.value[key] != two.value[key]:
                    self.differences.append(f"{path}/{key}: the author's data became other data")
            elif key == "mapping" and path.endswith("/discriminator"):
                yield from self._mapped(one, two, f"{path}/mapping")
            else:
                yield self.first.child(one, key), self.second.child(two, key), f"{path}/{key}"

    def _mapped(self, one: Place, two: Place, path: str) -> Iterator[tuple[Place, Place, str]]:
        """The values of a discriminator's mapping are references, though no `$ref` says so."""
        before, after = self.first.inside(one, "mapping"), self.second.inside(two, "mapping")
        if before.value.keys() != after.value.keys():
            self.differences.append(f"{path}: {sorted(before.value)} became {sorted(after.value)}")
            return
        for key, name in before.value.items():
            if "/" in name or "." in name:
                aims = self.first.target(name, before.file), self.second.target(after.value[key], after.file)
                yield (*aims, f"{path}/{key}")


def _is_free(path: str, key: str) -> bool:
    names_are_chosen = path.rpartition("/")[2] in _MAPS or path == "/components"
    return not names_are_chosen and (key in _FREE or key.startswith("x-"))


def _has_reference(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("$ref"), str)


def outward_references(value: Any) -> list[str]:
    """The references of a document that lead out of it, each with its path."""
    found: list[str] = []
    pending = [("", value)]
    while pending:
        path, node = pending.pop()
        if isinstance(node, dict):
            if _has_reference(node) and not node["$ref"].startswith("#"):
                found.append(f"{path}: {node['$ref']}")
            pending.extend((f"{path}/{key}", each) for key, each in node.items() if not _is_free(path, key))
        elif isinstance(node, list):
            pending.extend((f"{path}/{index}", each) for index, each in enumerate(node))
    return found
