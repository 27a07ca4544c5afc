"""Simple messages for schemas too large for Schemathesis: a small valid one, and spoiled ones."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .operations import is_json
from .requests import Asker
from .wire import Sent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .operations import Operation
    from .schemas import Schemas

_OTHERS = (None, True, -1, 0.5, "", "text", [], {}, [None], {"": 1})


def small_requests(schemas: Schemas, operation: Operation, count: int) -> Iterator[Sent]:
    """The smallest valid request of an operation with a body in JSON, then as many spoiled ones."""
    asked = Asker(schemas, attempts=1).request(operation)  # luckier values of large schemas take a minute
    if isinstance(asked, str):
        return
    sent = Sent(asked.method, asked.path, "&".join(asked.query), tuple(asked.headers), asked.body)
    yield sent
    if not is_json(sent.header("content-type") or ""):
        return
    value = json.loads(asked.body)
    luck = random.Random(str(operation))  # noqa: S311  # not secret, and the same each time
    for _ in range(count):
        yield replace(sent, body=json.dumps(_spoiled(value, luck)).encode())


def _spoiled(value: Any, luck: random.Random) -> Any:
    """The value with one part of it gone or of another type."""
    result = {"": copy.deepcopy(value)}
    places = list(_places(result))
    # Half of the time near the root: below, most of a schema leaves everything open.
    holder, key = luck.choice(places[: 1 + len(places) // luck.choice((1, 4))])
    if holder is not result and luck.random() < 0.4:
        del holder[key]
    else:
        holder[key] = luck.choice([each for each in _OTHERS if each != holder[key]])
    return result[""]


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """The holders and keys of all parts of a value, those near the root first."""
    pending = [node]
    while pending:
        node = pending.pop(0)
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            yield node, key
            if isinstance(node[key], dict | list):
                pending.append(node[key])
