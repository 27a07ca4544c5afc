"""Problems: findings as problem documents (RFC 9457)."""

from __future__ import annotations

import json

import pytest

from treaty import problems
from treaty.findings import Finding, Location, Place


def test_a_problem_document() -> None:
    finding = Finding(
        "schema-type",
        "it is no number",
        location=Location("", pointer="/components/schemas/A/type"),
        place=Place("query", "n", "/0"),
        expected="a number",
    )
    body = json.loads(problems.problem_body(problems.UNPROCESSABLE, "It is wrong.", [finding], more=1))
    assert body == {
        "type": "urn:treaty:problem:invalid-request",
        "title": "The request breaks the contract",
        "status": 422,
        "detail": "It is wrong.",
        "more": 1,
        "errors": [
            {
                "detail": "it is no number",
                "code": "schema-type",
                "location": "query",
                "parameter": "n",
                "pointer": "/0",
                "expected": "a number",
                "schema": "#/components/schemas/A/type",
            }
        ],
    }


def test_a_finding_on_a_whole_body_has_the_empty_pointer() -> None:
    body = json.loads(problems.problem_body(problems.MALFORMED, "", [Finding("a", "b", place=Place("body"))]))
    assert body["errors"] == [{"detail": "b", "code": "a", "location": "body", "pointer": ""}]


def test_no_more_errors_than_anybody_reads() -> None:
    body = json.loads(problems.problem_body(problems.MALFORMED, "", [Finding("a", "b")] * 1_000))
    assert len(body["errors"]) == problems.MAX_ERRORS


def test_texts_that_utf8_cannot_hold() -> None:
    assert json.loads(problems.problem_body(problems.MALFORMED, "\ud800"))["detail"] == "\ud800"


@pytest.mark.parametrize(
    ("codes", "problem"),
    [
        (["schema-type", "unauthorized"], problems.UNAUTHORIZED),
        (["malformed-body", "unsupported-media-type"], problems.UNSUPPORTED_MEDIA_TYPE),
        (["schema-type", "malformed-body"], problems.MALFORMED),
        (["malformed-parameter"], problems.UNPROCESSABLE),
    ],
)
def test_what_findings_amount_to(codes: list[str], problem: problems.Problem) -> None:
    assert problems.problem_for([Finding(code, "") for code in codes]) is problem


def test_reasons() -> None:
    assert problems.reason(404) == "Not Found"
    assert problems.reason(299) == ""
