"""Whether the success of each operation was seen at all: a run of refusals alone proves little."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from treaty.exercise.events import RunWarning

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from schemathesis.engine.recorder import ScenarioRecorder


@dataclass(slots=True)
class Outcomes:
    """The statuses that valid requests to each operation were answered with."""

    statuses: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, recorder: ScenarioRecorder) -> None:
        """Take in the answers to the valid requests of a scenario."""
        for case_id, interaction in recorder.interactions.items():
            case = recorder.cases[case_id].value
            is_valid = case.meta is not None and case.meta.generation.mode.is_positive
            if interaction.response and is_valid and case.method == case.operation.method.upper():
                self.statuses[case.operation.label].add(interaction.response.status_code)

    def warnings(self, told: Collection[str]) -> Iterator[RunWarning]:
        """A warning for each operation no valid request to which succeeded, but those that were `told` of."""
        for operation, statuses in self.statuses.items():
            if operation in told or any(status < 400 for status in statuses):
                continue
            said = ", ".join(map(str, sorted(statuses)))
            if statuses <= {401, 403}:
                message = f"no valid request was let in ({said}): give credentials with --header"
            else:
                message = f"no valid request succeeded ({said}): an answer of success was not seen"
            yield RunWarning("no-success-seen", message, operation)
