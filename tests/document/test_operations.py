from __future__ import annotations

from typing import Any

import pytest

from document.samples import OK, document
from treaty.document.operations import MAX_CHAIN, follow, operations_of, parameters_of
from treaty.document.versions import version_of


def named(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(each.method, each.path, each.pointer) for each in operations_of(data, version_of(data, "f"))]


def test_operations_in_the_order_written() -> None:
    data = document(paths={"/b": {"post": OK, "get": OK}, "x-a": {"get": OK}, "/a": {"trace": OK, "x-b": OK}})
    assert named(data) == [
        ("GET", "/b", "/paths/~1b/get"),
        ("POST", "/b", "/paths/~1b/post"),
        ("TRACE", "/a", "/paths/~1a/trace"),
    ]


def test_methods_of_each_version() -> None:
    item = {"query": OK, "trace": OK, "additionalOperations": {"LINK": OK}}
    assert named(document("2.0", paths={"/a": item})) == []
    assert [method for method, *_ in named(document("3.1.0", paths={"/a": item}))] == ["TRACE"]
    assert named(document("3.2.0", paths={"/a": item})) == [
        ("TRACE", "/a", "/paths/~1a/trace"),
        ("QUERY", "/a", "/paths/~1a/query"),
        ("LINK", "/a", "/paths/~1a/additionalOperations/LINK"),
    ]


def test_a_path_item_that_is_a_reference_has_the_fields_beside_it() -> None:
    data = document(
        paths={"/a": {"$ref": "#/components/pathItems/A", "summary": "here"}},
        components={"pathItems": {"A": {"get": OK, "summary": "there"}}},
    )
    (operation,) = operations_of(data, version_of(data, "f"))
    assert operation.pointer == "/components/pathItems/A/get"
    assert operation.item["summary"] == "here"


def test_parameters_with_the_place_they_are_declared_at() -> None:
    data = document(components={"parameters": {"Q": {"name": "q"}}})
    node = {"parameters": [{"name": "p"}, {"$ref": "#/components/parameters/Q"}, None, {"$ref": "#/none"}]}
    assert list(parameters_of(data, "/x", node))[:2] == [
        ("/x/parameters/0", {"name": "p"}),
        ("/components/parameters/Q", {"name": "q"}),
    ]


@pytest.mark.parametrize("reference", ["#/none", "#/a/b", "#/loop"])
def test_a_reference_that_leads_nowhere_is_an_empty_object(reference: str) -> None:
    data = {"a": [1], "loop": {"$ref": "#/loop"}}
    assert follow(data, "/x", {"$ref": reference})[1] == {}


def test_a_chain_is_followed_to_its_end() -> None:
    chain = {f"a{n}": {"$ref": f"#/a{n + 1}"} for n in range(MAX_CHAIN - 1)}
    end = f"a{MAX_CHAIN - 1}"
    assert follow({**chain, end: 7}, "", {"$ref": "#/a0"}) == (f"/{end}", 7)
