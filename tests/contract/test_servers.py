"""Where a contract is served: what variables stand for in the paths and hosts of servers."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.contract.contract import Contract
from treaty.contract.servers import server_host


def load(**fields: Any) -> Contract:
    paths = {"/a": {"get": {"responses": {"200": {"description": "ok"}}}}}
    version = {} if "swagger" in fields else {"openapi": "3.1.0"}
    return treaty.load({**version, "info": {"title": "T", "version": "1"}, "paths": paths, **fields})


@pytest.mark.parametrize(
    ("servers", "paths"),
    [
        ([{"url": "/"}], ()),
        ([{"url": "/v1/"}], ("/v1",)),
        ([{"url": "https://a.example/x%20y"}], ("/x y",)),
        ([{"url": "https://a.example/{v}", "variables": {"v": {"default": "2"}}}], ("/2",)),
        ([{"url": "/a"}, {"url": "/a"}, {"url": "/b"}], ("/a", "/b")),
        (
            [
                {
                    "url": "/{s}/{v}",
                    "variables": {"s": {"default": "x"}, "v": {"default": "2", "enum": ["1", "2"]}},
                }
            ],
            ("/x/2", "/x/1"),
        ),
        ([{"url": "http://[not-a-url"}], ()),
    ],
)
def test_base_paths(servers: Any, paths: tuple[str, ...]) -> None:
    assert load(servers=servers).base_paths == paths


@pytest.mark.parametrize(
    ("url", "variables", "paths"),
    [
        ("/{v}", {"v": {"default": "1"}}, ("/{v}",)),
        ("/{v}", {"v": {"default": "1", "enum": ["1", "2"]}}, ()),
        ("/{v}", {}, ("/{v}",)),
        ("/{v}", {"v": {"default": "a/b"}}, ()),
        ("{scheme}://{host}/v1", {"scheme": {"default": "https"}, "host": {"default": "a.example"}}, ()),
        ("https://{host}/{v}/", {"host": {"default": "a.example"}, "v": {"default": ""}}, ("/{v}",)),
        ("{server}/{v}", {"server": {"default": "https://a.example"}, "v": {"default": "1"}}, ("/{v}",)),
        ("//a.example/x%20y/v{v}", {"v": {"default": "1"}}, ("/x y/v{v}",)),
        (
            "/{s}/{v}",
            {"s": {"default": "x", "enum": ["x", "y"]}, "v": {"default": "1"}},
            ("/x/{v}", "/y/{v}"),
        ),
    ],
)
def test_base_paths_that_are_left_open(url: str, variables: Any, paths: tuple[str, ...]) -> None:
    assert load(servers=[{"url": url, "variables": variables}]).open_paths == paths


@pytest.mark.parametrize(("base", "paths"), [("/api/", ("/api",)), ("/", ()), ("api", ("/api",))])
def test_base_path_of_20(base: str, paths: tuple[str, ...]) -> None:
    contract = load(swagger="2.0", basePath="/" + base.strip("/"))
    assert contract.base_paths == paths


def test_a_server_with_very_many_values_is_not_written_out() -> None:
    variables = {name: {"default": "0", "enum": [str(each) for each in range(10)]} for name in "abcd"}
    assert len(load(servers=[{"url": "/{a}/{b}/{c}/{d}", "variables": variables}]).base_paths) == 64


@pytest.mark.parametrize(
    ("url", "variables", "hosts", "others"),
    [
        ("https://a.example/v1", {}, ("a.example",), ("b.example", "a.example:8443", "aXexample", "")),
        ("https://{t}.a.example", {"t": {"default": "x"}}, ("x.a.example", "y.z.a.example"), ("a.example",)),
        (
            "https://{t}.A.example",
            {"t": {"default": "x", "enum": ["x", "y"]}},
            ("y.a.example",),
            ("z.a.example",),
        ),
        (
            "{scheme}://a.example:{port}",
            {"port": {"default": "443"}},
            ("a.example", "a.example:81"),
            ("b.example",),
        ),
        ("https://{t}.a.example:443/{v}", {"t": {"default": "x"}}, ("y.a.example",), ("y.a.example:444",)),
        ("https://{host}/v1", {"host": {"default": "a.example"}}, ("a.example",), ("b.example",)),
        ("/v1", {}, (), ("", "a.example")),
    ],
)
def test_hosts(url: str, variables: Any, hosts: tuple[str, ...], others: tuple[str, ...]) -> None:
    server = server_host(load(servers=[{"url": url, "variables": variables}]).document)
    assert [host for host in (*hosts, *others) if server.fullmatch(host)] == list(hosts)


def test_hosts_of_20() -> None:
    server = server_host(load(swagger="2.0", host="a.example", basePath="/v1").document)
    assert server.fullmatch("a.example")
    assert not server.fullmatch("b.example")
