"""What a frontend sees of a stateful mock when it creates, likes, follows, filters and edits."""

from __future__ import annotations

from typing import Any

import pytest
from respond.remembered import answers, ask, body, mocked, told

TEXT = {"type": "string"}
COUNT = {"type": "integer"}


def holding(required: str = "", **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


PROFILE = holding("username following", username=TEXT, following={"type": "boolean"})
ARTICLE = holding(
    "slug title body tagList favorited favoritesCount account author status",
    slug=TEXT,
    title=TEXT,
    body=TEXT,
    tagList={"type": "array", "items": TEXT},
    favorited={"type": "boolean"},
    favoritesCount=COUNT,
    account={"type": "integer", "minimum": 5},
    author=PROFILE,
    status={"enum": ["draft", "published"]},
)
NEW = holding("title", title=TEXT, body=TEXT, tagList={"type": "array", "items": TEXT}, status=TEXT)
ONE = holding("article", article=ARTICLE)
MANY = holding("articles articlesCount", articles={"type": "array", "items": ARTICLE}, articlesCount=COUNT)


def at(name: str, where: str = "path") -> dict[str, Any]:
    return {"name": name, "in": where, "required": where == "path", "schema": TEXT}


def blog() -> dict[str, Any]:
    sent = body(holding("article", article=NEW))
    edited = body(holding("article", article=holding(title=TEXT, body=TEXT)))
    read, done = {"responses": answers(_200=ONE, _404=None)}, {"responses": answers(_200=ONE)}
    profile = {"parameters": [at("username")], "get": {"responses": answers(_200=holding(profile=PROFILE))}}
    follow = {"responses": answers(_200=holding(profile=PROFILE))}
    listed = {"responses": answers(_200=MANY)}
    filters = [at(name, "query") for name in ("tag", "author", "favorited")]
    return {
        "/articles": {
            "get": {**listed, "parameters": filters},
            "post": {"requestBody": sent, "responses": answers(_201=ONE)},
        },
        "/articles/feed": {"get": listed},
        "/articles/draft": {"get": listed},
        "/articles/trash": {"get": listed},
        "/articles/{slug}": {"parameters": [at("slug")], "get": read, "put": {**done, "requestBody": edited}},
        "/articles/{slug}/favorite": {"parameters": [at("slug")], "post": done, "delete": done},
        "/profiles/{username}": profile,
        "/profiles/{username}/follow": {"parameters": [at("username")], "post": follow, "delete": follow},
    }


def created(app: Any, title: str = "How to train", **more: Any) -> Any:
    value = {"article": {"title": title, "body": "b", "tagList": ["x"], "status": "draft", **more}}
    return told(ask(app, "POST", "/articles", value))["article"]


def slugs(app: Any, path: str) -> list[str]:
    return [each["slug"] for each in told(ask(app, "GET", path))["articles"]]


def test_what_is_new_is_called_by_its_title_and_was_not_liked_yet() -> None:
    app = mocked(blog())
    new = created(app, "How to Train, really?")
    assert (new["slug"], new["favorited"], new["favoritesCount"]) == ("how-to-train-really", False, 0)
    assert new["account"] >= 5
    assert created(app, "How to Train, really?")["slug"] == "how-to-train-really-2"


def test_what_is_liked_and_followed_is_so_until_it_is_no_more() -> None:
    app = mocked(blog())
    path = f"/articles/{created(app)['slug']}"
    for method, is_done in (("POST", True), ("DELETE", False)):
        assert told(ask(app, method, f"{path}/favorite"))["article"]["favorited"] is is_done
        assert told(ask(app, "GET", path))["article"]["favorited"] is is_done
        ask(app, method, "/profiles/ann/follow")
        profile = told(ask(app, "GET", "/profiles/ann"))["profile"]
        assert (profile["username"], profile["following"]) == ("ann", is_done)


def test_lists_are_filtered_by_tags_and_names_and_say_how_many_there_are() -> None:
    app = mocked(blog(), seed_items=2)
    new = created(app, tagList=["kiwi", "fig"])
    assert slugs(app, "/articles?tag=kiwi") == ["how-to-train"]
    assert "how-to-train" in slugs(app, f"/articles?author={new['author']['username']}")
    assert told(ask(app, "GET", "/articles"))["articlesCount"] == 3
    assert len(slugs(app, "/articles?favorited=ann")) == 3  # by whom, which no article says


@pytest.mark.parametrize(("view", "is_there"), [("feed", [True, True]), ("draft", [True, False])])
def test_views_of_a_collection_list_what_is_there(view: str, is_there: list[bool]) -> None:
    app = mocked(blog())
    new = [created(app, "One")["slug"], created(app, "Two", status="published")["slug"]]
    found = slugs(app, f"/articles/{view}")
    assert [each in found for each in new] == is_there


def test_a_list_of_what_is_gone_is_none_of_what_is_there() -> None:
    app = mocked(blog())
    assert created(app)["slug"] not in slugs(app, "/articles/trash")


def test_a_put_keeps_what_it_cannot_write_and_what_there_has_to_be() -> None:
    app = mocked(blog())
    new = created(app)
    after = told(ask(app, "PUT", f"/articles/{new['slug']}", {"article": {"title": "T"}}))["article"]
    assert after == {**new, "title": "T"}
