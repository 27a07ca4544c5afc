"""The Prefer header (RFC 7240)."""

from __future__ import annotations

import pytest

from treaty.exchange.messages import Request
from treaty.mocking.preferences import (
    MAX_WAIT,
    NONE,
    Preferences,
    applied,
    read_preferences,
    seconds,
    stated_preferences,
    understood,
    without_twins,
)


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
        (["code=40", "wait=10"], Preferences(wait=10.0)),
        (["code=²²²"], NONE),
        (["code=4xx"], Preferences("4XX")),
        (["code=default"], Preferences("DEFAULT")),
        (["seed=7, scenario=outage, fault=drop"], Preferences(seed="7", scenario="outage", fault="drop")),
        (["explain"], Preferences(explain=True)),
        (["wait=300ms"], Preferences(wait=0.3)),
        (["wait=soon, seed="], NONE),
        (["respond-async, wait=10"], NONE),
    ],
)
def test_preferences(values: list[str], expected: Preferences) -> None:
    request = Request("GET", "/", headers=[("prefer", each) for each in values])
    assert read_preferences(stated_preferences(request)) == expected


def test_what_was_stated_is_known() -> None:
    read = read_preferences("code=404, respond-async, code=500")
    assert read.stated == (("code", "404"), ("respond-async", ""))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("300ms", 0.3), ("2s", 2.0), ("0.5", 0.5), ("1.5s", 1.5), ("", None), ("-1", None), ("1m", None)],
)
def test_durations(text: str, expected: float | None) -> None:
    assert seconds(text) == expected


def test_no_client_holds_a_connection_for_longer_than_a_minute() -> None:
    assert read_preferences("wait=999999").wait == MAX_WAIT


def test_only_what_is_understood_and_asked_for_was_applied() -> None:
    read = read_preferences('code=404, example="two words", dynamic=perhaps, respond-async')
    assert understood(read) == {"code", "example"}
    assert applied(read, understood(read)) == 'code=404, example="two words"'
    assert applied(read, {"code"}) == "code=404"


def test_nothing_that_was_percent_encoded_breaks_out_of_a_header() -> None:
    twin = without_twins(Request("GET", "/", "__seed=a%0d%0aX-Evil:%20%22yes%22%c3%a9"))
    read = read_preferences(stated_preferences(twin))
    told = applied(read, {"seed"})
    assert told.isascii()
    assert told.isprintable()


@pytest.mark.parametrize(
    ("query", "left", "expected"),
    [
        ("a=1", "a=1", NONE),
        ("__code=404", "", Preferences(404)),
        ("a=1&__code=404&b=%20", "a=1&b=%20", Preferences(404)),
        ("__dynamic", "", Preferences(dynamic=True)),
        ("__example=%C3%A9t%C3%A9%2C+%22q%22", "", Preferences(example='été, "q"')),
        ("__other=1&__codes=2", "__other=1&__codes=2", NONE),
        ("%5F%5Fcode=404", "", Preferences(404)),
        ("__wait=300ms&__seed=7&__explain", "", Preferences(seed="7", wait=0.3, explain=True)),
    ],
)
def test_twins_in_the_query(query: str, left: str, expected: Preferences) -> None:
    request = without_twins(Request("GET", "/", query))
    assert request.query == left
    assert read_preferences(stated_preferences(request)) == expected


def test_a_header_counts_before_its_twin_and_both_are_read() -> None:
    request = Request("GET", "/", "__code=404&__seed=2", [("prefer", "code=500")])
    assert read_preferences(stated_preferences(without_twins(request))) == Preferences(500, seed="2")


def test_what_the_contract_declares_is_no_twin() -> None:
    request = Request("GET", "/", "__code=1&__seed=2")
    assert without_twins(request, {"__code"}).query == "__code=1"
