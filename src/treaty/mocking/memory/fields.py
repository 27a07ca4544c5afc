"""What an item says of itself: its members, and those of the one that holds its fields, as in JSON:API."""

from __future__ import annotations

from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.words import names, plain

# What the member of an item is called that holds its fields: in JSON:API, Contentful, GeoJSON.
HOLDERS = names("attributes fields properties")
RELATIONSHIPS = "relationships"


def find_holder(facts: Facts, item: SchemaAt) -> str | None:
    """The member of an item that holds its fields; None where the item does so itself."""
    return next(
        (
            name
            for name, each in facts.properties(item).items()
            if plain(name) in HOLDERS and facts.is_object(each)
        ),
        None,
    )


def fields_of(facts: Facts, item: SchemaAt) -> dict[str, SchemaAt]:
    """All that an item says of itself, by name."""
    own = facts.properties(item)
    holder, related = find_holder(facts, item), own.get(RELATIONSHIPS)
    if holder is None:
        return own
    beside = facts.properties(related) if related is not None else {}
    return {**beside, **facts.properties(own[holder]), **own}


def seen(value: dict[str, Json], holder: str | None) -> dict[str, Json]:
    """An item as a query sees it: of a relationship, what it leads to."""
    if holder is None:
        return value
    related, held = value.get(RELATIONSHIPS), value.get(holder)
    links = related.items() if isinstance(related, dict) else ()
    return {
        **{name: each.get("data") for name, each in links if isinstance(each, dict)},
        **(held if isinstance(held, dict) else {}),
        **value,
    }
