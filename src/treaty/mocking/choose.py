"""Choose what to answer: a status, a media type, an example. Pure functions over the contract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from treaty.contract.model import DeclaredResponse, Example, MediaType, Operation

_CODE = re.compile("[2-5][0-9][0-9]")
_RANGE = re.compile("[2-5]XX")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A status, what is declared for it, and why it is this one."""

    status: int
    declared: DeclaredResponse
    why: str


def lowest_success(operation: Operation) -> int | None:
    """The lowest 2xx that is declared; else what `2XX`, `default`, or the lowest other status stands for.

    Interim responses (1xx) are none that a request can end with (RFC 9110, section 15.2).
    """
    keys = [response.status.upper() for response in operation.responses]
    codes = sorted(int(key) for key in keys if _CODE.fullmatch(key))
    successes = [code for code in codes if code < 300]
    if successes:
        return successes[0]
    if "2XX" in keys or "DEFAULT" in keys:
        return 200
    ranges = sorted(int(key[0]) * 100 for key in keys if _RANGE.fullmatch(key))
    return (codes + ranges)[0] if codes or ranges else None


def choose_status(operation: Operation, code: int | str | None, example: str | None) -> Chosen | None:
    """The response to send: the preferred one, that of the preferred example, or the lowest success.

    `code` is a status or the key of a response (`4XX`, `DEFAULT`). None: there is none to send.
    """
    if isinstance(code, int):
        # What is no status, or an interim one, ends no request (RFC 9110, section 15).
        declared = operation.response_for(code) if 200 <= code <= 599 else None
        return Chosen(code, declared, "preferred code") if declared else None
    if code is not None:
        declared = next((each for each in operation.responses if each.status.upper() == code), None)
        status = declared and status_of(operation, declared)
        return Chosen(status, declared, "preferred code") if declared and status else None
    if example:
        found = response_with_example(operation, example)
        if found is not None:
            return found
    status = lowest_success(operation)
    declared = None if status is None else operation.response_for(status)
    if status is None or declared is None:
        return None
    return Chosen(status, declared, "lowest success" if status < 300 else "no success is declared")


def response_with_example(operation: Operation, name: str) -> Chosen | None:
    """The response that has an example of this name: the one usually sent, else the first declared."""
    usual = lowest_success(operation)
    declared = [] if usual is None else [operation.response_for(usual)]
    for each in (*declared, *operation.responses):
        if each is not None and any(find_example(media, name) for media in each.content):
            status = status_of(operation, each)
            if status is not None:
                return Chosen(status, each, "preferred example")
    return None


def status_of(operation: Operation, response: DeclaredResponse) -> int | None:
    """One status that a response may be sent with; `default` beside a success is for what went wrong."""
    key = response.status.upper()
    if _CODE.fullmatch(key):
        return int(key)
    usual = lowest_success(operation)
    if usual is not None and operation.response_for(usual) is response:
        return usual
    firsts = [int(key[0]) * 100] if _RANGE.fullmatch(key) else [500, 400] if key == "DEFAULT" else []
    return next(
        (
            status
            for first in firsts
            for status in range(first, first + 100)
            if operation.response_for(status) is response
        ),
        None,
    )


def find_example(media: MediaType, name: str) -> Example | None:
    """The example of this name."""
    return next((example for example in media.examples if example.name == name), None)


def example_names(responses: Sequence[DeclaredResponse]) -> list[str]:
    """The names of all examples of these responses, in the order written."""
    return list(
        dict.fromkeys(
            example.name
            for response in responses
            for media in response.content
            for example in media.examples
            if example.name
        )
    )
