"""Every schema of the JSON Schema Test Suite that some value satisfies gets a valid value."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from treaty.mocking.generate import CannotGenerate, SchemaAt, generate

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = Path(os.environ.get("TREATY_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
SUITE = CORPUS.parent / "data" / "json-schema-suite"
TESTS = SUITE / "tests" / "draft2020-12"
REMOTES = "http://localhost:1234/"
SEEDS = (1, 2, 3)
SHARE = 0.98

pytestmark = pytest.mark.skipif(not TESTS.is_dir(), reason="the JSON Schema Test Suite is not there")


def remotes() -> Iterator[tuple[str, Any]]:
    for path in sorted((SUITE / "remotes").rglob("*.json")):
        contents = json.loads(path.read_text())
        folder = path.relative_to(SUITE / "remotes").parts[0]
        if folder == "draft2020-12" or not folder.startswith("draft"):
            yield REMOTES + path.relative_to(SUITE / "remotes").as_posix(), contents


def satisfiable() -> Iterator[tuple[str, Any]]:
    for path in sorted(TESTS.glob("*.json")):
        for case in json.loads(path.read_text()):
            if any(test["valid"] for test in case["tests"]):
                yield f"{path.stem}: {case['description']}", case["schema"]


def value_of(schema: Any, others: list[tuple[str, Any]], seed: int) -> None:
    base = schema.get("$id", "urn:root") if isinstance(schema, dict) else "urn:root"
    registry = jsonschema_rs.Registry([*others, (base, schema)], draft=jsonschema_rs.Draft202012)

    def resolve(start: str, reference: str) -> SchemaAt:
        try:
            found = registry.resolver(start).lookup(reference)
        except Exception as error:
            raise LookupError(reference) from error
        return SchemaAt(found.resolver.base_uri, found.contents)

    def accepts(at: SchemaAt, value: Any) -> bool:
        validator = jsonschema_rs.Draft202012Validator(at.schema, registry=registry, base_uri=at.base)
        return validator.is_valid(value)

    value = generate(SchemaAt(base, schema), resolve, accepts, seed)
    judge = jsonschema_rs.Draft202012Validator(schema, registry=registry)
    assert judge.is_valid(value), (schema, value)


def test_schemas_of_the_suite_get_valid_values() -> None:
    others = list(remotes())
    tried, failed = 0, []
    for name, schema in satisfiable():
        for seed in SEEDS:
            tried += 1
            try:
                value_of(schema, others, seed)
            except CannotGenerate as reason:
                failed.append(f"{name} (seed {seed}): {reason}")
    share = 1 - len(failed) / tried
    print(f"{share:.2%} of {tried} schemas and seeds", *failed, sep="\n")
    assert share >= SHARE, failed
