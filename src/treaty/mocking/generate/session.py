"""What one call of `generate` shares: dice, work spent, and what is known of the schemas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from treaty.findings import Json
from treaty.mocking.generate.dice import Dice, subject_of
from treaty.mocking.generate.memory import Memory, within
from treaty.mocking.generate.model import Accepts, Derived, Exhausted, Goal, Settings

if TYPE_CHECKING:
    from treaty.contract.schemas import SchemaAt
    from treaty.mocking.generate.pools import Pools

# What makes a value of a spot at a place, in a session, other than some others, as is wished.
Build = Callable[..., Json]
__all__ = ["Build", "Phase", "Session", "within"]


@dataclass(frozen=True, slots=True)
class Phase:
    """How hard to try: `careful` judges parts of the value too, `lean` leaves out what is optional.

    `trusting` takes what is wished for as it is: the whole is judged in the end.
    """

    trusting: bool = False
    careful: bool = False
    lean: bool = False
    write_only: bool = False


_FIRST = Phase()


@dataclass(slots=True)
class Session:
    """The state of one call; `phase` and the counters are set anew for each phase.

    `owner` is the state of the object in the making; what its members share, such as the person
    whose name and address they are, follows from it. `build` makes any value. `plain` is the first
    phase, in which nothing is judged or left out on the spot. `proven` holds as long as all that was
    made is valid by how it was made.
    """

    memory: Memory
    accepts: Accepts
    settings: Settings
    words: Pools
    build: Build
    dice: Dice = field(default_factory=lambda: Dice(0))
    owner: int = 0
    told: int | None = None
    phase: Phase = _FIRST
    steps: int = 0
    nodes: int = 0
    plain: bool = False
    proven: bool = False

    @property
    def subject(self) -> int:
        """What the texts of one object have in common: a number for the one they are told of."""
        return subject_of(self.owner) if self.told is None else self.told

    def spend(self, steps: int = 1) -> None:
        """Count work; raises Exhausted when the phase has none left."""
        self.steps -= steps
        if self.steps < 0:
            raise Exhausted(f"nothing valid was found within {self.settings.max_steps} steps")

    def count(self, nodes: int, cost: int) -> None:
        """Count several values that are made in one step."""
        self.nodes += nodes
        self.steps -= cost
        if self.nodes > self.settings.max_nodes or self.steps < 0:
            raise Exhausted(f"the value would have over {self.settings.max_nodes} nodes")

    def target(self, base: str, reference: str) -> SchemaAt:
        """What a reference points at; raises Unfit when it points nowhere."""
        return self.memory.target(base, reference)

    def satisfied(self, goal: Goal, value: Json) -> bool:
        """Whether the validator accepts a value for every schema of the document in a goal."""
        self.spend(2)
        return all(isinstance(at, Derived) or self.accepts(at, value) for at in goal)
