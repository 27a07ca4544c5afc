"""The Prefer header (RFC 7240)."""

from __future__ import annotations

import pytest

from treaty.exchange.messages import Request
from treaty.mocking.preferences import NONE, Preferences, read_preferences


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], NONE),
        ([""], NONE),
        (["code=404"], Preferences(code=404)),
        (["CODE = 404"], Preferences(code=404)),
        (["code=404, example=a"], Preferences(404, "a")),
        (["code=404; example=a"], Preferences(404, "a")),
        (["code=404", "example=a"], Preferences(404, "a")),
        (["code=404", "code=500"], Preferences(404)),
        (["code=404, code=500"], Preferences(404)),
        (['example="a, b; \\"c\\""'], Preferences(example='a, b; "c"')),
        (["example=two words"], Preferences(example="two words")),
        (["dynamic"], Preferences(dynamic=True)),
        (["dynamic=true"], Preferences(dynamic=True)),
        (["dynamic=false"], Preferences(dynamic=False)),
        (["dynamic=perhaps"], NONE),
        (["code=40", "wait=10"], NONE),
        (["code=²²²"], NONE),
        (["respond-async, wait=10"], NONE),
    ],
)
def test_preferences(values: list[str], expected: Preferences) -> None:
    assert read_preferences(Request("GET", "/", headers=[("prefer", value) for value in values])) == expected
