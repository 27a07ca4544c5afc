"""Seeds that a project writes are there, filled up where they leave something out; wrong ones are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import treaty
from treaty.asgi import App
from treaty.exchange.messages import Request
from treaty.findings import DocumentError

ROOT = Path(__file__).parents[3]
SHOP = ROOT / "tests" / "cases" / "documents" / "shop.yaml"
ANN = "11111111-1111-4111-8111-111111111111"


def mocked(folder: Path, files: dict[str, str], spec: Path = ROOT / "specs" / "newsdesk") -> App:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text)
    return treaty.mock(treaty.load(spec), stateful=True, mocks=folder)


def get(app: App, path: str) -> Any:
    response = app.answer_now(Request("GET", path)).response
    assert response.status == 200, response
    return json.loads(response.body)


@pytest.mark.parametrize(
    "files",
    [
        {"seeds/users.yaml": f"- {{id: {ANN}, name: Ann, email: ann@newsdesk.example}}\n- {{name: Bea}}\n"},
        {"seeds.yaml": f"users: [{{id: {ANN}, name: Ann, email: ann@newsdesk.example}}, {{name: Bea}}]"},
        {"seeds/all.json": json.dumps({"/users": [{"id": ANN, "name": "Ann"}, {"name": "Bea"}]})},
    ],
)
def test_the_items_are_what_is_written(tmp_path: Path, files: dict[str, str]) -> None:
    app = mocked(tmp_path, files)
    page = get(app, "/users")
    assert [each["name"] for each in page["items"]] == ["Ann", "Bea"]
    assert page["total"] == 2
    assert get(app, f"/users/{ANN}")["name"] == "Ann"
    assert len({each["id"] for each in page["items"]}) == 2
    authors = {each["author_id"] for each in get(app, "/posts")["items"][1:]}
    assert authors <= {each["id"] for each in page["items"]}


def test_a_collection_below_an_item_is_named_by_its_path(tmp_path: Path) -> None:
    files = {
        "seeds/products.yaml": "- {id: 7, name: Tea}\n- {id: 8, name: Jam}\n",
        "seeds/reviews.yaml": "/products/7/reviews: [{text: good}]\n/products/8/reviews: []\n",
    }
    app = mocked(tmp_path, files, SHOP)
    (review,) = get(app, "/products/7/reviews")["data"]
    assert (review["text"], review["product_id"]) == ("good", 7)
    assert get(app, "/products/8/reviews") == {"data": [], "meta": {"total": 0}}
    content = b'{"name": "a", "sku": "b", "price": 1}'
    request = Request("POST", "/products", "", [("content-type", "application/json")], content)
    response = app.answer_now(request).response
    assert json.loads(response.body)["id"] == 9


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("user: []\n", 1, "`user` is no resource"),
        ("users:\n  - name: Ann\n    email: no-address\n", 3, "email"),
        ("users:\n  - name: Ann\n  - 7\n", 3, "must be an object"),
        ("users: {name: Ann}\n", 1, "no list"),
        ("text\n", 1, "a list of items"),
        ("users: [\n", 0, ""),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(DocumentError) as raised:
        mocked(tmp_path, {"seeds.yaml": text})
    (finding,) = raised.value.findings
    assert message in finding.message
    assert finding.location is not None
    assert finding.location.file == str(tmp_path / "seeds.yaml")
    assert line in (0, finding.location.line)
