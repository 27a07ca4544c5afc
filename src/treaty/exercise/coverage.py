"""The phase coverage within bounds, and what they left out.

Schemathesis makes every edge of every schema: some twenty cases for most operations, and thousands for
a body of many alternatives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from treaty.exercise.events import RunWarning
from treaty.exercise.failures import AnyCase
from treaty.findings import Severity

if TYPE_CHECKING:
    from schemathesis.engine.recorder import ScenarioRecorder
    from schemathesis.schemas import BaseSchema

CODE = "cases-left-out"


@dataclass(slots=True)
class Coverage:
    """The cases of the phase coverage, `most` for an operation.

    They are spread evenly over all that were made, so that no part of the request goes without. With
    `has_deadline` they are the first, as to make them all would use up the operation's share of the time.
    """

    most: int
    has_deadline: bool = False
    waiting: dict[str, set[str]] = field(default_factory=dict)  # by operation, the cases to be sent
    unmade: set[str] = field(default_factory=set)  # operations with more cases than were made
    left_out: dict[str, int] = field(default_factory=dict)
    cut_short: dict[str, None] = field(default_factory=dict)

    def install(self, schema: BaseSchema) -> None:
        """Have the cases of a schema's operations come by here."""
        made: Callable[..., Iterator[AnyCase]] = schema.iter_coverage_cases

        def bounded(operation: Any, **more: Any) -> Iterator[AnyCase]:
            return self.chosen(operation.label, made(operation, **more))

        schema.iter_coverage_cases = bounded  # type: ignore[method-assign]

    def chosen(self, operation: str, made: Iterator[AnyCase]) -> Iterator[AnyCase]:
        """Those of an operation's cases that are to be sent."""
        waiting = self.waiting[operation] = set()
        self.unmade.add(operation)
        for case in made if self.has_deadline else self.spread(operation, list(made)):
            if len(waiting) == self.most:
                return
            waiting.add(case.id)
            yield case
        self.unmade.discard(operation)

    def spread(self, operation: str, cases: list[AnyCase]) -> list[AnyCase]:
        """As many as there may be, at even distances."""
        count = len(cases)
        if count <= self.most:
            return cases
        self.left_out[operation] = count - self.most
        return [cases[index * count // self.most] for index in range(self.most)]

    def sent(self, operation: str, recorder: ScenarioRecorder) -> None:
        """Take in what was sent of an operation."""
        if operation in self.unmade or not self.waiting.get(operation, set()) <= set(recorder.cases):
            self.cut_short[operation] = None

    def warnings(self) -> Iterator[RunWarning]:
        """What the bounds left out."""
        count = sum(self.left_out.values())
        message = (
            f"{count:,} cases of the phase coverage left out: an operation has {self.most:,} (--max-cases)"
        )
        for operation in self.left_out:
            yield RunWarning(CODE, message, operation, Severity.INFO)
        message = (
            "cases of the phase coverage left out for want of time (--max-time), or as too many (--max-cases)"
        )
        for operation in self.cut_short if self.has_deadline else ():
            yield RunWarning(CODE, message, operation, Severity.INFO)
