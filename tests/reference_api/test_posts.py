"""The handlers of the tag "posts"."""

from __future__ import annotations

from typing import Any

import pytest

from .calling import call, problem_of

NOBODY = "7e1d5c3b-0a9f-4e8d-b6c7-5a4f3e2d1c44"
DEFAULTS: dict[str, Any] = {"summary": None, "tags": [], "status": "draft"}


def author(email: str = "ada@newsdesk.example") -> str:
    return str(call("create_user", body={"name": "Ada", "email": email}).body["id"])


def draft(author_id: str, **changes: Any) -> Any:
    return {"author_id": author_id, "slug": "notes", "title": "Notes", "content": "On the engine."} | changes


def create(author_id: str, **changes: Any) -> Any:
    answered = call("create_post", body=draft(author_id, **changes))
    assert answered.status == 201
    return answered.body


def written(post: Any) -> Any:
    return {name: post[name] for name in ("author_id", "slug", "title", "content", *DEFAULTS)}


def test_a_created_post_can_be_read_where_the_location_says() -> None:
    ada = author()
    answered = call("create_post", body=draft(ada))
    post = answered.body
    assert answered.headers == {"location": f"/posts/{post['id']}"}
    assert written(post) == draft(ada) | DEFAULTS
    assert post["published_at"] is None
    assert call("get_post", post_id=post["id"]) == (200, post, {})


def test_posts_are_filtered_by_author_and_status() -> None:
    ada, ida = author(), author("ida@newsdesk.example")
    first = create(ada, slug="first")
    second = create(ada, slug="second", status="published")
    third = create(ida, slug="third", status="published")
    assert call("list_posts").body["items"] == [first, second, third]
    assert call("list_posts", author_id=ada).body["items"] == [first, second]
    assert call("list_posts", status="published").body["items"] == [second, third]
    both = call("list_posts", author_id=ada, status="published", limit=1).body
    assert both == {"items": [second], "total": 1, "limit": 1, "offset": 0}


@pytest.mark.parametrize("author_id", [NOBODY, "not-an-id"])
def test_nobody_has_no_posts(author_id: str) -> None:
    create(author())
    assert call("list_posts", author_id=author_id).body["items"] == []


def test_put_replaces_and_returns_what_it_leaves_out_to_its_default() -> None:
    ada = author()
    post = create(ada, summary="Short.", tags=["engine"], status="archived")
    replaced = call("replace_post", post_id=post["id"], body=draft(ada, title="Note")).body
    assert written(replaced) == draft(ada, title="Note") | DEFAULTS
    assert call("get_post", post_id=post["id"]).body == replaced


@pytest.mark.parametrize(
    ("patch", "result"),
    [
        ({"title": "Note"}, {"title": "Note"}),
        ({"tags": ["b", "a"]}, {"tags": ["b", "a"]}),
        ({"tags": None, "status": None, "summary": None}, DEFAULTS),
    ],
)
def test_patch_changes_what_it_names(patch: Any, result: Any) -> None:
    post = create(author(), summary="Short.", tags=["engine"], status="archived")
    updated = call("update_post", post_id=post["id"], body=patch).body
    assert written(updated) == written(post) | result
    assert call("get_post", post_id=post["id"]).body == updated


def test_the_empty_patch_changes_nothing() -> None:
    post = create(author())
    assert call("update_post", post_id=post["id"], body={}).body == post


def test_the_time_of_publication_is_set_once() -> None:
    post = create(author())
    published = call("update_post", post_id=post["id"], body={"status": "published"}).body
    assert published["published_at"] == published["updated_at"]
    for status in ("archived", "published"):
        later = call("update_post", post_id=post["id"], body={"status": status}).body
        assert later["published_at"] == published["published_at"]


def test_a_deleted_post_is_gone() -> None:
    post = create(author())
    assert call("delete_post", post_id=post["id"]) == (204, None, {})
    assert problem_of(call("get_post", post_id=post["id"])) == (404, "not-found")


@pytest.mark.parametrize("operation_id", ["get_post", "replace_post", "update_post", "delete_post"])
@pytest.mark.parametrize("post_id", [NOBODY, "not-an-id"])
def test_a_post_that_does_not_exist_is_not_found(operation_id: str, post_id: str) -> None:
    body = {} if operation_id in ("get_post", "delete_post") else {"body": draft(NOBODY)}
    assert problem_of(call(operation_id, post_id=post_id, **body)) == (404, "not-found")


@pytest.mark.parametrize("operation_id", ["create_post", "replace_post", "update_post"])
def test_a_slug_is_taken_once(operation_id: str) -> None:
    ada = author()
    create(ada)
    other = create(ada, slug="other")
    place = {} if operation_id == "create_post" else {"post_id": other["id"]}
    body = {"slug": "notes"} if operation_id == "update_post" else draft(ada)
    refused = call(operation_id, **place, body=body)
    assert problem_of(refused) == (409, "slug-taken")
    assert refused.body["errors"][0]["pointer"] == "/slug"
    assert call("get_post", post_id=other["id"]).body == other


@pytest.mark.parametrize("operation_id", ["create_post", "replace_post", "update_post"])
@pytest.mark.parametrize("author_id", [NOBODY, "not-an-id"])
def test_an_author_must_exist(operation_id: str, author_id: str) -> None:
    post = create(author())
    place = {} if operation_id == "create_post" else {"post_id": post["id"]}
    body = {"author_id": author_id} if operation_id == "update_post" else draft(author_id, slug="new")
    refused = call(operation_id, **place, body=body)
    assert problem_of(refused) == (409, "author-unknown")
    assert refused.body["errors"][0]["pointer"] == "/author_id"
    assert call("list_posts").body == {"items": [post], "total": 1, "limit": 20, "offset": 0}


@pytest.mark.parametrize("operation_id", ["create_post", "replace_post", "update_post"])
def test_half_of_a_surrogate_pair_is_refused(operation_id: str) -> None:
    ada = author()
    place = {} if operation_id == "create_post" else {"post_id": create(ada)["id"]}
    refused = call(operation_id, **place, body=draft(ada, slug="new", content="\ud800"))
    assert problem_of(refused) == (422, "unstorable-text")
