"""Generate: build a value, have it judged, and try harder until it is right."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from treaty.contract.schemas import SchemaAt
from treaty.findings import Json, pointer_of
from treaty.mocking.generate.blueprints import Spot
from treaty.mocking.generate.dice import mixed, salt_of
from treaty.mocking.generate.height import height
from treaty.mocking.generate.memory import Memory
from treaty.mocking.generate.model import (
    DEEPER,
    NOTHING,
    UNENDING,
    Accepts,
    CannotGenerate,
    Exhausted,
    Place,
    Resolve,
    Settings,
    Unfit,
    Wish,
)
from treaty.mocking.generate.pools import Pools
from treaty.mocking.generate.session import Phase, Session
from treaty.mocking.generate.value import build

REFUSED = "the validator accepts no value that was built"
GUESSES: tuple[Json, ...] = ({}, [], "text", 1, 1.5, True, None, ["text"], [1], "", 0, False)
# What was sent to be kept is mostly right as it is.
TRUSTING = Phase(trusting=True)
PHASES = (
    Phase(),
    Phase(careful=True),
    Phase(careful=True, lean=True),
    Phase(careful=True, write_only=True),
)
SALTED = tuple((phase, salt_of(f"phase {number}")) for number, phase in enumerate(PHASES))
# What was not wished for comes out the same in both.
WITH_TRUST = ((TRUSTING, SALTED[0][1]), *SALTED)


def generate(
    root: SchemaAt,
    resolve: Resolve,
    accepts: Accepts,
    seed: int,
    settings: Settings | None = None,
    wish: Wish | None = None,
) -> Json:
    """A value that is valid against `root`, the same for the same schema, settings, wish and seed.

    The schemas must be valid JSON Schema 2020-12, which is not checked here. `resolve` follows
    `$ref` and `$dynamicRef`; `accepts` is the judge, and is only shown schemas that are reached
    from `root`. Properties marked `writeOnly` are not sent unless the value would be invalid
    without them. Raises CannotGenerate when nothing valid was found.
    """
    settings = settings or Settings()
    return Generator(Memory(resolve, Pools(settings.locale)), accepts).make(root, seed, settings, wish)


@dataclass(frozen=True, slots=True)
class Generator:
    """Makes values by the schemas of one contract; what is worked out for one is used for the next."""

    memory: Memory
    accepts: Accepts

    def make(
        self,
        root: SchemaAt,
        seed: int,
        settings: Settings,
        wish: Wish | None = None,
        judge: Callable[[Json], bool] | None = None,
        name: str = "",
    ) -> Json:
        """As `generate` does; `judge` is a judge of the whole value, if it is another than `accepts`.

        `name` is what the value is called: `users` for a list of them. What is wished is given
        up where no valid value has it.
        """
        memory = self.memory
        memory.forget_much()
        session = Session(memory, self.accepts, settings, memory.words, build)
        spot = memory.root(root, name)
        judge = judge or partial(self.accepts, root)
        if wish is not None:
            found = _tried(session, spot, seed, wish, judge)
            if not isinstance(found, Unfit):
                return found[0]
        found = _tried(session, spot, seed, None, judge)
        if isinstance(found, Unfit):
            if found.reason.startswith(DEEPER) and math.isinf(height(root, self.memory)):
                raise CannotGenerate(UNENDING, pointer_of(_cycle(found.path)))
            raise CannotGenerate(found.reason, pointer_of(found.path))
        return found[0]


def _tried(
    session: Session, spot: Spot, seed: int, wish: Wish | None, judge: Callable[[Json], bool]
) -> list[Json] | Unfit:
    """A valid value, in a list; else why there is none."""
    failure: Unfit | None = None
    # All that is optional is to be there, or as much as there is room for.
    quota = session.settings.target_nodes if session.settings.optional < 1 else session.settings.max_nodes
    left = session.settings.max_steps
    for phase, salt in WITH_TRUST if wish is not None and wish.members and not wish.whole else SALTED:
        _begin(session, phase, mixed(seed, salt), left // 2)
        try:
            value = build(spot, Place(quota), session, (), wish)
        except Unfit as unfit:
            failure = unfit
        except Exhausted as exhausted:
            failure = failure or Unfit(str(exhausted))  # an earlier reason says more
        except RecursionError:
            failure = Unfit("the schemas that apply to one value nest too deeply")
        else:
            most = session.settings.max_nodes
            is_large = session.nodes > most // 2 and sum(1 for _ in _nodes(value)) > most
            if is_large and not phase.lean:  # there is no smaller one then: an example of the schema's own
                failure = Unfit(f"the smallest value found has over {most} nodes")
            elif session.proven or judge(value):
                return [value]
            else:
                failure = Unfit(REFUSED)
        left -= left // 2 - max(session.steps, 0)
    failure = failure or Unfit("nothing was tried")
    if failure.reason != REFUSED:
        return failure
    # What depends on where a schema is met, as dynamic references do, is hit upon sooner than built.
    guessed = next((guess for guess in GUESSES if judge(guess)), NOTHING)
    return failure if guessed is NOTHING else [copy.copy(guessed)]


def _cycle(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The part of a path that the rest of it repeats: where a value without end comes upon itself."""
    for size in range(1, len(path) // 2 + 1):
        if all(path[index] == path[index % size] for index in range(len(path))):
            return path[:size]
    return path


def _begin(session: Session, phase: Phase, seed: int, steps: int) -> None:
    """Give a phase its own dice and the work it may do."""
    session.dice.state = session.owner = seed
    session.phase = phase
    session.plain = not phase.careful
    session.proven = True
    session.steps = steps
    session.nodes = 0


def _nodes(value: Json) -> Iterator[Json]:
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from _nodes(child)
