from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

import treaty
from treaty.document.library import Access, Library, join_reference, split_reference, value_at
from treaty.findings import DocumentError, Location

WHERE = Location("file:///entry.yaml", pointer="/a/$ref")


@pytest.mark.parametrize(
    ("base", "reference", "expected"),
    [
        ("file:///a/b.yaml", "#/x", ("file:///a/b.yaml", "/x")),
        ("file:///a/b.yaml", "c.yaml", ("file:///a/c.yaml", "")),
        ("file:///a/b.yaml", "../c.yaml#/x%20y", ("file:///c.yaml", "/x y")),
        ("file:///a/b.yaml", "c%20d.yaml#", ("file:///a/c%20d.yaml", "")),
        ("https://h/a/b", "/c#x", ("https://h/c", "x")),
        ("https://h/a#old", "#new", ("https://h/a", "new")),
        ("file:///a", "https://h/x#/y", ("https://h/x", "/y")),
        ("memory:///document", "b.yaml", ("b.yaml", "")),
        ("file:///a", "http://[x#/y", ("http://[x", "/y")),
        ("file:///a/b.yaml", "c.yaml#/", ("file:///a/c.yaml", "")),
    ],
)
def test_a_reference_is_an_address_and_a_fragment(
    base: str, reference: str, expected: tuple[str, str]
) -> None:
    assert split_reference(base, reference) == expected


@given(st.lists(st.sampled_from(["..", ".", "a", "b.yaml", "c-d"]), min_size=1, max_size=6))
def test_the_short_way_to_join_is_that_of_the_standard(steps: list[str]) -> None:
    reference = "/".join([*steps, "end.yaml"])
    for path in ("/x/y/z.yaml", "/z.yaml"):
        # By another scheme, because Python 3.13.0 loses the empty authority of a file URI.
        expected = urljoin(f"http://host{path}", reference).replace("http://host", "file://")
        assert join_reference(f"file://{path}", reference) == expected


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("", {"a": [1, {"b/c~": 2}]}), ("/a/0", 1), ("/a/1/b~1c~0", 2)],
)
def test_a_pointer_names_a_value(pointer: str, value: Any) -> None:
    assert value_at({"a": [1, {"b/c~": 2}]}, pointer) == value


@pytest.mark.parametrize(
    "pointer", ["a", "/x", "/a/2", "/a/-", "/a/-1", "/a/²", "/a/0/b", "/a/" + "9" * 9999]
)
def test_a_pointer_to_nothing(pointer: str) -> None:
    with pytest.raises(LookupError):
        value_at({"a": [1, 2]}, pointer)


def test_a_file_is_opened_once(tmp_path: Path) -> None:
    (tmp_path / "a b.yaml").write_text("x: 1")
    library = Library(Access(), (tmp_path.resolve(),))
    uri = (tmp_path / "a b.yaml").as_uri()
    first = library.open_reference(uri, WHERE)
    (tmp_path / "a b.yaml").write_text("x: 2")
    assert library.open_reference(uri, WHERE) is first
    assert first.data == {"x": 1}


def test_a_file_that_failed_is_not_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("x: [")
    library = Library(Access(), (tmp_path.resolve(),))
    raised = []
    for text in ("x: [", "x: 1"):
        path.write_text(text)
        with pytest.raises(DocumentError) as error:
            library.open_reference(path.as_uri(), WHERE)
        raised.append(error.value.findings)
    assert raised[0] == raised[1]
    assert raised[0][0].related[-1] == WHERE


def test_a_label_is_what_people_would_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/a.yaml").write_text("{}")
    (tmp_path.parent / "beside.yaml").write_text("{}")
    library = Library(Access())
    assert library.open_path(Path("specs/a.yaml")).label == str(Path("specs/a.yaml"))
    assert library.open_path(tmp_path.parent / "beside.yaml").label == str(tmp_path.parent / "beside.yaml")


def test_another_kind_of_address_is_not_read() -> None:
    with pytest.raises(DocumentError, match="`ftp` is not a kind of address"):
        Library(Access(remote=True)).open_reference("ftp://host/a.yaml", WHERE)


def test_a_path_with_dots_is_one_uri_and_its_schemas_can_be_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    text = (
        "openapi: 3.1.0\ninfo: {title: Books, version: '1'}\npaths: {}\n"
        "components: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {type: string}}}\n"
    )
    (tmp_path / "openapi.yaml").write_text(text)
    monkeypatch.chdir(tmp_path / "here")
    contract = treaty.load("../openapi.yaml")
    assert ".." not in contract.document.survey.base
    assert contract.schemas.validator("/components/schemas/A", "request").accepts("text")
