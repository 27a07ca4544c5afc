"""Collections below an item that are views of a flat one: `/users/{id}/posts` of `/posts` with `user_id`.

So what is created at the one is there at the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from treaty.contract.model import Operation
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.links import Known, find_parent
from treaty.mocking.memory.paths import is_parameter, path_of
from treaty.mocking.memory.resources import Action, Resource, Scope
from treaty.mocking.memory.words import plain, singular

# The actions of the operations at a path, and at the path of its items, by what they are called.
Acting = Callable[[str, str | None, Resource], Iterator[Action]]


def scoped(
    facts: Facts, found: list[Resource], paths: dict[str, dict[str, Operation]], acting: Acting
) -> Iterator[tuple[str, Resource, Action]]:
    """The views of flat resources: their path, the resource, and what is done to it there."""
    flat = [each for each in found if "{" not in each.path and each.identity and each.identity.property]
    holders = [each for each in flat if each.item_path]
    known, below = Known.of(facts, found), _below(paths)
    for resource in flat:
        called = _called(resource.path)
        for holder in holders:
            there = below.get((holder.item_path or "", called), ()) if holder is not resource else ()
            name = _repeated(facts, resource, holder, known) if there else None
            if name is None:
                continue
            for path in there:
                for action in _actions(paths, path, resource, acting):
                    yield path, resource, _within(action, path, holder, name)


def _repeated(facts: Facts, resource: Resource, holder: Resource, known: Known) -> str | None:
    """The property of an item that says which item of another resource it belongs to."""
    parameter = (holder.item_path or "").rpartition("/")[2][1:-1]
    own = resource.identity.property if resource.identity else None
    named = find_parent(facts, resource.schema, parameter, holder.path.rpartition("/")[2], own)
    if named is not None:
        return named
    links = [each.property for each in known.links(resource) if each.resource == holder.path]
    return links[0] if len(links) == 1 else None


def _below(paths: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """The paths by the one that they are directly below, and by what their items are called."""
    found: dict[tuple[str, str], list[str]] = {}
    for path in paths:
        found.setdefault((path.rpartition("/")[0], _called(path)), []).append(path)
    return found


def _called(path: str) -> str:
    return plain(singular(path.rpartition("/")[2]))


def _actions(
    paths: dict[str, dict[str, Operation]], path: str, resource: Resource, acting: Acting
) -> Iterator[Action]:
    items = (each for each in paths if each.rpartition("/")[0] == path and each.endswith("}"))
    yield from acting(path, next(items, None), resource)


def _within(action: Action, path: str, holder: Resource, name: str) -> Action:
    below = path_of(action.operation.path).rpartition("/")[2]
    own = below[1:-1] if is_parameter(below) else None
    parameter = path.split("/")[-2][1:-1]
    why = f"of the item of {holder.name} that `{name}` says"
    return replace(
        action, scope=Scope(parameter, holder.path, name, own), why=f"{why}; {action.why}".rstrip("; ")
    )
