"""The full judgement is that of openapi-spec-validator, and is made once for each content."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import treaty
from document.samples import OK, document, schemas
from treaty.document import validity
from treaty.document.document import inspect_document
from treaty.document.validity import check_validity
from treaty.findings import Finding, Location, Severity

# A fault that this project's own check does not know: a path parameter that is not required.
BEYOND = document("3.0.3", paths={"/a": {"get": {**OK, "operationId": "x"}}})


def judged_by(messages: list[Any]) -> Any:
    """A judge that says this, and counts how often it is asked."""
    calls: list[int] = []

    def judge(_: object) -> Any:
        calls.append(1)
        yield from messages

    return judge, calls


def test_what_the_validator_finds_beyond_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judge, _ = judged_by([(["paths", "/a"], "is odd"), ([], "as a whole")])
    monkeypatch.setattr(validity, "_judge", judge)
    found = check_validity(inspect_document(BEYOND), [], tmp_path)
    assert [(each.code, each.message, each.location.pointer) for each in found if each.location] == [
        ("not-valid", "is odd", "/paths/~1a"),
        ("not-valid", "as a whole", ""),
    ]


def test_what_is_known_already_is_told_once(tmp_path: Path) -> None:
    data = document("3.0.3", info={"title": "T"})
    opened = inspect_document(data)
    found = check_validity(opened, opened.found, tmp_path)
    assert [each.code for each in found] == ["field-missing"]


def test_the_blame_of_an_object_for_one_of_its_fields_is_known(tmp_path: Path) -> None:
    opened = inspect_document(schemas("3.1.0", A={"discriminator": {"propertyName": "a", "unknown": 1}}))
    found = check_validity(opened, opened.found, tmp_path)
    assert [each.code for each in found] == ["unknown-field"]


def test_a_content_is_judged_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judge, calls = judged_by([(["info"], "is odd")])
    monkeypatch.setattr(validity, "_judge", judge)
    first, second = (check_validity(inspect_document(BEYOND), [], tmp_path) for _ in range(2))
    assert first == second
    assert len(calls) == 1
    check_validity(inspect_document({**BEYOND, "tags": []}), [], tmp_path)
    assert len(calls) == 2


@pytest.mark.parametrize("content", [b"", b"\xff", b"{", b"7", b"[[1]]", b'{"a": 1}', b'[["a", 1]]'])
def test_a_judgement_that_cannot_be_read_is_made_again(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, calls = judged_by([(["info"], "is odd")])
    monkeypatch.setattr(validity, "_judge", judge)
    first = check_validity(inspect_document(BEYOND), [], tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(content)
    assert check_validity(inspect_document(BEYOND), [], tmp_path) == first
    assert len(calls) == 2
    assert json.loads(kept.read_bytes()) == [[["info"], "is odd"]]


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert check_validity(inspect_document(BEYOND), [], tmp_path / "file") == []


def test_a_validator_that_gives_up_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from openapi_spec_validator.validation import validators

    def give_up(*_: object) -> Any:
        raise RecursionError("too deep\nfor it")

    monkeypatch.setattr(validators.OpenAPIV30SpecValidator, "iter_errors", give_up)
    (finding,) = check_validity(inspect_document(BEYOND), [], tmp_path)
    assert (finding.code, finding.severity) == ("not-judged", Severity.INFO)
    assert finding.message.endswith("to its end: too deep")
    error = Finding("reference-not-found", "leads to nothing", Severity.ERROR, Location("", pointer="/paths"))
    (why,) = check_validity(inspect_document(BEYOND), [error], tmp_path)
    assert why.code == "reference-not-found"


def test_the_cache_is_where_caches_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    treaty.check(BEYOND)
    assert len(list((tmp_path / "treaty" / "validity").iterdir())) == 1


def test_the_second_check_does_not_import_the_validator(tmp_path: Path) -> None:
    program = (
        "import sys, treaty\n"
        f"found = treaty.check({BEYOND!r})\n"
        "print(len(found), 'openapi_spec_validator' in sys.modules)"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    said = [
        subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert said == [["0", "True"], ["0", "False"]]


def test_schemas_of_another_dialect_are_not_judged_by_openapis(tmp_path: Path) -> None:
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "string"}]}
    data = {
        "openapi": "3.1.1",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {"S": schema}},
    }
    document = inspect_document(data)
    assert check_validity(document, document.found, tmp_path) == []
    del schema["$schema"]
    document = inspect_document(data)
    assert check_validity(document, document.found, tmp_path) != []
