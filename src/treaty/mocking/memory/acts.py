"""What is done to an item below it: `POST /orders/{id}/cancel`, where the order has a status for that.

An operation is one only where the item has a property that can say so: a status with the matching
value (`cancelled`), or what is true or false (`locked`).
"""

from __future__ import annotations

from collections.abc import Iterator

from treaty.contract.model import Operation
from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.memory.answers import Answers
from treaty.mocking.memory.bulk import DELETING, find_discard
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.fields import fields_of, find_holder
from treaty.mocking.memory.resources import Action, Resource
from treaty.mocking.memory.words import during, names, past, plain, singular

STATES = ("status", "state", "phase", "stage", "lifecycle")
OPPOSITE = {"disable": ("enabled",), "enable": ("disabled",), "activate": ("inactive",)}
# What a list is called of what is no more to be seen in others.
GONE = names("archived archive deleted trash trashed removed")
METHODS = ("POST", "PUT", "PATCH")
_PREFIXES = ("markas", "mark", "setas", "set")


def done_to(
    answers: Answers,
    resource: Resource,
    paths: dict[str, dict[str, Operation]],
    below: dict[str, list[str]],
) -> Iterator[Action]:
    """What operations that are of no resource yet do to the items of this one.

    `paths` are those operations, and `below` the paths that are one segment longer than another.
    """
    if resource.identity is None:
        return
    facts, item, beside = answers.facts, resource.item_path, below.get(resource.path, ())
    for path in (resource.path, *beside):
        for method, operation in paths[path].items() if path in paths else ():
            is_own = method == "DELETE" and path == resource.path
            if is_own or plain(path.rpartition("/")[2]) in DELETING:
                found = find_discard(facts, answers, resource, operation)
                yield from (found,) if found else ()
    custom = [each for each in beside if each.startswith(f"{item}:")]
    for path in (*below.get(item, ()), *custom) if item else ():
        called = path[len(item or "") + 1 :]
        if not called.startswith("{"):
            yield from _found(facts, answers, resource, called, paths[path])


def _found(
    facts: Facts, answers: Answers, resource: Resource, called: str, operations: dict[str, Operation]
) -> Iterator[Action]:
    """The actions at a path below an item, or of a custom method such as `{id}:cancel`, by its last word."""
    method = next((each for each in METHODS if each in operations), None)
    if method is None:
        return
    done = _done(facts, resource, called)
    if done is None:
        setting = _setting(facts, answers, resource, called, operations[method])
        yield from (setting,) if setting else ()
        return
    yield from _act(answers, resource, operations[method], *done)
    if "DELETE" in operations and done[1] is True:  # what was locked is so no more
        yield from _act(answers, resource, operations["DELETE"], done[0], False)


def _act(
    answers: Answers, resource: Resource, operation: Operation, name: str, value: Json
) -> Iterator[Action]:
    answer = answers.answer(operation, resource.name, resource.schema)
    if answer is not None:
        if not answers.facts.same(answer.schema, resource.schema):
            answer = answers.success(operation) or answer
        holder = find_holder(answers.facts, resource.schema)
        is_own = name in answers.facts.properties(resource.schema)
        sets: dict[str, Json] = {name: value}
        yield Action(
            "act",
            operation,
            answer,
            why=f"makes `{name}` of the item {said(value)}",
            sets=sets if is_own or holder is None else {holder: sets},
        )


def said(value: Json) -> str:
    """A value of a state, as it is explained."""
    return str(value).lower() if isinstance(value, bool) else f"`{value}`"


def find_state(facts: Facts, schema: SchemaAt, word: str) -> dict[str, Json]:
    """What items say of themselves that a list of some of them is called by: `/orders/archived`."""
    fields, wanted = facts.properties(schema), plain(word)
    found = _state(facts, fields, [wanted])
    if found is None:
        flags = (name for name in fields if plain(name) in (wanted, f"is{wanted}"))
        found = next(((name, True) for name in flags if facts.types(fields[name]) == {"boolean"}), None)
    return {} if found is None else {found[0]: found[1]}


def _done(facts: Facts, resource: Resource, called: str) -> tuple[str, Json] | None:
    """The property that says what was done, and its value then."""
    fields = fields_of(facts, resource.schema)
    words = _words(called, plain(singular(resource.name)))
    return _state(facts, fields, words) or _flag(facts, fields, words)


def _state(facts: Facts, fields: dict[str, SchemaAt], words: list[str]) -> tuple[str, Json] | None:
    """A property that says in which state an item is, and the value that says what was done."""
    for name in sorted((each for each in fields if _rank(each) < len(STATES)), key=_rank):
        known = facts.keyword(fields[name], "enum")
        values = {plain(each): each for each in known or () if isinstance(each, str)}
        for word in words:
            found = next((values[each] for each in (*past(word), word) if each in values), None)
            if found is not None:
                return name, found
    return None


def _flag(facts: Facts, fields: dict[str, SchemaAt], words: list[str]) -> tuple[str, Json] | None:
    """A property that is true when something was done: `locked`, `is_locked`; false when it was undone."""
    flags = {plain(name): name for name, at in fields.items() if facts.types(at) == {"boolean"}}
    for word in words:
        undone = next((word[len(each) :] for each in ("un", "dis", "de") if word.startswith(each)), "")
        forms = [(each, True) for each in (*past(word), during(word))]
        forms += [(each, False) for each in (*past(undone), during(undone))] if len(undone) > 2 else []
        forms += [(each, False) for each in OPPOSITE.get(word, ())]
        for each, value in forms:
            found = next((flags[name] for name in (each, f"is{each}") if name in flags), None)
            if found is not None:
                return found, value
    return None


def _rank(name: str) -> int:
    """How likely a property says in which state its item is; the number of words for that: not at all."""
    called = plain(name)
    return next((rank for rank, each in enumerate(STATES) if called.endswith(each)), len(STATES))


def _words(called: str, thing: str) -> list[str]:
    """What a segment says is done: `cancel`, `cancel-order` and `cancelOrder` say `cancel`."""
    word = plain(called)
    found = [word]
    if thing and word.endswith(thing) and word != thing:
        found.append(word[: -len(thing)])
    found += [word[len(each) :] for each in _PREFIXES if word.startswith(each) and len(word) > len(each) + 2]
    return found


def _setting(
    facts: Facts, answers: Answers, resource: Resource, called: str, operation: Operation
) -> Action | None:
    """An operation that writes one property of an item: `PUT /orders/{id}/status`."""
    at, own = answers.body_schema(operation), facts.properties(resource.schema)
    written = facts.properties(at, "request") if at is not None else {}
    answer = answers.answer(operation, resource.name, resource.schema)
    if plain(called) not in map(plain, written) or not written.keys() <= own.keys() or answer is None:
        return None
    if operation.method == "POST" and any("array" in facts.types(own[name]) for name in written):
        return None  # it may add to what there is
    if answer.schema is not None and not facts.same(answer.schema, resource.schema):
        return None
    return Action("merge", operation, answer, why="writes " + ", ".join(f"`{name}`" for name in written))
