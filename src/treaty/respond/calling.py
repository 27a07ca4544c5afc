"""Callbacks: requests that the mock sends after an answer, from threads of their own, within bounds."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from queue import Empty, Full, Queue
from threading import Lock, Thread, current_thread

from treaty.exchange.call import Call
from treaty.exchange.messages import Response
from treaty.exchange.prepared import PreparedOperation
from treaty.exchange.response import check_response
from treaty.findings import Finding, Location, Severity
from treaty.mocking.expressions import ExpressionError
from treaty.mocking.outgoing import Outgoing, OutgoingError, Senders
from treaty.respond.mock import Mock

THREADS = 4
MAX_WAITING = 1_000
# The answer goes out first.
AFTER_SECONDS = 0.05
TIMEOUT_SECONDS = 5.0
IDLE_SECONDS = 5.0
# Before each try but the first.
RETRY_SECONDS = (0.5, 2.0)
MAX_ANSWER_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of a request that was sent: the status of the answer, or what went wrong."""

    outgoing: Outgoing
    status: int | None
    error: str = ""
    tries: int = 1
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class Calling:
    """Answers as `respond` does; after a success the operation's callbacks are called.

    `tell` hears of every delivery, in the thread that made it.
    """

    respond: Callable[[Call], Awaitable[Response]]
    senders: Senders
    tell: Callable[[Delivery], None] | None = None
    waiting: Queue[tuple[Outgoing, float]] = field(default_factory=lambda: Queue(MAX_WAITING))
    threads: list[Thread] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    async def __call__(self, call: Call) -> Response:
        """The answer; what is called after it waits for its turn."""
        response = await self.respond(call)
        callbacks = self.senders.callbacks.get(call.operation.pointer)
        if callbacks and 200 <= response.status < 300:
            for name, operation in callbacks:
                try:
                    outgoing = self.senders.callback(name, operation, call, response)
                except (ExpressionError, OutgoingError) as error:
                    self.report(operation.pointer, f"the callback `{name}` is not called: {error}")
                else:
                    self.later(outgoing, response.delay)
        return response

    def later(self, outgoing: Outgoing, delay: float) -> None:
        """Send a request when the answer is sent; a thread is started where there is none to do it."""
        with self.lock:
            try:
                self.waiting.put_nowait((outgoing, time.monotonic() + AFTER_SECONDS + delay))
            except Full:
                message = f"`{outgoing.name}` is not called: too many are waiting"
                self.report(outgoing.operation.pointer, message)
                return
            if len(self.threads) < THREADS:
                self.threads.append(Thread(target=self.run, name="treaty-callbacks", daemon=True))
                self.threads[-1].start()

    def run(self) -> None:
        """Deliver what is waiting, until nothing was for a while."""
        while True:
            try:
                outgoing, due = self.waiting.get(timeout=IDLE_SECONDS)
            except Empty:
                with self.lock:
                    if self.waiting.empty():
                        self.threads.remove(current_thread())
                        return
                continue
            time.sleep(max(0.0, due - time.monotonic()))
            self.told(deliver(outgoing, self.senders))

    def told(self, delivery: Delivery) -> None:
        """Say what came of a delivery."""
        outgoing = delivery.outgoing
        if delivery.error:
            message = f"`{outgoing.name}` could not be sent to {outgoing.url}: {delivery.error}"
            self.report(outgoing.operation.pointer, message)
        for finding in delivery.findings:
            self.senders.report(replace(finding, severity=Severity.WARNING))
        if self.tell is not None:
            self.tell(delivery)

    def report(self, pointer: str, message: str) -> None:
        """Report what was not done, at the operation that asks for it."""
        location = Location("", pointer=pointer)
        self.senders.report(Finding("callback-failed", message, Severity.WARNING, location=location))


def deliver(outgoing: Outgoing, senders: Senders) -> Delivery:
    """Send a request, again where nobody answers or the other side fails; its answer is judged."""
    import httpx  # here, because most mocks send nothing and it is slow to import

    error, tries = "", 0
    for wait in (0.0, *RETRY_SECONDS):
        time.sleep(wait)
        tries += 1
        try:
            answer = _send(outgoing)
        except httpx.HTTPError as failure:
            error = str(failure) or type(failure).__name__
            continue
        except (httpx.InvalidURL, ValueError) as failure:  # of a client's own making
            return Delivery(outgoing, None, f"it is no URL that can be asked: {failure}", tries)
        if answer.status >= 500 and tries <= len(RETRY_SECONDS):
            continue
        prepared = PreparedOperation(senders.contract, outgoing.operation)
        findings = check_response(prepared, outgoing.operation.method, answer)
        return Delivery(outgoing, answer.status, "", tries, tuple(findings))
    return Delivery(outgoing, None, error, tries)


def _send(outgoing: Outgoing) -> Response:
    """One try; redirects are answers like any other, for they lead where nobody allowed it."""
    import httpx

    with httpx.stream(
        outgoing.operation.method,
        outgoing.url,
        headers=outgoing.headers,
        content=outgoing.body,
        timeout=TIMEOUT_SECONDS,
        follow_redirects=False,
        trust_env=False,
    ) as answer:
        body = bytearray()
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > MAX_ANSWER_BYTES:
                break
    headers = [(name.lower(), value) for name, value in answer.headers.items() if name != "content-encoding"]
    return Response(answer.status_code, headers, bytes(body))


def with_callbacks(respond: Callable[[Call], Awaitable[Response]], mock: Mock) -> Calling | None:
    """The responder with callbacks after its answers; None where the contract has none."""
    if not any("callbacks" in at.node for at in mock.contract.document.operations):
        return None
    return Calling(respond, mock.senders)
