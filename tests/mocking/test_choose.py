"""Choose: which declared response is sent."""

from __future__ import annotations

import pytest

from treaty.contract.model import DeclaredResponse, Example, MediaType, Operation
from treaty.mocking.choose import choose_status, example_names, find_example, lowest_success


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
    ("statuses", "code", "example", "expected"),
    [
        ("200 404", None, None, (200, "200", "lowest success")),
        ("404 500", None, None, (404, "404", "no success is declared")),
        ("", None, None, None),
        ("200 404:a", None, "a", (404, "404", "preferred example")),
        ("404:a 200:a", None, "a", (200, "200", "preferred example")),
        ("200 4XX:a", None, "a", (400, "4XX", "preferred example")),
        ("200 default:a", None, "a", (500, "default", "preferred example")),
        ("default:a", None, "a", (200, "default", "preferred example")),
        ("200:b", None, "a", (200, "200", "lowest success")),
        ("200 404", 404, None, (404, "404", "preferred code")),
        ("200 404", 404, "a", (404, "404", "preferred code")),
        ("200 4xx", 418, None, (418, "4xx", "preferred code")),
        ("200 default", 503, None, (503, "default", "preferred code")),
        ("200", 404, None, None),
        ("100 default", 100, None, None),
        ("default", 999, None, None),
        ("200 400 4XX", "4XX", None, (401, "4XX", "preferred code")),
        ("200 default", "DEFAULT", None, (500, "default", "preferred code")),
        ("200 500 default", "DEFAULT", None, (501, "default", "preferred code")),
        ("200 5XX default", "DEFAULT", None, (400, "default", "preferred code")),
        ("default 404", "DEFAULT", None, (200, "default", "preferred code")),
        ("200", "DEFAULT", None, None),
        ("1XX 200", "1XX", None, None),
    ],
)
def test_the_response_that_is_sent(
    statuses: str, code: int | str | None, example: str | None, expected: tuple[int, str, str] | None
) -> None:
    chosen = choose_status(operation(*statuses.split()), code, example)
    assert (chosen and (chosen.status, chosen.declared.status, chosen.why)) == expected


def test_names_of_examples() -> None:
    responses = operation("200:a", "404:b", "500:a", "501").responses
    assert example_names(responses) == ["a", "b"]
    assert find_example(responses[0].content[0], "b") is None
