"""JSON for programs: the keys are a promise."""

from __future__ import annotations

import json

from treaty.findings import Finding, Location, Place, Severity
from treaty.report.json import findings_json


def test_a_finding_has_all_keys() -> None:
    finding = Finding(
        "unknown-type",
        "no such type",
        Severity.WARNING,
        Location("a.yaml", 3, 5, "/info"),
        Place("query", "limit"),
        related=(Location("b.yaml"),),
    )
    assert json.loads(findings_json([finding])) == [
        {
            "code": "unknown-type",
            "severity": "warning",
            "message": "no such type",
            "location": {"file": "a.yaml", "line": 3, "column": 5, "pointer": "/info"},
            "place": {"part": "query", "name": "limit", "pointer": ""},
            "expected": "",
            "actual": "",
            "hint": "",
            "related": [{"file": "b.yaml", "line": 0, "column": 0, "pointer": ""}],
        }
    ]


def test_what_is_unknown_is_null() -> None:
    (value,) = json.loads(findings_json([Finding("slow", "took long")]))
    assert value["location"] is None
    assert value["place"] is None


def test_no_findings_are_an_empty_array() -> None:
    assert json.loads(findings_json([])) == []
