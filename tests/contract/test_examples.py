"""Examples that break their schemas: told with their places, in a document that is valid all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import treaty
from treaty.cli import treaty as command
from treaty.contract.examples import CODE, MAX_TOLD
from treaty.findings import Json, Severity

DOCUMENT = """\
openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /books:
    post:
      parameters:
        - {name: page, in: query, schema: {type: integer}, example: first}
        - {name: size, in: query, schema: {type: integer}, examples: {a: {value: 1}, b: {value: two}}}
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Book'}
            example: {title: Emma}
      responses:
        '200':
          description: A book
          headers: {X-Count: {schema: {type: integer}, example: many}}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Book'}
              examples:
                right: {value: {id: 1, title: Emma}}
                no-id: {value: {title: Emma}}
                wrong: {$ref: '#/components/examples/Wrong'}
            application/xml:
              schema: {$ref: '#/components/schemas/Book'}
              example: <book/>
components:
  examples: {Wrong: {value: {id: 1, title: 2}}}
  schemas:
    Book:
      type: object
      required: [id, title]
      example: {title: Emma}
      properties:
        id: {type: integer, readOnly: true, example: one}
        title: {type: string, example: Emma}
        note: {type: string, nullable: true, example: null}
        day: {type: string, format: date, example: today}
"""
WRONG = [
    (7, "", '"first" is not of type "integer"'),
    (8, "", '"two" is not of type "integer"'),
    (17, "", '"many" is not of type "integer"'),
    (23, "", '"id" is a required property'),
    (29, "/title", '2 is not of type "string"'),
    (36, "", '"one" is not of type "integer"'),
]


def test_each_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(DOCUMENT)
    found = [each for each in treaty.check(tmp_path / "api.yaml") if each.code == CODE]
    said = [each for each in found if each.severity is Severity.WARNING]
    assert [
        (each.location.line, each.message) for each in said if each.location and each.location.column
    ] == [
        (line, f"the example breaks its own schema{f' at `{at}`' if at else ''}: {why}")
        for line, at, why in WRONG
    ]
    (formal,) = [each for each in found if each.severity is Severity.INFO]
    assert formal.location is not None
    assert formal.location.line == 39


def test_the_document_is_valid_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(DOCUMENT)
    result = CliRunner().invoke(command, ["check", str(tmp_path / "api.yaml")])
    assert result.exit_code == 0
    assert result.output.endswith("api.yaml: valid, with 6 warnings\n")


@pytest.mark.parametrize("version", ["3.1.0", "3.2.0"])
def test_each_of_a_schemas_examples_is_judged(version: str) -> None:
    schema: Json = {"type": ["integer", "null"], "examples": [1, "one", None]}
    found = _check(version, {"schema": schema})
    assert [each.location.pointer for each in found if each.location] == ["/components/schemas/S/examples/1"]


def test_after_many_no_others_are_looked_at() -> None:
    schemas: Json = {f"S{number}": {"type": "integer", "example": "1"} for number in range(MAX_TOLD + 10)}
    document = _document("3.0.3", schemas)
    found = treaty.check(document)
    assert [each.code for each in found].count(CODE) == MAX_TOLD
    assert [each.code for each in found].count("more-examples") == 1


def _document(version: str, schemas: Json) -> Json:
    return {
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    }


def _check(version: str, schemas: Json) -> Json:
    return treaty.check(_document(version, {"S": schemas["schema"]}))
