"""A run of contract tests as text: live on a terminal, a plain line per operation elsewhere."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

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
from treaty.findings import Severity, plural
from treaty.report.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

# Of the operations that a warning concerns, those that are named.
MAX_NAMED = 8
WORST_FIRST = (Status.FAILED, Status.ERROR, Status.PASSED, Status.SKIPPED)
STYLES = {Status.PASSED: "green", Status.FAILED: "red", Status.ERROR: "red", Status.SKIPPED: "dim"}
STOPPED = {
    Stop.INTERRUPTED: "interrupted",
    Stop.FAILURE_LIMIT: "stopped at the failure limit",
    Stop.TIME_LIMIT: "stopped at the time limit",
    Stop.SERVER_GONE: "stopped: the server no longer answers",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to; `finished` is None when it was cut off before it could count."""

    started: RunStarted | None
    finished: RunFinished | None
    failures: tuple[Failure, ...]
    warnings: tuple[RunWarning, ...]

    @property
    def ok(self) -> bool:
        """Whether the run tested something to its end and nothing failed."""
        finished = self.finished
        return finished is not None and not (self.failures or finished.interrupted) and finished.passed > 0


@dataclass(slots=True)
class Tested:
    """One operation so far: its cases and time over all phases, and the worst status."""

    cases: int = 0
    seconds: float = 0.0
    statuses: set[Status] = field(default_factory=set)
    reason: str = ""

    @property
    def status(self) -> Status:
        """The worst status of any phase."""
        return next(status for status in WORST_FIRST if status in self.statuses)


@dataclass(slots=True)
class Progress:
    """Everything the report has heard."""

    started: RunStarted | None = None
    finished: RunFinished | None = None
    current: OperationStarted | None = None
    cases: int = 0
    pending: dict[str, Tested] = field(default_factory=dict)
    done_in_phase: int = 0
    failures: list[Failure] = field(default_factory=list)
    warnings: list[RunWarning] = field(default_factory=list)


def report(events: Iterable[Event], console: Console) -> Summary:
    """Print a run as it happens, then its failures and one summary line.

    On a terminal a live line shows where the run is. Elsewhere, and wherever the terminal
    is too simple for it, only whole lines are written, without control characters.
    """
    progress = Progress()
    with live_line(progress, console):
        try:
            for event in events:
                take(event, progress, console)
        except KeyboardInterrupt:
            # The run answers Ctrl-C itself; this one came while a line was being printed.
            console.print("interrupted", style="yellow")
    warnings = grouped(progress.warnings)
    for warning, concerned in warnings.items():
        print_warning(warning, concerned, console)
    for failure in progress.failures:
        print_failure(failure, console)
    if progress.finished is not None:
        print_summary(progress.finished, said(warnings), console)
    return Summary(progress.started, progress.finished, tuple(progress.failures), tuple(progress.warnings))


@contextmanager
def live_line(progress: Progress, console: Console) -> Iterator[None]:
    """Keep one line with a spinner below the output, on terminals that can."""
    if not console.is_terminal or console.is_dumb_terminal:
        yield
        return
    begun = time.monotonic()
    spinner = Spinner("dots")

    def line() -> Spinner:
        spinner.update(
            text=Text(where(progress, time.monotonic() - begun), overflow="ellipsis", no_wrap=True)
        )
        return spinner

    with Live(console=console, get_renderable=line, refresh_per_second=8, transient=True):
        yield


def where(progress: Progress, seconds: float) -> str:
    """The live line: phase, how far it is, cases, time, operation."""
    if progress.started is None or progress.current is None:
        return "starting"
    total = progress.started.operations
    percent = 100 * progress.done_in_phase // max(total, 1)
    current = progress.current
    done = f"{progress.done_in_phase}/{total} operations ({percent}%)"
    counted = f"{plural(progress.cases, 'case')}  {seconds:.0f} s"
    return f"{current.phase}  {done}  {counted}  {printable(current.operation)}"


def take(event: Event, progress: Progress, console: Console) -> None:
    """Note an event, and print the line of an operation that is through its last phase."""
    match event:
        case RunStarted():
            progress.started = event
            phases = ", ".join(event.phases)
            print_line(
                console, f"{plural(event.operations, 'operation')}; phases: {phases}; seed {event.seed}"
            )
        case OperationStarted():
            if progress.current is None or progress.current.phase != event.phase:
                progress.done_in_phase = 0
            progress.current = event
        case OperationFinished():
            note(event, progress)
            if is_last_phase(event, progress):
                print_operation(event.operation, progress.pending.pop(event.operation), console)
        case RunWarning():
            progress.warnings.append(event)
        case Failure():
            progress.failures.append(event)
        case RunFinished():
            progress.finished = event
            for operation, tested in progress.pending.items():
                print_operation(operation, tested, console)


def note(event: OperationFinished, progress: Progress) -> None:
    """Add a phase to what is known of an operation."""
    tested = progress.pending.setdefault(event.operation, Tested())
    tested.cases += event.cases
    tested.seconds += event.seconds
    tested.statuses.add(event.status)
    tested.reason = event.reason
    progress.cases += event.cases
    progress.done_in_phase += 1


def is_last_phase(event: OperationFinished, progress: Progress) -> bool:
    """Whether no phase that tests operations one by one is still to come."""
    phases = [phase for phase in progress.started.phases if phase != "stateful"] if progress.started else []
    return not phases or event.phase == "stateful" or event.phase == phases[-1]


def print_operation(operation: str, tested: Tested, console: Console) -> None:
    """`passed   GET /books  118 cases  0.4 s`."""
    counted = f"{plural(tested.cases, 'case')}  {tested.seconds:.1f} s"
    why = f"  {tested.reason}" if tested.status is Status.SKIPPED and tested.reason else ""
    print_line(console, f"{tested.status.value:<8} {operation}  {counted}{why}", STYLES[tested.status])


def grouped(warnings: Iterable[RunWarning]) -> dict[RunWarning, list[str]]:
    """What is said in the same words only once, with the operations that it concerns."""
    groups: dict[RunWarning, list[str]] = {}
    for warning in warnings:
        concerned = groups.setdefault(replace(warning, operation=""), [])
        concerned += [warning.operation] if warning.operation else []
    return groups


def said(warnings: Iterable[RunWarning]) -> int:
    """How many of them ask for something."""
    return sum(warning.severity is Severity.WARNING for warning in warnings)


def print_warning(warning: RunWarning, concerned: list[str], console: Console) -> None:
    """`warning[code] what` with the first of the operations below it."""
    noun, style = ("note", "blue") if warning.severity is Severity.INFO else ("warning", "yellow")
    print_line(console, f"{noun}[{warning.code}] {warning.message}", style)
    if concerned:
        rest = len(concerned) - MAX_NAMED
        more = f" and {rest:,} more" if rest > 0 else ""
        named = ", ".join(concerned[:MAX_NAMED])
        print_line(console, f"    {plural(len(concerned), 'operation')}: {named}{more}")


def print_failure(failure: Failure, console: Console) -> None:
    """One failure: what broke, what the contract says, the exchange, and how to repeat it."""
    heading = f"{failure.operation}: " if failure.operation else ""
    console.print()
    print_line(console, f"FAILED {heading}{failure.title} [{failure.check}]", "bold red")
    if failure.pointer:
        print_line(console, f"  contract: #{failure.pointer}")
    if failure.message:
        print_block(console, failure.message)
    for name, text in (("request", failure.request), ("response", failure.response)):
        if text:
            print_line(console, f"  {name}:")
            print_block(console, text)
    if failure.curl:
        print_line(console, "  repeat with:")
        for command in (*failure.steps, failure.curl):
            print_block(console, command, "cyan")


def print_summary(finished: RunFinished, warnings: int, console: Console) -> None:
    """`12 operations, 1,204 cases in 8.3 s: 11 passed, 1 failed`."""
    operations = finished.passed + finished.failed + finished.skipped
    counts = [f"{finished.passed:,} passed", f"{finished.failed:,} failed"]
    if finished.skipped:
        counts.append(f"{finished.skipped:,} skipped")
    if warnings:
        counts.append(plural(warnings, "warning"))
    line = (
        f"{plural(operations, 'operation')}, {plural(finished.cases, 'case')}"
        f" in {finished.seconds:.1f} s: {', '.join(counts)}"
    )
    stopped = f" ({STOPPED[finished.stop]})" if finished.stop in STOPPED else ""
    console.print()
    print_line(console, line + stopped, "bold red" if finished.failed else "bold green")


def print_line(console: Console, text: str, style: str = "") -> None:
    """One line as it is: not wrapped, so that it can be copied and searched; no markup read into it."""
    console.print(Text(printable(text), style=style), soft_wrap=True, highlight=False)


def print_block(console: Console, text: str, style: str = "") -> None:
    """Lines of someone else's text, indented."""
    for line in text.split("\n"):
        print_line(console, f"    {line}" if line else "", style)
