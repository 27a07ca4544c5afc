"""The tag "health": whether the service can do its work."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from handlers.answers import problem
from handlers.database import ping

if TYPE_CHECKING:
    from handlers.answers import Answer


async def get_health() -> Answer:
    """200 while the database answers, else 503. A handler may be a coroutine; what blocks takes a thread."""
    try:
        await asyncio.to_thread(ping)
    except SQLAlchemyError:
        return problem(503, "database-unavailable", "The database does not answer.")
    return {"status": "ok"}
