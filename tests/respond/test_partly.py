"""A service that is not finished: who answers what, and who judges it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from respond.projects import imports_undone, write_handlers

import treaty
from treaty.asgi import App
from treaty.exchange.messages import Request, Response
from treaty.findings import DocumentError

DOCUMENT = Path(__file__).parents[1] / "cases" / "documents" / "twins.yaml"
HANDLER = "def list_pets(limit=None, **_):\n    return [{'id': 1, 'name': 'x' if limit == 1 else 'Served'}]"


@pytest.fixture(params=["async", "flask"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[App]:
    with imports_undone():
        package = write_handlers(tmp_path, init=HANDLER)
        yield treaty.serve(treaty.load(DOCUMENT), package, framework=request.param, mock_missing=True)


def get(app: App, target: str) -> Response:
    path, _, query = target.partition("?")
    return asyncio.run(app.answer(Request("GET", path, query))).response


def test_handlers_answer_and_the_mock_the_rest(app: App) -> None:
    assert json.loads(get(app, "/pets").body) == [{"id": 1, "name": "Served"}]
    mocked = get(app, "/pets/1?__seed=1")
    assert (mocked.status, mocked.header("preference-applied")) == (200, "seed=1")


def test_each_is_judged_as_it_is(app: App) -> None:
    wrong = get(app, "/pets?limit=1")
    assert (wrong.status, json.loads(wrong.body)["type"]) == (500, "urn:treaty:problem:invalid-response")
    assert get(app, "/pets/1?__code=404").status == 404
    assert get(app, "/pets/1?__explain").status == 200
    refused, mocked = get(app, "/pets?limit=x"), get(app, "/pets/x")
    assert (refused.status, mocked.status) == (422, 422)
    assert (refused.header("treaty-why"), mocked.header("treaty-why") is None) == (None, False)


def test_only_when_asked(tmp_path: Path) -> None:
    with imports_undone(), pytest.raises(DocumentError, match="get_pet"):
        treaty.serve(treaty.load(DOCUMENT), write_handlers(tmp_path, init=HANDLER))
