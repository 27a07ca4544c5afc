"""The tag "posts": texts with an author, from draft to published to archived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import not_found, problem, unstorable_text
from handlers.database import Refused, as_uuid, find, page, transaction
from handlers.merge_patch import merge_patch
from handlers.models import Post, User, now, timestamp

if TYPE_CHECKING:
    from handlers.answers import Answer, Json


def list_posts(
    author_id: str | None = None, status: str | None = None, limit: int = 20, offset: int = 0
) -> Answer:
    """One page of the posts that pass every filter."""
    filters = []
    if author_id is not None:
        filters.append(Post.author_id == as_uuid(author_id))
    if status is not None:
        filters.append(Post.status == status)
    with transaction() as session:
        return page(session, Post, _present, *filters, limit=limit, offset=offset)


def create_post(body: Json) -> Answer:
    """Add a post; 409 when the slug is taken or the author does not exist."""
    try:
        with transaction() as session:
            post = Post()
            _write(post, body)
            post.created_at = post.updated_at
            session.add(post)
            session.flush()
            return _present(post), 201, {"location": f"/posts/{post.id}"}
    except Refused as error:
        return _refusal(error, body)


def get_post(post_id: str) -> Answer:
    """One post, or 404."""
    with transaction() as session:
        post = find(session, Post, post_id)
        return _present(post) if post else not_found("post", post_id)


def replace_post(post_id: str, body: Json) -> Answer:
    """Write all of a post; 409 when the slug is taken or the author does not exist."""
    try:
        with transaction() as session:
            post = find(session, Post, post_id, to_write=True)
            if post is None:
                return not_found("post", post_id)
            _write(post, body)
            session.flush()
            return _present(post)
    except Refused as error:
        return _refusal(error, body)


def update_post(post_id: str, body: Json) -> Answer:
    """Write what a merge patch names; 409 when the slug is taken or the author does not exist."""
    try:
        with transaction() as session:
            post = find(session, Post, post_id, to_write=True)
            if post is None:
                return not_found("post", post_id)
            if body:
                _write(post, merge_patch(_written(post), body))
            session.flush()
            return _present(post)
    except Refused as error:
        return _refusal(error, body)


def delete_post(post_id: str) -> Answer:
    """Remove a post."""
    with transaction() as session:
        post = find(session, Post, post_id, to_write=True)
        if post is None:
            return not_found("post", post_id)
        session.delete(post)
    return None


def _write(post: Post, body: Json) -> None:
    """Set all that a client writes, from a `PostInput`."""
    post.author_id = as_uuid(body["author_id"])
    post.slug = body["slug"]
    post.title = body["title"]
    post.summary = body.get("summary")
    post.content = body["content"]
    post.tags = body.get("tags", [])
    post.status = body.get("status", "draft")
    post.updated_at = now()
    if post.status == "published" and post.published_at is None:
        post.published_at = post.updated_at


def _written(post: Post) -> Json:
    """What a client wrote, as a `PostInput`."""
    return {
        "author_id": str(post.author_id),
        "slug": post.slug,
        "title": post.title,
        "summary": post.summary,
        "content": post.content,
        "tags": post.tags,
        "status": post.status,
    }


def _present(post: Post) -> Json:
    """A `Post` of the contract."""
    return {
        "id": str(post.id),
        **_written(post),
        "published_at": timestamp(post.published_at) if post.published_at else None,
        "created_at": timestamp(post.created_at),
        "updated_at": timestamp(post.updated_at),
    }


def _refusal(error: Exception, body: Json) -> Answer:
    """Why the database did not take a body."""
    if isinstance(error, UnicodeEncodeError):
        return unstorable_text()
    with transaction() as session:
        author_id = body.get("author_id")
        if author_id and find(session, User, author_id) is None:
            detail, fault = f"There is no user {author_id}.", "must be the id of a user"
            return problem(409, "author-unknown", detail, pointer="/author_id", fault=fault)
    detail = f"Another post has the slug {body['slug']}."
    return problem(409, "slug-taken", detail, pointer="/slug", fault="must be unique among posts")
