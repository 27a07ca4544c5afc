"""Generated values are valid, as judged by a validator that is not ours, deterministic and small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mocking.making import made

from treaty.mocking.generate import CannotGenerate
from treaty.mocking.generate.formats import FORMATS

STRING = {"type": "string"}
TREE = {
    "$defs": {
        "node": {
            "type": "object",
            "required": ["value"],
            "properties": {
                "value": {"type": "integer"},
                "left": {"$ref": "#/$defs/node"},
                "right": {"$ref": "#/$defs/node"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
        }
    },
    "$ref": "#/$defs/node",
}
PETS = {
    "$defs": {
        "Cat": {
            "type": "object",
            "required": ["petType", "claws"],
            "properties": {"petType": STRING, "claws": {"type": "integer"}},
        },
        "Dog": {
            "type": "object",
            "required": ["petType", "bark"],
            "properties": {"petType": STRING, "bark": STRING},
        },
    },
    "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
    "discriminator": {"propertyName": "petType", "mapping": {"kitty": "#/$defs/Cat"}},
}


def assert_valid(schema: Any, value: Any) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(value)


TYPES = [
    True,
    {},
    {"type": "null"},
    {"type": "boolean"},
    {"type": ["null", "integer"]},
    {"type": ["string", "array"], "minItems": 2, "minLength": 3},
    {"enum": [1, "two", None, {"three": 3}]},
    {"enum": [1, "two", 3.5], "type": "number", "minimum": 2},
    {"const": {"a": [1, None]}},
    {"const": None},
    {"allOf": [{"enum": [1, 2, 3]}, {"enum": [3, 4, 5]}]},
    {"enum": ["a", "bb", "ccc"], "minLength": 3},
]
NUMBERS = [
    {"type": "integer", "minimum": 5, "maximum": 5},
    {"type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 6},
    {"type": "integer", "minimum": 1.5, "maximum": 2.5},
    {"type": "integer", "multipleOf": 7, "minimum": 100, "maximum": 110},
    {"type": "integer", "multipleOf": 2.5, "minimum": 1},
    {"type": "number", "multipleOf": 0.01, "minimum": 0.1, "maximum": 0.3},
    {"type": "number", "multipleOf": 0.1, "minimum": 1000},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1e-9},
    {"type": "number", "maximum": -1e12},
    {"type": "integer", "minimum": 9007199254740993},
    {"type": "integer", "minimum": 2**70},
    {"allOf": [{"multipleOf": 4}, {"multipleOf": 6}], "type": "integer", "minimum": 1, "maximum": 12},
    {"type": "integer", "format": "int32", "minimum": 2_000_000_000},
    {"type": "number", "not": {"type": "integer"}},
    {"type": "number", "not": {"type": "integer"}, "minimum": 3, "maximum": 4},
]
STRINGS = [
    {"type": "string", "minLength": 300},
    {"type": "string", "maxLength": 0},
    {"type": "string", "minLength": 7, "maxLength": 7},
    {"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"},
    {"type": "string", "pattern": "^(foo|bar)+$", "minLength": 12, "maxLength": 15},
    {"type": "string", "pattern": "^a*$", "minLength": 40},
    {"type": "string", "pattern": "^(?=.*[A-Z])(?=.*[0-9]).{8,}$"},
    {"type": "string", "pattern": "^(?!admin)[a-z]{3,8}$"},
    {"type": "string", "pattern": "x", "minLength": 20},
    {"type": "string", "pattern": "\\.[Jj][Ss][Oo][Nn]$"},
    {"allOf": [{"pattern": "^a"}, {"pattern": "z$"}], "type": "string"},
    {"type": "string", "pattern": "^[^\\s]{5}$"},
    {"type": "string", "pattern": "^$"},
    {"type": "string", "pattern": "^\\/v1\\/[\\w.-]+$"},
    {"type": "string", "pattern": "^([0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?)$"},
    {"type": "string", "not": {"pattern": "^a"}},
    {"type": "string", "not": {"maxLength": 5}},
    {"type": "string", "contentEncoding": "base64", "minLength": 5, "maxLength": 9},
    {"type": "string", "contentMediaType": "application/json"},
    {"type": "string", "format": "date-time", "minLength": 24},
    {"type": "string", "format": "email", "maxLength": 8},
    {"type": "string", "format": "email", "minLength": 100},
    {"type": "string", "format": "uri", "pattern": "^https://", "minLength": 60},
    {"type": "string", "format": "made-up", "minLength": 3},
    *({"type": "string", "format": name} for name in FORMATS),
]
ARRAYS = [
    {"type": "array", "items": {"type": "integer"}, "minItems": 5},
    {"type": "array", "maxItems": 0},
    {"type": "array", "items": False},
    {"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True, "minItems": 3},
    {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 2},
    {"type": "array", "items": {"type": ["boolean", "null"]}, "uniqueItems": True, "minItems": 3},
    {"type": "array", "items": {"anyOf": [{"const": 1}, {"const": "a"}]}, "uniqueItems": True, "minItems": 2},
    {"type": "array", "prefixItems": [STRING, {"type": "integer"}], "items": False, "minItems": 2},
    {"type": "array", "prefixItems": [True, False]},
    {"type": "array", "contains": {"const": 7}, "items": {"type": "integer"}},
    {"type": "array", "contains": {"type": "string"}, "minContains": 2, "maxContains": 2, "minItems": 4},
    {"type": "array", "contains": {"const": 1}, "maxItems": 1, "prefixItems": [{"type": "integer"}]},
    {"allOf": [{"contains": {"const": 1}}, {"contains": {"const": 2}}], "type": "array", "maxItems": 2},
    {"type": "array", "contains": {"type": "null"}, "minContains": 0, "maxContains": 0, "minItems": 2},
    {"type": "array", "prefixItems": [STRING], "unevaluatedItems": {"type": "integer"}, "minItems": 3},
    {"type": "array", "prefixItems": [STRING], "unevaluatedItems": False},
    {"type": "array", "contains": {"type": "string"}, "unevaluatedItems": {"type": "integer"}, "minItems": 3},
    {"not": {"items": {"type": "string"}}, "type": "array"},
]
OBJECTS = [
    {"type": "object", "required": ["a", "b"]},
    {"type": "object", "minProperties": 4, "additionalProperties": {"type": "integer"}},
    {"minProperties": 2, "properties": {"a": True, "b": True}, "additionalProperties": False},
    {"type": "object", "maxProperties": 1, "properties": {"a": STRING, "b": STRING}, "required": ["b"]},
    {
        "type": "object",
        "patternProperties": {"^x-": {"type": "integer"}},
        "additionalProperties": False,
        "minProperties": 2,
    },
    {"type": "object", "propertyNames": {"pattern": "^[a-z]{3}$"}, "minProperties": 3},
    {"type": "object", "propertyNames": {"enum": ["a", "b"]}, "minProperties": 2},
    {"type": "object", "properties": {"a": False, "b": STRING}},
    {"type": "object", "properties": {"fo": {"type": "number"}}, "patternProperties": {"o": {"const": 9}}},
    {"type": "object", "dependentRequired": {"a": ["b"], "b": ["c"]}, "required": ["a"]},
    {"type": "object", "properties": {"a": STRING}, "dependentRequired": {"a": ["z"]}, "maxProperties": 1},
    {
        "type": "object",
        "properties": {"a": STRING},
        "dependentSchemas": {"a": {"required": ["b"], "properties": {"b": {"type": "integer"}}}},
    },
    {
        "type": "object",
        "required": ["a"],
        "dependentSchemas": {"a": {"properties": {"a": {"const": 1}}}},
    },
    {
        "type": "object",
        "allOf": [{"properties": {"a": STRING}, "required": ["a"]}, {"properties": {"b": {"type": "null"}}}],
        "unevaluatedProperties": False,
    },
    {
        "type": "object",
        "anyOf": [{"properties": {"a": STRING}}, {"properties": {"b": STRING}}],
        "properties": {"c": STRING},
        "unevaluatedProperties": False,
        "minProperties": 2,
    },
    {"type": "object", "unevaluatedProperties": {"type": "integer"}, "minProperties": 2},
    {"type": "object", "properties": {"": STRING, "a/b": STRING, "~": STRING}, "minProperties": 3},
    {"allOf": [{"properties": {"a": {"minimum": 3}}}, {"properties": {"a": {"maximum": 3}}}],
     "type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
    {"allOf": [{"properties": {"a": True}, "additionalProperties": False}, {"properties": {"b": True}}],
     "type": "object"},
]  # fmt: skip
CHOICES = [
    {"oneOf": [{"type": "integer"}, {"type": "number"}]},
    {"oneOf": [{"required": ["a"]}, {"required": ["b"]}], "type": "object",
     "properties": {"a": STRING, "b": STRING}},
    {"oneOf": [{"multipleOf": 3}, {"multipleOf": 5}], "type": "integer"},
    {"oneOf": [STRING, {"type": "string", "maxLength": 4}]},
    {"oneOf": [{"type": "object", "properties": {"a": STRING}},
               {"type": "object", "properties": {"a": STRING, "b": STRING}, "required": ["b"]}]},
    {"oneOf": [True, True, {"type": "string"}], "not": {"type": "null"}, "anyOf": [False, True]}
    | {"oneOf": [True, {"type": "string"}]},
    {"anyOf": [{"type": "null"}, {"type": "object", "required": ["id"]}]},
    {"anyOf": [{"const": 1}, {"const": 2}], "allOf": [{"anyOf": [{"const": 2}, {"const": 3}]}]},
    {"allOf": [{"anyOf": [{"minimum": 10}, {"maximum": 0}]}, {"anyOf": [{"maximum": 5}, {"minimum": 20}]}],
     "type": "integer"},
    {"not": {"type": ["string", "object", "array", "null", "boolean"]}},
    {"not": {"const": True}, "type": "boolean"},
    {"not": {"enum": ["a", "b"]}, "enum": ["a", "b", "c"]},
    {"not": {"required": ["a"]}, "type": "object", "properties": {"a": STRING, "b": STRING}},
    {"not": {"properties": {"a": {"type": "string"}}}, "type": "object"},
    {"not": {"anyOf": [{"type": "string"}, {"type": "object"}]}},
    {"not": {"allOf": [{"type": "integer"}, {"minimum": 3}]}, "type": "integer"},
    {"not": {"not": {"type": "integer"}}},
    {"not": {"minimum": 3}, "type": "number"},
    {"if": {"properties": {"kind": {"const": "a"}}, "required": ["kind"]},
     "then": {"required": ["x"]}, "else": {"required": ["y"]},
     "type": "object", "properties": {"kind": {"enum": ["a", "b"]}}, "required": ["kind"]},
    {"if": {"type": "string"}, "then": {"minLength": 9}, "else": {"const": 5}},
    {"if": {"minimum": 10}, "then": {"multipleOf": 10}, "type": "integer", "minimum": 11, "maximum": 25},
    PETS,
]  # fmt: skip
REFERENCES = [
    TREE,
    {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"type": "integer"}}, "minimum": 400},
    {"$defs": {"a": {"$anchor": "here", "type": "boolean"}}, "$ref": "#here"},
    {"$defs": {"a": {"$dynamicAnchor": "here", "type": "boolean"}}, "$dynamicRef": "#here"},
    {"type": "array", "minItems": 2, "items": {"anyOf": [{"$ref": "#"}, {"type": "integer"}]}},
    {"type": "object", "required": ["next"],
     "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}},
    {"type": "object", "additionalProperties": {"$ref": "#"}},
    {"allOf": [{"$ref": "#/$defs/base"}, {"properties": {"b": STRING}, "required": ["b"]}],
     "$defs": {"base": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}}},
]  # fmt: skip
TABLE = [*TYPES, *NUMBERS, *STRINGS, *ARRAYS, *OBJECTS, *CHOICES, *REFERENCES]


@pytest.mark.parametrize("use_examples", [True, False], ids=["static", "dynamic"])
@pytest.mark.parametrize("schema", TABLE, ids=lambda schema: json.dumps(schema)[:60])
def test_values_are_valid(schema: Any, use_examples: bool) -> None:
    for seed in range(5):
        assert_valid(schema, made(schema, seed, use_examples=use_examples))


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (False, "allows no value"),
        ({"type": "integer", "minimum": 3, "maximum": 2}, "bounds"),
        ({"type": "string", "minLength": 3, "maxLength": 2}, "minLength"),
        ({"type": "string", "pattern": "^a$", "minLength": 2}, "matches"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "exclude each other"),
        ({"enum": ["a"], "type": "integer"}, "const or enum"),
        ({"type": "array", "items": {"type": "null"}, "uniqueItems": True, "minItems": 2}, "unique"),
        ({"type": "array", "minItems": 10**9}, "minItems"),
        ({"type": "string", "minLength": 10**9}, "minLength"),
        ({"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#"}}}, "has no end"),
        ({"$ref": "#/nowhere"}, "cannot be resolved"),
        ({"not": {}}, "not"),
    ],
)  # fmt: skip
def test_what_cannot_be_satisfied_is_said(schema: Any, reason: str) -> None:
    with pytest.raises(CannotGenerate, match=reason):
        made(schema)


def test_the_place_of_a_failure_is_a_pointer_into_the_value() -> None:
    schema = {"type": "object", "required": ["a/b"], "properties": {"a/b": {"type": "array", "minItems": 1,
              "items": {"type": "integer", "minimum": 2, "maximum": 1}}}}  # fmt: skip
    with pytest.raises(CannotGenerate) as caught:
        made(schema)
    assert caught.value.pointer == "/a~1b/0"


def test_valid_examples_are_preferred_and_invalid_ones_are_not_sent() -> None:
    schema = {
        "type": "object",
        "required": ["name", "size", "tags", "mail"],
        "properties": {
            "name": {"type": "string", "example": "Rex"},
            "size": {"type": "integer", "examples": ["large", 7]},
            "tags": {"type": "array", "items": STRING, "example": ["a", "b"]},
            "mail": {"type": "string", "format": "email", "default": "nobody"},
        },
    }
    value = made(schema)
    assert (value["name"], value["size"], value["tags"]) == ("Rex", 7, ["a", "b"])
    assert "@" in value["mail"]
    assert made(schema, use_examples=False)["name"] != "Rex"


def test_an_example_of_the_whole_is_sent_as_it_is() -> None:
    schema = {"type": "object", "properties": {"a": STRING}, "example": {"a": "x", "more": 1}}
    assert made(schema) == {"a": "x", "more": 1}


def test_write_only_properties_are_not_sent() -> None:
    user = {"password": {"type": "string", "writeOnly": True}, "name": STRING}
    assert set(made({"type": "object", "properties": user})) == {"name"}
    example = {"password": "x", "name": "Ada"}
    assert made({"type": "object", "properties": user, "example": example}) == {"name": "Ada"}
    assert "password" in made({"type": "object", "properties": user, "required": ["password"]})


def test_null_is_the_last_resort() -> None:
    schema = {"anyOf": [{"type": "null"}, {"type": ["null", "string"]}]}
    assert all(isinstance(made(schema, seed), str) for seed in range(10))


def test_the_discriminator_names_the_branch_taken() -> None:
    for seed in range(10):
        value = made(PETS, seed)
        assert value["petType"] == ("kitty" if "claws" in value else "Dog")


def test_integers_stay_where_every_reader_keeps_them_exact() -> None:
    assert all(abs(made({"type": "integer", "minimum": -(10**30)}, seed)) < 2**53 for seed in range(5))


def test_recursion_ends_and_answers_stay_small() -> None:
    for seed in range(5):
        assert len(json.dumps(made(TREE, seed))) < 5_000
    wide = {"type": "array", "minItems": 50, "items": {"type": "array", "minItems": 50, "items": STRING}}
    with pytest.raises(CannotGenerate, match="nodes"):
        made(wide)


def test_seeds_make_a_difference() -> None:
    schema = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "name": STRING},
        "required": ["id", "name"],
    }
    assert len({json.dumps(made(schema, seed)) for seed in range(10)}) == 10


def test_names_make_values_look_real() -> None:
    names = ("email", "createdAt", "phone_number", "url", "price")
    value = made({"type": "object", "required": list(names), "properties": dict.fromkeys(names, STRING)})
    assert value["email"].endswith("@example.com")
    assert value["createdAt"][4] == "-"
    assert value["phone_number"].startswith("+")
    assert value["url"].startswith("https://example.com/")
    assert float(value["price"]) > 0


SCHEMAS: st.SearchStrategy[Any] = st.deferred(
    lambda: st.one_of(
        st.sampled_from([schema for schema in TABLE if isinstance(schema, dict) and "$defs" not in schema]),
        st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.dictionaries(st.sampled_from("abcd"), SCHEMAS, max_size=3),
            }
        ),
        st.fixed_dictionaries({"anyOf": st.lists(SCHEMAS, min_size=1, max_size=3)}),
    )
)


@given(schema=SCHEMAS, seed=st.integers(0, 2**64))
@settings(max_examples=60, deadline=None)
def test_same_schema_and_seed_give_the_same_value(schema: Any, seed: int) -> None:
    text = json.dumps(schema)  # read twice, as two processes would; parts that are equal are not one object
    once = made(json.loads(text), seed)
    assert json.dumps(once) == json.dumps(made(json.loads(text), seed))
    assert_valid(schema, once)


def test_values_are_the_same_in_every_process() -> None:
    script = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); import mocking.test_generate as t;"
        "print(json.dumps([t.made(s, 7) for s in t.TABLE]))"
    )
    here = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120  passed on as text
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script, here],
            env={**os.environ, "PYTHONHASHSEED": hashing},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for hashing in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert json.loads(outputs[0]) == [made(schema, 7) for schema in TABLE]
