"""What a service gives its records: identities, and the times of creation and change."""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import Container
from datetime import UTC, datetime

from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.memory.making import Maker, Object
from treaty.mocking.memory.resources import Resource
from treaty.mocking.memory.words import names, plain, text_of

CREATED = names("created createdat createdon createdate creationdate createdtime creationtime datecreated")
CHANGED = names(
    """
    updated updatedat updatedon updatedate updatedtime updatetime dateupdated lastupdated lastupdatedat
    modified modifiedat modifiedon modifiedtime datemodified lastmodified lastmodifiedat changedat editedat
    """
)
# What is told by what it is called, and what that is.
SLUGS = names("slug handle permalink")
TITLES = names("title name headline subject displayname")
MAX_SLUG = 60


def latest(value: dict[str, Json]) -> float:
    """The latest time at which something was created or changed, 0 without any: changes come after it."""
    found = 0.0
    for name, each in value.items():
        if plain(name) in CREATED | CHANGED and isinstance(each, str):
            with contextlib.suppress(ValueError, OverflowError):
                read = datetime.fromisoformat(each)
                found = max(found, (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())
    return found


def stamped(
    maker: Maker, resource: Resource, value: Object, now: float, before: Object | None = None
) -> Object:
    """A value with the times that no request sets: of its creation, if it is new, and of its change.

    What was there `before` gets those that it had.
    """
    found = {**value, **_stamps(maker, resource.schema, resource.writable, now, before)}
    holder = resource.holder
    if holder is not None:
        at, writable = maker.facts.properties(resource.schema)[holder], resource.within.get(holder, {})
        told = _stamps(maker, at, writable, now, _object(before.get(holder)) if before is not None else None)
        found |= {holder: {**_object(value.get(holder)), **told}} if told else {}
    return found


def _stamps(
    maker: Maker, schema: SchemaAt, writable: Container[str], now: float, before: Object | None
) -> Object:
    found = {}
    for name, at in maker.facts.properties(schema).items():
        called = plain(name)
        is_told = called in CREATED | CHANGED if before is None else called in CHANGED and name in before
        if name in writable or not is_told:
            continue
        options = _times(maker, at, now)
        value = next((each for each in options if maker.facts.accepts(at, each)), None)
        if value is not None:
            found[name] = value
    return found


def _object(value: Json) -> Object:
    return value if isinstance(value, dict) else {}


def _times(maker: Maker, at: SchemaAt, now: float) -> list[Json]:
    """A time in the forms that a property may have, likeliest first."""
    moment = datetime.fromtimestamp(now, UTC)
    text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    types = maker.facts.types(at)
    if types & {"integer", "number"} and "string" not in types:
        least = maker.facts.keyword(at, "minimum")
        in_milliseconds = isinstance(least, int | float) and least > 1e11
        return [int(now * 1000) if in_milliseconds else int(now)]
    seconds = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return [text, seconds, moment.strftime("%Y-%m-%d")]


def slug_of(name: str, given: Object) -> str | None:
    """What a service makes of the title of something new to tell it by, where its identity is for that."""
    title = next((given[each] for each in given if plain(each) in TITLES), None)
    if plain(name) not in SLUGS or not isinstance(title, str):
        return None
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:MAX_SLUG].strip("-") or None


def identity(maker: Maker, at: SchemaAt | None, asked: str | None, number: int, *names: str) -> Json:
    """The identity of a new record: the number, a UUID, a text.

    It is valid by the schema of the property, if one holds it, and can be what the path parameter is,
    whose schema is the one at the pointer `asked`.
    """
    facts, seed = maker.facts, maker.number(*names, str(number))

    def fits(option: Json) -> bool:
        return (at is None or facts.accepts(at, option)) and facts.takes(asked, text_of(option))

    schemas = [facts.contract.schemas.at(asked, "request")] if asked is not None else []
    options = _identities(maker, at, number, *names) if at is not None else [number]
    options += [each for schema in schemas for each in _identities(maker, schema, number, *names)]
    found = next(filter(fits, options), None)
    if found is not None:
        return found
    made = [maker.generated(each, seed, {}) for each in (*schemas, *([at] if at is not None else []))]
    return next(filter(fits, made), made[-1] if made else number)


def _identities(maker: Maker, at: SchemaAt, number: int, *names: str) -> list[Json]:
    facts, seed = maker.facts, maker.number(*names, str(number))
    types = facts.types(at)
    options: list[Json] = []
    if types & {"integer", "number"}:
        least = facts.keyword(at, "minimum")
        options += [number, number + least if isinstance(least, int) else number]
    if "string" in types or not types:
        options += [str(uuid.UUID(int=seed << 64 | maker.number(*names, str(number), "low"), version=4))]
        if facts.keyword(at, "format") != "uuid":
            options = [f"{seed:016x}", *options, str(number)]
    return options
