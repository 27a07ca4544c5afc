"""Secrets: nothing of a credential is left in findings and queries."""

from __future__ import annotations

import pytest

from treaty.contract.model import SecurityScheme
from treaty.exchange.messages import Request, Response
from treaty.exchange.secrets import hiding_of, mask_findings, mask_query
from treaty.findings import Finding, Place

SCHEMES = (
    SecurityScheme("h", "apiKey", "header", "X-Key"),
    SecurityScheme("q", "apiKey", "query", "key"),
    SecurityScheme("b", "http", http_scheme="bearer"),
)
HIDING = hiding_of(SCHEMES)
REQUEST = Request(
    "GET",
    "/",
    "key=in%2Fquery&other=seen",
    [("x-key", "in-header"), ("authorization", "Bearer in-token"), ("cookie", "sid=in-cookie")],
)
RESPONSE = Response(200, [("set-cookie", "sid=in-answer; Path=/")])


@pytest.mark.parametrize(
    "secret", ["in-header", "in/query", "in-token", "in-cookie", "in-answer", "in%2Fquery"]
)
def test_a_credential_in_a_text_is_masked(secret: str) -> None:
    finding = Finding("schema-type", f'"{secret}" is wrong', place=Place("body"), actual=repr(secret))
    [masked] = mask_findings([finding], HIDING, REQUEST, RESPONSE)
    assert masked == Finding("schema-type", '"***" is wrong', place=Place("body"), actual="'***'")


@pytest.mark.parametrize(
    "place",
    [Place("header", "x-KEY"), Place("query", "key"), Place("cookie", "sid"), Place("header", "cookie")],
)
def test_a_finding_on_a_credential_quotes_nothing_of_it(place: Place) -> None:
    finding = Finding("schema-minLength", '"in-he… is too short', place=place, actual="in-he…")
    [masked] = mask_findings([finding], HIDING, REQUEST)
    assert (masked.message, masked.actual) == ("the value breaks the keyword `minLength`", "***")


def test_other_findings_stay() -> None:
    finding = Finding("schema-type", '"seen" is no number', place=Place("query", "other"), actual="'seen'")
    assert mask_findings([finding], HIDING, REQUEST, RESPONSE) == [finding]


@pytest.mark.parametrize(
    ("query", "masked"),
    [
        ("a=1&key=secret&b=2", "a=1&key=***&b=2"),
        ("%6Bey=secret", "%6Bey=***"),
        ("key&key=", "key&key="),
        ("", ""),
        ("a=key", "a=key"),
    ],
)
def test_queries(query: str, masked: str) -> None:
    assert mask_query(query, SCHEMES) == masked


def test_a_query_without_keys_is_left() -> None:
    assert mask_query("key=x", SCHEMES[2:]) == "key=x"
