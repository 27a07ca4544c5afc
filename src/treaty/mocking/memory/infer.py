"""Infer resources: which paths are collections, items and singletons, and what operations do to them.

Nothing is guessed from a name alone: a collection is a path below which items have paths,
or one that lists and creates the same schema; each part is shown by method and schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from treaty.contract.contract import Contract
from treaty.contract.schemas import SchemaAt
from treaty.mocking.memory.acts import GONE, done_to, find_state, said
from treaty.mocking.memory.answers import Answers
from treaty.mocking.memory.corrections import Correction, corrections_of
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.fields import find_holder
from treaty.mocking.memory.files import filed, with_files
from treaty.mocking.memory.identities import (
    find_given,
    find_identity,
    find_unique,
    tells_absence,
    with_shared_identities,
)
from treaty.mocking.memory.links import linked
from treaty.mocking.memory.paths import called, is_parameter, path_of
from treaty.mocking.memory.resources import (
    Action,
    Identity,
    Resource,
    Resources,
)
from treaty.mocking.memory.scopes import scoped
from treaty.mocking.memory.verbs import Operations, Verbs
from treaty.mocking.memory.words import plain


def infer(contract: Contract, facts: Facts | None = None) -> Resources:
    """The resources of a contract."""
    facts, said = facts or Facts(contract), corrections_of(contract)
    answers = Answers(facts)
    inference = _Inference(contract, facts, answers, Verbs(facts, answers), said)
    found = [each for each in inference.resources() if each is not None]
    found = inference.scoped(with_shared_identities(facts, found))
    found = inference.acted(found)
    found = with_files(found, list(filed(facts, found, inference.paths)))
    return _named(contract, linked(facts, found, said))


@dataclass(slots=True)
class _Inference:
    """The paths of a contract, by template without a slash at the end."""

    contract: Contract
    facts: Facts
    answers: Answers
    verbs: Verbs
    corrections: dict[str, Correction]
    paths: dict[str, Operations] = field(default_factory=dict)
    below: dict[str, list[str]] = field(default_factory=dict)  # of a path, those one segment longer

    def __post_init__(self) -> None:
        for operation in self.contract.operations:
            said = self.corrections.get(f"{operation.method} {operation.path}")
            if said is not None and said.is_none:
                continue
            self.paths.setdefault(path_of(operation.path), {}).setdefault(operation.method, operation)
        for path in self.paths:
            self.below.setdefault(path.rpartition("/")[0], []).append(path)

    def resources(self) -> Iterator[Resource | None]:
        """Collections first by the paths of their items, then those without; then singletons."""
        items: dict[str, str] = {}
        for path in self.paths:
            above, _, last = path.rpartition("/")
            if is_parameter(last) and above:
                best = items.get(above)
                if best is None or len(self.paths[path]) > len(self.paths[best]):
                    items[above] = path
        taken = set()
        for above, item_path in items.items():
            found = self.collection(above, item_path)
            if found is not None:
                taken |= {above, item_path}
                yield found
        for path in self.paths:
            if path not in taken and not is_parameter(path.rpartition("/")[2]):
                yield self.collection(path, None) or self.singleton(path)

    # Collections

    def collection(self, path: str, item_path: str | None) -> Resource | None:
        """The collection at a path, if what can be done there and to its items shows that it is one."""
        segment = called(path)
        own, below = self.paths.get(path, {}), self.paths.get(item_path or "", {})
        listed = self.verbs.listed(own.get("GET"), segment)
        known = listed[2] if listed else None
        reading = self.answers.answer(below.get("GET"), segment, known)
        creating = self.verbs.creating(
            own.get("POST"), segment, known or (reading and reading.schema) or None
        )
        answers = [reading, *([creating.answer] if creating else [])]
        schemas = [known, *(each.schema for each in answers if each)]
        if reading and reading.schema:
            schemas.insert(0, reading.schema)
        schema = next((each for each in schemas if each is not None), None)
        if schema is None:
            return None
        actions = [*self.verbs.at_items(below, segment, reading, schema)]
        if listed:
            actions.insert(0, self.verbs.list_action(own["GET"], *listed, schema))
        if creating:
            actions.insert(1 if listed else 0, creating)
        return self.made(path, item_path, actions, schema)

    def made(
        self, path: str, item_path: str | None, actions: list[Action], schema: SchemaAt
    ) -> Resource | None:
        """The resource, if its operations together show that there is one."""
        verbs = {each.verb for each in actions}
        writes = verbs & {"create", "replace", "merge", "delete"}
        said = self.corrections.get(item_path or path) or self.corrections.get(path) or Correction()
        is_kept = {"read", "list"} <= verbs or (verbs & {"read", "list"} and writes)
        if said.is_none or not (is_kept or (item_path and "read" in verbs)):
            return None
        identity = self.identity(path, item_path, actions, schema, said)
        if identity is None:
            return None
        put = self.paths.get(path, {}).get("PUT")
        upsert = self.verbs.upsert(put, path.rpartition("/")[2], identity, schema)
        actions = [*actions, *([upsert] if upsert else []), *self.views(path, schema, item_path)]
        found = Resource(
            name=said.name or called(path),
            path=path,
            schema=schema,
            identity=identity,
            actions=(),
            holder=find_holder(self.facts, schema),
            appears=True,
            item_path=item_path,
            why=tuple(self.reasons(path, item_path, actions, identity)),
        )
        actions = [self.answers.identified(each, identity, called(path)) for each in actions]
        found = self.extended(found, actions)
        # What can only be read is remembered where something can be done to it.
        return found if is_kept or any(done_to(self.answers, found, self.paths, self.below)) else None

    def reasons(
        self, path: str, item_path: str | None, actions: list[Action], identity: Identity
    ) -> Iterator[str]:
        verbs = {each.verb for each in actions}
        yield f"items have the path {item_path}" if item_path else f"{path} lists and creates the same schema"
        if identity.property:
            yield f"`{identity.property}` of an item is what its path holds"
        else:
            given = f", `{identity.given}` of what creates an item does" if identity.given else ""
            yield f"no property holds what the path says{given}"
        if not verbs & {"create", "list"}:
            yield "items are neither listed nor created, so each is there when it is first asked for"
        elif "read" in verbs and not tells_absence(actions):
            yield "reading declares no 404, so each item is there when it is first read"

    def identity(
        self, path: str, item_path: str | None, actions: list[Action], schema: SchemaAt, said: Correction
    ) -> Identity | None:
        segment = called(path)
        if item_path is None:
            found = said.identity or find_identity(self.facts, schema, None, segment)
            return Identity("", found) if found else None
        name = item_path.rpartition("/")[2][1:-1]
        parameter = next(
            (each for action in actions for each in action.operation.parameters if each.name == name), None
        )
        held = said.identity or find_identity(self.facts, schema, parameter, segment, name)
        creating = [each for each in actions if each.verb == "create"]
        told = [each.answer.schema for each in creating if each.answer.schema is not None]
        is_said = held is not None and all(held in self.facts.properties(at) for at in told)
        given = None if is_said else find_given(self.facts, self.answers.written(creating), segment, name)
        return Identity(name, held, parameter.schema if parameter is not None else None, given)

    def views(self, path: str, schema: SchemaAt, item_path: str | None) -> Iterator[Action]:
        """Lists of the same items directly below the collection, such as `/pets/findByStatus`."""
        for other in self.below.get(path, ()):
            operations, last = self.paths[other], other.rpartition("/")[2]
            if is_parameter(last) or other == item_path or set(operations) != {"GET"}:
                continue
            listed = self.verbs.listed(operations["GET"], called(path)) or self.verbs.listed(
                operations["GET"], last
            )
            if listed is None or not self.facts.same(listed[2], schema):
                continue
            action = self.verbs.list_action(operations["GET"], *listed, schema)
            holds = find_state(self.facts, schema, last)
            if holds or plain(last) not in GONE:
                told = "".join(f" whose `{name}` is {said(value)}" for name, value in holds.items())
                yield replace(action, sets=holds, why=f"lists the same items{told}; {action.why}")

    # What is below an item of another resource

    def scoped(self, found: list[Resource]) -> list[Resource]:
        """The resources, with the views of them that are below items of others."""
        views: dict[str, list[Action]] = {}
        paths = set()
        for path, resource, action in scoped(self.facts, found, self.paths, self.acting):
            views.setdefault(resource.path, []).append(action)
            paths.add(path)
        return [self.extended(each, views.get(each.path, [])) for each in found if each.path not in paths]

    def acting(self, path: str, item_path: str | None, resource: Resource) -> Iterator[Action]:
        """What the operations at a path, and at that of its items, do to items of a resource."""
        segment, schema = called(path), resource.schema
        own, below = self.paths[path], self.paths.get(item_path or "", {})
        listed = self.verbs.listed(own.get("GET"), segment)
        if listed and self.facts.same(listed[2], schema):
            yield self.verbs.list_action(own["GET"], *listed, schema)
        creating = self.verbs.creating(own.get("POST"), segment, schema)
        if creating and (creating.answer.schema is None or self.facts.same(creating.answer.schema, schema)):
            yield creating
        reading = self.answers.answer(below.get("GET"), segment, schema)
        if reading is None or self.facts.same(reading.schema, schema):
            yield from self.verbs.at_items(below, segment, reading, schema)

    def extended(self, resource: Resource, views: list[Action]) -> Resource:
        """A resource with more operations on it."""
        if not views:
            return resource
        actions = [*resource.actions, *views]
        verbs = {each.verb for each in actions}
        appears = resource.appears and "read" in verbs and not verbs & {"create", "list"}
        is_untold = "read" in verbs and not tells_absence(actions)
        return replace(
            resource,
            actions=tuple(actions),
            unique=find_unique(self.facts, actions, resource.schema, resource.identity),
            writable=self.answers.writable(actions),
            within=self.answers.within(actions),
            appears=appears,
            is_untold=is_untold,
            stays_gone=(appears and not is_untold) or (is_untold and "list" in verbs),
        )

    # What is done below an item, or to several at once

    def acted(self, found: list[Resource]) -> list[Resource]:
        """The resources, with what other operations do to their items."""
        known = {each.operation.pointer for resource in found for each in resource.actions}
        left = {
            path: {method: each for method, each in own.items() if each.pointer not in known}
            for path, own in self.paths.items()
        }
        return [self.extended(each, list(done_to(self.answers, each, left, self.below))) for each in found]

    # Singletons

    def singleton(self, path: str) -> Resource | None:
        """The one thing at a path: read, and written with the same schema."""
        own, segment = self.paths[path], path.rpartition("/")[2]
        if "GET" not in own or self.verbs.listed(own["GET"], segment):
            return None
        reading = self.answers.answer(own["GET"], segment, None)
        if reading is None or reading.schema is None:
            return None
        actions = [*self.verbs.at_items(own, segment, reading, reading.schema)]
        written = any(each.verb in ("replace", "merge") for each in actions)
        said = self.corrections.get(path) or Correction()
        if said.is_none or not written:
            return None
        return Resource(
            name=said.name or segment,
            path=path,
            schema=reading.schema,
            identity=None,
            actions=tuple(actions),
            writable=self.answers.writable(actions),
            within=self.answers.within(actions),
            holder=find_holder(self.facts, reading.schema),
            appears=True,
            stays_gone=tells_absence(actions),
            why=("there is one of it: it is read and written at one path, which lists nothing",),
        )


def _named(contract: Contract, found: list[Resource]) -> Resources:
    """The resources by names of their own: a segment, or where several have it the path."""
    counted: dict[str, int] = {}
    for each in found:
        counted[each.name] = counted.get(each.name, 0) + 1
    renamed = {
        each.path: each.name if counted[each.name] == 1 else each.path.strip("/").replace("/", ".")
        for each in found
    }
    by_name: dict[str, Resource] = {}
    by_operation: dict[tuple[str, str], tuple[Resource, Action]] = {}
    for each in found:
        parents = tuple(
            replace(parent, resource=renamed.get(parent.resource) if parent.resource else None)
            for parent in each.parents
        )
        links = tuple(replace(link, resource=renamed[link.resource]) for link in each.links)
        actions = tuple(
            replace(action, scope=replace(action.scope, resource=renamed[action.scope.resource]))
            if action.scope
            else action
            for action in each.actions
        )
        named = renamed[each.path]
        resource = replace(each, name=named, parents=parents, links=links, actions=actions)
        by_name[resource.name] = resource
        for action in resource.actions:
            key = (action.operation.method, action.operation.path)
            by_operation.setdefault(key, (resource, action))
    left = tuple(each for each in contract.operations if (each.method, each.path) not in by_operation)
    return Resources(by_name, by_operation, left)
