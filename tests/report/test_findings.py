"""Findings as text."""

from __future__ import annotations

import io

from rich.console import Console

from treaty.findings import Finding, Location, Place, Severity
from treaty.report.findings import counted, heading, print_findings

FINDING = Finding(
    code="unknown-type",
    message="type [str] is not a JSON Schema type",
    location=Location("specs/openapi.yaml", 12, 7, "/components/schemas/Book/type"),
    place=Place("body", pointer="/title"),
    expected="one of array, boolean, integer,\nnull, number, object, string",
    actual="str\x1b[1m",
    hint="write string",
    related=(Location("specs/common.yaml", 3, 1),),
)


def printed(*findings: Finding, **settings: object) -> str:
    output = io.StringIO()
    print_findings(findings, Console(file=output, width=40, **settings))  # type: ignore[arg-type]
    return output.getvalue()


def test_a_finding_says_where_what_and_how() -> None:
    assert printed(FINDING).split("\n") == [
        "specs/openapi.yaml:12:7: error[unknown-type] type [str] is not a JSON Schema type",
        "  at:       body /title",
        "  expected: one of array, boolean, integer,",
        "            null, number, object, string",
        "  actual:   str\\x1b[1m",
        "  hint:     write string",
        "  related:  specs/common.yaml:3:1",
        "",
    ]


def test_what_is_not_known_is_not_said() -> None:
    assert printed(Finding("slow", "took long", Severity.WARNING)) == "warning[slow] took long\n"
    nowhere = Finding("slow", "took long", Severity.INFO, Location("a.json", pointer="/paths"))
    assert printed(nowhere) == "a.json#/paths: info[slow] took long\n"


def test_a_place_is_said_once() -> None:
    here = Location("a.yaml", 1, 2)
    assert "related" not in printed(Finding("odd", "is odd", location=here, related=(here,)))


def test_only_a_terminal_gets_colour() -> None:
    coloured = printed(FINDING, force_terminal=True, _environ={"TERM": "xterm"})
    assert "\x1b[1;31merror[unknown-type]\x1b[0m" in coloured
    plain = printed(FINDING, force_terminal=True, no_color=True, _environ={"TERM": "xterm"})
    assert "31m" not in plain


def test_the_count_names_each_severity() -> None:
    warning = Finding("slow", "took long", Severity.WARNING)
    assert counted([FINDING, warning, FINDING]) == "2 errors, 1 warning"
    assert counted([Finding("note", "by the way", Severity.INFO)]) == "1 note"
    assert counted([]) == "no findings"


def test_a_file_as_a_whole_is_named_alone() -> None:
    assert heading(Finding("unreadable", "no", location=Location("a.yaml"))).plain.startswith(
        "a.yaml: error["
    )
    pointed = Location("a.yaml", pointer="/info")
    assert heading(Finding("x", "no", location=pointed)).plain.startswith("a.yaml#/info: error[")
