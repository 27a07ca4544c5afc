"""Calls of handlers, each answer held against the contract by a validator that is not ours."""

from __future__ import annotations

import asyncio
import importlib
import inspect
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator

from .reading import Json, operations


class Answered(NamedTuple):
    """An answer with its parts told apart."""

    status: int
    body: Json
    headers: dict[str, str]


def faults(schema: Json, value: Json) -> list[str]:
    """What is wrong with a value, formats included."""
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [error.message for error in validator.iter_errors(value)]


def handler(operation_id: str) -> Any:
    """The function of an operation, in the module of its first tag."""
    tag = operations()[operation_id]["tags"][0]
    return getattr(importlib.import_module(f"handlers.{tag}"), operation_id)


def call(operation_id: str, **arguments: Any) -> Answered:
    """What a handler answers; fails when the contract does not declare that answer."""
    answer = handler(operation_id)(**arguments)
    if inspect.isawaitable(answer):
        answer = asyncio.run(_awaited(answer))
    answered = _parts(answer)
    declared = operations()[operation_id]["responses"]
    assert str(answered.status) in declared, f"{operation_id} does not declare {answered.status}"
    content = declared[str(answered.status)].get("content", {})
    if answered.body is None:
        assert not content
    else:
        media_type = answered.headers.get("content-type", "application/json")
        assert faults(content[media_type]["schema"], answered.body) == []
    return answered


def problem_of(answered: Answered) -> tuple[int, str]:
    """The status and the kind of a problem; fails when the answer is none."""
    assert answered.headers == {"content-type": "application/problem+json"}
    assert answered.body["status"] == answered.status
    return answered.status, answered.body["type"].rpartition("/")[2]


async def _awaited(answer: Any) -> Any:
    return await answer


def _parts(answer: Any) -> Answered:
    if answer is None:
        return Answered(204, None, {})
    if isinstance(answer, tuple):
        body, status, *headers = answer
        return Answered(status, body, headers[0] if headers else {})
    return Answered(200, answer, {})
