"""The phase coverage keeps within bounds, and says what they left out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from treaty.exercise.coverage import Coverage
from treaty.exercise.events import OperationFinished, RunFinished, RunWarning
from treaty.exercise.options import OptionError, Options
from treaty.exercise.runner import run
from treaty.findings import Json, Severity

ALL = Options(seed=3, phases=("coverage",))
OPERATIONS = ("/many", "/few")
PROPERTIES = {f"p{index}": {"type": "integer", "minimum": 1, "maximum": 9} for index in range(20)}


def document() -> dict[str, Json]:
    schemas = ({"type": "object", "properties": PROPERTIES}, {"type": "string"})
    responses = {"200": {"description": "ok"}, "default": {"description": "no"}}
    operations = (
        {"requestBody": {"content": {"application/json": {"schema": schema}}}, "responses": responses}
        for schema in schemas
    )
    paths = {path: {"post": each} for path, each in zip(OPERATIONS, operations, strict=True)}
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}


def told(options: Options, seconds: float = 0) -> tuple[dict[str, int], list[RunWarning]]:
    """The number of cases by operation, and what was left out."""

    async def app(scope: Any, _: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError(scope["type"])
        await asyncio.sleep(seconds)
        status = 200 if scope["method"] == "POST" else 405
        await send({"type": "http.response.start", "status": status, "headers": [(b"allow", b"POST")]})
        await send({"type": "http.response.body", "body": b""})

    events = list(run(document(), app=app, options=options))
    assert isinstance(events[-1], RunFinished)
    cases = {each.operation: each.cases for each in events if isinstance(each, OperationFinished)}
    return cases, [each for each in events if isinstance(each, RunWarning) and each.code == "cases-left-out"]


def test_all_cases_are_sent_where_there_are_few() -> None:
    cases, left_out = told(ALL)
    assert cases["POST /many"] > 60 > cases["POST /few"]
    assert left_out == []


def test_an_operation_has_no_more_than_asked_for_and_that_is_said() -> None:
    every, _ = told(ALL)
    cases, left_out = told(replace(ALL, max_cases=50))
    assert cases == {**every, "POST /many": 50}
    count = every["POST /many"] - 50
    message = f"{count} cases of the phase coverage left out: an operation has 50 (--max-cases)"
    assert left_out == [RunWarning("cases-left-out", message, "POST /many", Severity.INFO)]


@pytest.mark.parametrize("bounds", [{"max_time_seconds": 2}, {"max_time_seconds": 600, "max_cases": 50}])
def test_with_a_time_limit_that_is_said_as_well(bounds: dict[str, int]) -> None:
    cases, left_out = told(replace(ALL, **bounds), seconds=0.05 if "max_cases" not in bounds else 0)
    assert 0 < cases["POST /many"] <= 50
    assert "POST /many" in {each.operation for each in left_out}
    assert "for want of time (--max-time), or as too many (--max-cases)" in left_out[0].message


def test_what_is_left_is_spread_over_all() -> None:
    coverage = Coverage(4)
    numbers: list[Any] = list(range(10))
    assert coverage.spread("GET /", numbers) == [0, 2, 5, 7]
    assert coverage.left_out == {"GET /": 6}


def test_a_bound_below_one_is_refused() -> None:
    with pytest.raises(OptionError, match="max_cases must be greater than 0"):
        told(replace(ALL, max_cases=0))
