"""The tag "users": people who write posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from handlers.answers import not_found, problem, unstorable_text
from handlers.database import Refused, find, page, transaction
from handlers.merge_patch import merge_patch
from handlers.models import User, now, timestamp

if TYPE_CHECKING:
    from handlers.answers import Answer, Json


def list_users(limit: int = 20, offset: int = 0) -> Answer:
    """One page of all users."""
    with transaction() as session:
        return page(session, User, _present, limit=limit, offset=offset)


def create_user(body: Json) -> Answer:
    """Add a user; 409 when the email address is taken."""
    try:
        with transaction() as session:
            user = User()
            _write(user, body)
            user.created_at = user.updated_at
            session.add(user)
            session.flush()
            return _present(user), 201, {"location": f"/users/{user.id}"}
    except Refused as error:
        return _refusal(error, body)


def get_user(user_id: str) -> Answer:
    """One user, or 404."""
    with transaction() as session:
        user = find(session, User, user_id)
        return _present(user) if user else not_found("user", user_id)


def replace_user(user_id: str, body: Json) -> Answer:
    """Write all of a user; 409 when the email address is taken."""
    try:
        with transaction() as session:
            user = find(session, User, user_id, to_write=True)
            if user is None:
                return not_found("user", user_id)
            _write(user, body)
            session.flush()
            return _present(user)
    except Refused as error:
        return _refusal(error, body)


def update_user(user_id: str, body: Json) -> Answer:
    """Write what a merge patch names; 409 when the email address is taken."""
    try:
        with transaction() as session:
            user = find(session, User, user_id, to_write=True)
            if user is None:
                return not_found("user", user_id)
            if body:
                _write(user, merge_patch(_written(user), body))
            session.flush()
            return _present(user)
    except Refused as error:
        return _refusal(error, body)


def delete_user(user_id: str) -> Answer:
    """Remove a user; 409 when posts name the user as their author."""
    try:
        with transaction() as session:
            user = find(session, User, user_id, to_write=True)
            if user is None:
                return not_found("user", user_id)
            session.delete(user)
    except IntegrityError:
        return problem(409, "user-has-posts", f"User {user_id} is the author of posts; delete those first.")
    return None


def _write(user: User, body: Json) -> None:
    """Set all that a client writes, from a `UserInput`."""
    user.name = body["name"]
    user.email = body["email"]
    user.bio = body.get("bio")
    user.updated_at = now()


def _written(user: User) -> Json:
    """What a client wrote, as a `UserInput`."""
    return {"name": user.name, "email": user.email, "bio": user.bio}


def _present(user: User) -> Json:
    """A `User` of the contract."""
    return {
        "id": str(user.id),
        **_written(user),
        "created_at": timestamp(user.created_at),
        "updated_at": timestamp(user.updated_at),
    }


def _refusal(error: Exception, body: Json) -> Answer:
    """Why the database did not take a body."""
    if isinstance(error, UnicodeEncodeError):
        return unstorable_text()
    detail = f"Another user has the email address {body['email']}."
    return problem(409, "email-taken", detail, pointer="/email", fault="must be unique among users")
