"""What is done to several items of a collection at once: `DELETE /things?ids=1,2`, or with a body of ids."""

from __future__ import annotations

from dataclasses import replace

from treaty.contract.model import Operation, Parameter
from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.memory.answers import Answers
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.identities import may_identify
from treaty.mocking.memory.queries import read_listing
from treaty.mocking.memory.resources import Action, Filter, Listing, Resource, Way
from treaty.mocking.memory.words import names, plain, singular, text_of

# The last segment of a path below a collection that is for the removal of several.
DELETING = names(
    "delete remove bulkdelete deletebulk batchdelete deletebatch deletemany bulkremove deleteall clear"
)

# What the answer to a removal calls how many went, and which.
COUNTS = names(
    "deleted deletedcount count removed removedcount affected total numdeleted success successcount"
)
WHICH = names("deleted removed ids deletedids removedids successful succeeded")


def find_discard(facts: Facts, answers: Answers, resource: Resource, operation: Operation) -> Action | None:
    """The removal of several items, where the contract says which: by a query or body; without, of all."""
    answer, listing = answers.success(operation), _chosen(facts, resource, operation)
    if answer is None or listing is None:
        return None
    way = _ids_way(facts, answers, resource, operation) if operation.body is not None else None
    if operation.body is not None and way is None:
        return None
    if operation.method != "DELETE" and way is None:
        return None
    if way is not None:
        told = f"the body says which, in `{'.'.join(way)}`" if way else "the body is a list of which"
    elif listing.filters:
        told = "the query says which"
    else:
        told = "nothing says which, so all"
    return Action("discard", operation, answer, way or (), listing, told)


def _chosen(facts: Facts, resource: Resource, operation: Operation) -> Listing | None:
    """How a query says which items are meant; None where it says something that no item does."""
    queries = [each for each in operation.parameters if each.location == "query"]
    named = ids_of(resource)
    known = read_listing(facts, operation, resource.schema)
    filters = []
    for each in queries:
        own = [found for found in known.filters if found.parameter == each.name and found.property]
        identity = resource.identity.property if resource.identity else None
        if plain(each.name) in named and identity and _is_plain(facts, each):
            filters.append(Filter(each.name, identity))
        elif own:
            filters += own
        else:
            return None
    return replace(known, filters=tuple(filters))


def ids_of(resource: Resource) -> frozenset[str]:
    """What a parameter or member is called that holds identities of the items."""
    thing = plain(singular(resource.name))
    own = plain(resource.identity.property or "id") if resource.identity else "id"
    return frozenset({own, f"{own}s", f"{thing}{own}", f"{thing}{own}s", f"{thing}ids", "ids"})


def _is_plain(facts: Facts, parameter: Parameter) -> bool:
    pointer = parameter.schema
    at = facts.contract.schemas.at(pointer, "request") if pointer is not None else None
    if at is None:
        return False
    item = facts.item(at, "request")
    return may_identify(facts, item if item is not None else at)


def _ids_way(facts: Facts, answers: Answers, resource: Resource, operation: Operation) -> Way | None:
    """The way to the identities in a body."""
    at = answers.body_schema(operation)
    if at is None:
        return None
    item = facts.item(at, "request")
    if item is not None:
        return () if _identifies(facts, resource, item) else None
    for name, each in facts.properties(at, "request").items():
        item = facts.item(each, "request")
        thing = {plain(resource.name), plain(singular(resource.name)) + "s"}
        if (
            item is not None
            and plain(name) in ids_of(resource) | thing
            and _identifies(facts, resource, item)
        ):
            return (name,)
    return None


def _identifies(facts: Facts, resource: Resource, item: SchemaAt) -> bool:
    """Does an item of a list say which item is meant: as its identity, or as an object that has it?"""
    identity = resource.identity.property if resource.identity else None
    if facts.is_object(item, "request"):
        return identity is not None and identity in facts.properties(item, "request")
    return may_identify(facts, item)


def keys_of(resource: Resource, body: Json, way: Way) -> set[str] | None:
    """The identities in a body; None where it has no list of them."""
    for name in way:
        body = body.get(name) if isinstance(body, dict) else None
    if not isinstance(body, list):
        return None
    identity = resource.identity.property if resource.identity else None
    return {text_of(each.get(identity) if isinstance(each, dict) else each) for each in body}


def counted(facts: Facts, at: SchemaAt, which: list[Json]) -> dict[str, Json] | None:
    """What an answer says of those that were removed: how many, and which; None where it is no object."""
    if not facts.is_object(at):
        return None
    found: dict[str, Json] = {}
    for name, each in facts.properties(at).items():
        options: list[Json] = [len(which)] if plain(name) in COUNTS else []
        options += [which, [str(one) for one in which]] if plain(name) in WHICH else []
        value = next((option for option in options if facts.accepts(each, option)), None)
        if value is not None:
            found[name] = value
    return found
