"""The memory of a mock: finds, makes, changes and forgets the records of inferred resources.

It knows no HTTP; a `World` is what one test or user sees, apart from all others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from treaty.findings import Json
from treaty.mocking.memory.clock import Clock
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.fields import seen
from treaty.mocking.memory.making import Maker, Object
from treaty.mocking.memory.paths import parameters_in
from treaty.mocking.memory.resources import Resource, Resources, Scope
from treaty.mocking.memory.stamps import identity, latest, slug_of, stamped
from treaty.mocking.memory.stores.in_memory import InMemory
from treaty.mocking.memory.stores.model import Outcome, Record, Snapshot, Store, segment
from treaty.mocking.memory.words import is_counted, text_of

SEED_ITEMS = 3
# How often a change is begun again because another came between, or a new identity was taken.
TRIES = 16


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a world something is: its collection, its key there (None: the collection), and on what path.

    `values` are the path parameters, by name. What is there has the properties of `holds`.
    """

    world: str
    collection: str
    key: str | None
    values: dict[str, Json]
    holds: Object = field(default_factory=dict)

    def has(self, record: Record | None) -> bool:
        """Is a record there, and one of this place?"""
        return record is not None and record.value is not None and self.holds.items() <= record.value.items()


class NoRecordError(Exception):
    """No valid record can be made for a resource."""


@dataclass(slots=True)
class Memory:
    """What a mock remembers of the resources of a contract; a collection begins with its `first_records`."""

    facts: Facts
    resources: Resources
    maker: Maker
    first_records: Callable[[Memory, Resource, Place], list[Record]]
    store: Store = field(default_factory=InMemory)
    seed_items: int = SEED_ITEMS
    clock: Clock = field(default_factory=Clock)
    seeds: dict[str, tuple[Object, ...]] = field(default_factory=dict)  # by resource or collection

    # Where things are

    def place(
        self, resource: Resource, world: str, values: dict[str, Json], *, anyway: bool = False
    ) -> Place | None:
        """The place that path parameters name; None when what it is below does not exist, unless `anyway`."""
        below = "/"
        parents = {each.parameter: each.resource for each in resource.parents}
        parts: list[str] = []
        for part in resource.path.strip("/").split("/"):
            for name in parameters_in(part):
                above = self.resources.by_name.get(parents.get(name) or "")
                key = text_of(values.get(name))
                if above is not None and not anyway:
                    holder = Place(world, below + "/".join(parts), key, values)
                    if self.find(above, holder) is None:
                        return None
                part = part.replace("{" + name + "}", segment(key))
            parts.append(part)
        own = resource.identity.parameter if resource.identity else None
        own_key = "" if own is None else text_of(values[own]) if own in values else None
        return Place(world, below + "/".join(parts), own_key, values)

    def scoped(
        self, resource: Resource, scope: Scope, world: str, values: dict[str, Json], *, anyway: bool = False
    ) -> Place | None:
        """The place of what is below an item of another resource, by what it says itself; as `place`."""
        above, key = self.resources.by_name[scope.resource], text_of(values.get(scope.parameter))
        if not anyway and self.find(above, Place(world, above.path, key, {})) is None:
            return None
        at = self.facts.properties(resource.schema)[scope.property]
        holds = {scope.property: self.facts.shape(at).read_text(key, "values")}
        own = text_of(values.get(scope.own)) if scope.own else None
        return Place(world, resource.path, own, {}, holds)

    # Reading

    def find(self, resource: Resource, place: Place) -> Record | None:
        """The record at a place. One that only has to be asked for is made now."""
        key = place.key or ""
        found = self.store.get(place.world, place.collection, key)
        if found is None:
            if not self.store.begun(place.world, place.collection):
                self.begin(resource, place)
                found = self.store.get(place.world, place.collection, key)
            if found is None and resource.appears:
                return self.appear(resource, place)
        return found if place.has(found) else None

    def appear(self, resource: Resource, place: Place) -> Record | None:
        """The record at a place, made where none is; None where one is kept as gone."""
        key = place.key or ""
        self.store.add(place.world, place.collection, self.first(resource, place, key))
        found = self.store.get(place.world, place.collection, key)
        return found if place.has(found) else None

    def all(self, resource: Resource, place: Place) -> Sequence[Record]:
        """The records of a collection, the oldest first."""
        if not self.store.begun(place.world, place.collection):
            self.begin(resource, place)
        return [each for each in self.store.records(place.world, place.collection) if place.has(each)]

    # Writing

    def create(self, resource: Resource, place: Place, given: Object) -> tuple[Outcome, Record | None]:
        """Store something new; without an identity of its own it gets one."""
        if not self.store.begun(place.world, place.collection):
            self.begin(resource, place)
        chosen = self.chosen(resource, given) if place.key is None else place.key
        for left in reversed(range(TRIES)):
            number = self.store.number(place.world, place.collection)
            # A path may have room for few identities: when they are used up, others are better than none.
            key, own = self.identified(resource, place, chosen, number, for_path=left > 0)
            if chosen is None and (slug := self.slug(resource, given, TRIES - left)):
                key, own = slug
            record = self.new(resource, place, key, {**given, **own})
            outcome = self.added(place, record)
            if outcome is not Outcome.TAKEN or chosen is not None:
                return outcome, self.store.get(place.world, place.collection, key)
        return Outcome.TAKEN, None

    def added(self, place: Place, record: Record) -> Outcome:
        """Store a new record, also where one is kept as gone."""
        outcome = self.store.add(place.world, place.collection, record)
        if outcome is not Outcome.TAKEN:
            return outcome
        there = self.store.get(place.world, place.collection, record.key)
        if there is None or there.value is not None:
            return outcome
        again = self.store.change(place.world, place.collection, replace(record, version=there.version))
        return Outcome.TAKEN if again is Outcome.CHANGED else again

    def replaced(
        self, resource: Resource, before: Record, given: Object, writes: Object | None = None
    ) -> Object:
        """A record's value with what is given in the place of all that a request may write.

        What it left out goes, unless an item must have it and it can be neither null nor empty.
        """
        writes, required = writes or resource.writable, self.facts.required(resource.schema)
        properties = self.facts.properties(resource.schema)
        nothing: tuple[Json, ...] = (None, [])

        def stays(name: str) -> bool:
            if name not in required or writes[name] is not None or name not in properties:
                return False
            return not any(self.facts.accepts(properties[name], each) for each in nothing)

        kept = {name: each for name, each in before.value.items() if name not in writes or stays(name)}
        after = {**kept, **given, **self.held(resource, before)}
        for name, writable in resource.within.items():
            old, new = before.value.get(name), given.get(name)
            if isinstance(old, dict) and isinstance(new, dict):
                after[name] = {**{each: old[each] for each in old if each not in writable}, **new}
        return after

    def changed(
        self, resource: Resource, place: Place, before: Record, value: Object, *, claims: bool = True
    ) -> Outcome:
        """Store another value of a record that was read; its identity stays.

        Without `claims` others may say the same of what no two should.
        """
        now = self.clock(place.world, latest(seen(before.value, resource.holder)))
        wanted = {**value, **self.held(resource, before)}
        wanted = stamped(self.maker, resource, wanted, now, before.value)
        made = self.maker.kept(resource.schema, wanted, place.collection, before.key)
        after = self.completed(resource, made, wanted)
        claimed = claims_of(resource, after) if claims else ()
        record = Record(before.key, after, before.version, before.seeded, claimed)
        return self.store.change(place.world, place.collection, record)

    def remove(self, resource: Resource, place: Place, before: Record) -> Outcome:
        """Forget a record; what would appear again when asked for is kept as gone."""
        if not self.store.remove(place.world, place.collection, before.key):
            return Outcome.CHANGED
        if resource.stays_gone:
            self.store.add(place.world, place.collection, Record(before.key, None, seeded=before.seeded))
        return Outcome.DONE

    # Files

    def keep_file(self, place: Place, content: Object | None) -> None:
        """Keep a file at a place, in place of the one that is there; None: it is not to be remembered."""
        world, collection = place.world, place.collection
        if not self.store.begun(world, collection):
            self.store.begin(world, collection, ())
        self.store.remove(world, collection, "")
        if content is not None:
            self.store.add(world, collection, Record("", content))

    def file_place(self, resource: Resource, place: Place, key: str) -> Place | None:
        """Where the file of an item is, if one comes with such items."""
        if resource.file is None or resource.item_path is None:
            return None
        below = resource.file[len(resource.item_path) :]
        return Place(place.world, f"{place.collection}/{segment(key)}{below}", "", place.values)

    # Making

    def held(self, resource: Resource, before: Record) -> Object:
        """What no change changes: the identity."""
        name = resource.identity.property if resource.identity else None
        return {name: before.value[name]} if name and name in before.value else {}

    def chosen(self, resource: Resource, given: Object) -> str | None:
        """The key that a client gave to something new; None where the service gives it."""
        identity = resource.identity
        names = (identity.property, identity.given) if identity is not None else ()
        said = (given.get(name) for name in names if name and name in resource.writable)
        return next((text_of(each) for each in said if each not in (None, "")), None)

    def identified(
        self, resource: Resource, place: Place, chosen: str | None, number: int, *, for_path: bool = True
    ) -> tuple[str, Object]:
        """The key of something new, and the property that holds it."""
        name = (resource.identity.property if resource.identity else None) or ""
        at = self.facts.properties(resource.schema).get(name)
        if chosen is not None:
            return chosen, {} if at is None else {name: self.facts.shape(at).read_text(chosen, "values")}
        asked = resource.identity.asked if resource.identity and for_path else None
        value = identity(self.maker, at, asked, number, place.collection)
        return text_of(value), {} if at is None else {name: value}

    def slug(self, resource: Resource, given: Object, attempt: int) -> tuple[str, Object] | None:
        """The key of something new that is called by its title, and the property that holds it."""
        identity = resource.identity
        name = (identity.property if identity else None) or ""
        found = slug_of(name, given)
        if found is None or identity is None or attempt == TRIES:
            return None
        found = found if attempt == 1 else f"{found}-{attempt}"
        fits = self.facts.accepts(self.facts.properties(resource.schema)[name], found)
        return (found, {name: found}) if fits and self.facts.takes(identity.asked, found) else None

    def new(self, resource: Resource, place: Place, key: str, given: Object) -> Record:
        """A record that was not there before."""
        fixed = {**self.above(resource, place), **place.holds}
        wanted = stamped(self.maker, resource, {**given, **fixed}, self.clock(place.world))
        if resource.holder in given:
            wanted = self.held_fields(resource, wanted, place.collection, key)
        made = self.maker.make(resource.schema, wanted, place.collection, key)
        value = self.completed(resource, made, wanted)
        value = self.unhappened(resource, value, wanted)
        return Record(key, value, 0, False, claims_of(resource, value))

    def held_fields(self, resource: Resource, wanted: Object, *names: str) -> Object:
        """A new record whose fields one member holds, with those of them that no request sets."""
        holder = resource.holder or ""
        at, given = self.facts.properties(resource.schema)[holder], wanted[holder]
        made = self.maker.make(at, given, *names) if isinstance(given, dict) else None
        if made is None:
            return wanted
        absent = {name: each for name, each in resource.within.get(holder, {}).items() if name not in given}
        return {**wanted, holder: self.maker.without(at, made, absent)}

    def completed(self, resource: Resource, made: Object | None, given: Object) -> Object:
        """What was made of what is given, less what was left out. Raises `NoRecordError` if nothing was."""
        if made is None:
            raise NoRecordError(f"no valid item of {resource.name} could be made")
        absent = {name: each for name, each in resource.writable.items() if name not in given}
        return self.maker.without(resource.schema, made, absent)

    def unhappened(self, resource: Resource, value: Object, told: Object) -> Object:
        """A new record, to which nothing has happened: no `published_at`, a `likes_count` of 0."""
        undone = {
            name for each in resource.actions for name, sets in each.sets.items() if isinstance(sets, bool)
        }
        for name, at in self.facts.properties(resource.schema).items():
            if name not in value or name in told or name in resource.writable:
                continue
            is_time = self.facts.keyword(at, "format") == "date-time" and "null" in self.facts.types(at)
            is_count = is_counted(name) and bool(self.facts.types(at) & {"integer", "number"})
            if is_time or is_count or name in undone:
                tried = {**value, name: None if is_time else 0 if is_count else False}
                value = tried if self.facts.accepts(resource.schema, tried) else value
        return value

    def above(self, resource: Resource, place: Place) -> Object:
        """The properties that repeat whose something is."""
        found = {}
        for parent in resource.parents:
            if parent.property and parent.parameter in place.values:
                at = self.facts.properties(resource.schema)[parent.property]
                read = self.facts.shape(at).read_text(text_of(place.values[parent.parameter]), "values")
                found[parent.property] = read
        return found

    # Beginning

    def begin(self, resource: Resource, place: Place) -> None:
        """Give a collection its first records; below what was created there are none."""
        self.store.begin(place.world, place.collection, self.first_records(self, resource, place))

    def first(self, resource: Resource, place: Place, key: str) -> Record:
        """What is there when it is first asked for."""
        _, own = self.identified(resource, place, key, 0) if resource.identity else ("", {})
        given = {**own, **self.above(resource, place), **place.holds}
        value = self.maker.make(resource.schema, given, place.collection, key)
        if value is None:
            raise NoRecordError(f"no valid item of {resource.name} could be made")
        return Record(key, value, 0, True, claims_of(resource, value))

    # As a whole

    def reset(self, world: str = "") -> None:
        """Let a world begin anew."""
        self.store.reset(world)
        self.clock.reset(world)

    def snapshot(self, world: str = "") -> Json:
        """All that a world holds, as a JSON value for `restore`."""
        return self.store.snapshot(world).as_json()

    def restore(self, world: str, snapshot: Json) -> None:
        """Make a world what it was. Raises `StateError` for what is no snapshot, or too large."""
        self.store.restore(world, Snapshot.from_json(snapshot))

    def list_worlds(self) -> list[str]:
        """The worlds that there are; `""` is the one without a name."""
        return self.store.worlds()


def claims_of(resource: Resource, value: Json) -> tuple[str, ...]:
    """What no other record of the resource may say."""
    said = seen(value, resource.holder)
    return tuple(f"{name}={said[name]}" for name in resource.unique if said.get(name) is not None)
