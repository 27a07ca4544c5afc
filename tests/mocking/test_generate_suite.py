"""Every schema of the JSON Schema Test Suite that some value satisfies gets a valid value.

The generator is given one validator as its judge; another one, `jsonschema`, judges what comes of it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import jsonschema_rs
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from treaty.mocking.generate import CannotGenerate, SchemaAt, generate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CORPUS = Path(os.environ.get("TREATY_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
SUITE = CORPUS.parent / "data" / "json-schema-suite"
TESTS = SUITE / "tests" / "draft2020-12"
REMOTES = "http://localhost:1234/"
SEEDS = (1, 2, 3)

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


def value_of(schema: Any, others: list[tuple[str, Any]], seed: int) -> Any:
    base = schema.get("$id", "urn:root") if isinstance(schema, dict) else "urn:root"
    registry = jsonschema_rs.Registry([*others, (base, schema)], draft=jsonschema_rs.Draft202012)

    def resolve(start: str, reference: str) -> SchemaAt:
        try:
            found = registry.resolver(start).lookup(reference)
        except Exception as error:
            raise LookupError(reference) from error
        return SchemaAt(found.resolver.base_uri, found.contents)

    def accepts(at: SchemaAt, value: Any) -> bool:
        try:
            validator = jsonschema_rs.Draft202012Validator(at.schema, registry=registry, base_uri=at.base)
        except jsonschema_rs.ValidationError:
            return True  # a part that refers to the resource it stands in: the whole is judged anyway
        return validator.is_valid(value)

    return generate(SchemaAt(base, schema), resolve, accepts, seed)


def is_valid(judge: jsonschema.Draft202012Validator, value: Any) -> bool:
    """As `jsonschema` has it; where it cannot read a pattern of ECMA-262, the generator's judge counts."""
    try:
        return judge.is_valid(value)
    except re.error:
        return True


def test_schemas_of_the_suite_get_valid_values(record_property: Callable[[str, object], None]) -> None:
    others = list(remotes())
    resources = [(uri, DRAFT202012.create_resource(contents)) for uri, contents in others]
    registry: Registry[Any] = Registry().with_resources(resources)
    tried, failed, wrong = 0, [], []
    for name, schema in satisfiable():
        judge = jsonschema.Draft202012Validator(schema, registry=registry)
        for seed in SEEDS:
            tried += 1
            try:
                value = value_of(schema, others, seed)
            except CannotGenerate as reason:
                failed.append(f"{name} (seed {seed}): {reason}")
            else:
                if not is_valid(judge, value):
                    wrong.append(f"{name} (seed {seed}): {value!r}")
    told = f"JSON Schema Test Suite: {tried - len(failed) - len(wrong)} of {tried} values made and true"
    record_property("counted", told)  # shown at the end of the run, by tests/conftest.py
    assert not wrong
    assert not failed
