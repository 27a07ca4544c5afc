"""Failed checks that are not the implementation's fault: what becomes a warning, or a note.

Schemathesis makes every check; each failure then comes by here (its `filter_failure` hook). What
no rule knows stays a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from treaty.exercise.events import RunWarning
from treaty.exercise.failures import AnyCase
from treaty.findings import Severity

if TYPE_CHECKING:
    from schemathesis.core.failures import Failure
    from schemathesis.core.transport import Response
    from schemathesis.hooks import HookContext
    from schemathesis.schemas import BaseSchema


@dataclass(frozen=True, slots=True)
class Gap:
    """What a failed check amounts to; `message` is the same for all operations that it can be said of."""

    code: str
    message: str
    severity: Severity = Severity.WARNING


# Says what a failure of a check amounts to, None when that is more than it can tell.
Rule: TypeAlias = Callable[["Failure", AnyCase, "Response"], Gap | None]


def excluded(check: str, why: str) -> Gap:
    """A note that a check was not counted, and by which clause."""
    return Gap("excluded-check", f"{check}: {why}", Severity.INFO)


@dataclass(slots=True)
class Gaps:
    """The gaps found so far, once for each operation, in the order in which they were found."""

    rules: tuple[Rule, ...]
    found: dict[tuple[str, Gap], None] = field(default_factory=dict)

    def install(self, schema: BaseSchema) -> None:
        """Have the failures of all checks of a schema come by here."""

        @schema.hook
        def filter_failure(_: HookContext, failure: Failure, case: AnyCase, response: Response) -> bool:
            return self.keep(failure, case, response)

    def keep(self, failure: Failure, case: AnyCase, response: Response) -> bool:
        """Is this the implementation's failure? What is not is noted."""
        for rule in self.rules:
            gap = rule(failure, case, response)
            if gap is not None:
                self.found[case.operation.label, gap] = None
                return False
        return True

    def warnings(self) -> Iterator[RunWarning]:
        """What was found, for a report."""
        for operation, gap in self.found:
            yield RunWarning(gap.code, gap.message, operation, gap.severity)
