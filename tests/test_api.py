"""The public functions and what a contract says of a recorded exchange."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import treaty
from treaty import Request, Response

DOCUMENT = """\
openapi: 3.1.0
info: {title: Books, version: '1'}
servers: [{url: 'https://books.example/v1'}]
paths:
  /books/{id}:
    get:
      security: [{key: []}]
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
        - {name: X-Key, in: header, schema: {type: string, maxLength: 3}}
      responses:
        '200':
          description: A book
          content:
            application/json:
              schema:
                type: object
                required: [title]
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
"""
HEADERS = [("x-key", "key")]
JSON = [("content-type", "application/json")]


@pytest.fixture
def contract(tmp_path: Path) -> treaty.Contract:
    path = tmp_path / "books.yaml"
    path.write_text(DOCUMENT)
    return treaty.load(path)


def codes(found: list[treaty.Finding]) -> list[str]:
    return [finding.code for finding in found]


def test_every_public_name_is_there() -> None:
    for name in treaty.__all__:
        assert getattr(treaty, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        treaty.nothing  # noqa: B018  # that it raises is what is tested


def test_a_good_exchange(contract: treaty.Contract) -> None:
    assert contract.check(Request("GET", "/books/1", headers=HEADERS)) == []
    good = Response(200, JSON, b'{"title": "Emma"}')
    assert contract.check(Request("GET", "/v1/books/1", headers=HEADERS), good) == []


def test_names_of_headers_may_have_any_case(contract: treaty.Contract) -> None:
    answer = Response(200, [("Content-Type", "application/json")], b'{"title": "Emma"}')
    assert contract.check(Request("GET", "/books/1", headers=[("X-KEY", "key")]), answer) == []


def test_a_body_may_be_a_text(contract: treaty.Contract) -> None:
    asked = Request("GET", "/books/1", headers=HEADERS, body="")  # type: ignore[arg-type]  # as callers do
    good, bad = (Response(200, JSON, text) for text in ('{"title": "Émile"}', "{}"))  # type: ignore[arg-type]
    assert contract.check(asked, good) == []
    assert codes(contract.check(asked, bad)) == ["schema-required"]
    with pytest.raises(TypeError, match="a body is bytes or a text, not dict"):
        contract.check(asked, Response(200, JSON, {"title": "Emma"}))  # type: ignore[arg-type]


def test_findings_have_file_and_line(contract: treaty.Contract) -> None:
    found = contract.check(Request("GET", "/books/x", headers=HEADERS), Response(200, JSON, b"{}"))
    assert codes(found) == ["schema-type", "schema-required"]
    lines = [DOCUMENT.splitlines()[each.location.line - 1] for each in found if each.location]
    assert ["name: id" in lines[0], "required: [title]" in lines[1]] == [True, True]
    assert all(each.location and each.location.file.endswith("books.yaml") for each in found)


def test_a_refusal_of_what_breaks_the_contract_need_not_be_declared(contract: treaty.Contract) -> None:
    wrong, right = Request("GET", "/books/x", headers=HEADERS), Request("GET", "/books/1", headers=HEADERS)
    assert codes(contract.check(wrong, Response(400))) == ["schema-type"]
    assert codes(contract.check(wrong, Response(500))) == ["schema-type", "undeclared-status"]
    assert codes(contract.check(right, Response(400))) == ["undeclared-status"]


@pytest.mark.parametrize(
    ("method", "path", "code"), [("GET", "/x", "not-found"), ("PUT", "/books/1", "method-not-allowed")]
)
def test_what_the_contract_does_not_have(
    contract: treaty.Contract, method: str, path: str, code: str
) -> None:
    [finding] = contract.check(Request(method, path), Response(200))
    assert finding.code == code


def test_secrets_are_masked(contract: treaty.Contract) -> None:
    key = "correct-horse"
    answer = Response(200, JSON, b'"correct-horse"')
    found = contract.check(Request("GET", "/books/1", headers=[("x-key", key)]), answer)
    assert codes(found) == ["schema-maxLength", "schema-type"]
    assert [each.actual for each in found] == ["***", "'***'"]
    assert key not in repr(found)


def test_a_document_may_be_given_in_place_of_its_contract(tmp_path: Path) -> None:
    path = tmp_path / "books.yaml"
    path.write_text(DOCUMENT)

    for app in (treaty.mock(path), treaty.mock(str(path)), treaty.mock(treaty.load(path).document.bundle())):
        assert [each.path for each in app.engine.judge.contract.operations] == ["/books/{id}"]
    assert treaty.guard(path, treaty.mock(path)).enforcer.judge.contract.title == "Books"
    with pytest.raises(treaty.DocumentError, match="openapi"):
        treaty.mock({"paths": {}})


@pytest.mark.parametrize(
    "wrong", [{"auth": "of"}, {"refusals": "problems"}, {"invalid_examples": "ignore"}, {"error_rate": 7}]
)
def test_a_mock_is_not_made_of_a_misspelt_choice(contract: treaty.Contract, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}={next(iter(wrong.values()))!r} is no"):
        treaty.mock(contract, **wrong)


@pytest.mark.parametrize("wrong", [{"framework": "falsk"}, {"validate_responses": "reprot"}])
def test_a_service_is_not_made_of_a_misspelt_choice(contract: treaty.Contract, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is none of "):
        treaty.serve(contract, **wrong)


def test_a_guard_is_not_made_of_a_misspelt_choice(contract: treaty.Contract) -> None:
    with pytest.raises(ValueError, match="is none of 'refuse', 'report', 'off'"):
        treaty.guard(contract, treaty.mock(contract), validate_responses="reprot")  # type: ignore[arg-type]
