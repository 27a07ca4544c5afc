"""Choose: which declared response is sent."""

from __future__ import annotations

import pytest

from treaty.contract.model import DeclaredResponse, Example, MediaType, Operation
from treaty.mocking.choose import example_names, find_example, lowest_success, status_with_example


def operation(*statuses: str) -> Operation:
    """An operation; `404:a` is a response 404 with an example named a."""
    declared = []
    for each in statuses:
        status, _, name = each.partition(":")
        examples = (Example(name, 1, ""),) if name else ()
        declared.append(DeclaredResponse(status, "", content=(MediaType("text/plain", "", None, examples),)))
    return Operation("", "GET", "/", "", responses=tuple(declared))


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ("404 202 201", 201),
        ("404 2XX", 200),
        ("404 2xx", 200),
        ("404 default", 200),
        ("2XX 204", 204),
        ("404 301", 301),
        ("4XX 5XX", 400),
        ("4XX 500", 500),
        ("100 1XX", None),
        ("103 default", 200),
        ("abc ²²² 999 99", None),
        ("", None),
    ],
)
def test_the_lowest_success(statuses: str, expected: int | None) -> None:
    assert lowest_success(operation(*statuses.split())) == expected


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ("200 404:a", 404),
        ("404:a 200:a", 200),
        ("200 4XX:a", 400),
        ("200 default:a", 500),
        ("default:a", 200),
        ("200:b", None),
    ],
)
def test_the_status_with_an_example(statuses: str, expected: int | None) -> None:
    assert status_with_example(operation(*statuses.split()), "a") == expected


def test_names_of_examples() -> None:
    responses = operation("200:a", "404:b", "500:a", "501").responses
    assert example_names(responses) == ["a", "b"]
    assert find_example(responses[0].content[0], "b") is None
