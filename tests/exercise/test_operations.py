"""Operations as the document lists them, and the choice among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.exercise.operations import Operation, chosen, operations, untested
from treaty.exercise.options import Options

if TYPE_CHECKING:
    from treaty.findings import Json

EMPTY: Json = {"responses": {"200": {"description": "ok"}}}


def test_operations_come_in_document_order_with_their_pointers() -> None:
    document = {
        "paths": {
            "/b/{id}": {
                "parameters": [],
                "post": {**EMPTY, "operationId": "make"},
                "x-note": {},
                "query": EMPTY,
            },
            "/a": {"$ref": "#/components/pathItems/A"},
        },
        "components": {"pathItems": {"A": {"get": EMPTY}}},
    }
    assert list(operations(document)) == [
        Operation("POST /b/{id}", "make", "/paths/~1b~1{id}/post"),
        Operation("QUERY /b/{id}", "QUERY /b/{id}", "/paths/~1b~1{id}/query"),
        Operation("GET /a", "GET /a", "/components/pathItems/A/get"),
    ]


def test_a_document_without_usable_paths_has_no_operations() -> None:
    assert list(operations({"openapi": "3.1.0"})) == []
    assert list(operations({"paths": None})) == []
    assert list(operations({"paths": {"/a": {"$ref": "#/missing"}, "/b": None, "/c": {"get": None}}})) == []


def test_exclude_wins_over_include() -> None:
    known = [Operation("GET /a", "a", ""), Operation("GET /b", "b", "")]
    assert chosen(known, Options(include=("a", "b"), exclude=("GET /a",))) == known[1:]


def test_additional_operations_are_named() -> None:
    document = {"paths": {"/a": {"additionalOperations": {"COPY": EMPTY, "LOCK": EMPTY}}}}
    assert [warning.operation for warning in untested(document)] == ["COPY /a", "LOCK /a"]
