"""Which properties of an item repeat what it is below, and which hold the identity of another resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from treaty.contract.schemas import SchemaAt
from treaty.mocking.memory.corrections import Correction
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.identities import may_identify
from treaty.mocking.memory.paths import parameters_in
from treaty.mocking.memory.resources import Link, Parent, Resource
from treaty.mocking.memory.words import plain, singular


def linked(facts: Facts, found: list[Resource], said: dict[str, Correction]) -> list[Resource]:
    """The resources with their parents, and the properties that hold the identity of others."""
    by_item = {each.item_path: each for each in found if each.item_path}
    known, done = Known.of(facts, found), []
    for each in found:
        parents = tuple(_parents(facts, each, by_item))
        correction = said.get(each.item_path or each.path) or said.get(each.path)
        if parents and correction and correction.parent:
            parents = (*parents[:-1], replace(parents[-1], property=correction.parent))
        taken = {parent.property for parent in parents} | {each.identity and each.identity.property}
        links = tuple(link for link in known.links(each) if link.property not in taken)
        done.append(replace(each, parents=parents, links=links))
    return done


def _parents(facts: Facts, resource: Resource, by_item: dict[str, Resource]) -> Iterator[Parent]:
    parts = resource.path.split("/")
    for index, part in enumerate(parts):
        for name in parameters_in(part):
            above = by_item.get("/".join(parts[: index + 1]))
            own = resource.identity.property if resource.identity else None
            named = find_parent(facts, resource.schema, name, parts[index - 1], own)
            yield Parent(name, above.path if above else None, named)


def find_parent(facts: Facts, schema: SchemaAt, parameter: str, segment: str, own: str | None) -> str | None:
    """The property of an item that repeats the identity of what it is below, and is not its `own`."""
    name, thing = plain(parameter), plain(singular(segment))
    properties = {
        plain(each): each
        for each, at in facts.properties(schema).items()
        if each != own and may_identify(facts, at)
    }
    usual = name in ("id", "uuid", "name", "slug", "key", "code")
    wanted = (*(() if usual else (name,)), thing + name, thing + "id", thing + "uuid", thing)
    return next((properties[each] for each in wanted if each in properties), None)


@dataclass(frozen=True, slots=True)
class Known:
    """The resources whose identity a property may hold, by the schema of it and by what they are called."""

    facts: Facts
    identified: dict[int, Resource]
    named: dict[str, Resource]

    @classmethod
    def of(cls, facts: Facts, resources: Iterable[Resource]) -> Known:
        """Those of them that are at a path of their own, and have an identity."""
        identified: dict[int, Resource] = {}
        named: dict[str, Resource] = {}
        for each in resources:
            if each.identity and each.identity.property and "{" not in each.path:
                at = facts.properties(each.schema)[each.identity.property]
                identified[id(facts.resolved(at).schema)] = each
                named[plain(singular(each.name))] = each
        return cls(facts, identified, named)

    def links(self, resource: Resource) -> Iterator[Link]:
        """Properties that hold the identity of another resource.

        `author_id` does where its schema is the one of a user's id; `user_id` says so by its name.
        """
        own = resource.identity.property if resource.identity else None
        for name, at in self.facts.properties(resource.schema).items():
            if name == own or not may_identify(self.facts, at):
                continue
            shared = self.identified.get(id(self.facts.resolved(at).schema))
            if shared is None or not _is_reference(at):
                ending = next((each for each in ("uuid", "id") if plain(name).endswith(each)), "")
                shared = self.named.get(plain(name)[: -len(ending)]) if ending else None
            if shared is not None and shared.path != resource.path:
                yield Link(name, shared.path)


def _is_reference(at: SchemaAt) -> bool:
    return isinstance(at.schema, dict) and ("$ref" in at.schema or "allOf" in at.schema)
