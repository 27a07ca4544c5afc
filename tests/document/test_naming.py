from __future__ import annotations

import pytest

from treaty.document.naming import Names, relative_address


def test_names_are_unique_in_their_section() -> None:
    names = Names({"components": {"schemas": {"A": {}}}})
    section = "/components/schemas"
    given = [names.give(("Schema", f"file:///{n}.yaml", "/A"), section) for n in "xy"]
    assert given == [f"{section}/A_2", f"{section}/A_3"]
    assert (
        names.give(("Response", "file:///x.yaml", "/A"), "/components/responses") == "/components/responses/A"
    )
    assert names.place_of(("Schema", "file:///y.yaml", "/A")) == f"{section}/A_3"


@pytest.mark.parametrize(
    ("uri", "pointer", "name"),
    [
        ("file:///models/pet.v1.yaml", "", "pet.v1"),
        ("file:///a%20b.yaml", "", "a_b"),
        ("https://h/", "", "component"),
        ("file:///a.yaml", "/paths/~1a~1{b}", "_a__b_"),
    ],
)
def test_a_name_has_only_what_a_component_may_have(uri: str, pointer: str, name: str) -> None:
    assert Names({}).give(("Schema", uri, pointer), "/s") == f"/s/{name}"


def test_the_first_to_adopt_a_part_keeps_it() -> None:
    names = Names({})
    names.adopt(("Schema", "file:///a", ""), "/s/A")
    names.adopt(("Schema", "file:///a", ""), "/s/B")
    assert names.place_of(("Schema", "file:///a", "")) == "/s/A"


@pytest.mark.parametrize("document", [{}, {"components": None}, {"components": {"schemas": []}}, []])
def test_a_section_that_is_not_there_is_empty(document: object) -> None:
    assert Names(document).existing("/components/schemas") == {}


@pytest.mark.parametrize(
    ("uri", "base", "address"),
    [
        ("file:///a/b/c.yaml", "file:///a/d.yaml", "b/c.yaml"),
        ("file:///a/c", "file:///a/b/d.yaml", "../c"),
        ("https://h/c", "file:///a/d.yaml", "https://h/c"),
        ("file:///c", "https://h/d", "file:///c"),
    ],
)
def test_an_address_is_relative_within_one_tree(uri: str, base: str, address: str) -> None:
    assert relative_address(uri, base) == address
