"""What is wrong is said once, in words that name what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from document.samples import OK, document, schemas
from treaty.document.explain import MAX_FINDINGS, explain
from treaty.document.metaschemas import document_validator
from treaty.document.versions import version_of

LOCATIONS = {
    "2.0": "body, header, formData, query, path",
    "3.0.3": "path, query, header, cookie",
    "3.1.0": "query, header, path, cookie",
    "3.2.0": "query, querystring, header, path, cookie",
}
SCHEMES = {
    "2.0": "basic, apiKey, oauth2",
    "3.0.3": "apiKey, http, oauth2, openIdConnect",
    "3.1.0": "apiKey, http, mutualTLS, oauth2, openIdConnect",
    "3.2.0": "apiKey, http, mutualTLS, oauth2, openIdConnect",
}


def explained(data: dict[str, Any]) -> dict[str, tuple[str, str, str, str]]:
    """(code, message, expected, hint) by pointer."""
    errors = document_validator(version_of(data, "f")).iter_errors(data)
    found = list(explain(errors))
    assert len({pointer for pointer, _ in found}) == len(found)
    return {pointer: (each.code, each.message, each.expected, each.hint) for pointer, each in found}


def with_parameter(version: str, **fields: Any) -> dict[str, Any]:
    return document(version, paths={"/a": {"get": {"parameters": [{"name": "q", **fields}], **OK}}})


@pytest.mark.parametrize("version", LOCATIONS)
def test_all_values_that_any_branch_allows_are_named(version: str) -> None:
    wanted = {"type": "string"} if version == "2.0" else {"schema": {"type": "string"}}
    found = explained(with_parameter(version, **{"in": "nowhere"}, **wanted))
    assert found == {
        "/paths/~1a/get/parameters/0/in": (
            "wrong-value",
            "'nowhere' is not an allowed value",
            f"one of {LOCATIONS[version]}",
            "",
        )
    }


@pytest.mark.parametrize("version", SCHEMES)
def test_all_types_of_security_scheme_are_named(version: str) -> None:
    scheme = {"k": {"type": "apikey", "name": "x", "in": "header"}}
    at = {"securityDefinitions": scheme} if version == "2.0" else {"components": {"securitySchemes": scheme}}
    ((pointer, said),) = explained(document(version, **at)).items()
    assert pointer.endswith("/k/type")
    assert said[2:] == (f"one of {SCHEMES[version]}", "did you mean `apiKey`?")


def test_the_branch_that_was_meant_is_explained() -> None:
    found = explained(document("3.0.3", components={"securitySchemes": {"k": {"type": "http"}}}))
    assert found == {
        "/components/securitySchemes/k": ("field-missing", "`scheme` is missing", "a `scheme` field", "")
    }


@pytest.mark.parametrize(
    ("fields", "pointer", "expected"),
    [
        ({"info": 3}, "/info", "an object"),
        ({"paths": []}, "/paths", "an object"),
        ({"tags": {}}, "/tags", "an array"),
        ({"info": {"title": 1, "version": "1"}}, "/info/title", "a string"),
    ],
)
@pytest.mark.parametrize("version", ["2.0", "3.0.3", "3.1.0", "3.2.0"])
def test_a_wrong_type_has_its_article(version: str, fields: Any, pointer: str, expected: str) -> None:
    code, message, wanted, _ = explained(document(version, **fields))[pointer]
    assert (code, wanted) == ("wrong-type", expected)
    assert message.endswith(f"is not {expected}")


@pytest.mark.parametrize("version", ["2.0", "3.0.3", "3.1.0", "3.2.0"])
def test_a_misspelt_field_is_named_with_its_like(version: str) -> None:
    data = {**document(version), "path": {}}
    code, message, _, hint = explained(data)["/path"]
    assert (code, message, hint) == ("unknown-field", "`path` is not a known field", "did you mean `paths`?")


@pytest.mark.parametrize(
    ("fields", "pointer", "hint"),
    [
        ({"info": {"title": "T", "version": 1.0}}, "/info/version", 'put it in quotes, `"1.0"`'),
        ({"info": {"title": True, "version": "1"}}, "/info/title", 'put it in quotes, `"true"`'),
        ({"openapi": 3.1}, "/openapi", "write all three numbers: `3.1.0`"),
        ({"openapi": "3.1"}, "/openapi", "write all three numbers: `3.1.0`"),
    ],
)
def test_what_yaml_took_for_something_else_is_hinted_at(
    fields: dict[str, Any], pointer: str, hint: str
) -> None:
    assert explained(document("3.1.0", **fields))[pointer][3].startswith(hint)


def test_a_version_without_quotes_is_no_other_version() -> None:
    code, message, wanted, _ = explained({**document("2.0"), "swagger": 2.0})["/swagger"]
    assert (code, message, wanted) == ("wrong-type", "2.0 is not a string", "a string")


@pytest.mark.parametrize("version", ["2.0", "3.0.3", "3.1.0", "3.2.0"])
def test_keys_that_have_a_form_are_explained_by_it(version: str) -> None:
    found = explained(document(version, paths={"users": {"get": OK}}))["/paths/users"]
    assert found[1:] == ("`users` is not a path", "a path that begins with /", "write `/users`")
    wrong = {"get": {"responses": {"20": {"description": "x"}}}}
    found = explained(document(version, paths={"/a": wrong}))
    assert found["/paths/~1a/get/responses/20"][1] == "`20` is not a status"


def test_responses_without_any_say_what_is_to_be_there() -> None:
    found = explained(document("3.1.0", paths={"/a": {"get": {"responses": {"x-a": 1}}}}))
    (_, message, wanted, _) = found["/paths/~1a/get/responses"]
    assert message == "no response is declared"
    assert wanted == "a status such as 200, a range such as 4XX, or `default`"


def test_a_schema_of_3_0_with_a_wrong_type() -> None:
    found = explained(schemas("3.0.3", A={"type": "text"}))
    assert found["/components/schemas/A/type"][2] == "one of array, boolean, integer, number, object, string"


def test_what_is_wrong_inside_is_not_told_again_outside() -> None:
    found = explained(document("3.1.0", paths={"/a": {"get": {"responses": {"200": {"description": 1}}}}}))
    assert list(found) == ["/paths/~1a/get/responses/200/description"]


def test_there_is_an_end_to_it() -> None:
    data = {**document(), **{f"field{n}": n for n in range(MAX_FINDINGS * 2)}}
    assert len(explained(data)) == MAX_FINDINGS


def test_long_values_are_cut() -> None:
    message = explained(document("3.1.0", info={"title": "T", "version": 10**80}))["/info/version"][1]
    assert len(message) < 90
