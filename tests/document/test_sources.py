from __future__ import annotations

from pathlib import Path

import pytest

from treaty.document.sources import Resource, Sources
from treaty.findings import Finding, Location

ENTRY = Resource("file:///entry.yaml", "entry.yaml", {}, content=b"a:\n  b: 1\nc: {d: 2}\n")
PART = Resource("file:///part.yaml", "part.yaml", {}, content=b"# a comment\nx:\n  - y: 1\n")
SOURCES = Sources(
    ENTRY,
    {each.uri: each for each in (ENTRY, PART)},
    {"/components/schemas/X": (PART.uri, "/x/0"), "/a/b": (PART.uri, "")},
)


@pytest.mark.parametrize(
    ("pointer", "origin"),
    [
        ("/a", (ENTRY.uri, "/a")),
        ("/a/b", (PART.uri, "")),
        ("/a/b/x", (PART.uri, "/x")),
        ("/a/bc", (ENTRY.uri, "/a/bc")),
        ("/components/schemas/X/y", (PART.uri, "/x/0/y")),
        ("", (ENTRY.uri, "")),
    ],
)
def test_the_origin_of_a_part_of_a_bundle(pointer: str, origin: tuple[str, str]) -> None:
    assert SOURCES.origin(pointer) == origin


@pytest.mark.parametrize(
    ("pointer", "said"),
    [
        ("/c/d", "entry.yaml:3:5"),
        ("/components/schemas/X/y", "part.yaml:3:5"),
        ("/components/schemas/X/none", "part.yaml:3:5"),
        ("/none", "entry.yaml:1:1"),
    ],
)
def test_the_line_of_a_part_of_a_bundle(pointer: str, said: str) -> None:
    assert str(SOURCES.location(pointer)) == said


def test_findings_are_placed_in_the_order_of_the_files() -> None:
    found = [
        Finding("third", "", location=Location("", pointer="/components/schemas/X")),
        Finding("second", "", location=Location("", pointer="/c"), related=(Location("", pointer="/a"),)),
        Finding("fourth", "", location=Location(PART.uri, pointer="/x/0/y")),
        Finding("first", ""),
        Finding("fifth", "", location=Location("read.yaml", 7, 3)),
    ]
    placed = SOURCES.place(found)
    assert [(each.code, str(each.location)) for each in placed] == [
        ("first", "entry.yaml:1:1"),
        ("second", "entry.yaml:3:1"),
        ("third", "part.yaml:3:5"),
        ("fourth", "part.yaml:3:5"),
        ("fifth", "read.yaml:7:3"),
    ]
    assert [str(each) for each in placed[1].related] == ["entry.yaml:1:1"]


def test_a_value_has_pointers_and_no_lines() -> None:
    memory = Resource("memory:///document", "<document>", {"a": 1})
    location = Sources(memory, {memory.uri: memory}).location("/a")
    assert (location.file, location.line, location.pointer) == ("<document>", 0, "/a")


def test_a_file_that_is_gone_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1")
    resource = Resource(path.as_uri(), "a.yaml", {"a": 1}, path)
    sources = Sources(resource, {resource.uri: resource})
    assert str(sources.location("/a")) == "a.yaml:1:1"
    path.unlink()
    assert str(sources.location("/a")) == "a.yaml"
