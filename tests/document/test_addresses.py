from __future__ import annotations

from typing import Any

import pytest

from document.samples import OK, document
from treaty.document.operations import operations_of
from treaty.document.semantics import check_semantics
from treaty.document.versions import version_of


def findings(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    version = version_of(data, "f")
    found = check_semantics(data, version, tuple(operations_of(data, version)))
    return [(each.severity.value, each.code, each.location.pointer) for each in found if each.location]


def server(url: str, **variables: Any) -> dict[str, Any]:
    return {"url": url, "variables": variables} if variables else {"url": url}


A, B = {"default": "x"}, {"default": "x", "enum": ["y", "z"]}
SERVERS: list[tuple[dict[str, Any], dict[str, list[tuple[str, str, str]]]]] = [
    (server("https://{a}.example/{b}", a=A, b={"default": "y", "enum": ["y"]}), {}),
    (
        server("/{b}", b=B),
        {
            "3.0.4": [("info", "server-variable-default", "/servers/0/variables/b/default")],
            "3.1.2": [("error", "server-variable-default", "/servers/0/variables/b/default")],
            "3.2.0": [("error", "server-variable-default", "/servers/0/variables/b/default")],
        },
    ),
    (
        server("/{a}"),
        {
            version: [("info", "server-variable-missing", "/servers/0/url")]
            for version in ("3.0.4", "3.1.2", "3.2.0")
        },
    ),
    (server("/{a}/{a}", a=A), {"3.2.0": [("error", "repeated-expression", "/servers/0/url")]}),
    (
        server("/x?y=z"),
        {
            "3.0.4": [("info", "server-query", "/servers/0/url")],
            "3.1.2": [("error", "server-query", "/servers/0/url")],
            "3.2.0": [("error", "server-query", "/servers/0/url")],
        },
    ),
    (server("/x#{a}", a=A), {"3.2.0": [("error", "server-query", "/servers/0/url")]}),
]


@pytest.mark.parametrize(("each", "expected"), SERVERS)
def test_servers(each: Any, expected: dict[str, list[tuple[str, str, str]]]) -> None:
    for version in expected or ("3.0.4", "3.1.2", "3.2.0"):
        assert findings(document(version, servers=[each])) == expected.get(version, [])


def test_servers_of_paths_and_operations_are_judged_once() -> None:
    wrong = [server("/x#y")]
    data = document(paths={"/a": {"servers": wrong, "get": {"servers": wrong, **OK}, "put": OK}})
    assert findings(data) == [
        ("error", "server-query", "/paths/~1a/servers/0/url"),
        ("error", "server-query", "/paths/~1a/get/servers/0/url"),
    ]


@pytest.mark.parametrize("servers", [None, {}, ["/"], [{"url": 7}], [{"url": "/{a}", "variables": {"a": 7}}]])
def test_malformed_servers_are_for_others_to_judge(servers: Any) -> None:
    assert findings(document("3.2.0", servers=servers)) == []


def test_names_of_servers() -> None:
    named = [{"url": "/", "name": "a"}, {"url": "/b", "name": "a"}]
    assert findings(document("3.2.0", servers=named)) == [
        ("warning", "duplicate-server-name", "/servers/1/name")
    ]


@pytest.mark.parametrize(
    ("path", "code"),
    [("/a/{b", "unpaired-brace"), ("/a}/b", "unpaired-brace"), ("/{{b}}", "unpaired-brace")],
)
def test_braces_come_in_pairs(path: str, code: str) -> None:
    named = [{"name": "b", "in": "path", "required": True, "schema": {}}] if "{b}" in path else []
    paths = {path: {"parameters": named, "get": OK}}
    pointer = "/paths/" + path.replace("/", "~1")
    assert findings(document("3.2.0", paths=paths)) == [("error", code, pointer)]
    assert findings(document("3.1.0", paths=paths)) == [("info", code, pointer)]


def test_an_expression_is_there_once() -> None:
    named = {"name": "b", "in": "path", "required": True, "schema": {}}
    paths = {"/{b}/{b}": {"get": {"parameters": [named], **OK}}}
    assert findings(document("3.2.0", paths=paths)) == [("error", "repeated-expression", "/paths/~1{b}~1{b}")]
