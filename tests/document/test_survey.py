from __future__ import annotations

from typing import Any

import pytest

from document.samples import OK, document, schemas
from treaty.document.survey import Survey, survey
from treaty.document.versions import version_of

BASE = "memory:///document"


def surveyed(data: dict[str, Any]) -> Survey:
    return survey(data, version_of(data, "f"), BASE)


def faults(data: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (finding.code, finding.location.pointer) for finding in surveyed(data).findings if finding.location
    ]


def test_root_schemas_are_those_in_no_other_and_those_referred_to() -> None:
    found = surveyed(
        schemas(
            A={"properties": {"b": {"type": "string"}, "c": {}}},
            D={"$ref": "#/components/schemas/A/properties/b"},
        )
    )
    assert set(found.schemas) == {
        "/components/schemas/A",
        "/components/schemas/D",
        "/components/schemas/A/properties/b",
    }


def test_a_schema_behind_a_path_item_of_another_place_is_found() -> None:
    parameter = {"name": "q", "in": "query", "schema": {"type": "integer"}}
    data = document("3.0.3", paths={"/a": {"$ref": "#/x-items/a"}})
    data["x-items"] = {"a": {"get": {"parameters": [parameter], **OK}}}
    assert "/x-items/a/get/parameters/0/schema" in surveyed(data).schemas


def test_inline_schemas_and_forms_of_2_0() -> None:
    parameters = [
        {"name": "a", "in": "formData", "type": "string", "required": True},
        {"name": "b", "in": "query", "type": "integer"},
    ]
    data = document("2.0", paths={"/a": {"post": {"parameters": parameters, **OK}}})
    found = surveyed(data).schemas
    assert found["/paths/~1a/post/parameters/1"]["type"] == "integer"
    assert found["/paths/~1a/post/parameters"]["required"] == ["a"]


def test_identifiers_and_anchors_since_3_1() -> None:
    tree = {"$id": "tree", "$anchor": "top", "properties": {"x": {"$dynamicAnchor": "leaf"}}}
    found = surveyed(schemas(A=tree))
    assert list(found.identified) == ["tree"]
    assert found.anchors == {
        "tree#top": "/components/schemas/A",
        "tree#leaf": "/components/schemas/A",
    }
    assert surveyed(schemas("3.0.3", A=tree)).identified == {}


def test_self_is_the_base_in_3_2_only() -> None:
    data = document("3.2.0", **{"$self": "https://example.com/a"})
    assert surveyed(data).base == "https://example.com/a"
    assert surveyed({**data, "openapi": "3.1.0"}).base == BASE


@pytest.mark.parametrize(
    "reference",
    [
        "#/components/schemas/B",
        "#b",
        "other.yaml",
        "#/components/schemas/A/x",
        "#/info/title/0",
        "https://h/x",
    ],
)
def test_a_reference_to_nowhere_is_found_at_each_of_its_places(reference: str) -> None:
    data = schemas(A={"items": {"$ref": reference}, "not": {"$ref": reference}})
    assert sorted(faults(data)) == [
        ("reference-not-found", "/components/schemas/A/items/$ref"),
        ("reference-not-found", "/components/schemas/A/not/$ref"),
    ]


def test_references_into_an_embedded_schema() -> None:
    inner = {"$id": "https://h/a", "$defs": {"b": {"$anchor": "c"}}, "x-other": {}}
    good = ["https://h/a", "https://h/a#/$defs/b", "https://h/a#c"]
    bad = ["https://h/a#/$defs/none", "https://h/a#none", "https://h/a#/x-other", "https://h/a#/$defs"]
    data = schemas(A=inner, **{f"G{n}": {"$ref": each} for n, each in enumerate(good)})
    assert faults(data) == []
    data = schemas(A=inner, **{f"B{n}": {"$ref": each} for n, each in enumerate(bad)})
    assert sorted(pointer for _, pointer in faults(data)) == [
        f"/components/schemas/B{n}/$ref" for n in range(4)
    ]


def test_what_stands_beside_a_reference_in_3_0_is_not_read() -> None:
    data = schemas("3.0.3", A={"$ref": "#/components/schemas/B", "not": {"$ref": "#/none"}}, B={})
    assert faults(data) == []
    assert faults({**data, "openapi": "3.1.0"}) == [("reference-not-found", "/components/schemas/A/not/$ref")]


def test_a_name_like_a_keyword_is_a_name() -> None:
    data = schemas(
        A={"properties": {"$ref": {"type": "string"}, "default": {"$ref": "#/none"}}, "enum": [{"$ref": "x"}]}
    )
    assert faults(data) == [("reference-not-found", "/components/schemas/A/properties/default/$ref")]


def test_defaults_are_kept_for_the_compiler() -> None:
    found = surveyed(schemas(A={"properties": {"x": {"default": 1}}, "example": {"default": 2}}))
    assert [(root, node) for root, _, _, node in found.defaults] == [
        ("/components/schemas/A", {"default": 1})
    ]


def test_very_long_chains_need_no_recursion() -> None:
    last = 3_000
    chain: dict[str, Any] = {
        f"S{n}": {"items": {"$ref": f"#/components/schemas/S{n + 1}"}} for n in range(last)
    }
    assert faults(schemas(**chain, **{f"S{last}": {}})) == []


@pytest.mark.parametrize(("section", "end"), [("schemas", {}), ("parameters", {"name": "q", "in": "query"})])
def test_chains_of_references_alone_are_bounded(section: str, end: dict[str, Any]) -> None:
    chain: dict[str, Any] = {f"S{n}": {"$ref": f"#/components/{section}/S{n + 1}"} for n in range(1_000)}
    data = document(components={section: {**chain, "S1000": end}})
    assert {code for code, _ in faults(data)} == {"reference-chain"}
    short = dict(list(chain.items())[-40:])
    assert faults(document(components={section: {**short, "S1000": end}})) == []
