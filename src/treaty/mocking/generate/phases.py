"""Generate: build a value, have it judged, and try harder until it is right."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from treaty.contract.schemas import SchemaAt
from treaty.findings import Json, pointer_of
from treaty.mocking.generate.model import Accepts, CannotGenerate, Exhausted, Place, Resolve, Settings, Unfit
from treaty.mocking.generate.session import Phase, Session
from treaty.mocking.generate.value import build

if TYPE_CHECKING:
    from collections.abc import Iterator

PHASES = (
    Phase(),
    Phase(careful=True),
    Phase(careful=True, lean=True),
    Phase(careful=True, write_only=True),
)


def generate(
    root: SchemaAt, resolve: Resolve, accepts: Accepts, seed: int, settings: Settings | None = None
) -> Json:
    """A value that is valid against `root`, the same for the same schema, settings and seed.

    The schemas must be valid JSON Schema 2020-12, which is not checked here. `resolve` follows
    `$ref` and `$dynamicRef`; `accepts` is the judge, and is only shown schemas that are reached
    from `root`. Properties marked `writeOnly` are not sent unless the value would be invalid
    without them. Raises CannotGenerate when nothing valid was found.
    """
    session = Session(resolve, accepts, settings or Settings())
    failure: Unfit | None = None
    left = session.settings.max_steps
    for number, phase in enumerate(PHASES):
        _begin(session, phase, f"{seed}/{number}", left // 2)
        try:
            value = build((root,), Place(quota=session.settings.target_nodes), session)
        except Unfit as unfit:
            failure = unfit
        except Exhausted as exhausted:
            failure = failure or Unfit(str(exhausted))  # an earlier reason says more
        except RecursionError:
            failure = Unfit("the schemas that apply to one value nest too deeply")
        else:
            if sum(1 for _ in _nodes(value)) > session.settings.max_nodes:
                failure = Unfit(f"the smallest value found has over {session.settings.max_nodes} nodes")
            elif accepts(root, value):
                return value
            else:
                failure = Unfit("the validator accepts no value that was built")
        left -= left // 2 - max(session.steps, 0)
    failure = failure or Unfit("nothing was tried")
    raise CannotGenerate(failure.reason, pointer_of(failure.path))


def _begin(session: Session, phase: Phase, seed: str, steps: int) -> None:
    """Give a phase its own dice and the work it may do."""
    session.rng = random.Random(seed)  # noqa: S311  example data, not secrets
    session.phase = phase
    session.steps = steps
    session.nodes = 0


def _nodes(value: Json) -> Iterator[Json]:
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from _nodes(child)
