"""What one call of `generate` shares: dice, references met, work spent."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from treaty.contract.schemas import SchemaAt
from treaty.mocking.generate.model import Accepts, Derived, Exhausted, Goal, Resolve, Settings, Unfit

if TYPE_CHECKING:
    from treaty.findings import Json


@dataclass(frozen=True, slots=True)
class Phase:
    """How hard to try: `careful` judges parts of the value too, `lean` leaves out what is optional."""

    careful: bool = False
    lean: bool = False
    write_only: bool = False


@dataclass(slots=True)
class Session:
    """The state of one call; `rng`, `phase` and the counters are set anew for each phase."""

    resolve: Resolve
    accepts: Accepts
    settings: Settings
    rng: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311  data, not secrets
    phase: Phase = field(default_factory=Phase)
    steps: int = 0
    nodes: int = 0
    targets: dict[tuple[str, str], SchemaAt] = field(default_factory=dict)
    memory: dict[tuple[str, object], Json] = field(default_factory=dict)

    def spend(self, steps: int = 1) -> None:
        """Count work; raises Exhausted when the phase has none left."""
        self.steps -= steps
        if self.steps < 0:
            raise Exhausted(f"nothing valid was found within {self.settings.max_steps} steps")

    def target(self, base: str, reference: str) -> SchemaAt:
        """What a reference points at; raises Unfit when it points nowhere."""
        key = (base, reference)
        if key not in self.targets:
            try:
                self.targets[key] = self.resolve(base, reference)
            except LookupError:
                raise Unfit(f"the reference {reference} cannot be resolved") from None
        return self.targets[key]

    def satisfied(self, goal: Goal, value: Json) -> bool:
        """Whether the validator accepts a value for every schema of the document in a goal."""
        self.spend(2)
        return all(isinstance(at, Derived) or self.accepts(at, value) for at in goal)


def within(at: SchemaAt, schema: Json) -> SchemaAt:
    """A subschema of `at` in its place; its own `$id` moves the base (JSON Schema 2020-12, 8.2.1)."""
    base = at.base
    if isinstance(schema, dict) and isinstance(schema.get("$id"), str):
        base = urljoin(base, schema["$id"])
    kind = Derived if isinstance(at, Derived) else SchemaAt
    return kind(base, schema if isinstance(schema, dict | bool) else True)


def identity(goal: Goal) -> tuple[tuple[str, int], ...]:
    """A key for a goal; sound only while its schemas are alive."""
    return tuple((at.base, id(at.schema)) for at in goal)
