"""Collections below an item that are views of a flat one: `/users/{id}/posts` of `/posts` with `user_id`.

So what is created at the one is there at the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from treaty.contract.model import Operation
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.identities import find_links, find_parent
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
    for resource in flat:
        for holder in holders:
            name = _repeated(facts, resource, holder, found) if holder is not resource else None
            if name is None:
                continue
            for path in _below(paths, holder, resource):
                for action in _actions(paths, path, resource, acting):
                    yield path, resource, _within(action, path, holder, name)


def _repeated(facts: Facts, resource: Resource, holder: Resource, found: Iterable[Resource]) -> str | None:
    """The property of an item that says which item of another resource it belongs to."""
    parameter = (holder.item_path or "").rpartition("/")[2][1:-1]
    named = find_parent(facts, resource.schema, parameter, holder.path.rpartition("/")[2])
    if named is not None:
        return named
    links = [each.property for each in find_links(facts, resource, found) if each.resource == holder.path]
    return links[0] if len(links) == 1 else None


def _below(paths: Iterable[str], holder: Resource, resource: Resource) -> Iterator[str]:
    """The paths directly below an item that are called as the resource."""
    called = plain(singular(resource.path.rpartition("/")[2]))
    for path in paths:
        above, _, last = path.rpartition("/")
        if above == holder.item_path and plain(singular(last)) == called:
            yield path


def _actions(
    paths: dict[str, dict[str, Operation]], path: str, resource: Resource, acting: Acting
) -> Iterator[Action]:
    items = (each for each in paths if each.rpartition("/")[0] == path and each.endswith("}"))
    yield from acting(path, next(items, None), resource)


def _within(action: Action, path: str, holder: Resource, name: str) -> Action:
    below = action.operation.path.rstrip("/").rpartition("/")[2]
    own = below[1:-1] if below.startswith("{") else None
    parameter = path.split("/")[-2][1:-1]
    why = f"of the item of {holder.name} that `{name}` says"
    return replace(
        action, scope=Scope(parameter, holder.path, name, own), why=f"{why}; {action.why}".rstrip("; ")
    )
