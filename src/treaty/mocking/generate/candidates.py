"""Values that a schema names itself: `const` and `enum`, which bind; examples and defaults, preferred."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.generate import numbers, strings
from treaty.mocking.generate.blueprints import Merged, Spot
from treaty.mocking.generate.model import EXCLUDED, NOTHING, Derived, Unfit, Wish
from treaty.mocking.generate.session import Session, within

Equality: TypeAlias = Sequence[Json]
CHOSEN = frozenset({"const", "enum", EXCLUDED})
MAX_ENUM_TRIED = 64
DECIMAL = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,6}")


def same(one: Json, other: Json) -> bool:
    """Equality of JSON values: 1 and 1.0 are equal, 1 and true are not (JSON Schema 2020-12, 4.2.2)."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    return bool(one == other)


def wished(spot: Spot, merged: Merged, session: Session, avoid: Equality, wish: Wish) -> list[Json]:
    """What is wished, or what it says in another type, in a list; empty where the schema has no room for it.

    Parts of an object or array are wished for one by one, unless the whole is as it should be.
    """
    value = wish.value
    if value is NOTHING:
        return []
    if type(value) is int and not avoid and CHOSEN.isdisjoint(merged.keywords):  # an id, most of the time
        fitting = numbers.fits_number(merged, value)
        if fitting and (not merged.hard or session.satisfied(spot.goal, value)):
            session.nodes += 1
            return [value]
    for each in (value,) if isinstance(value, dict | list) else _in_other_types(value):
        if any(same(each, other) for other in avoid) or not fits(merged, each):
            continue
        if not _among(merged, each):
            continue
        container = isinstance(each, dict | list)
        if not (container or merged.hard) or session.satisfied(spot.goal, each):
            session.nodes += count_nodes(each)
            return [each]
    return []


def _in_other_types(value: Json) -> Iterator[Json]:
    """A scalar, then what has the same text: an id may be a number in a path and a text in a body."""
    yield value
    if isinstance(value, str) and value.lstrip("-").isdigit() and value.isascii() and len(value) < 20:
        yield int(value)
    elif isinstance(value, str) and DECIMAL.fullmatch(value):
        yield float(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


def _among(merged: Merged, value: Json) -> bool:
    """Whether a value is one of those that `const` and `enum` allow."""
    lists = [*([each] for each in merged.each("const")), *merged.each("enum")]
    return all(any(same(value, each) for each in values) for values in lists)


def count_nodes(value: Json) -> int:
    """How many JSON values there are in a value, itself included."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(count_nodes, inner))


def faked(spot: Spot, merged: Merged, session: Session, avoid: Equality) -> list[Json]:
    """What `x-faker` asks for, in a list; empty where it is not known, or not what the schema allows."""
    from treaty.mocking.generate.faker import fake  # here: most documents know nothing of it

    for name in merged.each("x-faker"):
        for value in (each for found in fake(name, session) for each in _in_other_types(found)):
            whole = isinstance(value, dict | list) or merged.hard
            if any(same(value, other) for other in avoid) or not fits(merged, value):
                continue
            if _among(merged, value) and (not whole or session.satisfied(spot.goal, value)):
                return [value]
    return []


def bound(spot: Spot, merged: Merged, session: Session, avoid: Equality) -> list[Json]:
    """A value of `const` and `enum`, where the schema has them; raises Unfit when none of theirs fits."""
    if "const" not in merged.keywords and "enum" not in merged.keywords:
        return []
    lists = [*([value] for value in merged.each("const")), *merged.each("enum")]
    left = [value for value in lists[0] if all(any(same(value, one) for one in more) for more in lists[1:])]
    named = list(_named(merged)) if session.settings.use_examples else []
    first = [value for value in left if any(same(value, example) for example in named)]
    mixed = [*first, *session.dice.sample(left, len(left))]
    judged = session.phase.careful and merged.hard
    for value in sorted(mixed, key=lambda value: value is None)[:MAX_ENUM_TRIED]:
        if any(same(value, other) for other in avoid) or not fits(merged, value):
            continue
        if not (judged or isinstance(value, dict | list)) or session.satisfied(spot.goal, value):
            return [value]
    raise Unfit("no value of const or enum satisfies the rest of the schema")


def preferred(spot: Spot, merged: Merged, session: Session, avoid: Equality) -> list[Json]:
    """A valid example or default of the schema, in a list; empty when there is none."""
    judged = session.phase.careful or "format" in merged.keywords
    for value in _examples(spot, merged, session):
        session.spend()
        if any(same(value, other) for other in avoid) or not fits(merged, value):
            continue
        if not (judged or isinstance(value, dict | list)) or session.satisfied(spot.goal, value):
            session.nodes += count_nodes(value) - 1
            return [value]
    return []


def exemplary(spot: Spot, merged: Merged, session: Session) -> list[Json]:
    """What is always preferred for a spot that leaves no choice, in a list; empty when there is nothing."""
    for value in _examples(spot, merged, session):
        if fits(merged, value) and _among(merged, value) and session.satisfied(spot.goal, value):
            return [value]
    return []


def _examples(spot: Spot, merged: Merged, session: Session) -> list[Json]:
    """The examples and defaults to try, objects and arrays first."""
    if not (session.settings.use_examples and merged.named):
        return []
    scalars = [value for value in _named(merged) if not isinstance(value, dict | list)]
    return [*_whole_values(spot, session), *scalars]


def _named(merged: Merged) -> Iterator[Json]:
    """The examples and defaults that say something: null and the empty string do not."""
    for keyword in ("example", "examples", "default"):
        for part, value in merged.having(keyword):
            if isinstance(part, Derived):
                continue
            values = value if keyword == "examples" and isinstance(value, list) else [value]
            yield from (value for value in values if value is not None and value != "")


def _whole_values(spot: Spot, session: Session) -> Iterator[Json]:
    """Objects and arrays given as examples by the goal's one schema or the one it refers to.

    An example of a mere part (a branch of `allOf`) would leave out what the other parts add.
    """
    if len(spot.goal) != 1:
        return
    at: SchemaAt = spot.goal[0]
    for _ in range(8):
        schema = at.schema
        if not isinstance(schema, dict):
            return
        own = Merged()
        own.add(at, schema)
        for value in _named(own):
            if value and isinstance(value, dict | list):
                pruned = value if session.phase.write_only else without_write_only(at, value, session)
                yield pruned
                if pruned is not value:
                    yield value
        if not isinstance(schema.get("$ref"), str):
            return
        at = session.target(at.base, schema["$ref"])


def without_write_only(at: SchemaAt, value: Json, session: Session, depth: int = 0) -> Json:
    """A value without the properties that its schema marks `writeOnly`; the same object when it has none."""
    schema = at.schema
    if not isinstance(schema, dict) or depth > 12 or not isinstance(value, dict | list):
        return value
    session.spend()
    inner = [within(at, branch) for branch in schema.get("allOf", ())]
    if isinstance(schema.get("$ref"), str):
        inner.append(session.target(at.base, schema["$ref"]))
    for branch in inner:
        value = without_write_only(branch, value, session, depth + 1)
    if isinstance(value, list):
        items = within(at, schema.get("items", True))
        kept: Json = [without_write_only(items, item, session, depth + 1) for item in value]
        return value if all(map(lambda one, other: one is other, kept, value)) else kept
    properties = schema.get("properties", {})
    kept = {
        name: without_write_only(within(at, properties.get(name, True)), member, session, depth + 1)
        for name, member in value.items()
        if not write_only(within(at, properties.get(name, True)), session)
    }
    return value if len(kept) == len(value) and all(kept[name] is value[name] for name in kept) else kept


def write_only(at: SchemaAt, session: Session) -> bool:
    """Whether a property's schema, or the one it refers to, is marked `writeOnly`."""
    for _ in range(8):
        if not isinstance(at.schema, dict):
            return False
        if at.schema.get("writeOnly") is True:
            return True
        if not isinstance(at.schema.get("$ref"), str):
            return False
        at = session.target(at.base, at.schema["$ref"])
    return False


def fits(merged: Merged, value: Json) -> bool:
    """Whether a value satisfies what the parts say of scalars; of objects and arrays, only the type."""
    if any(same(value, other) for excluded in merged.each(EXCLUDED) for other in excluded):
        return False
    if value is None:
        return "null" in merged.types
    if isinstance(value, bool):
        return "boolean" in merged.types
    if isinstance(value, str):
        return "string" in merged.types and strings.fits_string(merged, value)
    if isinstance(value, int | float):
        return numbers.fits_number(merged, value)
    return ("object" if isinstance(value, dict) else "array") in merged.types
