"""A service that is not finished: handlers that exist answer, the mock answers the rest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from treaty.exchange.call import Call
from treaty.exchange.messages import Response
from treaty.respond.mock import Mock


@dataclass(frozen=True, slots=True)
class Partly:
    """Answers with handlers or, for the operations in `mocked` (by their pointers), with the mock."""

    handlers: Callable[[Call], Awaitable[Response]]
    mock: Mock
    mocked: frozenset[str]

    async def __call__(self, call: Call) -> Response:
        """The answer of whoever has the operation."""
        if call.operation.pointer in self.mocked:
            return await self.mock(call)
        return await self.handlers(call)

    def refuse(self, call: Call, problem: Callable[[Call], Response]) -> Response:
        """What a wrong request gets, from a handler's operation our problem."""
        if call.operation.pointer in self.mocked:
            return self.mock.refuse(call, problem)
        return problem(call)
