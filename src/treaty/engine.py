"""The path every request takes: match, decode, validate, respond, validate.

The engine knows no framework and no mode. A mode is a responder (a mock, handlers) and
a policy (what a finding on a response costs).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias, TypeVar

from treaty import problems
from treaty.contract.contract import Contract
from treaty.contract.model import Operation
from treaty.enforcing import Enforcer, Exchange, Refuse, ResponsePolicy, unmatched
from treaty.exchange.call import Call
from treaty.exchange.kept import Kept
from treaty.exchange.messages import BrokenStreamError, Request, Response
from treaty.exchange.security import AsyncVerifier, Authenticator, Verifier
from treaty.exchange.spool import MAX_UPLOAD_BYTES
from treaty.exchange.streams import discard, judged_chunks, settled
from treaty.judging import build_judge
from treaty.refusing import problem_response
from treaty.repeats import Repeated, Repeats, fields_of

Result = TypeVar("Result")
Responder: TypeAlias = Callable[[Call], Awaitable[Response]]
Rewrite: TypeAlias = Callable[[Request], Request]
Steady: TypeAlias = Callable[[Operation], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine(Enforcer):
    """A contract with a responder, ready for traffic.

    A mode may `rewrite` requests before they are matched, where they say something to the mode
    itself. `immediate`: the responder never waits. The responses of operations in `unjudged` (by
    their pointers) were judged when they were made. An operation is `steady` that answers the same
    request always the same.
    """

    respond: Responder
    immediate: bool = False
    rewrite: Rewrite | None = None
    unjudged: frozenset[str] = frozenset()
    steady: Steady | None = None

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Itself: where several are mounted there are more."""
        return (self,)

    def upload_bytes(self, sent: Request) -> int:
        """How many bytes the body of a request may have as an upload; 0: it is none."""
        return self.bytes_allowed(sent if self.rewrite is None else self.rewrite(sent))

    async def refused_early(self, request: Request, most: int) -> Exchange | None:
        """As `Enforcer.refused_early`, of the request that is meant."""
        meant = request if self.rewrite is None else self.rewrite(request)
        exchange = await Enforcer.refused_early(self, meant, most)
        request.verified = meant.verified
        if exchange is not None:
            exchange.request = request
        return exchange

    async def handle(self, sent: Request) -> Exchange:
        """Answer a request as the contract and the responder have it."""
        again = self.again(sent)
        if again is not None:
            return again
        judge = self.judge
        request = sent if self.rewrite is None else self.rewrite(sent)
        matched = judge.router.match(request.method, request.path, request.query, request.headers)
        if matched.operation is None:
            return unmatched(sent, matched)  # 404, 405; 204 to OPTIONS
        prepared = judge.prepared.of(matched.operation)
        if self.waits(prepared, request):
            call = await self.read_later(prepared, request, matched.path_values)
        else:
            call = judge.read(prepared, request, matched.path_values)
        if call.findings:
            return self.refused(sent, call)  # 400, 401, 403, 415, 422
        response = await self.respond(call)
        if self.validate_responses == "off" or call.operation.pointer in self.unjudged:
            exchange = Exchange(sent, response, call.operation)
            if self.steady is not None and self.steady(call.operation):
                self.keep(exchange, call.operation)
            return exchange
        if response.chunks is not None:
            return await self.streamed(sent, call, response)
        return self.answered(sent, call, response)

    async def streamed(self, sent: Request, call: Call, response: Response) -> Exchange:
        """A response in chunks: judged before it begins where it has to be whole, else as it goes.

        What is found then is added to the exchange, and logged at once: it may be long until the end.
        """
        try:
            response = await settled(call.prepared, call.request, response)
        except BrokenStreamError as error:
            return Exchange(sent, problem_response(problems.HANDLER_FAILED, str(error)), call.operation)
        if response.chunks is None:
            return self.answered(sent, call, response)
        exchange, judged = self.begun(sent, call, response)
        if exchange.response is not response:
            await discard(response)
        elif judged is not None:
            goes_on = partial(self.went_on, exchange, call, goes_on=not self.refuses(response))
            exchange.response = replace(response, chunks=judged_chunks(response.chunks, judged, goes_on))
        return exchange


def build_engine(
    contract: Contract,
    respond: Responder,
    validate_responses: ResponsePolicy,
    verify: Verifier | AsyncVerifier | None = None,
    *,
    strict: bool = False,
    base_path: str | tuple[str, ...] | None = None,
    max_upload_bytes: int = MAX_UPLOAD_BYTES,
    immediate: bool = False,
    rewrite: Rewrite | None = None,
    refuse: Refuse | None = None,
    takes_bytes: Callable[[Operation], bool] = lambda _: False,
    authenticate: Authenticator | None = None,
    unjudged: frozenset[str] = frozenset(),
    steady: Steady | None = None,
    kept: Kept[Repeated] | None = None,
) -> Engine:
    """An engine for a contract; without `verify` credentials are looked at for presence and shape only.

    `strict`, `base_path` and `max_upload_bytes` are the judge's, `immediate`, `takes_bytes`,
    `unjudged` and `steady` the responder's, `rewrite` and `refuse` the mode's. What is answered again is
    `kept` there.
    """
    judge = build_judge(
        contract,
        verify,
        strict=strict,
        base_path=base_path,
        max_upload_bytes=max_upload_bytes,
        authenticate=authenticate,
    )
    return Engine(
        judge=judge,
        before=Repeats(fields_of(contract.operations, judge.schemes), Kept() if kept is None else kept),
        respond=respond,
        validate_responses=validate_responses,
        immediate=immediate,
        rewrite=rewrite,
        refuse=refuse,
        takes_bytes=takes_bytes,
        unjudged=unjudged,
        steady=steady,
    )


def run_now(coroutine: Coroutine[object, None, Result]) -> Result:
    """What a coroutine returns that waits for nothing. Raises RuntimeError when it does."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: Result = done.value
        return result
    coroutine.close()
    raise RuntimeError("what was said to be immediate waits")
