"""Objects within an object are one of a few, made once; what else was made before changes nothing."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from treaty.mocking.generate import Generator, Memory, SchemaAt, Settings
from treaty.mocking.generate.blueprints import Form, Part
from treaty.mocking.generate.model import Unfit
from treaty.mocking.generate.plain import filled
from treaty.mocking.generate.session import Session
from treaty.mocking.generate.value import build

ROOT = "urn:contract"
TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
PLACE = {"type": "object", "properties": {"city": TEXT, "street": TEXT, "zip": TEXT}}
OWNER = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": NUMBER, "name": TEXT, "home": PLACE},
}
SHOP = {
    "type": "object",
    "required": ["id", "place", "owner"],
    "properties": {
        "id": NUMBER,
        "place": PLACE,
        "owner": OWNER,
        "staff": {"type": "array", "minItems": 2, "items": OWNER},
        "next": {"$ref": "#"},
    },
}
SEEDS = [number * 7919 for number in range(300)]


def generator() -> Generator:
    """A generator that has made nothing yet."""

    def accepts(at: SchemaAt, value: Any) -> bool:
        return jsonschema_rs.Draft202012Validator(at.schema, validate_formats=True).is_valid(value)

    return Generator(Memory(lambda base, _: SchemaAt(base, SHOP)), accepts)


def made(by: Generator, seed: int, world: int = 0, **options: Any) -> Any:
    settings = Settings(use_examples=False, seed=world, **options)
    return by.make(SchemaAt(ROOT, SHOP), seed, settings)


def test_there_are_few_things_beside_many() -> None:
    by = generator()
    shops = [made(by, seed) for seed in SEEDS]

    assert len({shop["id"] for shop in shops}) > 250
    assert 30 < len({json.dumps(shop["owner"]) for shop in shops}) < 256


@pytest.mark.parametrize("options", [{}, {"max_nodes": 30}, {"optional": 0.5}])
def test_what_was_made_before_changes_nothing(options: dict[str, Any]) -> None:
    much = generator()
    for seed in reversed(SEEDS):
        made(much, seed, world=seed % 3, **options)

    for seed in SEEDS[:40]:
        for world in (0, 1):
            assert made(much, seed, world, **options) == made(generator(), seed, world, **options)


def test_things_of_one_identity_are_the_same_in_one_world() -> None:
    by = generator()
    owners: dict[tuple[int, int], Any] = {}
    for seed in SEEDS:
        for world in (0, 1):
            owner = made(by, seed, world)["owner"]
            assert owners.setdefault((world, owner["id"]), owner["name"]) == owner["name"]

    shared = [key for world, key in owners if world == 0 and (1, key) in owners]
    assert any(owners[0, key] != owners[1, key] for key in shared)


def test_what_cannot_be_made_leaves_the_count_as_it_was() -> None:
    class Never:
        def __getitem__(self, number: int, /) -> Any:
            raise Unfit("never")

    memory = generator().memory
    session = Session(memory, lambda *_: True, Settings(), memory.words, build, steps=100)
    inner = Form({"x": None}, 1, names=["x"], picks=[(Never(), 1, 1)], nodes=1, cost=1)
    with pytest.raises(Unfit):
        filled(Form({"a": None}, 1, parts=[Part("a", inner, 1)]), 5, session)
    assert (session.proven, session.nodes, session.steps) == (False, 0, 100)
