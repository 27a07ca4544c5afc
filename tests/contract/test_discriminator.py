"""Discriminator: what a value says that it is."""

from __future__ import annotations

from typing import Any

import pytest

from treaty.contract.discriminator import Choice, choose

AT = "/components/schemas/Any/oneOf"


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def chosen(discriminator: Any, value: Any, keyword: str = "oneOf", **named: Any) -> Choice | None:
    schema = {keyword: [reference("Cat"), reference("Dog"), {"type": "null"}], "discriminator": discriminator}
    data = {"components": {"schemas": {"Any": schema, "Cat": {}, "Dog": {}, **named}}}
    return choose(data, f"/components/schemas/Any/{keyword}", value)


@pytest.mark.parametrize(
    ("discriminator", "kind", "branch", "known"),
    [
        ({}, "Cat", 0, ("Cat", "Dog")),
        ({}, "Dog", 1, ("Cat", "Dog")),
        ({}, "cat", None, ("Cat", "Dog")),
        ({}, 5, None, ("Cat", "Dog")),
        ({}, ["Cat"], None, ("Cat", "Dog")),
        ({"mapping": {"c": "Cat"}}, "c", 0, ("c", "Dog")),
        ({"mapping": {"c": "#/components/schemas/Cat"}}, "Cat", 0, ("c", "Dog")),
        ({"mapping": {"Cat": "Dog"}}, "Cat", 1, ("Cat",)),
        ({"mapping": {"a": "Dog", "b": "Dog"}}, "b", 1, ("a", "b", "Cat")),
        ({"mapping": {"x": "Cow", "y": "cow.yaml", "z": 5}}, "x", None, ("Cat", "Dog")),
        ({"mapping": "Cat"}, "Cat", 0, ("Cat", "Dog")),
        ({"defaultMapping": "Dog"}, "Cow", 1, ("Cat", "Dog")),
        ({"defaultMapping": "#/components/schemas/Dog"}, "Cat", 0, ("Cat", "Dog")),
        ({"defaultMapping": "Cow"}, "Cow", None, ("Cat", "Dog")),
    ],
)
@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_choices(
    keyword: str, discriminator: Any, kind: Any, branch: int | None, known: tuple[str, ...]
) -> None:
    discriminator = {"propertyName": "kind", **discriminator}
    assert chosen(discriminator, {"kind": kind}, keyword) == Choice("kind", known, branch)


def test_a_value_without_the_property() -> None:
    assert chosen({"propertyName": "kind"}, {}) == Choice("kind", ("Cat", "Dog"), None)
    assert chosen({"propertyName": "kind", "defaultMapping": "Cat"}, {}) == Choice("kind", ("Cat", "Dog"), 0)


@pytest.mark.parametrize("discriminator", [None, "kind", {}, {"propertyName": 5}])
def test_what_is_no_discriminator(discriminator: Any) -> None:
    assert chosen(discriminator, {"kind": "Cat"}) is None


@pytest.mark.parametrize("value", [None, "Cat", [], 5])
def test_what_is_no_object(value: Any) -> None:
    assert chosen({"propertyName": "kind"}, value) is None


@pytest.mark.parametrize("pointer", ["", "/nowhere/oneOf", "/components/schemas/Any/anyOf", "/a/~9"])
def test_what_is_not_there(pointer: str) -> None:
    data = {"components": {"schemas": {"Any": {"oneOf": [{}]}}}}
    assert choose(data, pointer, {"kind": "Cat"}) is None


def test_a_schema_that_the_branches_build_on() -> None:
    middle = {"allOf": [reference("Pet")]}
    pet = {"discriminator": {"propertyName": "kind", "mapping": {"c": "Cat"}}}
    found = chosen(None, {"kind": "c"}, Cat={"allOf": [reference("Middle")]}, Middle=middle, Pet=pet)
    assert found == Choice("kind", ("c", "Dog"), 0)


def test_schemas_that_build_on_each_other_in_a_circle() -> None:
    assert (
        chosen(None, {"kind": "Cat"}, Cat={"allOf": [reference("Dog")]}, Dog={"allOf": [reference("Cat")]})
        is None
    )


def test_names_with_slashes() -> None:
    data = {
        "components": {
            "schemas": {"Any": {"oneOf": [{"$ref": "#/components/schemas/a~1b%20c"}]}, "a/b c": {}}
        }
    }
    data["components"]["schemas"]["Any"]["discriminator"] = {"propertyName": "kind"}
    assert choose(data, AT, {"kind": "a/b c"}) == Choice("kind", ("a/b c",), 0)
