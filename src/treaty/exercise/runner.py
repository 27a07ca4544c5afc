"""Contract tests: Schemathesis drives an application or a URL, and we tell it as our own events."""

from __future__ import annotations

import random
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from schemathesis.core.errors import NoLinksFound
from schemathesis.engine import Status as EngineStatus
from schemathesis.engine import StopReason, from_schema
from schemathesis.engine import events as engine
from schemathesis.engine.run import ELASTIC_PHASES, PhaseName

from treaty.exercise.binding import bind
from treaty.exercise.coverage import Coverage
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
from treaty.exercise.failures import Failures, Found, status_of
from treaty.exercise.gaps import Gaps
from treaty.exercise.inprocess import ASGIApp, Server
from treaty.exercise.minimise import minimised
from treaty.exercise.operations import Operation, chosen, operations, untested
from treaty.exercise.outcomes import Outcomes
from treaty.exercise.patience import Patience
from treaty.exercise.rules import rules_for
from treaty.exercise.undeclared import NO_SUCCESS_DECLARED
from treaty.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemathesis.core.schema_analysis import SchemaWarning
    from schemathesis.engine.core import EventStream
    from schemathesis.schemas import BaseSchema

    from treaty.exercise.options import Options
    from treaty.findings import Json

# The label of the phase whose cases are sequences across operations.
SEQUENCES = "sequences of operations"
NO_SEQUENCES = "no operation leads to another: sequences are not tested"

# In the words of the engine, which says so only of the phase fuzzing.
TIME_IS_OVER = "Time limit reached"

STATUSES = {
    EngineStatus.SUCCESS: Status.PASSED,
    EngineStatus.FAILURE: Status.FAILED,
    EngineStatus.ERROR: Status.ERROR,
    EngineStatus.INTERRUPTED: Status.SKIPPED,
    EngineStatus.SKIP: Status.SKIPPED,
}
STOPS = {
    StopReason.COMPLETED: Stop.COMPLETED,
    StopReason.INTERRUPTED: Stop.INTERRUPTED,
    StopReason.FAILURE_LIMIT: Stop.FAILURE_LIMIT,
    StopReason.MAX_TIME: Stop.TIME_LIMIT,
    StopReason.SERVER_UNAVAILABLE: Stop.SERVER_GONE,
}


def run(
    document: dict[str, Json],
    *,
    app: ASGIApp | None = None,
    url: str | None = None,
    options: Options,
) -> Iterator[Event]:
    """Exercise every chosen operation of `document` against `app`, or against the API at `url`.

    `document` is one OpenAPI document (2.0 to 3.2) with internal references only; it is not
    changed. `url` is the base of the API, base path included. The lifespan of `app` runs
    around the tests. Ctrl-C ends the run with its `RunFinished`, not with an exception.

    Raises `OptionError` for options that name nothing, `DocumentError` for a document that
    Schemathesis refuses, `LifespanError` when the application does not start
    or shut down, `UnreachableError` when nothing answers at `url`.
    """
    if options.seed is None:
        options = replace(options, seed=random.SystemRandom().getrandbits(32))
    selected = chosen(list(operations(document)), options)
    server = Server(app) if app is not None else None
    gaps = Gaps(rules_for(options))
    schema = bind(document, selected, options, app=server, url=url, gaps=gaps)
    coverage = Coverage(options.max_cases, has_deadline=options.max_time_seconds is not None)
    coverage.install(schema)
    lifespan = server.running() if server is not None else nullcontext()
    started = RunStarted(len(selected), schema.config.seed, phases_of(options))
    patience = Patience(schema, url, options.request_timeout_seconds, options.max_time_seconds)
    return exercised(schema, lifespan, started, document, selected, gaps, coverage, patience)


def phases_of(options: Options) -> tuple[str, ...]:
    """The chosen phases in the order in which they run."""
    return tuple(phase.value for phase in PhaseName if phase.value in options.phases)


def exercised(
    schema: BaseSchema,
    lifespan: AbstractContextManager[None],
    started: RunStarted,
    document: dict[str, Json],
    selected: list[Operation],
    gaps: Gaps,
    coverage: Coverage,
    patience: Patience,
) -> Iterator[Event]:
    """The events of the whole run."""
    pointers = {operation.label: operation.pointer for operation in selected}
    tally = Tally(Failures(schema.get_base_url(), pointers), gaps, coverage, patience)
    begun = time.monotonic()
    with lifespan, patience.running():
        yield started
        yield from tally.counted(untested(document))
        stream = from_schema(schema).execute()
        try:
            yield from told(stream, tally)
        except KeyboardInterrupt:
            tally.stop = Stop.INTERRUPTED
        finally:
            stream.stop()
            stream.generator.close()
        yield from tally.counted(tally.in_the_end())
        for found in tally.failures.in_order():
            yield smaller(found, tally)
        yield tally.finished(time.monotonic() - begun)


def smaller(found: Found, tally: Tally) -> Failure:
    """The failure minimised, unless the run was cut short and more requests are not wanted."""
    if tally.stop not in (Stop.COMPLETED, Stop.FAILURE_LIMIT):
        return found.failure
    try:
        return minimised(found, tally.patience)
    except KeyboardInterrupt:
        tally.stop = Stop.INTERRUPTED
        return found.failure


@dataclass(slots=True)
class Tally:
    """What the run has seen so far."""

    failures: Failures
    gaps: Gaps
    coverage: Coverage
    patience: Patience
    outcomes: Outcomes = field(default_factory=Outcomes)
    tested: set[str] = field(default_factory=set)  # answered, one way or the other
    failed: set[str] = field(default_factory=set)
    has_links: bool = True
    cases: int = 0
    sequence_cases: int = 0
    sequence_seconds: float = 0.0
    warnings: int = 0
    stop: Stop = Stop.COMPLETED

    @property
    def is_unanswered(self) -> bool:
        """Was something sent, or is there no time for it any more, and nothing came back?"""
        return not self.tested and (self.cases > 0 or self.stop is Stop.TIME_LIMIT)

    def counted(self, warnings: Iterable[RunWarning]) -> Iterator[RunWarning]:
        """The warnings, as they are told."""
        for warning in warnings:
            self.warnings += warning.severity is Severity.WARNING
            yield warning

    def in_the_end(self) -> Iterator[RunWarning]:
        """What only the run as a whole tells, in the order of the operations in the document."""
        order = {operation: index for index, operation in enumerate(self.failures.pointers)}
        gaps = list(self.gaps.warnings())
        told = self.failed | {each.operation for each in gaps if each.code == NO_SUCCESS_DECLARED}
        warnings = [*gaps, *self.outcomes.warnings(told), *self.coverage.warnings()]
        yield from sorted(warnings, key=lambda each: order.get(each.operation, len(order)))

    def finished(self, seconds: float) -> RunFinished:
        """The counts, each operation once."""
        known = set(self.failures.pointers)
        failed = self.failed & known
        passed = (self.tested & known) - failed
        return RunFinished(
            passed=len(passed),
            failed=len(failed),
            skipped=len(known) - len(passed) - len(failed),
            cases=self.cases,
            seconds=seconds,
            stop=self.stop,
            warnings=self.warnings,
        )


def told(stream: EventStream, tally: Tally) -> Iterator[Event]:
    """The events of the engine as ours, failures kept back in `tally`."""
    begun: set[PhaseName] = set()
    for event in stream:
        if isinstance(event, engine.PhaseStarted):
            phase = event.phase.name
            # Given a time limit the engine repeats these phases until it is used up; ours is an upper bound.
            if phase in ELASTIC_PHASES and phase in begun:
                return
            begun.add(phase)
        yield from translated(event, tally)
        if isinstance(event, engine.ScenarioFinished | engine.EngineFinished) and tally.is_unanswered:
            tally.patience.refuse_silence()


def translated(event: engine.EngineEvent, tally: Tally) -> Iterator[Event]:
    """One event of the engine as none or more of ours."""
    if isinstance(event, engine.ScenarioStarted) and event.label:
        yield OperationStarted(event.label, event.phase.value)
    elif isinstance(event, engine.ScenarioFinished):
        yield from scenario(event, tally)
    elif isinstance(event, engine.PhaseStarted | engine.PhaseFinished):
        tally.patience.take(event)
        yield from sequences(event, tally)
    elif isinstance(event, engine.NonFatalError) and isinstance(event.value, NoLinksFound):
        tally.has_links = False
        yield from tally.counted([RunWarning("no-sequences", NO_SEQUENCES)])
    elif isinstance(event, engine.NonFatalError):
        tally.failed.add(tally.failures.add_error(event))
    elif isinstance(event, engine.SchemaAnalysisWarnings):
        yield from tally.counted(map(analysed, event.warnings))
    elif isinstance(event, engine.EngineFinished):
        tally.stop = STOPS[event.stop_reason]


def analysed(warning: SchemaWarning) -> RunWarning:
    """A warning of the schema analysis; its own message leaves out what it shares."""
    parts = (warning.kind.value.replace("_", " "), warning.group, warning.message)
    code = warning.kind.value.replace("_", "-")
    return RunWarning(code, ": ".join(part for part in parts if part), warning.operation_label or "")


def scenario(event: engine.ScenarioFinished, tally: Tally) -> Iterator[Event]:
    """An operation done with a phase, or one more sequence of operations."""
    cases = event.recorder.cases
    failed = tally.failures.add_recorded(event.recorder)
    tally.failed |= failed
    answered = {case_id for case_id in cases if status_of(event.recorder, case_id)}
    tally.tested |= {cases[case_id].value.operation.label for case_id in answered}
    tally.cases += len(cases)
    tally.outcomes.add(event.recorder)
    if event.label and event.phase is PhaseName.COVERAGE:
        tally.coverage.sent(event.label, event.recorder)
    if event.label:
        is_cut = event.status is EngineStatus.SUCCESS and bool(cases) and not answered
        status = Status.SKIPPED if is_cut else STATUSES[event.status]
        yield OperationFinished(
            operation=event.label,
            phase=event.phase.value,
            status=Status.FAILED if event.label in failed else status,
            cases=len(cases),
            seconds=event.elapsed_time,
            reason=TIME_IS_OVER if is_cut else event.skip_reason or "",
        )
    else:
        tally.sequence_cases += len(cases)
        tally.sequence_seconds += event.elapsed_time


def sequences(event: engine.PhaseStarted | engine.PhaseFinished, tally: Tally) -> Iterator[Event]:
    """The stateful phase, which has hundreds of sequences, as one thing that starts and finishes."""
    phase = event.phase
    if phase.name is not PhaseName.STATEFUL_TESTING or not phase.is_enabled:
        return
    if isinstance(event, engine.PhaseStarted):
        yield OperationStarted(SEQUENCES, phase.name.value)
    else:
        yield OperationFinished(
            operation=SEQUENCES,
            phase=phase.name.value,
            status=STATUSES[event.status] if tally.has_links else Status.SKIPPED,
            cases=tally.sequence_cases,
            seconds=tally.sequence_seconds,
            reason=phase.skip_reason.display
            if phase.skip_reason
            else ""
            if tally.has_links
            else NO_SEQUENCES,
        )
