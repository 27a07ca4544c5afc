"""The database under handlers that run in several threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from handlers import database
from handlers.models import Base, User, now

from .calling import call

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NEWSDESK_DATABASE", "sqlite:///:memory:")
    yield
    Base.metadata.drop_all(database.engine())


@pytest.mark.usefixtures("in_memory")
def test_threads_share_one_database_in_memory() -> None:
    def create(number: int) -> int:
        return call("create_user", body={"name": "Ada", "email": f"{number % 20}@newsdesk.example"}).status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(create, range(40)))
    assert sorted(statuses) == [201] * 20 + [409] * 20
    assert call("list_users").body["total"] == 20


def test_what_is_written_outlives_the_engine_in_a_file() -> None:
    user = call("create_user", body={"name": "Ada", "email": "ada@newsdesk.example"}).body
    database.engine().dispose()
    assert call("get_user", user_id=user["id"]).body == user


def test_foreign_keys_are_enforced() -> None:
    with database.transaction() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_an_exception_undoes_the_transaction() -> None:
    moment = now()
    users = [
        User(name="Ada", email="ada@newsdesk.example", created_at=moment, updated_at=moment) for _ in "ab"
    ]
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add_all(users)
    assert call("list_users").body["total"] == 0


@pytest.mark.parametrize("spelt", ["", "7", "not-an-id", "\x00", "\ud800", "9" * 5000])
def test_a_malformed_id_names_nothing(spelt: str) -> None:
    with database.transaction() as session:
        assert database.find(session, User, spelt) is None
