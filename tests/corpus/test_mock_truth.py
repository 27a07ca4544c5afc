"""The mock never lies: each declared response, asked for, is true, as judged by code that is not ours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from oracle.answers import declared_key, judged, lies
from oracle.client import send_all
from oracle.corpus import DOCUMENTS, opened
from oracle.operations import Operation, is_json, version_of
from oracle.requests import Asked, Asker
from oracle.schemas import Schemas

import treaty

if TYPE_CHECKING:
    from collections.abc import Callable

MODES = {"static": {}, "dynamic": {"dynamic": True}, "stateful": {"stateful": True}}
RECURSION = Path(__file__).parent / "recursion.yaml"
# Large documents in parts, so that several processes share them.
PARTS = {"stripe.yaml": 3, "openai.yaml": 2, "digitalocean/DigitalOcean-public.v2.yaml": 3, "github.json": 4}
SLICES = [
    (name, part, PARTS.get(name, 1))
    for name in ("recursion.yaml", *DOCUMENTS)
    for part in range(PARTS.get(name, 1))
]


@dataclass(frozen=True)
class Wanted:
    """A response that an operation declares, and the request that asks for it in one media type."""

    operation: Operation
    key: str
    media_type: str
    request: Asked

    def __str__(self) -> str:
        return f"{self.operation} {self.key} {self.media_type}"

    def of(self, mode: str) -> Wanted:
        """What is asked for in a mode: what comes of a memory is what no preference is stated for."""
        if mode != "stateful" or not self.key.startswith("2"):
            return self
        headers = [each for each in self.request.headers if each[0] != "prefer"]
        return replace(self, key="", request=replace(self.request, headers=headers))


@dataclass
class Tally:
    """Every response that is declared, in each of its media types, JSON first."""

    wanted: list[Wanted] = field(default_factory=list)
    not_asked: list[str] = field(default_factory=list)


@lru_cache(maxsize=1)  # the modes of a document follow each other
def _requests(entry: Path) -> Tally:
    library, operations = opened(entry)
    asker = Asker(Schemas(library, version_of(library), "request"))
    tally = Tally()
    for operation in operations:
        request = asker.request(operation)
        if isinstance(request, str):
            tally.not_asked.append(f"{operation}: {request}")
            continue
        for key, contents in operation.answers.items():
            if key.startswith("1"):  # an interim response ends no request (RFC 9110, section 15.2)
                continue
            for media_type in sorted(contents, key=lambda each: not is_json(each)) or [""]:
                headers = [*request.headers, ("prefer", f"code={key}"), ("accept", media_type or "*/*")]
                asked = replace(request, headers=headers)
                tally.wanted.append(Wanted(operation, key, media_type, asked))
    return tally


def essence(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _entry(request: pytest.FixtureRequest, name: str) -> Path:
    return RECURSION if name == RECURSION.name else request.getfixturevalue("corpus") / name


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("name", "part", "parts"), SLICES)
def test_every_declared_answer_is_true(
    request: pytest.FixtureRequest,
    name: str,
    part: int,
    parts: int,
    mode: str,
    record_property: Callable[[str, object], None],
) -> None:
    entry = _entry(request, name)
    library, _ = opened(entry)
    tally = _requests(entry)
    wanted = [each.of(mode) for each in tally.wanted[part::parts]]
    app = treaty.mock(treaty.load(entry), **MODES[mode])
    answers = send_all(app, [each.request for each in wanted])
    schemas = Schemas(library, version_of(library), "response")
    wrong, counted = [], Counter({"true": 0})
    for each, answered in zip(wanted, answers, strict=True):
        key = each.key or declared_key(each.operation, answered.status) or ""
        found = lies(each.operation, answered, schemas, key)
        sent = answered.headers.get("content-type", each.media_type)
        if each.key and "*" not in each.media_type and essence(sent) != essence(each.media_type):
            found.append(f"{sent} instead of {each.media_type}")
        wrong += [f"{each}: {lie}" for lie in found[:1]]
        counted["true" if not found else "not true"] += 1
        counted["errors"] += answered.status >= 400
        counted["JSON"] += is_json(each.media_type)
        counted["read"] += not found and judged(each.operation, key, answered, schemas)[1]
    told = ", ".join(f"{count} {what}" for what, count in counted.items())
    # Shown at the end of the run, by tests/conftest.py.
    record_property("counted", f"{name} {part + 1}/{parts}, {mode}: of {len(wanted)} answers {told}")
    assert not wrong, "\n".join([f"{len(wrong)} of {len(wanted)} answers are not true:", *wrong[:40]])
    assert not tally.not_asked
    assert wanted


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_operation_is_found(corpus: Path, name: str) -> None:
    _, operations = opened(corpus / name)
    found = {(each.method, each.path) for each in treaty.load(corpus / name).operations}
    assert found == {(each.method, each.path) for each in operations}


@pytest.mark.parametrize(("name", "dynamic"), [("github.json", False), ("stripe.yaml", True)])
def test_an_answer_does_not_depend_on_what_was_asked_before(corpus: Path, name: str, dynamic: bool) -> None:
    tally = _requests(corpus / name)
    wanted = [each for each in tally.wanted if each.key.startswith("2")]
    requests = [each.request for each in wanted]
    forwards = send_all(treaty.mock(treaty.load(corpus / name), dynamic=dynamic), requests)
    backwards = send_all(treaty.mock(treaty.load(corpus / name), dynamic=dynamic), requests[::-1])[::-1]
    pairs = zip(wanted, forwards, backwards, strict=True)
    assert [str(each) for each, one, other in pairs if one.body != other.body] == []
