"""`treaty test --mock` over real documents: the mock keeps each of them, as Schemathesis judges it.

Small documents whole; of large ones each fourth operation, and with `TREATY_EXAMPLES=10` every one.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from oracle.corpus import DOCUMENTS

import treaty
from treaty.exercise.events import Failure, RunFinished, RunWarning
from treaty.exercise.operations import operations
from treaty.exercise.options import Options
from treaty.exercise.runner import run

if TYPE_CHECKING:
    from collections.abc import Callable

RECURSION = Path(__file__).parent / "recursion.yaml"
SMALL = ("petstore20.json", "petstore-swagger30.yaml", "tictactoe31.yaml", "train-travel31.yaml")
# Of large documents, so that several processes share them.
PARTS = {"stripe.yaml": 1, "openai.yaml": 1, "digitalocean/DigitalOcean-public.v2.yaml": 2, "github.json": 2}
EXAMPLES = int(os.environ.get("TREATY_EXAMPLES", "1"))
ONE_IN = max(1, 4 // EXAMPLES)
LARGE = [
    (name, part, PARTS.get(name, 1))
    for name in DOCUMENTS
    if name not in SMALL
    for part in range(PARTS.get(name, 1))
]


def kept(
    entry: Path, phases: tuple[str, ...], *, part: int = 0, parts: int = 1, stateful: bool = False
) -> str:
    """Run over a part of the operations; says what was counted. Fails with the names of what failed."""
    contract = treaty.load(entry)
    document = contract.document.bundle()
    chosen = tuple(each.label for each in operations(document))[part::parts]
    app = treaty.mock(contract, stateful=stateful)
    options = Options(seed=1, max_examples=2 * EXAMPLES, phases=phases, include=chosen, presence_only=True)
    events = list(run(document, app=app, options=options))
    wrong = [
        f"{each.operation}: {each.check}: {each.message}\n{each.curl[:1000]}\n{each.response[:500]}"
        for each in events
        if isinstance(each, Failure)
    ]
    assert not wrong, "\n".join([f"{len(wrong)} failures:", *wrong[:20]])
    finish = events[-1]
    assert isinstance(finish, RunFinished)
    assert (finish.passed, finish.skipped) == (len(chosen), 0)
    told = Counter(each.code for each in events if isinstance(each, RunWarning))
    said = ", ".join(f"{count} {code}" for code, count in sorted(told.items()))
    return f"{entry.name}: {finish.passed} operations kept in {finish.cases} cases; {said or 'no warnings'}"


@pytest.mark.parametrize("stateful", [False, True])
@pytest.mark.parametrize("name", [RECURSION.name, *SMALL])
def test_a_small_document_is_kept(
    request: pytest.FixtureRequest, name: str, stateful: bool, record_property: Callable[[str, object], None]
) -> None:
    entry = RECURSION if name == RECURSION.name else request.getfixturevalue("corpus") / name
    phases = ("fuzzing", "stateful") if stateful else ("examples", "coverage", "fuzzing")
    record_property("counted", kept(entry, phases, stateful=stateful))


@pytest.mark.parametrize(("name", "part", "parts"), LARGE)
def test_a_large_document_is_kept(
    corpus: Path, name: str, part: int, parts: int, record_property: Callable[[str, object], None]
) -> None:
    told = kept(corpus / name, ("examples", "fuzzing"), part=part, parts=parts * ONE_IN)
    record_property("counted", told)
