"""A document fitted to Schemathesis: what it reads in another way than the standards do is taken out."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING

from treaty.contract.compile import NOT_PARAMETERS
from treaty.exercise.operations import METHODS, path_items, value_at

if TYPE_CHECKING:
    from treaty.findings import Json


def fitted(document: dict[str, Json]) -> dict[str, Json]:
    """A copy of the document, as Schemathesis is to read it; it writes into what it is given."""
    document = copy.deepcopy(document)
    drop_repeats(document)
    if "swagger" not in document:
        drop_ignored(document)
    return document


def drop_repeats(document: Json) -> None:
    """Name each required property once: `required` that repeats one is what Schemathesis cannot use."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            names = value.get("required")
            if isinstance(names, list) and all(isinstance(name, str) for name in names):
                value["required"] = list(dict.fromkeys(names))
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def drop_ignored(document: dict[str, Json]) -> None:
    """Take the header parameters out that "SHALL be ignored" (OpenAPI 3.x, Parameter Object, `name`)."""
    for owner in owners_of_parameters(document):
        parameters = owner.get("parameters")
        if isinstance(parameters, list):
            owner["parameters"] = [each for each in parameters if not is_ignored(each, document)]


def owners_of_parameters(document: dict[str, Json]) -> Iterator[dict[str, Json]]:
    """Each path item, and each operation of one."""
    for _, _, item in path_items(document):
        yield item
        yield from (item[method] for method in METHODS if isinstance(item.get(method), dict))


def is_ignored(parameter: Json, document: dict[str, Json]) -> bool:
    """Is this, or what it refers to, one of the headers that the document describes in other ways?"""
    parameter = resolved(parameter, document)
    if not isinstance(parameter, dict) or parameter.get("in") != "header":
        return False
    return str(parameter.get("name", "")).lower() in NOT_PARAMETERS


def resolved(value: Json, document: dict[str, Json]) -> Json:
    """What a value refers to within the document, or the value itself."""
    reference = value.get("$ref") if isinstance(value, dict) else None
    return value_at(document, reference[1:]) if isinstance(reference, str) and reference[:1] == "#" else value
