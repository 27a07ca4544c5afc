"""Advice: how a parameter is to be written."""

from __future__ import annotations

from typing import Any

import pytest

import treaty

ARRAY = {"type": "array", "items": {"type": "integer"}}
OBJECT = {"type": "object", "properties": {"r": {"type": "integer"}, "g": {"type": "integer"}}}
COLOUR = {**OBJECT, "required": ["r"]}


def hints(
    query: str = "", headers: list[tuple[str, str]] | None = None, path: str = "/a", **parameter: Any
) -> list[str]:
    declared = {"name": "c", "in": "query", "required": True, "schema": ARRAY, **parameter}
    template = "/{c}" if declared["in"] == "path" else "/a"
    contract = treaty.load(
        {
            "openapi": "3.2.0",
            "info": {"title": "T", "version": "1"},
            "paths": {template: {"get": {"parameters": [declared]}}},
        }
    )
    return [each.hint for each in contract.check(treaty.Request("GET", path, query, headers or []))]


@pytest.mark.parametrize(
    ("query", "parameter", "hint"),
    [
        ("c=1,2", {}, "write it as in `c=x&c=y`"),
        ("c=1|2", {}, "write it as in `c=x&c=y`"),
        ("c=1&c=2", {"explode": False}, "write it as in `c=x,y`"),
        ("c=1&c=2", {"style": "spaceDelimited", "explode": False}, "write it as in `c=x%20y`"),
        ("c=1&c=2", {"schema": {"type": "integer"}}, "write it as in `c=x`"),
        ("c=r,1,g,2", {"schema": COLOUR}, "write it as in `g=x&r=y`"),
        ("c=1", {"schema": OBJECT, "style": "deepObject"}, "write it as in `c%5Bg%5D=x&c%5Br%5D=y`"),
        ("c=1", {"schema": OBJECT, "explode": False}, "write it as in `c=g,x,r,y`"),
    ],
)
def test_the_form_is_shown_to_who_wrote_another(query: str, parameter: dict[str, Any], hint: str) -> None:
    assert hints(query, **parameter) == [hint]


def test_it_is_shown_as_its_place_has_it() -> None:
    assert hints(headers=[("c", "1")], schema=OBJECT, **{"in": "header"}) == ["write it as in `c: g,x,r,y`"]
    label = {"in": "path", "style": "label", "schema": {"type": "integer"}}
    assert hints(path="/5", **label) == ["write it as in `.x`"]


@pytest.mark.parametrize("query", ["c=x", "c=1&c=x", "c={%22r%22:1,%22g%22:2}", "c=%FF", ""])
def test_what_has_the_form_needs_none(query: str) -> None:
    assert set(hints(query)) == {""}


def test_no_value_of_the_message_is_shown() -> None:
    assert hints("c=secret,secret") == ["write it as in `c=x&c=y`"]
