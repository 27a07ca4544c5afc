"""The database: SQLAlchemy over the URL in `NEWSDESK_DATABASE`.

Without that variable it is SQLite in memory and lives as long as the process: a demonstration needs no
setup. Sessions are short and one per call, so handlers may run in any thread.
"""

from __future__ import annotations

import functools
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Engine, QueuePool, create_engine, event, func, make_url, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from handlers.models import Base

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from handlers.answers import Json

Row = TypeVar("Row", bound=Base)

# How the database refuses a body that the contract allows.
Refused = (IntegrityError, UnicodeEncodeError)

_opening = threading.Lock()


def engine() -> Engine:
    """The engine of this process, opened and its tables created at the first call.

    Raises SQLAlchemyError when the database cannot be reached.
    """
    with _opening:  # two first calls at once must not open two databases in memory
        return _open(os.environ.get("NEWSDESK_DATABASE", "sqlite://"))


@functools.cache
def _open(url: str) -> Engine:
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    opened = _open_sqlite(url) if is_sqlite else create_engine(url)
    Base.metadata.create_all(opened)
    return opened


def _open_sqlite(url: str) -> Engine:
    """One connection, and sessions take turns: in memory it is the database, a file has one writer."""
    opened = create_engine(
        url, poolclass=QueuePool, pool_size=1, max_overflow=0, connect_args={"check_same_thread": False}
    )
    event.listen(opened, "connect", _enforce_foreign_keys)
    return opened


def _enforce_foreign_keys(connection: Any, _record: Any) -> None:
    """SQLite checks foreign keys only for a connection that asks for it."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose changes are committed at the end, or undone by an exception."""
    with Session(engine()) as session, session.begin():
        yield session


def ping() -> None:
    """Ask the database for a sign of life; raises SQLAlchemyError without one."""
    with engine().connect() as connection:
        connection.execute(text("SELECT 1"))


def as_uuid(identifier: str) -> UUID:
    """The id that a text spells; one that is malformed becomes the nil UUID, which nothing has."""
    try:
        return UUID(identifier)
    except ValueError:
        return UUID(int=0)


def find(session: Session, model: type[Row], identifier: str, *, to_write: bool = False) -> Row | None:
    """The row with this id, locked against other writers where it is to be written."""
    return session.get(model, as_uuid(identifier), with_for_update=to_write)


def page(
    session: Session,
    model: type[Row],
    present: Callable[[Row], Json],
    *filters: ColumnElement[bool],
    limit: int,
    offset: int,
) -> Json:
    """One page of the rows that pass every filter, oldest first, in the contract's envelope."""
    total = session.scalar(select(func.count()).select_from(model).where(*filters))
    query = select(model).where(*filters).order_by(model.created_at, model.id).limit(limit).offset(offset)
    items = [present(row) for row in session.scalars(query)]
    return {"items": items, "total": total, "limit": limit, "offset": offset}
