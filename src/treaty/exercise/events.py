"""What a run of contract tests tells as it goes: plain values that reports consume.

Order: one `RunStarted`, then `OperationStarted`/`OperationFinished` pairs (one pair for
each operation in each phase) with `RunWarning`s between them, then the `RunWarning`s of the run as a
whole, then every `Failure`, then one `RunFinished`, also when the run was cut short.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from treaty.findings import Severity


class Status(enum.StrEnum):
    """How an operation came out of a phase; `ERROR` means that it could not be tested."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


class Stop(enum.StrEnum):
    """Why the run ended."""

    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    FAILURE_LIMIT = "failure-limit"
    TIME_LIMIT = "time-limit"
    SERVER_GONE = "server-gone"


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run begins: `operations` will be tested in each of `phases`; `seed` repeats the run."""

    operations: int
    seed: int
    phases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OperationStarted:
    """An operation (`GET /books/{id}`) enters a phase."""

    operation: str
    phase: str


@dataclass(frozen=True, slots=True)
class OperationFinished:
    """An operation leaves a phase after `cases` requests; `reason` says why it was skipped."""

    operation: str
    phase: str
    status: Status
    cases: int
    seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """The smallest case found that breaks the contract, one per operation, check and response status.

    `check` is the check's name (`untested` when the operation could not be tested at all),
    `message` what the contract says and what came instead, `pointer` the JSON Pointer of the
    operation in the document, `curl` a line that repeats the request with secrets masked,
    `steps` the curl lines that have to precede it, oldest first. `request` and `response`
    are excerpts, empty when no request got through.
    """

    operation: str
    check: str
    title: str
    message: str
    pointer: str = ""
    curl: str = ""
    request: str = ""
    response: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunWarning:
    """Something that limits what the run proves, or that the document leaves out.

    `message` is said in the same words of each operation that it concerns; `operation` is empty
    when it concerns them all. One of severity info asks nothing of anyone.
    """

    code: str
    message: str
    operation: str = ""
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is over. Each operation counts once, in the worst state it was seen in."""

    passed: int
    failed: int
    skipped: int
    cases: int
    seconds: float
    stop: Stop
    warnings: int

    @property
    def interrupted(self) -> bool:
        """Whether the user stopped the run (Ctrl-C)."""
        return self.stop is Stop.INTERRUPTED


Event: TypeAlias = RunStarted | OperationStarted | OperationFinished | Failure | RunWarning | RunFinished
