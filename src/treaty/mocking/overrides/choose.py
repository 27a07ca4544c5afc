"""Choose the override that answers a request: by scenario, by preference, else by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from treaty.contract.model import Operation
from treaty.exchange.request import Call
from treaty.mocking.choose import lowest_success
from treaty.mocking.overrides.model import Override, Scenario, Step
from treaty.mocking.overrides.names import folder_name
from treaty.mocking.preferences import Preferences
from treaty.mocking.values import seed_from

MAX_COUNTED = 10_000
# Told by a request's line, so that the same line gets the same answer.
_OF_THE_LINE = frozenset({"path", "query"})


@dataclass(frozen=True, slots=True)
class Picked:
    """What answers a request, and how long it takes (seconds)."""

    override: Override
    step: Step
    delay: float


@dataclass(slots=True)
class Overrides:
    """The overrides of a contract by operation, the scenario that is on, and how often each was sent."""

    of: dict[str, list[Override]]
    scenarios: dict[str, Scenario]
    seed: str
    scenario: str | None = None
    counts: dict[tuple[str, ...], int] = field(default_factory=dict)

    def reset(self) -> None:
        """Let every sequence begin again."""
        self.counts.clear()

    def steady(self, operation: Operation) -> bool:
        """Do the same line and preferences always get the same answer?"""
        return all(
            len(each.steps) == 1
            and each.weight is None
            and (each.steps[0].delay is None or each.steps[0].delay.least == each.steps[0].delay.most)
            and all(condition.part in _OF_THE_LINE for condition in each.conditions)
            for each in self.of.get(folder_name(operation), ())
        )

    def pick(self, call: Call, preferences: Preferences) -> Picked | None:
        """The override that answers, if any, and which of its steps."""
        own = self.of.get(folder_name(call.operation))
        if not own:
            return None
        fitting = [each for each in self.wanted(call, own, preferences) if each.applies(call)]
        if not fitting:
            return None
        most = max(len(each.conditions) for each in fitting)
        override = self.drawn(call, [each for each in fitting if len(each.conditions) == most])
        count = self.counted(call, str(override.file)) if len(override.steps) > 1 else 0
        step = override.step(count)
        if step.delay is None:
            return Picked(override, step, 0.0)
        return Picked(override, step, step.delay.drawn(self.share(call, f"delay {override.file}")))

    def wanted(self, call: Call, own: list[Override], preferences: Preferences) -> list[Override]:
        """Those that may answer, whatever the request is.

        One with conditions or a weight answers by itself; without either, the unnamed one of
        the status that is sent anyway. Others wait for a scenario or a preference.
        """
        code, example = preferences.code, preferences.example
        if code is not None or example is not None:
            return [
                each
                for each in own
                if code in (None, each.status) and (each.name == example if example else not each.name)
            ]
        scenario = self.scenarios.get(preferences.scenario or self.scenario or "")
        labels = scenario.overrides.get(folder_name(call.operation), ()) if scenario else ()
        chosen = [each for each in own if each.label in labels and each.applies(call)]
        if chosen:
            return chosen
        usual = lowest_success(call.operation)
        return [
            each
            for each in own
            if each.conditions or each.weight is not None or (each.status == usual and not each.name)
        ]

    def drawn(self, call: Call, fitting: Sequence[Override]) -> Override:
        """By weight where there is one; else the one that is named first."""
        if len(fitting) == 1 or all(each.weight is None for each in fitting):
            return fitting[0]
        weights = [1.0 if each.weight is None else each.weight for each in fitting]
        left = self.share(call, "weight") * sum(weights)
        for each, weight in zip(fitting, weights, strict=True):
            left -= weight
            if left < 0:
                return each
        return fitting[-1]

    def share(self, call: Call, what: str) -> float:
        """A number from 0 to 1, another each time, the same times in the same order."""
        count = self.counted(call, what)
        parts = (self.seed, what, call.operation.method, call.request.path, str(count))
        return seed_from(*parts) / 2**64

    def counted(self, call: Call, what: str) -> int:
        """How often this was counted before for the same target, and world of its own."""
        key = (what, call.operation.method, call.request.path, call.request.header("treaty-world") or "")
        count = self.counts.pop(key, 0)
        self.counts[key] = count + 1
        if len(self.counts) > MAX_COUNTED:
            self.counts.pop(next(iter(self.counts)))
        return count
