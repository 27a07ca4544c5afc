"""The mock never lies: each 2xx JSON answer is valid, as judged by code that is not ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest
from oracle.answers import lies
from oracle.client import send_all
from oracle.corpus import DOCUMENTS, opened
from oracle.operations import Operation, version_of
from oracle.requests import Asked, Asker
from oracle.schemas import Schemas

import treaty

if TYPE_CHECKING:
    from collections.abc import Callable
from pathlib import Path


@dataclass
class Tally:
    """What became of the operations that declare a 2xx answer in JSON."""

    declared: int = 0
    asked: list[tuple[Operation, Asked]] = field(default_factory=list)
    not_asked: list[str] = field(default_factory=list)


@lru_cache(maxsize=1)  # the two modes of a document follow each other
def _requests(entry: Path) -> Tally:
    library, operations = opened(entry)
    asker = Asker(Schemas(library, version_of(library), "request"))
    tally = Tally()
    for operation in operations:
        answer = operation.lowest_json_answer()
        if answer is None or operation.method == "HEAD":  # an answer to HEAD has no body to judge
            continue
        tally.declared += 1
        request = asker.request(operation)
        if isinstance(request, str):
            tally.not_asked.append(f"{operation}: {request}")
            continue
        status, media_type, _ = answer
        request.headers += [("accept", media_type), ("prefer", f"code={status.upper().replace('X', '0')}")]
        tally.asked.append((operation, request))
    return tally


@pytest.mark.parametrize("dynamic", [False, True], ids=["static", "dynamic"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_answer_is_true(
    corpus: Path, name: str, dynamic: bool, record_property: Callable[[str, object], None]
) -> None:
    library, _ = opened(corpus / name)
    tally = _requests(corpus / name)
    app = treaty.mock(treaty.load(corpus / name), dynamic=dynamic)
    answers = send_all(app, [request for _, request in tally.asked])
    schemas = Schemas(library, version_of(library), "response")
    wrong = [
        f"{operation}: {lie}"
        for (operation, _), answered in zip(tally.asked, answers, strict=True)
        for lie in lies(operation, answered, schemas)[:1]
    ]
    count = len(tally.asked)
    mode = "dynamic" if dynamic else "static"
    told = f"{name}, {mode}: {count - len(wrong)} of {count} answers true ({tally.declared} declared)"
    record_property("counted", told)  # shown at the end of the run, by tests/conftest.py
    assert not wrong, "\n".join([f"{len(wrong)} of {count} answers are not true:", *wrong[:40]])
    assert not tally.not_asked
    assert count > 0


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_operation_is_found(corpus: Path, name: str) -> None:
    _, operations = opened(corpus / name)
    found = {(each.method, each.path) for each in treaty.load(corpus / name).operations}
    assert found == {(each.method, each.path) for each in operations}


@pytest.mark.parametrize(("name", "dynamic"), [("github.json", False), ("stripe.yaml", True)])
def test_an_answer_does_not_depend_on_what_was_asked_before(corpus: Path, name: str, dynamic: bool) -> None:
    tally = _requests(corpus / name)
    requests = [request for _, request in tally.asked]
    forwards = send_all(treaty.mock(treaty.load(corpus / name), dynamic=dynamic), requests)
    backwards = send_all(treaty.mock(treaty.load(corpus / name), dynamic=dynamic), requests[::-1])[::-1]
    pairs = zip(tally.asked, forwards, backwards, strict=True)
    assert [str(operation) for (operation, _), one, other in pairs if one.body != other.body] == []
