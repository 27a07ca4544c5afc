"""A stateful mock is a store: whatever is created, changed and deleted, in whatever order, a model agrees.

Each answer is judged by the independent validator, whatever its status.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from oracle.operations import Operation, is_json, operations_of, version_of
from oracle.reading import Library
from oracle.schemas import Schemas

import treaty
from treaty.exchange.messages import Request, Response

ROOT = Path(__file__).parents[2]

PRODUCT = "/products/{productId}"
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
WORLDS = st.sampled_from(["", "one", "two"])
COLOURS = st.sampled_from("rg")
PICKED = st.integers(0, 30)


class Judged:
    """A document's mock, each of whose answers is judged."""

    def __init__(self, entry: Path) -> None:
        self.library = Library(entry)
        self.operations = {(each.method, each.path): each for each in operations_of(self.library)}
        self.schemas = Schemas(self.library, version_of(self.library), "response")
        self.contract = treaty.load(entry)

    def judge(self, operation: Operation, response: Response) -> None:
        """Fail for an answer that the document does not declare."""
        status = str(response.status)
        keys = [key for key in (status, f"{status[0]}XX", "default") if key in operation.answers]
        declared = operation.answers[keys[0]] if keys else None
        assert declared is not None, (str(operation), response)
        if not declared or response.status == 204:
            assert response.body == b""
            return
        kind = response.header("content-type") or ""
        assert kind in declared, (str(operation), kind)
        assert is_json(kind)
        media = declared[kind]
        complaints = self.schemas.complaints(media.schema, json.loads(response.body)) if media.schema else []
        assert complaints == [], (str(operation), complaints, response.body)


@cache
def newsdesk() -> Judged:
    return Judged(ROOT / "specs" / "newsdesk" / "openapi.yaml")


@cache
def shop() -> Judged:
    return Judged(ROOT / "tests" / "cases" / "documents" / "shop.yaml")


class Machine(RuleBasedStateMachine):
    """What tests of both documents share; `kept` are the items of each world, by id, in order."""

    judged: Judged
    kept: dict[str, dict[str, dict[str, Any]]]

    def ask(self, method: str, template: str, world: str, body: Any = None, **more: str) -> tuple[int, Any]:
        """The status and value of a judged answer; `more` are path parameters, `query`, `kind`."""
        query, kind = more.pop("query", ""), more.pop("kind", "application/json")
        path = template.format(**more)
        headers = [("host", "mock.example"), *([("treaty-world", world)] if world else [])]
        content = b"" if body is None else json.dumps(body).encode()
        headers += [("content-type", kind)] if content else []
        self.response = self.app.answer_now(Request(method, path, query, headers, content)).response
        self.judged.judge(self.judged.operations[method, template], self.response)
        return self.response.status, json.loads(self.response.body) if self.response.body else None

    def one(self, world: str, picked: int) -> tuple[str, dict[str, Any]] | None:
        """An item of a world, if it has any."""
        items = list(self.kept[world].items())
        return items[picked % len(items)] if items else None


class Newsdesk(Machine):
    """Users of the reference API: limit and offset, merge patches, unique email addresses."""

    @initialize()
    def start(self) -> None:
        self.judged = newsdesk()
        self.app = treaty.mock(self.judged.contract, stateful=True, seed_items=2)
        self.kept = {}
        for world in ("", "one", "two"):
            _, page = self.ask("GET", "/users", world)
            self.kept[world] = {each["id"]: each for each in page["items"]}
            assert page["total"] == len(page["items"]) == 2

    @rule(world=WORLDS, name=WORDS, mail=st.integers(0, 5), bio=st.none() | WORDS)
    def create(self, world: str, name: str, mail: int, bio: str | None) -> None:
        email = f"u{mail}@newsdesk.example"
        status, made = self.ask("POST", "/users", world, {"name": name, "email": email, "bio": bio})
        if any(each["email"] == email for each in self.kept[world].values()):
            assert status == 409
        elif status != 422:  # the name may be one that the contract refuses
            assert status == 201
            assert (made["name"], made["email"], made["bio"]) == (name, email, bio)
            assert made["id"] not in self.kept[world]
            assert self.response.header("location") == f"/users/{made['id']}"
            self.kept[world][made["id"]] = made

    @rule(world=WORLDS, picked=PICKED)
    def read(self, world: str, picked: int) -> None:
        one = self.one(world, picked)
        if one is not None:
            assert self.ask("GET", "/users/{user_id}", world, user_id=one[0]) == (200, one[1])

    @rule(world=WORLDS, limit=st.integers(1, 5), offset=st.integers(0, 6))
    def list(self, world: str, limit: int, offset: int) -> None:
        _, page = self.ask("GET", "/users", world, query=f"limit={limit}&offset={offset}")
        assert page["items"] == list(self.kept[world].values())[offset : offset + limit]
        assert page["total"] == len(self.kept[world])
        assert (page["limit"], page["offset"]) == (limit, offset)

    @rule(world=WORLDS, picked=PICKED, bio=st.none() | WORDS)
    def merge(self, world: str, picked: int, bio: str | None) -> None:
        one = self.one(world, picked)
        if one is None:
            return
        kind = "application/merge-patch+json"
        status, after = self.ask("PATCH", "/users/{user_id}", world, {"bio": bio}, user_id=one[0], kind=kind)
        if status != 422:
            assert status == 200
            assert after == {**one[1], "bio": bio, "updated_at": after["updated_at"]}
            assert after["updated_at"] > one[1]["updated_at"]
            self.kept[world][one[0]] = after

    @rule(world=WORLDS, picked=PICKED, name=WORDS, mail=st.integers(0, 5))
    def replace(self, world: str, picked: int, name: str, mail: int) -> None:
        one = self.one(world, picked)
        if one is None:
            return
        body = {"name": name, "email": f"u{mail}@newsdesk.example"}
        status, after = self.ask("PUT", "/users/{user_id}", world, body, user_id=one[0])
        others = [each for key, each in self.kept[world].items() if key != one[0]]
        if any(each["email"] == body["email"] for each in others):
            assert status == 409
        elif status != 422:
            assert status == 200
            kept = {"id": one[0], "created_at": one[1]["created_at"], "updated_at": after["updated_at"]}
            assert after == {**body, **kept, "bio": None}
            self.kept[world][one[0]] = after

    @rule(world=WORLDS, picked=PICKED)
    def delete(self, world: str, picked: int) -> None:
        one = self.one(world, picked)
        if one is None:
            return
        assert self.ask("DELETE", "/users/{user_id}", world, user_id=one[0])[0] == 204
        for method in ("GET", "DELETE"):
            assert self.ask(method, "/users/{user_id}", world, user_id=one[0])[0] == 404
        del self.kept[world][one[0]]


class Shop(Machine):
    """A document of 3.0: numbers as ids, pages in headers, brief items in lists, nested reviews."""

    @initialize()
    def start(self) -> None:
        self.judged = shop()
        self.app = treaty.mock(self.judged.contract, stateful=True, seed_items=1)
        self.kept, self.reviews = {}, dict[tuple[str, str], list[Any]]()
        for world in ("", "one", "two"):
            _, listed = self.ask("GET", "/products", world)
            found = [self.ask("GET", PRODUCT, world, productId=each["id"])[1] for each in listed]
            self.kept[world] = {str(each["id"]): each for each in found}
            assert len(found) == 1

    @rule(
        world=WORLDS, name=WORDS, sku=st.integers(0, 4), price=st.integers(0, 9), colour=st.sampled_from("rg")
    )
    def create(self, world: str, name: str, sku: int, price: int, colour: str) -> None:
        body = {"name": name, "sku": f"s{sku}", "price": price, "colour": colour}
        status, made = self.ask("POST", "/products", world, {**body, "secret": "hidden"})
        if any(each["sku"] == body["sku"] for each in self.kept[world].values()):
            assert status == 409
            return
        assert status == 201
        assert body.items() <= made.items()
        assert "secret" not in made
        assert str(made["id"]) not in self.kept[world]
        assert self.response.header("location") == f"/products/{made['id']}"
        self.kept[world][str(made["id"])] = made

    @rule(
        world=WORLDS, page=st.integers(1, 4), size=st.integers(1, 3), colour=st.none() | st.sampled_from("rg")
    )
    def list(self, world: str, page: int, size: int, colour: str | None) -> None:
        query = f"page={page}&per_page={size}" + (f"&colour={colour}" if colour else "")
        _, listed = self.ask("GET", "/products", world, query=query)
        all_of_them = [e for e in self.kept[world].values() if colour is None or e.get("colour") == colour]
        expected = all_of_them[(page - 1) * size : page * size]
        assert listed == [{"id": each["id"], "name": each["name"]} for each in expected]
        assert self.response.header("x-total-count") == str(len(all_of_them))
        assert ('rel="next"' in (self.response.header("link") or "")) == (len(all_of_them) > page * size)

    @rule(world=WORLDS, down=st.booleans())
    def sorted(self, world: str, down: bool) -> None:
        _, listed = self.ask("GET", "/products", world, query=f"sort={'-' if down else ''}price")
        expected = sorted(self.kept[world].values(), key=lambda each: each["price"], reverse=down)
        assert [each["id"] for each in listed] == [each["id"] for each in expected]

    @rule(world=WORLDS, picked=PICKED, colour=st.none() | WORDS)
    def merge(self, world: str, picked: int, colour: str | None) -> None:
        one = self.one(world, picked)
        if one is None:
            return
        status, after = self.ask("PATCH", PRODUCT, world, {"colour": colour}, productId=one[0])
        assert status == 200
        assert after == {**one[1], "colour": colour, "updated_at": after["updated_at"]}
        self.kept[world][one[0]] = after

    @rule(world=WORLDS, picked=PICKED, text=WORDS)
    def review(self, world: str, picked: int, text: str) -> None:
        one = self.one(world, picked)
        if one is None:
            return
        path, own = "/products/{productId}/reviews", (world, one[0])
        before = self.ask("GET", path, world, productId=one[0])[1]["data"]
        assert before == self.reviews.get(own, before)
        status, made = self.ask("POST", path, world, {"text": text}, productId=one[0])
        assert (status, made["text"], made["product_id"]) == (201, text, int(one[0]))
        after = self.ask("GET", path, world, productId=one[0])[1]
        assert after["data"] == [*before, made]
        assert after["meta"]["total"] == len(after["data"])
        self.reviews[own] = after["data"]

    @rule(world=WORLDS, picked=PICKED)
    def delete(self, world: str, picked: int) -> None:
        one = self.one(world, picked)
        if one is None:
            return
        assert self.ask("DELETE", PRODUCT, world, productId=one[0])[0] == 204
        assert self.ask("GET", PRODUCT, world, productId=one[0])[0] == 404
        assert self.ask("GET", "/products/{productId}/reviews", world, productId=one[0])[0] == 404
        self.reviews.pop((world, one[0]), None)
        del self.kept[world][one[0]]


TestNewsdesk = Newsdesk.TestCase
TestShop = Shop.TestCase
TestNewsdesk.settings = TestShop.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)
