"""Choose the override that answers a request: by scenario, by preference, else by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from treaty.contract.model import Operation
from treaty.exchange.call import Call
from treaty.mocking.choose import lowest_success
from treaty.mocking.draws import Draws
from treaty.mocking.overrides.model import Override, Scenario, Step
from treaty.mocking.overrides.names import folder_name
from treaty.mocking.preferences import Preferences

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
    """The overrides of a contract by operation, and the scenario that is on."""

    of: dict[str, list[Override]]
    scenarios: dict[str, Scenario]
    draws: Draws
    scenario: str | None = None

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
        count = self.draws.counted(call, str(override.file)) if len(override.steps) > 1 else 0
        step = override.step(count)
        if step.delay is None:
            return Picked(override, step, 0.0)
        return Picked(override, step, step.delay.drawn(self.draws.share(call, f"delay {override.file}")))

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
        left = self.draws.share(call, "weight") * sum(weights)
        for each, weight in zip(fitting, weights, strict=True):
            left -= weight
            if left < 0:
                return each
        return fitting[-1]
