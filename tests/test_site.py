"""The pages of a running mock or service."""

from __future__ import annotations

import json

import pytest

import treaty
from treaty.exchange.messages import Request
from treaty.site import Site

CONTRACT = treaty.load({"openapi": "3.1.0", "info": {"title": "Café & co", "version": "1"}, "paths": {}})


def test_the_document() -> None:
    response = Site(CONTRACT).find(Request("GET", "/openapi.json"))
    assert response is not None
    assert response.header("content-type") == "application/json"
    assert json.loads(response.body) == CONTRACT.document.data


def test_the_reference_page() -> None:
    site = Site(CONTRACT)
    response = site.find(Request("GET", "/docs"))
    assert response is not None
    assert response.header("content-security-policy")
    assert "Café &amp; co" in response.body.decode()
    assert site.find(Request("HEAD", "/docs")) is response
    slashed = site.find(Request("GET", "/docs/"))
    assert slashed is not None
    assert (slashed.status, slashed.header("location")) == (308, "../docs")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/openapi.json"),
        ("GET", "/openapi.jsonx"),
        ("GET", "/docs/assets/"),
        ("GET", "/docs/assets/nothing.js"),
        ("GET", "/docs/assets/../__init__.py"),
        ("GET", "/docs/other"),
        ("GET", "/"),
    ],
)
def test_what_is_no_page(method: str, path: str) -> None:
    site = Site(CONTRACT)
    assert site.find(Request(method, path)) is None
    assert site.made == {}
