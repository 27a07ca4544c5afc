from __future__ import annotations

from typing import Any

import pytest

from treaty.document.outward import points_outward
from treaty.document.read import read
from treaty.document.sources import Resource

OUTWARD = [
    "a: {$ref: b.yaml}",
    'a: {"$ref": "b.yaml#/x"}',
    "a: {'$ref' : ./b.yaml}",
    '{"a": {"$ref": "b.json"}}',
    "a:\n  $ref: >-\n    b.yaml\n",
    "a: {discriminator: {propertyName: k, mapping: {b: b.yaml}}}",
    '{"discriminator": {"mapping": {"b": "../b.json#/x"}}}',
    "discriminator:\n  defaultMapping: b.yml\n",
]
INWARD = [
    "a: {$ref: '#/b'}",
    '{"a": {"$ref": "#/b"}}',
    "a: {discriminator: {mapping: {b: '#/components/schemas/B', c: C}}}",
    "a: b.yaml",
    '{"paths": {"/a/$ref": {"get": {}}}, "properties": {"$ref": {"type": "string"}}}',
]


@pytest.mark.parametrize("text", OUTWARD)
def test_what_leads_to_another_file(text: str) -> None:
    data = read(text.encode(), "f")
    assert points_outward(Resource("file:///f", "f", data, content=text.encode()))
    assert points_outward(Resource("memory:///f", "f", data))


@pytest.mark.parametrize("text", INWARD)
def test_what_stays_inside(text: str) -> None:
    data = read(text.encode(), "f")
    assert not points_outward(Resource("file:///f", "f", data, content=text.encode()))
    assert not points_outward(Resource("memory:///f", "f", data))


@pytest.mark.parametrize("data", [{"$ref": 7}, {"discriminator": []}, {"discriminator": {"mapping": [{}]}}])
def test_malformed_values_lead_nowhere(data: Any) -> None:
    assert not points_outward(Resource("memory:///f", "f", data))


def test_other_encodings_are_judged_by_their_value() -> None:
    content = "a: {$ref: b.yaml}".encode("utf-16")
    assert points_outward(Resource("file:///f", "f", {"a": {"$ref": "b.yaml"}}, content=content))
    assert not points_outward(Resource("file:///f", "f", {"a": 1}, content=content))
