"""What cannot be read is answered with a place and a reason."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

import treaty
from broken.asking import codes, is_unreadable, lines, placed, refused, run, text, write

if TYPE_CHECKING:
    from pathlib import Path

BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
)
DEEP = 10_000
UNREADABLE = {
    "yaml": ("f.yaml", b"openapi: 3.0.3\ninfo: {title: [T\npaths: {}\n", "yaml-syntax"),
    "tab": ("f.yaml", b"openapi: 3.0.3\n\tinfo: {}\n", "yaml-syntax"),
    "json": ("f.json", b'{"openapi": "3.0.3",\n "info": {,}}', "json-syntax"),
    "empty": ("f.yaml", b"", "empty-document"),
    "empty json": ("f.json", b"  \n", "empty-document"),
    "only a comment": ("f.yaml", b"# nothing\n", "empty-document"),
    "binary": ("f.yaml", bytes(range(256)) * 8, "not-utf8"),
    "image": ("f.json", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not-utf8"),
    "cut in a character": ("f.yaml", b"openapi: 3.0.3\ninfo: {title: \xc3", "not-utf8"),
    "alias bomb": ("f.yaml", BOMB.encode(), "alias-bomb"),
    "alias loop": ("f.yaml", b"a: &a [*a]\n", "alias-loop"),
    "deep flow": ("f.yaml", b"a: " + b"[" * DEEP + b"]" * DEEP, "too-deep"),
    "deep block": ("f.yaml", "".join(f"{' ' * n}a:\n" for n in range(2_000)).encode(), "too-deep"),
    "deep json": ("f.json", b'{"a":' * DEEP + b"1" + b"}" * DEEP, "too-deep"),
    "duplicate key": ("f.yaml", b"openapi: 3.0.3\nopenapi: 3.1.0\n", "duplicate-key"),
    "list": ("f.yaml", b"- openapi\n", "unknown-version"),
    "scalar": ("f.json", b'"openapi"', "unknown-version"),
    "number": ("f.json", b"3.1", "unknown-version"),
    "another format": ("f.json", b'{"name": "package"}', "unknown-version"),
    "future": ("f.yaml", b"openapi: 4.0.0\n", "unknown-version"),
    "version in a list": ("f.yaml", b"openapi: [3.0.3]\n", "unknown-version"),
    "swagger 3": ("f.yaml", b"swagger: '3.0'\n", "unknown-version"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_is_refused_at_its_line(name: str, tmp_path: Path) -> None:
    file, content, code = UNREADABLE[name]
    (tmp_path / file).write_bytes(content)
    findings = refused(tmp_path / file)
    assert codes(findings) == [code]
    assert lines(findings)[0][0] == file
    assert findings[0].location
    assert findings[0].location.line >= 1
    is_unreadable(tmp_path / file, code)


def test_deep_block_yaml_is_answered_at_ten_thousand_levels(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(b"- " * DEEP + b"1")
    assert codes(refused(tmp_path / "f.yaml")) == ["too-deep"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_other_encodings_of_unicode_are_read(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(text("paths: {}\n").replace("T", "Ünïcode 😀").encode(encoding))
    assert treaty.load(tmp_path / "f.yaml").title == "Ünïcode 😀"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert codes(refused(tmp_path / "none.yaml")) == ["unreadable"]
    is_unreadable(tmp_path / "none.yaml", "unreadable")


@pytest.mark.parametrize("name", ["a\0b.yaml", "n" * 300 + ".yaml"])
def test_a_name_that_no_file_can_have(name: str) -> None:
    assert codes(refused(name)) == ["unreadable"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="this user may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path, {"f.yaml": text("paths: {}")})
    path.chmod(0)
    assert codes(refused(path)) == ["unreadable"]


def test_a_folder_without_entry(tmp_path: Path) -> None:
    assert codes(refused(tmp_path)) == ["no-entry-document"]
    is_unreadable(tmp_path, "no-entry-document")


def test_a_folder_with_several_entries(tmp_path: Path) -> None:
    write(tmp_path, {"a/openapi.yaml": text("paths: {}"), "b/openapi.json": "{}"})
    findings = refused(tmp_path)
    assert codes(findings) == ["several-entry-documents"]
    assert "a/openapi.yaml" in findings[0].message.replace("\\", "/")


def test_a_large_file_is_refused_by_its_size_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    monkeypatch.setattr("treaty.document.library.read", lambda *_, **__: pytest.fail("it was read"))
    findings = placed(refused(path))
    assert codes(findings) == ["too-large"]
    assert "--max-bytes 100000000" in findings[0].hint
    is_unreadable(path, "too-large")


def test_the_limit_can_be_raised_and_lowered(tmp_path: Path) -> None:
    path = write(tmp_path, {"f.yaml": text("paths: {}\n")})
    size = path.stat().st_size
    assert treaty.load(path, max_bytes=size).operations == ()
    is_unreadable(path, "too-large", "--max-bytes", str(size - 1))
    assert run("check", path, "--max-bytes", str(size))[0] == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_pipe_is_read_once_and_still_has_lines(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = text("paths: []\n")
    writer = threading.Thread(target=pipe.write_text, args=(content,))
    writer.start()
    findings = refused(pipe)
    writer.join()
    assert lines(findings) == [("pipe", 3)]


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="this system has no /dev/zero")  # noqa: PTH110  a device
def test_a_device_without_end_is_refused() -> None:
    assert codes(refused("/dev/zero", max_bytes=10_000)) == ["too-large"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"openapi": "3.0.3", "info": object()}, "not-json"),
        ({"openapi": "3.0.3", ("a",): 1}, "not-json"),
        ({}, "unknown-version"),
        ({"openapi": None}, "unknown-version"),
    ],
)
def test_a_dict_that_is_no_document(value: dict[str, object], code: str) -> None:
    assert codes(refused(value)) == [code]


def test_a_dict_that_contains_itself() -> None:
    value: dict[str, object] = {"openapi": "3.0.3"}
    value["info"] = value
    assert codes(refused(value)) == ["too-deep"]
