"""The JSON Schema Test Suite, through documents: its schemas stand among the components of a contract.

Draft 2020-12 in an OpenAPI 3.1 document, draft 4 in one that names it as its dialect, and in a 3.0
document as far as OpenAPI 3.0 has its keywords. The remote documents stand beside the document.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import treaty
from treaty.findings import DocumentError

# Remote documents are served at this address by those who run the suite; here they are files.
REMOTE = "http://localhost:1234/"
# Files about what OpenAPI 3.0 leaves out of draft 4 or gives another meaning (OpenAPI 3.0.4, Schema Object).
NOT_IN_30 = {
    "additionalItems": "no such keyword",
    "definitions": "no such keyword",
    "dependencies": "no such keyword",
    "patternProperties": "no such keyword",
    "infinite-loop-detection": "uses definitions",
    "ref": "references lead into the document, and to components",
    "refRemote": "references lead into the document, and to components",
    "id": "no such keyword",
    "anchor": "no such keyword",
}
# What a document cannot say or does say otherwise.
KEYWORDS_30 = frozenset(
    {
        "$schema",
        "type",
        "enum",
        "multipleOf",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "maxProperties",
        "minProperties",
        "required",
        "properties",
        "additionalProperties",
        "items",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "format",
        "default",
    }
)


@dataclass
class Tally:
    """What became of the cases of one draft."""

    passed: int = 0
    total: int = 0
    failed: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, name: str, count: int) -> None:
        self.left_out[name] = self.left_out.get(name, 0) + count

    def __str__(self) -> str:
        named = "".join(f"\n  left out: {count} of {name}" for name, count in self.left_out.items())
        return f"{self.passed} / {self.total} required cases{named}"


@pytest.fixture(scope="module")
def suite(corpus: Path) -> Path:
    folder = corpus.parent / "data" / "json-schema-suite" / "tests"
    if not folder.is_dir():
        pytest.skip(f"no JSON Schema Test Suite at {folder}")
    return folder


@pytest.fixture(scope="module")
def place(suite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a document, beside which the suite's remote documents stand."""
    folder = tmp_path_factory.mktemp("suite")
    for file in (suite.parent / "remotes").rglob("*.json"):
        copy = folder / file.relative_to(suite.parent / "remotes")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text("utf-8").replace(REMOTE, folder.as_uri() + "/"), "utf-8")
    return folder / "openapi.json"


def groups(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(folder.glob("*.json")):
        for group in json.loads(file.read_bytes()):
            yield file.stem, group


def document(version: str, schema: Any, place: Path, dialect: str = "") -> treaty.Contract:
    """A contract with the schema among its components, and the meta-schema it names beside it."""
    schema = json.loads(json.dumps(schema).replace(REMOTE, place.parent.as_uri() + "/"))
    schemas = {"S": schema}
    named = schema.get("$schema", "") if isinstance(schema, dict) else ""
    if named.startswith("file:"):
        schemas["Dialect"] = {"$ref": named}
    data = {
        "openapi": version,
        "info": {"title": "Suite", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
        **({"jsonSchemaDialect": dialect} if dialect else {}),
    }
    place.write_text(json.dumps(data), "utf-8")
    return treaty.load(place)


def judge_group(
    version: str, group: dict[str, Any], name: str, tally: Tally, place: Path, dialect: str = ""
) -> None:
    tally.total += len(group["tests"])
    try:
        contract = document(version, group["schema"], place, dialect)
    except DocumentError as error:
        tally.failed.append(f"{name}: {group['description']}: {error.findings[0].message}")
        return
    validator = contract.schemas.validator("/components/schemas/S", "request")
    for test in group["tests"]:
        if validator.accepts(test["data"]) is test["valid"]:
            tally.passed += 1
        else:
            tally.failed.append(f"{name}: {group['description']}: {test['description']}")


def test_draft_2020_12_through_openapi_31(suite: Path, place: Path) -> None:
    tally = Tally()
    for name, group in groups(suite / "draft2020-12"):
        if name == "format":
            tally.leave_out("format: formats are judged here, and not only noted", len(group["tests"]))
        else:
            judge_group("3.1.0", rooted(group), name, tally, place)
    print(tally)
    assert tally.failed == []
    assert tally.total == 1166


def test_draft_4_through_its_dialect(suite: Path, place: Path) -> None:
    tally = Tally()
    for name, group in groups(suite / "draft4"):
        if name == "format":
            tally.leave_out("format: formats are judged here, and not only noted", len(group["tests"]))
        else:
            judge_group("3.1.0", rooted(group), name, tally, place, "http://json-schema.org/draft-04/schema#")
    print(tally)
    assert tally.failed == []
    assert tally.total == 582


def test_draft_4_through_openapi_30(suite: Path, place: Path) -> None:
    tally = Tally()
    for name, group in groups(suite / "draft4"):
        if name in NOT_IN_30:
            tally.leave_out(f"{name}: {NOT_IN_30[name]}", len(group["tests"]))
        elif not speaks_30(group["schema"]):
            tally.leave_out(f"{name}: not of OpenAPI 3.0", len(group["tests"]))
        else:
            judge_group("3.0.4", group, name, tally, place)
    print(tally)
    assert tally.failed == []
    assert tally.total > 300


def test_formats_of_draft_2020_12(suite: Path, place: Path) -> None:
    tally = Tally()
    for name, group in groups(suite / "draft2020-12" / "optional" / "format"):
        judge_group("3.1.0", group, name, tally, place)
    print(tally)
    assert tally.failed == []
    assert tally.total == 764


def test_formats_of_draft_4_through_openapi_30(suite: Path, place: Path) -> None:
    """One case differs: draft 4 has RFC 1034 alone for host names, where `ab--cd` is a label.

    Names of formats have one meaning in every version of OpenAPI (the registry leads to 2020-12, and that
    to RFC 5891). There a label with hyphens in the third and fourth place that is no A-label is reserved:
    it "MUST NOT be processed as ordinary LDH labels" (RFC 5890, section 2.3.1).
    """
    tally = Tally()
    for name, group in groups(suite / "draft4" / "optional" / "format"):
        judge_group("3.0.4", group, name, tally, place)
    print(tally)
    assert [each.rpartition(": ")[2] for each in tally.failed] == [
        "hostname with consecutive hyphens (RFC1123)"
    ]
    assert tally.total == 219


def rooted(group: dict[str, Any]) -> dict[str, Any]:
    """The group with `#` and `#/…` leading where its schema stands now.

    In schemas with an $id they start from there, and stay.
    """
    return {**group, "schema": moved(group["schema"])}


def moved(node: Any, *, own_root: bool = False) -> Any:
    if isinstance(node, list):
        return [moved(each, own_root=own_root) for each in node]
    if not isinstance(node, dict):
        return node
    own_root = own_root or isinstance(node.get("$id", node.get("id")), str)
    out = {
        key: value if key in ("const", "enum") else moved(value, own_root=own_root)
        for key, value in node.items()
    }
    for name in ("$ref", "$dynamicRef"):
        reference = node.get(name)
        if isinstance(reference, str) and not own_root and (reference == "#" or reference.startswith("#/")):
            out[name] = "#/components/schemas/S" + reference[1:]
    return out


def speaks_30(schema: Any) -> bool:
    """Has the schema no keyword that OpenAPI 3.0 lacks?"""
    if isinstance(schema, bool):
        return True
    if not isinstance(schema, dict) or not schema.keys() <= KEYWORDS_30:
        return False
    # A list of types, `null`, and a list of schemas for items are not OpenAPI 3.0.
    if not isinstance(schema.get("type", ""), str) or schema.get("type") == "null":
        return False
    below = [schema[name] for name in ("items", "additionalProperties", "not") if name in schema]
    below += [each for name in ("allOf", "anyOf", "oneOf") for each in schema.get(name, ())]
    below += schema.get("properties", {}).values()
    return all(map(speaks_30, below))
