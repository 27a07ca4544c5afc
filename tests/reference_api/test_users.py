"""The handlers of the tag "users"."""

from __future__ import annotations

from typing import Any

import pytest

from .calling import call, problem_of
from .reading import body_examples

ADA = {"name": "Ada Lovelace", "email": "ada@newsdesk.example", "bio": "Counts."}
NOBODY = "7e1d5c3b-0a9f-4e8d-b6c7-5a4f3e2d1c44"


def create(**changes: Any) -> Any:
    answered = call("create_user", body=ADA | changes)
    assert answered.status == 201
    return answered.body


def written(user: Any) -> Any:
    return {name: user[name] for name in ADA}


@pytest.mark.parametrize("body", body_examples("create_user"))
def test_a_created_user_can_be_read_where_the_location_says(body: Any) -> None:
    answered = call("create_user", body=body)
    user = answered.body
    assert answered.headers == {"location": f"/users/{user['id']}"}
    assert written(user) == {"bio": None} | body
    assert user["created_at"] == user["updated_at"]
    assert call("get_user", user_id=user["id"]) == (200, user, {})


def test_an_id_may_be_spelt_in_capitals() -> None:
    user = create()
    assert call("get_user", user_id=user["id"].upper()).body == user


def test_users_are_listed_in_pages_oldest_first() -> None:
    users = [create(email=f"{number}@newsdesk.example") for number in range(5)]
    page = call("list_users", limit=2, offset=1).body
    assert page == {"items": users[1:3], "total": 5, "limit": 2, "offset": 1}
    assert call("list_users").body["items"] == users
    assert call("list_users", offset=2147483647).body["items"] == []


def test_put_replaces_and_takes_away_what_it_leaves_out() -> None:
    user = create()
    replaced = call(
        "replace_user", user_id=user["id"], body={"name": "Ada", "email": "a@newsdesk.example"}
    ).body
    assert written(replaced) == {"name": "Ada", "email": "a@newsdesk.example", "bio": None}
    assert (replaced["id"], replaced["created_at"]) == (user["id"], user["created_at"])
    assert call("get_user", user_id=user["id"]).body == replaced


@pytest.mark.parametrize(
    ("patch", "result"),
    [
        ({"name": "Ada"}, ADA | {"name": "Ada"}),
        ({"bio": None}, ADA | {"bio": None}),
        (
            {"bio": "Sums.", "email": "a@newsdesk.example"},
            ADA | {"bio": "Sums.", "email": "a@newsdesk.example"},
        ),
    ],
)
def test_patch_changes_what_it_names(patch: Any, result: Any) -> None:
    user = create()
    updated = call("update_user", user_id=user["id"], body=patch).body
    assert written(updated) == result
    assert call("get_user", user_id=user["id"]).body == updated


def test_the_empty_patch_changes_nothing() -> None:
    user = create()
    assert call("update_user", user_id=user["id"], body={}).body == user


def test_a_deleted_user_is_gone() -> None:
    user = create()
    assert call("delete_user", user_id=user["id"]) == (204, None, {})
    assert problem_of(call("get_user", user_id=user["id"])) == (404, "not-found")
    assert problem_of(call("delete_user", user_id=user["id"])) == (404, "not-found")


@pytest.mark.parametrize("operation_id", ["get_user", "replace_user", "update_user", "delete_user"])
@pytest.mark.parametrize("user_id", [NOBODY, "not-an-id", "\x00"])
def test_a_user_who_does_not_exist_is_not_found(operation_id: str, user_id: str) -> None:
    body = {} if operation_id in ("get_user", "delete_user") else {"body": ADA}
    assert problem_of(call(operation_id, user_id=user_id, **body)) == (404, "not-found")


@pytest.mark.parametrize("operation_id", ["create_user", "replace_user", "update_user"])
def test_an_email_address_is_taken_once(operation_id: str) -> None:
    create()
    other = create(email="other@newsdesk.example")
    place = {} if operation_id == "create_user" else {"user_id": other["id"]}
    refused = call(operation_id, **place, body=ADA)
    assert problem_of(refused) == (409, "email-taken")
    assert refused.body["errors"][0]["pointer"] == "/email"
    assert call("get_user", user_id=other["id"]).body == other
    assert call("list_users").body["total"] == 2


def test_a_user_may_keep_the_email_address() -> None:
    user = create()
    assert call("replace_user", user_id=user["id"], body=ADA).status == 200


def test_an_author_of_posts_is_not_deleted() -> None:
    user = create()
    post = {"author_id": user["id"], "slug": "notes", "title": "Notes", "content": "On the engine."}
    post_id = call("create_post", body=post).body["id"]
    assert problem_of(call("delete_user", user_id=user["id"])) == (409, "user-has-posts")
    assert call("get_user", user_id=user["id"]).body == user
    call("delete_post", post_id=post_id)
    assert call("delete_user", user_id=user["id"]).status == 204


@pytest.mark.parametrize("operation_id", ["create_user", "replace_user", "update_user"])
def test_half_of_a_surrogate_pair_is_refused(operation_id: str) -> None:
    place = {} if operation_id == "create_user" else {"user_id": create()["id"]}
    refused = call(operation_id, **place, body=ADA | {"bio": "\ud800"})
    assert problem_of(refused) == (422, "unstorable-text")


@pytest.mark.parametrize("text", ["'; DROP TABLE users; --", "\U0001f5de\ufe0f\u202e", " ", "e\u0301\ufeff"])
def test_any_text_comes_back_as_sent(text: str) -> None:
    user = create(name=text, bio=text)
    assert written(call("get_user", user_id=user["id"]).body) == ADA | {"name": text, "bio": text}
