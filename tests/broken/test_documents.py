"""Documents that can be read and are wrong: each fault at its line, to `check` an error, to `mock` seldom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import treaty
from broken.asking import codes, is_invalid, is_used_all_the_same, lines, placed, refused, text, told, write

if TYPE_CHECKING:
    from pathlib import Path

OK = "responses: {'200': {description: d}}"
IN_PATH = "in: path, required: true, schema: {}"
WRONG = {
    "two operations with one id": (
        f"paths:\n  /a:\n    get: {{operationId: x, {OK}}}\n  /b:\n    get: {{operationId: x, {OK}}}\n",
        "duplicate-operation-id",
        7,
    ),
    "templates that clash": (
        "paths:\n"
        f"  /a/{{x}}:\n    get: {{parameters: [{{name: x, {IN_PATH}}}], {OK}}}\n"
        f"  /a/{{y}}:\n    get: {{parameters: [{{name: y, {IN_PATH}}}], {OK}}}\n",
        "clashing-paths",
        6,
    ),
    "a path parameter that is not declared": (
        f"paths:\n  /a/{{x}}:\n    get: {{{OK}}}\n",
        "path-parameter-missing",
        5,
    ),
    "parameters as an object": (
        f"paths:\n  /a:\n    get:\n      parameters: {{}}\n      {OK}\n",
        "wrong-type",
        6,
    ),
    "a number for a description": (
        "paths:\n  /a:\n    get: {responses: {'200': {description: 7}}}\n",
        "wrong-type",
        5,
    ),
}


# What leaves no operation.
REFUSED = {
    "paths as a list": ("paths: []\n", "wrong-type", 3),
    "paths as nothing": ("paths:\n", "wrong-type", 3),
    "no paths": ("tags: []\n", "field-missing", 1),
    "components as a text": ("paths: {}\ncomponents: x\n", "wrong-type", 4),
    "schemas as a list": ("paths: {}\ncomponents: {schemas: []}\n", "wrong-type", 4),
    "a misspelt field": ("paths: {}\ncomponent: {}\n", "unknown-field", 4),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_told_at_its_line(name: str, tmp_path: Path) -> None:
    body, code, line = WRONG[name]
    entry = write(tmp_path, {"openapi.yaml": text(body)})
    findings = placed(told(entry))
    assert code in codes(findings)
    assert line in [found for _, found in lines(findings)]
    is_used_all_the_same(entry, code)


@pytest.mark.parametrize("name", REFUSED)
def test_a_document_without_operations_is_refused_for_its_fault(name: str, tmp_path: Path) -> None:
    body, code, line = REFUSED[name]
    entry = write(tmp_path, {"openapi.yaml": text(body)})
    findings = placed(refused(entry))
    assert code in codes(findings)
    assert line in [found for _, found in lines(findings)]
    is_invalid(entry, code)


def test_templates_that_share_no_method_are_told_and_do_not_stop_a_server() -> None:
    parameter = {"in": "path", "required": True, "schema": {}}
    responses = {"200": {"description": "d"}}
    contract = treaty.load(
        {
            "openapi": "3.0.3",
            "info": {"title": "T", "version": "1"},
            "paths": {
                "/a/{x}": {"get": {"parameters": [{"name": "x", **parameter}], "responses": responses}},
                "/a/{y}": {"put": {"parameters": [{"name": "y", **parameter}], "responses": responses}},
            },
        }
    )
    assert [(each.code, each.severity) for each in contract.findings] == [
        ("clashing-paths", treaty.Severity.INFO)
    ]


@pytest.mark.parametrize(
    "section", ["schemas", "parameters", "responses", "headers", "requestBodies", "examples"]
)
@pytest.mark.parametrize("value", ["x", "[]", "7", "[[]]"])
def test_components_of_wrong_types(section: str, value: str, tmp_path: Path) -> None:
    body = f"paths: {{}}\ncomponents:\n  {section}:\n    A: {value}\n"
    entry = write(tmp_path, {"openapi.yaml": text(body)})
    try:
        findings = treaty.load(entry).findings
    except treaty.DocumentError as error:
        findings = error.findings
    assert {line for _, line in lines(placed(tuple(findings)))} == {6}
