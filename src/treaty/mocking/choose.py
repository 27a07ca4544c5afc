"""Choose what to answer: a status, a media type, an example. Pure functions over the contract."""

from __future__ import annotations

import re
from collections.abc import Sequence

from treaty.contract.model import DeclaredResponse, Example, MediaType, Operation

_CODE = re.compile("[2-5][0-9][0-9]")
_RANGE = re.compile("[2-5]XX")


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


def status_with_example(operation: Operation, name: str) -> int | None:
    """A status whose response has an example of this name: the one usually sent, else the first declared."""
    for status in (lowest_success(operation), *map(_representative, operation.responses)):
        declared = None if status is None else operation.response_for(status)
        if declared is not None and any(find_example(media, name) for media in declared.content):
            return status
    return None


def _representative(response: DeclaredResponse) -> int | None:
    """One status that a response may be sent with; `default` beside others is for what went wrong."""
    key = response.status.upper()
    if _CODE.fullmatch(key):
        return int(key)
    if _RANGE.fullmatch(key):
        return int(key[0]) * 100
    return 500 if key == "DEFAULT" else None


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
