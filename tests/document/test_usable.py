"""What is wrong with a document that is used all the same, and what refuses its use."""

from __future__ import annotations

from typing import Any

import pytest

from document.samples import OK, document
from treaty.document.document import inspect_document, open_document
from treaty.document.versions import VERSIONS
from treaty.findings import DocumentError, Severity

SCHEME = {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "https://a.example", "scopes": {}}}}


def told(data: dict[str, Any]) -> set[tuple[str, Severity]]:
    """(Code, severity) of the findings on a document that is used."""
    assert all(each.severity is Severity.ERROR for each in inspect_document(data).found)
    return {(each.code, each.severity) for each in open_document(data).found}


@pytest.mark.parametrize("name", VERSIONS)
def test_what_only_people_read_is_not_needed(name: str) -> None:
    declared = name if name == "2.0" else f"{name}.0"
    data = {**document(declared), "paths": {"/a": {"get": {"responses": {"200": {}}}}}}
    del data["info"]
    assert told(data) == {("field-missing", Severity.WARNING)}


def test_what_is_wrong_costs_only_what_it_is_about() -> None:
    content = {"text/plain": {"example": "a", "examples": {"b": {"value": "b"}}}}
    data = document("3.0.3", info={"title": "T", "version": "1", "contact": {"email": "nobody"}})
    responses = {"200": {"description": "d", "content": content, "unknown": 1}}
    data["paths"] = {"/a": {"get": {"parameters": [{"name": "q", "in": "query"}], "responses": responses}}}
    assert told(data) == {
        (code, Severity.WARNING) for code in ("field-missing", "breaks-not", "breaks-format", "unknown-field")
    }


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("security", {"key": []}),
        ("components", {"securitySchemes": {"key": {"type": "apiKey", "name": "k"}}}),
        ("components", {"securitySchemes": {"key": {"$ref": "#/components/securitySchemes/none"}}}),
        ("components", {"securitySchemes": []}),
    ],
)
def test_what_is_wrong_with_security_refuses(where: str, value: Any) -> None:
    with pytest.raises(DocumentError):
        open_document(document(paths={"/a": {"get": OK}}, **{where: value}))


def test_the_security_of_an_operation_refuses_and_a_property_of_that_name_does_not() -> None:
    with pytest.raises(DocumentError, match="not an array"):
        open_document(document(paths={"/a": {"get": {**OK, "security": {}}}}))
    schema = {"properties": {"security": {"type": "strin"}}}
    open_document(document(paths={"/a": {"get": OK}}, components={"schemas": {"A": schema}}))


@pytest.mark.parametrize(
    "fault", [{"unknown": 1}, {"description": "d", "flows": {**SCHEME["flows"], "y": 1}}]
)
def test_what_says_nothing_of_who_may_call_does_not_refuse(fault: dict[str, Any]) -> None:
    schemes = {"securitySchemes": {"a": {**SCHEME, **fault}}}
    data = document(paths={"/a": {"get": OK}}, components=schemes)
    assert told(data) == {("unknown-field", Severity.WARNING)}


def test_all_that_is_wrong_is_told_where_something_refuses() -> None:
    with pytest.raises(DocumentError) as raised:
        open_document(document(paths={"/a": {"get": {**OK, "security": {}, "wrong": 1}}}))
    assert {each.code for each in raised.value.findings} == {"wrong-type", "unknown-field"}


def test_faults_that_leave_nothing_to_ask_for_refuse() -> None:
    with pytest.raises(DocumentError, match="`wrong`"):
        open_document(document(paths={}, wrong=1))
