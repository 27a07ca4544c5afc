"""Responses as the document has them are taken, others are not: made by Schemathesis, judged twice.

Every response in JSON, headers included, of every operation of every document; `oracle.turned`
says how what makes and judges requests makes and judges responses.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from oracle.corpus import DOCUMENTS
from oracle.generator import Generator
from oracle.judgement import RequestJudge
from oracle.mutants import small_requests
from oracle.operations import Operation, is_json, operations_of, version_of
from oracle.reading import Library
from oracle.schemas import Schemas
from oracle.turned import Turned, turned
from oracle.wire import Sent

import treaty
from treaty.findings import Finding
from treaty.judging import Judge, build_judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEPTH = int(os.environ.get("TREATY_EXAMPLES", "1"))
NEWSDESK = Path(__file__).parents[2] / "specs" / "newsdesk" / "openapi.yaml"
# Large documents in parts, so that several processes share them.
PARTS = {"stripe.yaml": 3, "openai.yaml": 2, "digitalocean/DigitalOcean-public.v2.yaml": 6, "github.json": 4}
SLICES = [
    (name, part, PARTS.get(name, 1))
    for name in ("newsdesk", *DOCUMENTS)
    for part in range(PARTS.get(name, 1))
]
# Of how many different responses a verdict must have been told; a schema may take any JSON.
LEAST_VALID = 0.9
LEAST_INVALID = 0.8
# The schemas that a schema for Schemathesis leads to.
MOST_SCHEMAS = 40


@dataclass
class Case:
    """One document, ready to be asked about; `operations` are those of the turned document."""

    operations: tuple[Operation, ...]
    turned: Turned
    generator: Generator
    schemas: Schemas
    oracle: RequestJudge
    judge: Judge
    contracted: dict[tuple[str, str], treaty.Operation]


@lru_cache(maxsize=1)  # the parts of a document follow each other
def opened_case(entry: Path) -> Case:
    contract = treaty.load(entry)
    around = turned(contract.document.data, entry)
    library = Library(entry, around.document)
    operations = tuple(operations_of(library))
    schemas = Schemas(library, version_of(library), "request", forbids=False)
    contracted = {(each.method, each.path): each for each in contract.operations}
    oracle = RequestJudge(schemas, operations)
    generator = Generator(around.document)
    return Case(operations, around, generator, schemas, oracle, build_judge(contract), contracted)


def findings_on(case: Case, method: str, path: str, status: int, sent: Sent) -> list[Finding]:
    """What treaty says of a response with the headers and the body of a request."""
    request = treaty.Request(method, path)
    response = treaty.Response(status, list(sent.headers), sent.body)
    prepared = case.judge.prepared.of(case.contracted[method, path])
    return case.judge.answered(prepared, request, response)


def made(case: Case, operation: Operation) -> Iterator[Sent]:
    """Responses by Schemathesis, or where a schema leads to so many that it takes seconds, simple ones."""
    media = next(iter(operation.bodies.values()))
    if media.schema is not None and case.schemas.reach(media.schema) > MOST_SCHEMAS * DEPTH:
        return small_requests(case.schemas, operation, 8 * DEPTH)
    is_large = DEPTH == 1 and len(case.operations) > 50
    named, right, wrong = (3, 1, 0) if is_large else (6 * DEPTH, 2 * DEPTH, DEPTH)
    return case.generator.requests(operation, named, right, wrong)


def exchanges(case: Case, operation: Operation) -> Iterator[tuple[Sent, str]]:
    """Responses and the oracle's word on each."""
    for sent in made(case, operation):
        verdict = case.oracle.verdict(operation, sent)
        if verdict is not None and is_json(sent.header("content-type") or "application/json"):
            yield sent, verdict.word


@pytest.mark.parametrize(("name", "part", "parts"), SLICES)
def test_one_verdict_on_generated_responses(
    request: pytest.FixtureRequest,
    name: str,
    part: int,
    parts: int,
    record_property: Callable[[str, object], None],
) -> None:
    entry = NEWSDESK if name == "newsdesk" else request.getfixturevalue("corpus") / name
    case = opened_case(entry)
    operations = case.operations[part::parts]
    words: Counter[str] = Counter()
    told: dict[str, set[str]] = {"valid": set(), "invalid": set(), "open": set()}
    disputes = []
    for operation in operations:
        for sent, word in exchanges(case, operation):
            words[word] += 1
            told[word].add(operation.path)
            for method, path, status in case.turned.owners[operation.path]:
                findings = findings_on(case, method, path, status, sent)
                if word != "open" and (word == "invalid") != bool(findings):
                    said = [each.message for each in findings[:1]]
                    disputes.append(
                        f"{method} {path} {status}: {word}, {said}: {sent.headers} {sent.body[:300]!r}"
                    )
    owners = sum(len(case.turned.owners[each.path]) for each in operations)
    record_property(
        "counted",
        f"{name}, responses {part + 1}/{parts}: {dict(words)} of {len(operations)} kinds, for {owners}",
    )
    assert not disputes, "\n".join([f"{len(disputes)} disputes:", *disputes[:20]])
    assert operations
    assert len(told["valid"]) >= LEAST_VALID * len(operations)
    assert len(told["invalid"]) >= LEAST_INVALID * len(operations)
