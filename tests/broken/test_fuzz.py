"""A document with one node replaced is refused with findings, or can be compiled in all its parts."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson
import pytest

import treaty
from treaty.contract.contract import Contract, compile_contract
from treaty.document.document import inspect_document
from treaty.document.read import read

if TYPE_CHECKING:
    from pathlib import Path

SMALL = (
    "petstore20.json",
    "petstore-swagger30.yaml",
    "tictactoe31.yaml",
    "train-travel31.yaml",
    "invalid-32.yaml",
)
VARIANTS = 100
REPLACEMENTS: tuple[Any, ...] = (
    None,
    [],
    "x",
    7,
    {},
    True,
    [None],
    {"x": None},
    {"$ref": 7},
    {"$ref": "#"},
    {"$ref": "#/nowhere"},
    {"$ref": "http://[x"},
    {"type": ["x"]},
)


def nodes(value: Any) -> list[tuple[str | int, ...]]:
    """The path of each node below the root."""
    found: list[tuple[str | int, ...]] = []
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while pending:
        path, node = pending.pop()
        found.append(path)
        if isinstance(node, dict):
            pending.extend(((*path, key), each) for key, each in node.items())
        elif isinstance(node, list):
            pending.extend(((*path, index), each) for index, each in enumerate(node))
    return found[1:]


def variants(document: Any, seed: int) -> Iterator[tuple[str, Any]]:
    chance = random.Random(seed)  # noqa: S311  the same variants in every run
    paths = nodes(document)
    for _ in range(VARIANTS):
        path, value = chance.choice(paths), chance.choice(REPLACEMENTS)
        variant = node = copy.deepcopy(document)
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = copy.deepcopy(value)
        yield f"{'/'.join(map(str, path))} = {value!r}", variant


def compile_all(contract: Contract) -> None:
    """Every validator of every schema, and the application that answers from them."""
    for pointer in contract.document.survey.schemas:
        contract.schemas.validator(pointer, "request")
        contract.schemas.validator(pointer, "response")
    for operation in contract.operations:
        for each in operation.parameters:
            if each.schema:
                contract.schemas.validator(each.schema, "request")
        for response in operation.responses:
            for media in response.content:
                if media.schema:
                    contract.schemas.validator(media.schema, "response")
    treaty.mock(contract)


def is_refused(variant: Any) -> bool:
    """Is the variant refused, with findings? Whatever can be read must compile, as `treaty check` does."""
    try:
        document = inspect_document(variant)
    except treaty.DocumentError as error:
        return bool(error.findings)
    compile_contract(document)
    try:
        contract = treaty.load(variant)
    except treaty.DocumentError as error:
        return bool(error.findings)
    compile_all(contract)
    return False


@pytest.mark.parametrize("name", SMALL)
def test_nothing_but_findings_is_raised(corpus: Path, name: str) -> None:
    document = orjson.loads(orjson.dumps(read((corpus / name).read_bytes(), name)))
    refused = 0
    for what, variant in variants(document, seed=20):
        try:
            refused += is_refused(variant)
        except Exception as error:
            raise AssertionError(what) from error
    assert 0 < refused <= VARIANTS
