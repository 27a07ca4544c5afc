"""Validator: of a failed choice, the errors of the branch that was meant."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.contract.schemas import FAR
from treaty.contract.validator import MAX_DEPTH, MAX_ERRORS, SchemaError, Validator


def validator(schema: Any, version: str = "3.1.1", **named: Any) -> Validator:
    document = {
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {"S": schema, **named}},
    }
    return treaty.load(document).schemas.validator("/components/schemas/S", "request")


def told(schema: Any, value: Any, **named: Any) -> list[tuple[str, str]]:
    return [
        (each.keyword, "/".join(map(str, each.path))) for each in validator(schema, **named).errors(value)
    ]


TEXT = {"type": "string", "minLength": 2}
ENTRY = {"type": "object", "required": ["a"], "properties": {"a": TEXT}}


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
@pytest.mark.parametrize(
    ("branches", "value", "expected"),
    [
        ([TEXT, {"type": "null"}], "a", [("minLength", "")]),
        ([TEXT, {"type": "null"}], 5, [("type", "")]),
        (
            [{"type": "integer"}, {"type": "array", "items": TEXT}],
            ["ab", "c", 5],
            [("type", "2"), ("minLength", "1")],
        ),
        ([TEXT, ENTRY], {}, [("required", "")]),
        ([TEXT, ENTRY], {"a": "b"}, [("minLength", "a")]),
        ([{"enum": ["a", "b"]}, {"const": "c"}], "d", [("enum", "")]),
        ([{"enum": ["a", "b"]}, {"type": "integer"}], "d", [("enum", "")]),
        ([{"allOf": [{"type": "integer"}]}, {"allOf": [TEXT]}], "a", [("minLength", "")]),
        ([{"oneOf": [{"type": "integer"}, TEXT]}, {"type": "array"}], "a", [("minLength", "")]),
        ([{"oneOf": [{"type": "integer"}, TEXT]}, {"type": "array"}], None, [("type", "")]),
        ([{"required": ["a", "b"]}, {"required": ["c"]}], {"a": 1}, [("required", "")]),
        ([False, ENTRY], {"a": "b"}, [("minLength", "a")]),
    ],
)
def test_which_branch_was_meant(keyword: str, branches: Any, value: Any, expected: Any) -> None:
    assert sorted(told({keyword: branches}, value)) == sorted(expected)


def test_what_all_branches_allow_is_told_together() -> None:
    [error] = validator({"anyOf": [TEXT, {"type": ["null", "integer"]}]}).errors([])
    assert error.allowed == ("string", "null", "integer")
    assert error.message == "not of one of the types string, null, integer"
    branches = [{"properties": {"kind": {"const": kind}}} for kind in ("a", "b", 3)]
    [error] = validator({"oneOf": branches}).errors({"kind": "c"})
    assert (error.keyword, error.path, error.allowed) == ("enum", ("kind",), ("a", "b", 3))


def test_fixed_values_of_different_members() -> None:
    branches = [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 1}, "c": {"const": 1}}}]
    assert told({"anyOf": branches}, {"a": 2, "b": 2, "c": 2}) == [("const", "a")]


def test_a_value_of_several_branches() -> None:
    assert told({"oneOf": [{"type": "integer"}, {"minimum": 1}, TEXT]}, 5) == [("oneOf", "")]


def test_where_the_branch_stands_in_the_document() -> None:
    [error] = validator(
        {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Text"}]}, Text=TEXT
    ).errors("a")
    assert error.schema_location.endswith("#/$defs/~1components~1schemas~1Text/minLength")


@pytest.mark.parametrize("length", [3, FAR + 20])
def test_the_discriminator_decides_first(length: int) -> None:
    """With the schemas of a document compiled apart or together."""
    names = [f"K{index}" for index in range(length)]
    kind: Any = {
        "properties": {"kind": {"type": "string"}, "n": {"type": "integer"}},
        "required": ["kind", "n"],
    }
    schema = {
        "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in names],
        "discriminator": {"propertyName": "kind"},
    }
    judge = validator(schema, **dict.fromkeys(names, kind))
    assert (judge.member is not None) == (length > FAR)
    errors = list(judge.errors({"kind": "K1", "n": "x"}))
    assert [(each.keyword, each.path) for each in errors] == [("type", ("n",))]
    assert "schemas~1K1/" in errors[0].schema_location
    [error] = judge.errors({"kind": "K", "n": "x"})
    assert (error.keyword, error.path, error.value) == ("discriminator", ("kind",), "K")
    assert error.allowed == tuple(names)
    [error] = judge.errors({"n": "x"})
    assert (error.keyword, error.path) == ("discriminator", ())


def test_choices_within_choices_end() -> None:
    schema: Any = TEXT
    for _ in range(MAX_DEPTH + 5):
        schema = {"anyOf": [schema, {"type": "null"}]}
    [error] = validator(schema).errors("a")
    assert isinstance(error, SchemaError)
    assert error.path == ()


def test_the_errors_of_a_branch_are_bounded() -> None:
    schema = {"anyOf": [{"type": "null"}, {"items": {"maxLength": 1}}]}
    assert len(list(validator(schema).errors(["xx"] * 1_000))) == MAX_ERRORS


def test_recursion_through_a_choice() -> None:
    tree = {"oneOf": [{"type": "integer"}, {"type": "array", "items": {"$ref": "#/components/schemas/S"}}]}
    assert told(tree, [1, [2, ["x"]]]) == [("type", "1/1/0")]
