"""The text report: what a person reads on a terminal, and what a log keeps."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from treaty.exercise.events import (
    Event,
    Failure,
    OperationFinished,
    OperationStarted,
    RunFinished,
    RunStarted,
    RunWarning,
    Status,
    Stop,
)
from treaty.findings import Severity
from treaty.report.text import report

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILURE = Failure(
    operation="GET /books/{id}",
    check="response_schema_conformance",
    title="Response violates schema",
    message='"0" is not of type "integer"',
    pointer="/paths/~1books~1{id}/get",
    curl="curl -X GET http://127.0.0.1:4010/books/0 " + "-H 'X-Long: " + "a" * 200 + "'",
    request="GET http://127.0.0.1:4010/books/0",
    response='200 OK application/json\n{"id": "0", "note": "[red]\x1b[2Jgone"}',
    steps=("curl -X POST http://127.0.0.1:4010/books",),
)


def events(stop: Stop = Stop.COMPLETED) -> list[Event]:
    return [
        RunStarted(2, 7, ("coverage", "fuzzing")),
        RunWarning("additional-operation-untested", "not tested", "COPY /books"),
        OperationStarted("GET /books", "coverage"),
        OperationFinished("GET /books", "coverage", Status.PASSED, 204, 0.5),
        OperationStarted("GET /books/{id}", "coverage"),
        OperationFinished("GET /books/{id}", "coverage", Status.FAILED, 1, 0.1),
        OperationStarted("GET /books", "fuzzing"),
        OperationFinished("GET /books", "fuzzing", Status.PASSED, 1_000, 6.5),
        FAILURE,
        RunFinished(1, 1, 0, 1_205, 8.32, stop, 1),
    ]


def printed(told: list[Event], **settings: object) -> str:
    output = io.StringIO()
    report(told, Console(file=output, width=80, **settings))  # type: ignore[arg-type]
    return output.getvalue()


def test_a_log_gets_whole_lines_and_no_control_characters() -> None:
    assert printed(events()).split("\n") == [
        "2 operations; phases: coverage, fuzzing; seed 7",
        "passed   GET /books  1,204 cases  7.0 s",
        "failed   GET /books/{id}  1 case  0.1 s",
        "warning[additional-operation-untested] not tested",
        "    1 operation: COPY /books",
        "",
        "FAILED GET /books/{id}: Response violates schema [response_schema_conformance]",
        "  contract: #/paths/~1books~1{id}/get",
        '    "0" is not of type "integer"',
        "  request:",
        "    GET http://127.0.0.1:4010/books/0",
        "  response:",
        "    200 OK application/json",
        '    {"id": "0", "note": "[red]\\x1b[2Jgone"}',
        "  repeat with:",
        "    curl -X POST http://127.0.0.1:4010/books",
        f"    {FAILURE.curl}",
        "",
        "2 operations, 1,205 cases in 8.3 s: 1 passed, 1 failed, 1 warning",
        "",
    ]


def test_what_is_said_of_many_operations_is_said_once() -> None:
    many = [RunWarning("undeclared-refusal", "refuses with 401", f"GET /{number}") for number in range(10)]
    note = RunWarning("excluded-check", "by the standard", "GET /0", Severity.INFO)
    lines = printed(
        [RunStarted(10, 7, ("fuzzing",)), *many, note, RunFinished(10, 0, 0, 10, 1, Stop.COMPLETED, 10)]
    )
    assert lines.split("\n")[1:] == [
        "warning[undeclared-refusal] refuses with 401",
        "    10 operations: GET /0, GET /1, GET /2, GET /3, GET /4, GET /5, GET /6, GET /7 and 2 more",
        "note[excluded-check] by the standard",
        "    1 operation: GET /0",
        "",
        "10 operations, 10 cases in 1.0 s: 10 passed, 0 failed, 1 warning",
        "",
    ]


def test_a_terminal_gets_a_live_line_and_the_same_text() -> None:
    text = printed(events(), force_terminal=True, legacy_windows=False, _environ={"TERM": "xterm"})
    assert "coverage  1/2 operations (50%)" in text or "fuzzing  1/2 operations (50%)" in text
    assert "\x1b[31mfailed   GET /books/{id}  1 case  0.1 s" in text
    assert "\x1b[2J" not in text


def test_no_color_takes_the_colour_away() -> None:
    environment = {"TERM": "xterm", "NO_COLOR": "1"}
    text = printed(events(), force_terminal=True, legacy_windows=False, _environ=environment)
    assert "failed   GET /books/{id}" in text
    assert "\x1b[31m" not in text


def test_a_dumb_terminal_is_treated_as_a_log() -> None:
    text = printed(events(), force_terminal=True, color_system=None, _environ={"TERM": "dumb"})
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        (Stop.INTERRUPTED, "(interrupted)"),
        (Stop.TIME_LIMIT, "(stopped at the time limit)"),
        (Stop.COMPLETED, ""),
    ],
)
def test_the_summary_line_says_why_the_run_ended(stop: Stop, said: str) -> None:
    last = printed(events(stop)).rstrip("\n").split("\n")[-1]
    assert last == f"2 operations, 1,205 cases in 8.3 s: 1 passed, 1 failed, 1 warning {said}".rstrip()


def test_the_summary_counts_and_judges() -> None:
    summary = report(events(), Console(file=io.StringIO()))
    assert summary.failures == (FAILURE,)
    assert [warning.operation for warning in summary.warnings] == ["COPY /books"]
    assert not summary.ok


@pytest.mark.parametrize(
    ("finished", "ok"),
    [
        (RunFinished(2, 0, 0, 9, 1.0, Stop.COMPLETED, 0), True),
        (RunFinished(2, 0, 0, 9, 1.0, Stop.INTERRUPTED, 0), False),
        (RunFinished(0, 0, 2, 0, 1.0, Stop.COMPLETED, 0), False),
    ],
)
def test_a_run_is_ok_when_it_tested_something_to_its_end(finished: RunFinished, ok: bool) -> None:
    assert report([finished], Console(file=io.StringIO())).ok is ok


def test_ctrl_c_between_two_lines_ends_the_report_and_not_the_program() -> None:
    def interrupted() -> Iterator[Event]:
        yield from events()[:4]
        raise KeyboardInterrupt

    output = io.StringIO()
    summary = report(interrupted(), Console(file=output))
    assert not summary.ok
    assert "\ninterrupted\n" in output.getvalue()
