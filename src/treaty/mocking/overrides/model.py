"""Overrides as they are run: frozen, every condition compiled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from treaty.exchange.call import Call
from treaty.findings import Json
from treaty.mocking.delays import Delay
from treaty.mocking.overrides.conditions import Condition


@dataclass(frozen=True, slots=True)
class Step:
    """One answer of an override. Without a body of its own the contract's is sent.

    `pointer` is where it stands in its file, `times` how often it is sent before the next.
    """

    status: int
    pointer: str = ""
    body: Json = None
    has_body: bool = False
    media_type: str | None = None
    headers: tuple[tuple[str, Json], ...] = ()
    delay: Delay | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Override:
    """A file `mocks/<operationId>/<status>[.<name>].yaml`: when it applies, and what is answered then.

    It has several steps where it is a sequence; the last is sent again and again, or with
    `repeat` all of them are. `weight` is its share among those that apply as well as it does.
    """

    operation: str
    file: Path
    label: str  # `<status>[.<name>]`, by which scenarios name it
    status: int
    name: str
    steps: tuple[Step, ...]
    conditions: tuple[Condition, ...] = ()
    weight: float | None = None
    repeat: bool = False
    outside_contract: bool = False

    def applies(self, call: Call) -> bool:
        """Does the request fulfil every condition?"""
        return all(condition.holds(call) for condition in self.conditions)

    def step(self, count: int) -> Step:
        """What is sent the time after `count` others."""
        total = sum(each.times for each in self.steps)
        count = count % total if self.repeat else count
        for each in self.steps:
            count -= each.times
            if count < 0:
                return each
        return self.steps[-1]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A set of overrides by name: the labels that count, by operation."""

    name: str
    file: Path
    overrides: dict[str, tuple[str, ...]]
