from __future__ import annotations

from pathlib import Path

import pytest

from document.samples import OK, document, write
from treaty.document.document import ENTRY_NAMES, find_entries, inspect_document, open_document
from treaty.document.library import Access
from treaty.findings import DocumentError, Severity

TEXT = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n"


@pytest.mark.parametrize("name", ENTRY_NAMES)
def test_a_folder_stands_for_its_entry_document(name: str, tmp_path: Path) -> None:
    text = '{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}'
    entry = write(tmp_path, {f"specs/api/{name}": text, "specs/other.yaml": "x: 1"})
    for source in (entry, str(entry), entry.parent, entry.parent.parent):
        assert open_document(source).sources.entry.path == entry


def test_one_entry_document_for_each_folder(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"b/openapi.yaml": TEXT, "b/openapi.json": "{}", "a/swagger.yml": TEXT, "c/d/openapi.yaml": TEXT},
    )
    assert find_entries(tmp_path) == [tmp_path / "a/swagger.yml", tmp_path / "b/openapi.yaml"]


def test_the_folder_of_the_entry_document_may_be_read_and_no_other(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        {
            "a/openapi.yaml": TEXT + "components: {schemas: {A: {$ref: '../b/c.yaml'}}}",
            "b/c.yaml": "type: string",
        },
    )
    with pytest.raises(DocumentError, match="outside the folders"):
        open_document(entry)
    assert open_document(entry, Access(roots=(tmp_path,))).bundle()["components"]["schemas"]["A"]


def test_what_is_an_error_to_who_inspects_is_a_warning_to_who_uses() -> None:
    data = document(paths={"/a": {"get": {**OK, "operationId": "x"}, "put": {**OK, "operationId": "x"}}})
    for opened, severity in ((inspect_document, Severity.ERROR), (open_document, Severity.WARNING)):
        found = opened(data).found
        assert [(each.code, each.severity) for each in found] == [("duplicate-operation-id", severity)]


def test_warnings_do_not_prevent_the_use() -> None:
    opened = open_document(document("3.1.0", components={"schemas": {"A": {"type": "strin"}}}))
    assert [each.severity for each in opened.found] == [Severity.WARNING]
