from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import treaty
from document.samples import schemas, write
from treaty.findings import DocumentError

HEAD = "openapi: {version}\ninfo: {{title: T, version: '1'}}\npaths: {{}}\n"
TREE = (
    "$dynamicAnchor: node\ntype: object\n"
    "properties: {data: true, children: {type: array, items: {$dynamicRef: '#node'}}}\n"
)


def load(folder: Path, files: dict[str, str], version: str = "3.1.0") -> treaty.Contract:
    """The contract of files, the first of which is the rest of an entry document."""
    entry, *others = files.items()
    head = HEAD.format(version=version) if "openapi" not in entry[1] else ""
    return treaty.load(write(folder, {entry[0]: head + entry[1], **dict(others)}))


def schemas_of(contract: treaty.Contract) -> Any:
    return contract.document.data["components"]["schemas"]


def accepts(contract: treaty.Contract, value: Any) -> bool:
    return contract.schemas.validator("/components/schemas/A", "response").accepts(value)


def test_a_document_of_one_file_is_left_as_it_is(tmp_path: Path) -> None:
    entry = write(tmp_path, {"f.yaml": HEAD.format(version="3.1.0") + "x-a: {b: 1}\n"})
    document = treaty.load(entry).document
    assert document.data is document.sources.entry.data


def test_files_that_lead_to_each_other(tmp_path: Path) -> None:
    files = {
        "openapi.yaml": "components: {schemas: {A: {$ref: 'm/b.yaml#/B'}}}",
        "m/b.yaml": "B: {type: object, properties: {c: {$ref: '../c.json#/C'}}}",
        "c.json": '{"C": {"type": "array", "items": {"$ref": "m/b.yaml#/B"}}}',
    }
    contract = load(tmp_path, files)
    assert schemas_of(contract) == {
        "A": {"type": "object", "properties": {"c": {"$ref": "#/components/schemas/C"}}},
        "C": {"type": "array", "items": {"$ref": "#/components/schemas/A"}},
    }
    assert accepts(contract, {"c": [{"c": []}]})
    assert not accepts(contract, {"c": [{"c": 1}]})


def test_a_json_entry_with_yaml_parts(tmp_path: Path) -> None:
    entry = (
        '{"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {},'
        ' "components": {"schemas": {"A": {"$ref": "b.yaml"}}}}'
    )
    contract = load(tmp_path, {"openapi.json": entry, "b.yaml": "type: string"})
    assert schemas_of(contract)["A"] == {"type": "string"}


def test_one_name_in_several_files(tmp_path: Path) -> None:
    files = {
        "openapi.yaml": (
            "components: {schemas: {A: {properties: {x: {$ref: 'x.yaml#/A'}, y: {$ref: 'y.yaml#/A'}}}}}"
        ),
        "x.yaml": "A: {type: string}",
        "y.yaml": "A: {type: integer}",
    }
    contract = load(tmp_path, files)
    assert list(schemas_of(contract)) == ["A", "A_2", "A_3"]
    assert accepts(contract, {"x": "a", "y": 1})
    assert not accepts(contract, {"x": 1})
    assert not accepts(contract, {"y": "a"})


def test_keywords_beside_a_reference_count_since_3_1(tmp_path: Path) -> None:
    files = {
        "openapi.yaml": (
            "components: {schemas: {A: {$ref: b.yaml, maxLength: 2, properties: {z: {$ref: c.yaml}}}}}"
        ),
        "b.yaml": "type: [string, object]",
        "c.yaml": "type: integer",
    }
    contract = load(tmp_path, files)
    assert schemas_of(contract)["A"] == {
        "$ref": "#/components/schemas/b",
        "maxLength": 2,
        "properties": {"z": {"$ref": "#/components/schemas/c"}},
    }
    assert [accepts(contract, each) for each in ("ab", "abc", {"z": 1}, {"z": "x"})] == [
        True,
        False,
        True,
        False,
    ]


def test_keywords_beside_a_reference_are_ignored_in_3_0(tmp_path: Path) -> None:
    files = {
        "openapi.yaml": "components: {schemas: {A: {$ref: b.yaml, maxLength: 2, items: {$ref: none.yaml}}}}",
        "b.yaml": "type: string",
    }
    contract = load(tmp_path, files, "3.0.3")
    assert contract.findings == ()
    assert accepts(contract, "abc")


def test_a_relative_identifier_of_another_file(tmp_path: Path) -> None:
    files = {
        "openapi.yaml": (
            "components: {schemas: {A: {$ref: schemas/tree.yaml},"
            " B: {$ref: 'schemas/tree.yaml#leaf'}, C: {$ref: 'schemas/tree.yaml#/$defs/leaf'}}}"
        ),
        "schemas/tree.yaml": (
            "$id: tree\ntype: object\n$defs: {leaf: {$anchor: leaf, type: integer}}\n"
            "properties: {l: {$ref: '#leaf'}, t: {$ref: '#'}, n: {$ref: 'tree#/$defs/leaf'}}\n"
        ),
    }
    contract = load(tmp_path, files)
    assert schemas_of(contract)["A"]["$id"] == "schemas/tree"
    assert accepts(contract, {"l": 1, "t": {"l": 2, "n": 3}})
    assert [accepts(contract, each) for each in ({"l": "x"}, {"t": {"l": "x"}}, {"n": "x"})] == [False] * 3


def test_a_reference_by_identifier_to_a_schema_that_comes_later(tmp_path: Path) -> None:
    files = {
        "openapi.yaml": "components: {schemas: {A: {$ref: 'https://example.com/pet'}, Z: {$ref: pet.yaml}}}",
        "pet.yaml": "$id: https://example.com/pet\ntype: object\nproperties: {owner: {$ref: owner.yaml}}",
        "owner.yaml": "type: object\nproperties: {pet: {$ref: pet.yaml}, name: {type: string}}",
    }
    contract = load(tmp_path, files)
    assert accepts(contract, {"owner": {"name": "x", "pet": {}}})
    assert not accepts(contract, {"owner": {"name": 1}})
    assert not accepts(contract, {"owner": {"pet": 1}})


@pytest.mark.parametrize("identified", [True, False])
def test_dynamic_references_reach_the_outermost_file(identified: bool, tmp_path: Path) -> None:
    files = {
        "openapi.yaml": "components: {schemas: {A: {$ref: strict.yaml}}}",
        "strict.yaml": "$dynamicAnchor: node\n$ref: tree.yaml\nunevaluatedProperties: false\n",
        "tree.yaml": TREE,
    }
    if identified:
        files |= {name: f"$id: {name}\n{files[name]}" for name in ("strict.yaml", "tree.yaml")}
    contract = load(tmp_path, files)
    assert accepts(contract, {"children": [{"data": 1}]})
    assert not accepts(contract, {"children": [{"daat": 1}]})


def test_references_start_from_self_and_files_beside_are_found(tmp_path: Path) -> None:
    head = "openapi: 3.2.0\n$self: https://example.com/api/{name}\ninfo: {{title: T, version: '1'}}\n"
    files = {
        "openapi.yaml": head.format(name="openapi") + "components: {schemas: {A: {properties: {"
        "s: {$ref: 'shared.yaml#/components/schemas/S'}, b: {$ref: 'openapi#/components/schemas/B'}}},"
        " B: {type: integer}}}",
        "shared.yaml": head.format(name="shared") + "components: {schemas: {S: {properties: {"
        "x: {$ref: '#/components/schemas/X'}, y: {$ref: 'https://example.com/api/openapi#/components/schemas/B'}}},"
        " X: {type: string}}}",
    }
    contract = load(tmp_path, files)
    assert accepts(contract, {"s": {"x": "a", "y": 1}, "b": 1})
    assert [accepts(contract, each) for each in ({"s": {"x": 1}}, {"s": {"y": "a"}}, {"b": "a"})] == [
        False
    ] * 3


def test_discriminators_follow_their_files(tmp_path: Path) -> None:
    files = {
        "openapi.yaml": (
            "components: {schemas: {A: {discriminator: {propertyName: k, mapping: "
            "{cat: cat.yaml, dog: 'dog.yaml#/Dog', d: D, e: './D'}}}, D: {}}}"
        ),
        "cat.yaml": "type: object",
        "dog.yaml": "Dog: {type: object}",
        "D": "type: string",
    }
    data = schemas_of(load(tmp_path, files))
    assert data["A"]["discriminator"]["mapping"] == {
        "cat": "#/components/schemas/cat",
        "dog": "#/components/schemas/Dog",
        "d": "D",
        "e": "#/components/schemas/D_2",
    }
    assert data["D_2"] == {"type": "string"}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_path_items_of_other_files(version: str, tmp_path: Path) -> None:
    head = f"openapi: {version}\ninfo: {{title: T, version: '1'}}\n"
    entry = head + "paths: {/a: {$ref: 'paths/a.yaml', summary: S}}"
    files = {
        "openapi.yaml": entry,
        "paths/a.yaml": (
            "summary: T\nget: {operationId: a, parameters: [{$ref: '../p.yaml#/P'}],"
            " responses: {'200': {$ref: ok.yaml}}}"
        ),
        "paths/ok.yaml": "description: d",
        "p.yaml": "P: {name: q, in: query, schema: {$ref: '#/S'}}\nS: {type: integer}",
    }
    contract = load(tmp_path, files)
    (operation,) = contract.operations
    assert [parameter.name for parameter in operation.parameters] == ["q"]
    assert contract.document.data["components"]["schemas"] == {"S": {"type": "integer"}}
    location = contract.document.sources.location(operation.pointer + "/operationId")
    assert (Path(location.file).name, location.line) == ("a.yaml", 2)


def test_whole_maps_of_other_files(tmp_path: Path) -> None:
    files = {
        "openapi.yaml": "components: {schemas: {A: {properties: {$ref: 'p.yaml'}}}}",
        "p.yaml": "x: {$ref: 's.yaml'}",
        "s.yaml": "type: string",
    }
    contract = load(tmp_path, files, "3.0.3")
    assert schemas_of(contract)["A"] == {"properties": {"x": {"$ref": "#/components/schemas/s"}}}


def test_what_stands_beside_the_reference_to_a_whole_map_counts(tmp_path: Path) -> None:
    files = {
        "openapi.yaml": (
            "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"
            "paths: {/b: {get: {operationId: own}}, $ref: 'paths.yaml'}\n"
            "components:\n  schemas:\n    $ref: 's.yaml'\n    B: {$ref: '#/components/schemas/A'}\n"
        ),
        "paths.yaml": "/a: {get: {operationId: a}}\n/b: {get: {operationId: other}}\n",
        "s.yaml": "A: {type: string}\nB: {type: integer}\n",
    }
    contract = load(tmp_path, files)
    assert schemas_of(contract) == {"A": {"type": "string"}, "B": {"$ref": "#/components/schemas/A"}}
    assert sorted(operation.operation_id for operation in contract.operations) == ["a", "own"]
    location = contract.document.sources.location("/components/schemas/B")
    assert Path(location.file).name == "openapi.yaml"


def test_parts_without_a_section_are_put_in_place(tmp_path: Path) -> None:
    files = {
        "openapi.yaml": (
            "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n"
            "paths: {/a: {get: {$ref: 'get.yaml'}, post: {$ref: 'get.yaml#/x-post', operationId: own}}}"
        ),
        "get.yaml": (
            "operationId: got\nresponses: {'200': {description: d}}\n"
            "x-post: {operationId: posted, responses: {'200': {description: d}}}\n"
        ),
    }
    contract = load(tmp_path, files)
    assert [operation.operation_id for operation in contract.operations] == ["got", "own"]


def test_a_dict_has_internal_references_only() -> None:
    data: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
    data["components"] = {"schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"type": "string"}}}
    assert accepts(treaty.load(data), "x")
    data["components"] = {"schemas": {"A": {"$ref": "b.yaml"}}}
    with pytest.raises(DocumentError, match=r"b\.yaml"):
        treaty.load(data)


def test_a_dict_may_have_embedded_schemas() -> None:
    tree = {"$id": "tree", "properties": {"l": {"$ref": "#leaf"}, "t": {"$ref": "tree"}}}
    tree["$defs"] = {"leaf": {"$anchor": "leaf", "type": "integer"}}
    contract = treaty.load(schemas("3.1.0", A=tree))
    assert accepts(contract, {"l": 1, "t": {"l": 2}})
    assert not accepts(contract, {"t": {"l": "x"}})


def test_loading_does_not_change_the_dict_given() -> None:
    data = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {200: {}}}
    with pytest.raises(DocumentError):
        treaty.load(data)
    assert data["paths"] == {200: {}}


def test_a_bundle_says_where_its_parts_were_written(tmp_path: Path) -> None:
    files = {
        "openapi.yaml": "components:\n  schemas:\n    A:\n      properties: {b: {$ref: 'm/b.yaml#/x/B'}}\n",
        "m/b.yaml": "x:\n  B:\n    type: strin\n",
    }
    contract = load(tmp_path, files)
    (finding,) = contract.findings
    assert finding.location
    assert (Path(finding.location.file).name, finding.location.line, finding.location.pointer) == (
        "b.yaml",
        3,
        "/x/B/type",
    )
