"""Which errors may be drawn, and how often."""

from __future__ import annotations

import pytest

from treaty.contract.model import DeclaredResponse, Operation
from treaty.mocking.faults import declared_errors, read_rate


@pytest.mark.parametrize(("text", "expected"), [("5%", 0.05), ("0.05", 0.05), ("0", 0.0), ("100 %", 1.0)])
def test_rates(text: str, expected: float) -> None:
    assert read_rate(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "often", "-1%", "101%", "2", "nan"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        read_rate(text)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ("200 404 503", [404, 503]),
        ("200 4XX 5XX", [400, 500]),
        ("200 404 default", [404, 500]),
        ("default", []),
        ("302", []),
        ("404", [404]),
    ],
)
def test_declared_errors(statuses: str, expected: list[int]) -> None:
    responses = tuple(DeclaredResponse(status, "") for status in statuses.split())
    found = declared_errors(Operation("", "GET", "/", "", responses=responses))
    assert [chosen.status for chosen in found] == expected
