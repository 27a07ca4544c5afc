"""Whole-path cases: plain text files in tests/cases, each a document, a request and the response to expect.

    What the case shows, in a sentence.

    --- document: paths.yaml          a file of tests/cases/documents, a path from the root
                                      of the repository, or the YAML itself on the next lines
    --- handlers                      functions of the module `things` that answer, in place
    def show_pet(id): ...             of the mock; only beside a document that is written here

    --- request
    GET /pets/1
    accept: application/json

    --- response
    200
    content-type: application/json    the header has this value; `...` stands for any text
    !etag                             there is no such header

    {"id": 1, "tags": ["a", ...], ...}

`...` as a value is any value, at the end of an object or array whatever else is there.
Without a body to expect, any will do; `(empty)` is none. A file may have several pairs of
request and response. In a request, `\\xff` is that byte.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from respond.projects import imports_undone, write_handlers

import treaty
from treaty.asgi import App

CASES = Path(__file__).parent / "cases"
ROOT = Path(__file__).parents[1]
FILES = sorted(CASES.glob("*.txt"))
SECTION = re.compile(r"^--- (document|handlers|request|response)(?:: *(.+))?$", re.MULTILINE)
DOTS = re.compile(r"([\[{,:]\s*)\.\.\.(?=\s*([\]},]))")


@dataclass
class Message:
    """A request or a response: its first line, headers as written, and body."""

    first: str
    headers: list[tuple[str, str]]
    body: str


def read_message(text: str) -> Message:
    head, _, body = text.strip("\n").partition("\n\n")
    first, *lines = head.split("\n")
    pairs = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return Message(first, pairs, body)


def read_case(text: str, folder: Path) -> tuple[App, list[Message]]:
    _, *parts = SECTION.split(text)
    sections = list(zip(parts[::3], parts[1::3], parts[2::3], strict=True))
    (kind, name, content), *messages = sections
    assert kind == "document"
    if messages[0][0] == "handlers":
        handlers = write_handlers(folder, things=messages.pop(0)[2])
        app = treaty.serve(treaty.load(yaml.safe_load(content)), handlers)
    else:
        app = app_of(name) if name else treaty.mock(treaty.load(yaml.safe_load(content)))
    assert [each for each, _, _ in messages] == ["request", "response"] * (len(messages) // 2)
    return app, [read_message(content) for _, _, content in messages]


@lru_cache
def app_of(name: str) -> App:
    """The mock of a document; one for all of its cases, which must not know of each other."""
    path = CASES / "documents" / name
    return treaty.mock(treaty.load(path if path.is_file() else ROOT / name))


def as_bytes(text: str) -> bytes:
    escaped = re.split(r"\\x([0-9a-f]{2})", text)
    return b"".join(bytes.fromhex(part) if index % 2 else part.encode() for index, part in enumerate(escaped))


def send(app: App, request: Message) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer, through ASGI."""
    method, target = request.first.split(" ", 1)
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": as_bytes(path),
        "query_string": as_bytes(query),
        "headers": [(name.encode(), as_bytes(value)) for name, value in request.headers],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": as_bytes(request.body), "more_body": False}

    async def keep(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, keep))
    headers: dict[str, str] = {}
    for name, value in sent[0]["headers"]:
        key = name.decode()
        headers[key] = f"{headers[key]}, {value.decode()}" if key in headers else value.decode()
    return sent[0]["status"], headers, sent[1]["body"]


def expected_json(text: str) -> Any:
    """JSON in which `...` was written."""

    def quoted(found: re.Match[str]) -> str:
        member = found[2] == "}" and not found[1].startswith(":")
        return found[1] + ('"...": "..."' if member else '"..."')

    return json.loads(DOTS.sub(quoted, text) if text.strip() != "..." else '"..."')


def fits(actual: Any, expected: Any) -> bool:
    if expected == "...":
        return True
    if isinstance(expected, dict):
        wanted = {name: each for name, each in expected.items() if name != "..."}
        named = isinstance(actual, dict) and ("..." in expected or actual.keys() == wanted.keys())
        return named and all(name in actual and fits(actual[name], wanted[name]) for name in wanted)
    if isinstance(expected, list):
        open_ended = expected[-1:] == ["..."]
        wanted_items = expected[:-1] if open_ended else expected
        long_enough = isinstance(actual, list) and (
            len(actual) >= len(wanted_items) if open_ended else len(actual) == len(wanted_items)
        )
        return long_enough and all(map(fits, actual, wanted_items))
    return type(actual) is type(expected) and bool(actual == expected)


def check_headers(actual: dict[str, str], expected: list[tuple[str, str]]) -> None:
    for name, value in expected:
        if name.startswith("!"):
            assert name[1:] not in actual, actual
        else:
            pattern = ".*".join(re.escape(part) for part in value.split("..."))
            assert re.fullmatch(pattern, actual.get(name, "(absent)")), (name, actual)


def check_body(actual: bytes, expected: str) -> None:
    if expected == "(empty)":
        assert actual == b""
    elif expected.startswith(("{", "[", '"')) or expected in ("null", "..."):
        assert fits(json.loads(actual), expected_json(expected)), actual.decode()
    elif expected:
        assert actual.decode() == expected


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_case(file: Path, tmp_path: Path) -> None:
    with imports_undone():
        app, messages = read_case(file.read_text("utf-8"), tmp_path)
        for request, response in zip(messages[::2], messages[1::2], strict=True):
            status, headers, body = send(app, request)
            assert status == int(response.first), (request.first, body.decode())
            check_headers(headers, response.headers)
            check_body(body, response.body)


def test_the_table_of_what_the_cases_show() -> None:
    rows = [line.split("|") for line in (CASES / "README.md").read_text("utf-8").splitlines() if "|" in line]
    patterns = re.findall("`([^`]+)`", "".join(row[2] for row in rows[2:]))
    found = {pattern: {file.stem for file in CASES.glob(f"{pattern}.txt")} for pattern in patterns}
    assert [pattern for pattern, files in found.items() if not files] == []
    assert {file.stem for file in FILES} - set().union(*found.values()) == set()


@pytest.mark.parametrize(
    ("actual", "expected", "fitting"),
    [
        ({"a": 1, "b": 2}, '{"a": 1, ...}', True),
        ({"a": 1, "b": 2}, '{"a": 1}', False),
        ({"a": 1}, '{"a": ...}', True),
        ({}, '{"a": ...}', False),
        ([1, 2], "[1, ...]", True),
        ([2, 2], "[1, ...]", False),
        ([1], "[]", False),
        (True, "1", False),
        ({"a": {"b": [{"c": 1, "d": 2}]}}, '{"a": {"b": [{"c": 1, ...}]}}', True),
    ],
)
def test_what_is_expected_of_a_body(actual: Any, expected: str, fitting: bool) -> None:
    assert fits(actual, expected_json(expected)) is fitting
