"""A stateful mock over real documents: what is created is there, what is deleted is gone, all of it true.

What the mock remembers is its own inference; that every answer is valid is said by code that is not ours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest
from oracle.answers import declared_key, lies
from oracle.client import Answered, send_all
from oracle.corpus import DOCUMENTS, opened
from oracle.operations import Operation, version_of
from oracle.requests import Asker
from oracle.schemas import Schemas

import treaty
from treaty.mocking.memory.infer import infer
from treaty.mocking.memory.resources import Action, Resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from treaty.asgi import App


@dataclass
class Walk:
    """One document: its mock, its operations as the oracle reads them, what was counted, what was wrong."""

    app: App
    asker: Asker
    schemas: Schemas
    operations: dict[tuple[str, str], Operation]
    created: set[str] = field(default_factory=set)  # the resources of which an item was created
    wrong: list[str] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> None:
        self.counted[what] = self.counted.get(what, 0) + 1

    def send(self, action: Action, values: dict[str, str] | None = None) -> Answered | None:
        """The answer to the smallest valid request of an operation, with these path parameters."""
        operation = self.operations[action.operation.method, action.operation.path]
        asked = self.asker.request(operation)
        if isinstance(asked, str):
            self.count("not asked")
            return None
        path = filled(action.operation.path, asked.path, values or {})
        (answer,) = send_all(self.app, [replace(asked, path=path)])
        self.count("requests")
        if answer.status >= 500:
            self.wrong.append(f"{operation} {path}: {answer.status} {answer.body[:200]!r}")
        else:
            key = declared_key(operation, answer.status) or ""
            told = lies(operation, answer, self.schemas, key)
            self.wrong += [f"{operation} {path}: {lie}" for lie in told[:1]]
        return answer

    def expect(self, what: str, holds: bool, action: Action, told: object = "") -> None:
        if holds:
            self.count(what)
        else:
            self.wrong.append(f"{action.operation.method} {action.operation.path}: not {what}: {told}")


def filled(template: str, path: str, values: dict[str, str]) -> str:
    """A path with some of its parameters replaced."""
    parts = zip(template.partition("?")[0].split("/"), path.split("/"), strict=True)
    named = ((name[1:-1], part) for name, part in parts)
    return "/".join(quote(values[name], safe="") if name in values else part for name, part in named)


def at(body: Any, way: tuple[str, ...]) -> Any:
    for name in way:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def above(resource: Resource, known: dict[str, dict[str, str]]) -> dict[str, str] | None:
    """The path parameters of what a resource is below, if that exists."""
    values: dict[str, str] = {}
    for parent in resource.parents:
        if parent.resource is not None and parent.resource not in known:
            return None
        values |= known[parent.resource] if parent.resource else {}
    return values


def text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def found(answer: Answered, action: Action) -> Any:
    """What is at the way to the value in the body of an answer."""
    body = json.loads(answer.body) if answer.body else None
    for name in action.answer.way:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def listed(walk: Walk, resource: Resource, values: dict[str, str]) -> tuple[Action, list[str]] | None:
    """The identities in the list, unless a filter has to be given."""
    action, name = resource.action("list"), resource.identity.property if resource.identity else None
    if action is None or name is None or action.operation.path.rstrip("/") != resource.path:
        return None
    if any(each.required for each in action.operation.parameters if each.location == "query"):
        return None
    answer = walk.send(action, values)
    if answer is None or answer.status != 200:
        return None
    items = found(answer, action)
    return action, [text(each[name]) for each in items if isinstance(each, dict) and name in each]


def created(walk: Walk, resource: Resource, values: dict[str, str]) -> str | None:
    """The identity of something new, from the body or the Location of the answer."""
    action, name = resource.action("create"), resource.identity.property if resource.identity else None
    answer = walk.send(action, values) if action else None
    if action is None or answer is None or answer.status >= 300:
        return None
    walk.count("created")
    item = found(answer, action)
    if name and action.answer.schema and isinstance(item, dict) and name in item:
        return text(item[name])
    place = answer.headers.get("location")
    return unquote(place.rpartition("/")[2]) if place and resource.item_path else None


def follow(walk: Walk, resource: Resource, known: dict[str, dict[str, str]]) -> None:
    """List, create, list, read: as far as the resource has operations for it."""
    values = above(resource, known)
    if values is None or resource.identity is None:
        walk.count("left out")
        return
    before = listed(walk, resource, values)
    is_new = any(each.resource in walk.created for each in resource.parents)
    if before is not None:
        walk.expect("empty at first" if is_new else "listed", bool(before[1]) is not is_new, before[0])
    new = created(walk, resource, values)
    after = listed(walk, resource, values) if new else None
    if before is not None and after is not None:
        walk.expect("in the list", new in after[1] or len(after[1]) == len(before[1]), after[0], new)
    one = new or (before[1][0] if before and before[1] else "5" if resource.appears else None)
    if one and resource.identity.parameter:
        mine = {**values, resource.identity.parameter: one}
        if is_read(walk, resource, mine, one):
            known[resource.name] = mine
            walk.created |= {resource.name} if new or is_new else set()


def is_read(walk: Walk, resource: Resource, values: dict[str, str], one: str) -> bool:
    """Is the item that was created, or listed, there?"""
    action, name = resource.action("read"), resource.identity.property if resource.identity else None
    answer = walk.send(action, values) if action else None
    if action is None or answer is None or answer.status == 422:  # a `5` may not be what the parameter takes
        return False
    walk.expect("read", answer.status == action.answer.status, action, (one, answer))
    item = found(answer, action)
    if name and isinstance(item, dict) and name in item:
        walk.expect("the same", text(item[name]) == one, action, (one, item[name]))
    return True


def change(walk: Walk, resource: Resource, known: dict[str, dict[str, str]]) -> None:
    """Change an item in every way that there is, and read it after each."""
    reading = resource.action("read")
    for action in resource.actions:
        if resource.name in known and action.scope is None and action.verb in ("replace", "merge", "act"):
            answer = walk.send(action, known[resource.name])
            if answer is not None and answer.status == action.answer.status:
                walk.count("changed")
                after = walk.send(reading, known[resource.name]) if reading else None
                if reading and after is not None:
                    walk.expect("there", after.status == reading.answer.status, action, after)


def discard(walk: Walk, resource: Resource, known: dict[str, dict[str, str]]) -> None:
    """Remove several, and list what is left."""
    values = above(resource, known)
    for action in resource.actions if values is not None else ():
        if action.verb == "discard" and action.scope is None:
            walk.send(action, values)
            walk.count("discarded")
            listed(walk, resource, values or {})


def remove(walk: Walk, resource: Resource, known: dict[str, dict[str, str]]) -> None:
    """Delete, and read again: 404."""
    deleting, reading = resource.action("delete"), resource.action("read")
    if resource.name not in known or not deleting or not reading:
        return
    answer = walk.send(deleting, known[resource.name])
    if answer is None or answer.status == 422:  # it takes other identities than reading does
        return
    walk.expect("deleted", answer.status == deleting.answer.status, deleting, answer)
    answer = walk.send(reading, known[resource.name])
    errors = {str(status) for status in (404, 410, 422, 400)} | {"4XX", "default"}
    if errors & {each.status for each in reading.operation.responses}:
        walk.expect("gone", answer is not None and answer.status >= 400, reading, answer)
    elif (after := listed(walk, resource, known[resource.name])) is not None and resource.identity:
        walk.expect("not listed", known[resource.name][resource.identity.parameter] not in after[1], after[0])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_created_is_there_and_what_is_deleted_is_gone(
    corpus: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    library, operations = opened(corpus / name)
    contract = treaty.load(corpus / name)
    told: list[str] = []
    walk = Walk(
        treaty.mock(
            contract, stateful=True, report=lambda finding: told.append(f"{finding.code}: {finding.message}")
        ),
        Asker(Schemas(library, version_of(library), "request")),
        Schemas(library, version_of(library), "response"),
        {(each.method, each.path): each for each in operations},
    )
    resources = infer(contract).by_name.values()
    known: dict[str, dict[str, str]] = {}
    ordered = sorted(resources, key=lambda each: each.path.count("/"))
    for resource in ordered:
        follow(walk, resource, known)
    for resource in ordered:
        change(walk, resource, known)
    for resource in reversed(ordered):
        remove(walk, resource, known)
    for resource in ordered:
        discard(walk, resource, known)
    given_up = sum(each.startswith("not-remembered") for each in told)
    counted = ", ".join(f"{count} {what}" for what, count in sorted(walk.counted.items()))
    record_property("counted", f"{name}, stateful: {len(ordered)} resources; {counted}; {given_up} given up")
    wrong = "\n".join([*walk.wrong[:40], *told[:20]])
    assert not walk.wrong[:1], wrong
