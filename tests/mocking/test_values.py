"""Examples that break their schema are repaired, skipped or sent, and told of; `x-faker` is, too."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import treaty
from treaty.exchange.messages import Request
from treaty.findings import Finding

BOOK = {
    "type": "object",
    "required": ["id", "title", "tags"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer"},
        "title": {"type": "string", "maxLength": 20},
        "note": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        "author": {"type": "object", "properties": {"name": {"type": "string"}, "born": {"type": "integer"}}},
    },
}
WRONG = {
    "id": "seven",
    "title": "Dune",
    "tags": ["a", 1, "c"],
    "more": True,
    "author": {"name": "Frank", "born": "long ago", "alive": False},
}


def document(schema: Any, example: Any = None) -> dict[str, Any]:
    media = {"schema": schema} | ({} if example is None else {"example": example})
    response = {"description": "ok", "content": {"application/json": media}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/books": {"get": {"responses": {"200": response}}}},
    }


def answer(document: Any, told: list[Finding] | None = None, **options: Any) -> Any:
    app = treaty.mock(treaty.load(document), report=(told if told is not None else []).append, **options)
    exchange = asyncio.run(app.answer(Request("GET", "/books")))
    asyncio.run(app.answer(Request("GET", "/books", "again")))
    return json.loads(exchange.response.body)


def test_what_is_right_of_an_example_is_kept() -> None:
    told: list[Finding] = []
    book = answer(document(BOOK, WRONG), told)
    assert isinstance(book["id"], int)
    assert (book["title"], book["tags"][0], book["tags"][2]) == ("Dune", "a", "c")
    assert isinstance(book["tags"][1], str)
    assert book["author"]["name"] == "Frank"
    assert isinstance(book["author"]["born"], int)
    assert set(book) == {"id", "title", "tags", "author"}
    assert [each.code for each in told] == ["invalid-example"]
    assert "replaced" in told[0].hint


def test_a_wrong_example_is_skipped_or_sent_when_asked() -> None:
    skipped = answer(document(BOOK, WRONG), invalid_examples="skip")
    assert skipped["title"] != "Dune"
    told: list[Finding] = []
    assert answer(document(BOOK, WRONG), told, invalid_examples="send") == WRONG
    assert len(told) == 1


def test_too_many_elements_are_cut() -> None:
    book = answer(document(BOOK, {"id": 1, "title": "Dune", "tags": list("abcd")}))
    assert book == {"id": 1, "title": "Dune", "tags": ["a", "b", "c"]}


def test_an_example_of_nothing_right_is_generated() -> None:
    assert isinstance(answer(document(BOOK, "none"))["id"], int)


def test_how_much_there_is() -> None:
    names = [f"p{number}" for number in range(40)]
    schema = {"type": "object", "properties": {name: {"type": "integer"} for name in names}}
    assert len(answer(document(schema), optional=1.0)) == 40
    assert 10 < len(answer(document(schema), optional=0.5)) < 30
    assert answer(document(schema), optional=0.0) == {}
    array = {"type": "array", "items": {"type": "integer"}}
    assert len(answer(document(array), items=(7, 7))) == 7
    assert len(answer(document(array | {"maxItems": 2}), items=(7, 7))) == 2


def test_another_locale() -> None:
    schema = {"type": "object", "required": ["country"], "properties": {"country": {"type": "string"}}}
    assert answer(document(schema), locale="de") == {"country": "Deutschland"}
    with pytest.raises(ValueError, match="xx"):
        treaty.mock(treaty.load(document(schema)), locale="xx")


@pytest.mark.parametrize(
    "options", [{"optional": 5.0}, {"optional": -0.1}, {"items": (3, 1)}, {"items": (-1, 1)}]
)
def test_what_is_no_amount_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"share|least"):
        treaty.mock(treaty.load(document(BOOK)), **options)


def test_an_unknown_faker_is_told_once_with_its_place() -> None:
    told: list[Finding] = []
    answer(document({"type": "string", "x-faker": "name.frstName"}), told)
    assert [each.code for each in told] == ["unknown-faker"]
    assert told[0].location is not None
    assert told[0].location.pointer.endswith("/schema/x-faker")
    assert "`name.firstName`" in told[0].hint
