"""What is there in the beginning: from files of the project, the contract's examples, or generated."""

from __future__ import annotations

from collections.abc import Iterator

from treaty.contract.contract import Contract
from treaty.contract.model import MediaType
from treaty.findings import Json
from treaty.mocking.generate.model import Settings
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.infer import infer
from treaty.mocking.memory.making import Maker, Object
from treaty.mocking.memory.memory import SEED_ITEMS, Memory, Place, claims_of
from treaty.mocking.memory.resources import Action, Resource, Way
from treaty.mocking.memory.stores.in_memory import InMemory
from treaty.mocking.memory.stores.model import Record, Store
from treaty.mocking.memory.words import text_of


def memory_of(
    contract: Contract,
    store: Store | None = None,
    *,
    seed: int | str = 0,
    seed_items: int = SEED_ITEMS,
    data: Settings | None = None,
) -> Memory:
    """A memory for a contract; the first records of a collection are made when it is asked for.

    `data` says how values are made, as of any generated answer.
    """
    facts = Facts(contract)
    maker = Maker(facts, seed, data or Settings())
    return Memory(facts, infer(contract, facts), maker, first_records, store or InMemory(), seed_items)


def first_records(memory: Memory, resource: Resource, place: Place) -> list[Record]:
    """The first records of a collection; none below what was created."""
    if resource.action("list", "create") is None or not _begins_with_some(memory, resource, place):
        return []
    written = memory.seeds.get(place.collection)
    if written is None:
        written = memory.seeds.get(resource.name)
    if written is not None:
        return _records(memory, resource, place, list(written), len(written))
    known = list(_examples(memory, resource)) if not resource.parents else []
    return _records(memory, resource, place, known[: memory.seed_items], memory.seed_items)


def _begins_with_some(memory: Memory, resource: Resource, place: Place) -> bool:
    """Is all that the collection is below there, from the beginning?"""
    path = resource.path.strip("/").split("/")
    filled = place.collection.strip("/").split("/")
    for parent in resource.parents:
        above = memory.resources.by_name.get(parent.resource or "")
        if above is None:
            continue
        at = path.index("{" + parent.parameter + "}")
        key = str(place.values.get(parent.parameter))
        record = memory.store.get(place.world, "/" + "/".join(filled[:at]), key)
        if record is None or record.value is None or not record.seeded:
            return False
    return True


def _records(
    memory: Memory, resource: Resource, place: Place, known: list[Object], count: int
) -> list[Record]:
    found: dict[str, Record] = {}
    claimed: set[str] = set()
    name = resource.identity.property if resource.identity else None
    for number in range(1, count + 1):
        given = known[number - 1] if number <= len(known) else _linked(memory, resource, place, number)
        given = {**given, **memory.above(resource, place)}
        chosen = text_of(given[name]) if name and given.get(name) is not None else None
        key, own = memory.identified(resource, place, chosen, number)
        value = memory.maker.make(resource.schema, {**given, **own}, place.collection, key)
        if value is None or key in found:
            continue
        claims = claims_of(resource, value)
        if claimed.isdisjoint(claims):
            claimed.update(claims)
            found[key] = Record(key, value, 0, True, claims)
    return list(found.values())


def _linked(memory: Memory, resource: Resource, place: Place, number: int) -> Object:
    """The identities of what a new record belongs to: of items that are there too."""
    found: Object = {}
    for link in resource.links:
        other = memory.resources.by_name[link.resource]
        if (
            other.path == resource.path
            or other.links
            or other.identity is None
            or not other.identity.property
        ):
            continue
        at = Place(place.world, other.path, None, {})
        records = memory.all(other, at)
        if records:
            chosen = records[memory.maker.number(place.collection, str(number)) % len(records)]
            found[link.property] = chosen.value.get(other.identity.property)
    return found


def _examples(memory: Memory, resource: Resource) -> Iterator[Object]:
    """The items among the examples of the contract, those of lists first; each identity once."""
    told = resource.identity
    name = told.property if told else None
    seen: set[str] = set()
    ordered = sorted(
        resource.actions,
        key=lambda each: (
            ("list", "read", "create").index(each.verb) if each.verb in ("list", "read", "create") else 3
        ),
    )
    for action in ordered:
        for item in _items(action):
            identity = text_of(item.get(name)) if name else str(item)
            known = identity not in seen and (name is None or name in item)
            if known and memory.facts.accepts(resource.schema, item):
                seen.add(identity)
                readable = told is None or memory.facts.takes(told.asked, identity)
                yield item if readable else {key: each for key, each in item.items() if key != name}


def _items(action: Action) -> Iterator[Object]:
    media: MediaType | None = action.answer.media
    if media is None or action.answer.schema is None:
        return
    for example in media.examples:
        value = _at(example.value, action.answer.way)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield item


def _at(value: Json, way: Way) -> Json:
    for name in way:
        value = value.get(name) if isinstance(value, dict) else None
    return value
