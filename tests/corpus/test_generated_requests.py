"""Nothing valid is refused, nothing invalid passes: requests by Schemathesis, judged twice.

Every operation of every document gets requests that Schemathesis means to be right and to be
wrong. What they are is for the oracle to say, by what was sent; the verdict must be the same.
"""

from __future__ import annotations

import copy
import os
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from oracle.corpus import DOCUMENTS, opened
from oracle.generator import Generator
from oracle.judgement import RequestJudge
from oracle.operations import Operation, version_of
from oracle.schemas import Schemas
from oracle.wire import Sent

import treaty
from treaty.findings import Finding
from treaty.judging import Judge, build_judge

if TYPE_CHECKING:
    from collections.abc import Callable

# How thorough a run is: `make oracle` takes more, and longer.
DEPTH = int(os.environ.get("TREATY_EXAMPLES", "1"))
NEWSDESK = Path(__file__).parents[2] / "specs" / "newsdesk" / "openapi.yaml"
# Large documents in parts, so that several processes share them.
PARTS = {"stripe.yaml": 3, "openai.yaml": 4, "digitalocean/DigitalOcean-public.v2.yaml": 4, "github.json": 6}
SLICES = [
    (name, part, PARTS.get(name, 1))
    for name in ("newsdesk", *DOCUMENTS)
    for part in range(PARTS.get(name, 1))
]
# Of how many operations a verdict must have been told. Those without a body often take any request,
# and for a few nothing that this oracle settles is made.
LEAST_VALID = 0.9
LEAST_INVALID_BODIES = 0.75


@dataclass
class Case:
    """One document, ready to be asked about."""

    operations: tuple[Operation, ...]
    generator: Generator
    oracle: RequestJudge
    judge: Judge


@dataclass
class Tally:
    """What became of the requests."""

    words: Counter[str] = field(default_factory=Counter)
    told: dict[str, set[str]] = field(
        default_factory=lambda: {"valid": set(), "invalid": set(), "open": set()}
    )
    disputes: list[str] = field(default_factory=list)

    def add(self, operation: Operation, word: str) -> None:
        self.words[word] += 1
        self.told[word].add(str(operation))


@lru_cache(maxsize=1)  # the parts of a document follow each other
def opened_case(entry: Path) -> Case:
    library, operations = opened(entry)
    contract = treaty.load(entry)
    schemas = Schemas(library, version_of(library), "request", forbids=False)
    generator = Generator(copy.deepcopy(contract.document.data))
    return Case(operations, generator, RequestJudge(schemas, operations), build_judge(contract))


def findings_on(judge: Judge, sent: Sent) -> list[Finding]:
    request = treaty.Request(sent.method, sent.path, sent.query, list(sent.headers), sent.body)
    return judge.recorded(request, None).request_findings


def compare(case: Case, operation: Operation, tally: Tally) -> None:
    # What is wrong at random takes most of the time to find: large documents have named mutations only.
    is_large = DEPTH == 1 and len(case.operations) > 100
    named, right, wrong = (4, 1, 0) if is_large else (7 * DEPTH, 2 * DEPTH, DEPTH if operation.bodies else 0)
    for sent in case.generator.requests(operation, named, right, wrong):
        verdict = case.oracle.verdict(operation, sent)
        if verdict is None:
            continue
        findings = findings_on(case.judge, sent)
        tally.add(operation, verdict.word)
        if verdict.word != "open" and (verdict.word == "invalid") != bool(findings):
            told = (
                f"oracle: {verdict.wrong[:1] or 'valid'}; treaty: {[each.message for each in findings[:1]]}"
            )
            tally.disputes.append(f"{operation}: {sent.path}?{sent.query} {sent.body[:200]!r}\n  {told}")


@pytest.mark.parametrize(("name", "part", "parts"), SLICES)
def test_one_verdict_on_generated_requests(
    request: pytest.FixtureRequest,
    name: str,
    part: int,
    parts: int,
    record_property: Callable[[str, object], None],
) -> None:
    entry = NEWSDESK if name == "newsdesk" else request.getfixturevalue("corpus") / name
    case = opened_case(entry)
    operations = case.operations[part::parts]
    tally = Tally()
    for operation in operations:
        compare(case, operation, tally)
    asked, valid, invalid = len(operations), len(tally.told["valid"]), len(tally.told["invalid"])
    words = ", ".join(f"{count} {word}" for word, count in sorted(tally.words.items()))
    told = (
        f"{name}, requests {part + 1}/{parts}: {words}; "
        f"{valid} of {asked} operations had valid ones, {invalid} invalid ones"
    )
    record_property("counted", told)
    assert not tally.disputes, "\n".join([f"{len(tally.disputes)} disputes:", *tally.disputes[:20]])
    missed = sorted({str(each) for each in operations} - tally.told["valid"])
    assert valid >= LEAST_VALID * asked, missed
    with_body = {str(each) for each in operations if each.bodies}
    assert len(with_body & tally.told["invalid"]) >= LEAST_INVALID_BODIES * len(with_body), (
        with_body - tally.told["invalid"]
    )
