"""Faults: a responder around another that makes answers late, wrong or broken, as far as it is asked to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace

from treaty import problems
from treaty.contract.contract import Contract
from treaty.exchange.call import Call
from treaty.exchange.messages import Response, combined
from treaty.findings import DocumentError, Finding, Location
from treaty.mocking.delays import Delay, read_delay
from treaty.mocking.draws import Draws
from treaty.mocking.faults import TRANSPORT, Faults, declared_errors
from treaty.mocking.preferences import read_preferences, stated_preferences
from treaty.respond.mock import Mock

LATENCY = "x-treaty-latency"
DRIP_SECONDS = 0.1
DRIP_PIECES = 50


@dataclass(slots=True)
class Faulty:
    """Answers as `respond` does, or worse; the same seed and order of requests, the same draws."""

    respond: Callable[[Call], Awaitable[Response]]
    mock: Mock
    faults: Faults
    latencies: dict[str, Delay]  # by the pointer of an operation
    draws: Draws = field(init=False)

    def __post_init__(self) -> None:
        self.draws = Draws(str(self.mock.seed))

    async def __call__(self, call: Call) -> Response:
        """An answer, or one of the declared errors in its place."""
        preferred = stated_preferences(call.request)
        if preferred is not None:
            preferences = read_preferences(preferred)
            if preferences.fault is not None and self.faults.transport:
                return self.broken(preferences.fault, await self.respond(call))
            if preferences.code is not None or preferences.example is not None:
                return self.late(call, await self.respond(call))
        drawn = self.drawn(call)
        return self.late(call, await self.respond(call) if drawn is None else drawn)

    def refuse(self, call: Call, problem: Callable[[Call], Response]) -> Response:
        """What a wrong request gets, as late as all answers are."""
        return self.late(call, self.mock.refuse(call, problem))

    def drawn(self, call: Call) -> Response | None:
        """One of the declared errors, as often as the rate says."""
        if not self.faults.error_rate or self.draws.share(call, "error") >= self.faults.error_rate:
            return None
        errors = declared_errors(call.operation)
        if not errors:
            return None
        chosen = errors[int(self.draws.share(call, "which") * len(errors))]
        request = call.request
        preferences = replace(read_preferences(stated_preferences(request)), code=chosen.status)
        return self.mock.respond(call, combined(request.headers, "accept"), preferences, why=chosen.why)

    def late(self, call: Call, response: Response) -> Response:
        """The response with the operation's latency, unless it has a delay of its own."""
        latency = self.latencies.get(call.operation.pointer, self.faults.latency)
        if latency is None or response.delay:
            return response
        return replace(response, delay=latency.drawn(self.draws.share(call, "latency")))

    def broken(self, fault: str, response: Response) -> Response:
        """The response with a fault of the transport."""
        if fault not in TRANSPORT:
            return _unknown(fault)
        headers = [*response.headers, ("preference-applied", f"fault={fault}")]
        if fault == "drip":
            headers.append(("content-length", str(len(response.body))))
            return replace(response, headers=headers, chunks=dripped(response.body))
        return replace(response, headers=headers, broken="drop" if fault == "drop" else "truncate")


async def dripped(body: bytes) -> AsyncIterator[bytes]:
    """A body in small pieces, with a wait before each."""
    size = max(1, -(-len(body) // DRIP_PIECES))
    for start in range(0, len(body), size):
        await asyncio.sleep(DRIP_SECONDS)
        yield body[start : start + size]


def with_faults(respond: Callable[[Call], Awaitable[Response]], mock: Mock, faults: Faults) -> Faulty | None:
    """The responder with faults around it; None where neither options nor the document ask for any.

    Raises `DocumentError` for an `x-treaty-latency` that is no delay.
    """
    latencies = declared_latencies(mock.contract)
    if faults == Faults() and not latencies:
        return None
    return Faulty(respond, mock, faults, latencies)


def declared_latencies(contract: Contract) -> dict[str, Delay]:
    """What the operations of a document say of their own latency (`x-treaty-latency`), by their pointers."""
    found, wrong = {}, []
    for operation in contract.document.operations:
        if LATENCY not in operation.node:
            continue
        try:
            found[operation.pointer] = read_delay(str(operation.node[LATENCY]))
        except ValueError as error:
            location = Location("", pointer=f"{operation.pointer}/{LATENCY}")
            wrong.append(Finding("invalid-latency", str(error), location=location))
    if wrong:
        raise DocumentError(contract.document.sources.place(wrong))
    return found


def _unknown(fault: str) -> Response:
    detail = f"There is no fault `{fault}`; there is {', '.join(TRANSPORT)}."
    body = problems.problem_body(problems.UNKNOWN_PREFERENCE, detail)
    return Response(problems.UNKNOWN_PREFERENCE.status, [("content-type", problems.MEDIA_TYPE)], body)
