"""Which property tells items apart, and which two items may not share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from treaty.contract.lowering import Direction
from treaty.contract.model import Parameter
from treaty.contract.schemas import SchemaAt
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.fields import fields_of
from treaty.mocking.memory.paths import called
from treaty.mocking.memory.queries import schema_of
from treaty.mocking.memory.resources import Action, Identity, Resource
from treaty.mocking.memory.words import names, plain, singular
from treaty.mocking.refusals import can_refuse

# What tells items apart where the path parameter does not say it, likeliest first.
USUAL = ("id", "uuid", "guid", "key", "slug", "code", "name", "login", "username", "number", "sha", "token")
OF_UUIDS = ("id", "uuid", "guid", "key", "token")
# A path parameter that is called otherwise than the property it holds.
ALIASES = {"username": ("login", "name"), "user": ("login",), "org": ("login",), "owner": ("login",)}
# No two items have the same of these, where the contract declares a conflict.
NATURAL = names("email emailaddress username login slug handle sku isbn iban vin domain subdomain")


def find_identity(
    facts: Facts, schema: SchemaAt, parameter: Parameter | None, segment: str, name: str = ""
) -> str | None:
    """The property of an item that a path parameter holds; without a parameter, the usual one."""
    properties = {
        plain(each): (each, at)
        for each, at in facts.properties(schema).items()
        if may_identify(facts, at) and _is_alike(facts, parameter, at)
    }
    thing = plain(singular(segment))
    for each in _meant(plain(name), thing):
        if each in properties:
            return properties[each][0]
    wanted = schema_of(facts, parameter) if parameter is not None else None
    is_uuid = wanted is not None and facts.keyword(wanted, "format") == "uuid"
    for each in (thing + "id", *(OF_UUIDS if is_uuid else USUAL)):
        if each in properties and (parameter is None or _same_types(facts, parameter, properties[each][1])):
            return properties[each][0]
    return None


def find_given(
    facts: Facts,
    written: Iterable[SchemaAt],
    segment: str,
    name: str,
    direction: Direction = "request",
) -> str | None:
    """The property of what is sent that holds what a path parameter does."""
    properties = {
        plain(each): each
        for schema in written
        for each, at in facts.properties(schema, direction).items()
        if facts.shape(at, direction).types & {"string", "integer", "number"}
    }
    meant = _meant(plain(name), plain(singular(segment)))
    return next((properties[each] for each in meant if each in properties), None)


def _meant(name: str, thing: str) -> Iterator[str]:
    """What a parameter's name means: `petId` of a pet its `petId` or `id`, `issue_number` its `number`."""
    if name:
        yield name
        yield from ALIASES.get(name, ())
        if thing and name.startswith(thing) and name != thing:
            yield name[len(thing) :]
        for ending in ("uuid", "id", "slug", "key", "code", "name", "number"):
            if name.endswith(ending):
                yield ending
                yield thing + ending
                break


def _same_types(facts: Facts, parameter: Parameter, at: SchemaAt) -> bool:
    """Are both texts, or both numbers? Asked where no name says that one is the other."""
    wanted = schema_of(facts, parameter)
    ours = facts.shape(wanted, "request").types if wanted is not None else frozenset()
    theirs = facts.types(at)
    return not ours or not theirs or bool(ours & theirs) or ours | theirs <= {"integer", "number"}


def may_identify(facts: Facts, at: SchemaAt) -> bool:
    """Can a value of the schema tell items apart? A text or a number can."""
    types = facts.types(at)
    return not types or bool(types & {"string", "integer", "number"})


def _is_alike(facts: Facts, parameter: Parameter | None, at: SchemaAt) -> bool:
    """Can the parameter's text be the property's value? A UUID is never a number."""
    wanted = schema_of(facts, parameter) if parameter is not None else None
    if wanted is None:
        return True
    ours, theirs = facts.shape(wanted, "request").types, facts.types(at)
    numbers = {"integer", "number"}
    formats = {facts.keyword(wanted, "format"), facts.keyword(at, "format")}
    if "uuid" in formats:
        return not ((ours | theirs) & numbers)
    if ours & numbers and not theirs & numbers and theirs:
        return facts.keyword(at, "format") is None and facts.keyword(at, "pattern") is None
    return True


def with_shared_identities(facts: Facts, found: list[Resource]) -> list[Resource]:
    """The resources; one whose items have no path is told apart as another of its name and schema is."""
    known = {called(each.path): each for each in found if each.item_path}

    def shared(each: Resource) -> Resource:
        other = known.get(called(each.path))
        name = other.identity.property if other is not None and other.identity is not None else None
        if other is None or each.item_path or each.identity is None or name is None:
            return each
        is_same = facts.same(each.schema, other.schema)
        return replace(each, identity=replace(each.identity, property=name)) if is_same else each

    return [shared(each) for each in found]


def find_unique(
    facts: Facts, actions: Iterable[Action], schema: SchemaAt, identity: Identity | None
) -> tuple[str, ...]:
    """The properties no two items share: natural keys, where creating an item declares a conflict (409)."""
    if identity is None or not any(each.verb == "create" and declares(each, 409) for each in actions):
        return ()
    return tuple(
        name for name in fields_of(facts, schema) if plain(name) in NATURAL and name != identity.property
    )


def declares(action: Action, status: int) -> bool:
    """Does the operation declare this status itself, or its range? `default` says nothing of it."""
    keys = {each.status.upper() for each in action.operation.responses}
    return bool(keys & {str(status), f"{status // 100}XX"})


def tells_absence(actions: Iterable[Action]) -> bool:
    """Does reading an item declare a response to what is not there?"""
    return any(each.verb == "read" and can_refuse(each.operation, 404) for each in actions)
