"""How long the system under test is waited for, and when it counts as not there."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests import ConnectionError as NoConnection
from requests import ReadTimeout, Timeout
from schemathesis.core.result import Ok
from schemathesis.engine.run import PhaseName
from schemathesis.engine.run.probes import ProbePayload
from schemathesis.engine.run.unit._case import BudgetExpired
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER
from urllib3.exceptions import MaxRetryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis.engine import events as engine
    from schemathesis.hooks import HookContext
    from schemathesis.schemas import BaseSchema

    from treaty.exercise.failures import AnyCase

# The two probes that come before the first case get a quarter each of what time there is.
SHARE_OF_A_PROBE = 0.25
# A timeout has to be more than none.
LEAST_SECONDS = 0.01


class UnreachableError(Exception):
    """Nothing answers at the URL under test; the message says what came instead."""


@dataclass(slots=True)
class Patience:
    """What one response may take, and all of them together; `url` is None for what runs in-process."""

    schema: BaseSchema
    url: str | None
    request_seconds: float
    run_seconds: float | None
    ends: float | None = None
    is_silent: bool = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """The time runs within the block: no request waits longer than there is of it."""
        if self.run_seconds is None:
            yield
            return
        self.ends = time.monotonic() + self.run_seconds
        # A schema has no hook for this, so these see the calls of every schema there is.
        hooks = {"before_call": self.bound, "after_network_error": self.excuse}
        for name, hook in hooks.items():
            GLOBAL_HOOK_DISPATCHER.register_hook_with_name(hook, name)
        try:
            yield
        finally:
            for hook in hooks.values():
                GLOBAL_HOOK_DISPATCHER.unregister(hook)

    def bound(self, _: HookContext, case: AnyCase, kwargs: dict[str, Any]) -> None:
        """Before a call: its timeout is no more than what is left."""
        if case.operation.schema is self.schema:
            wanted = kwargs.get("timeout") or self.request_seconds
            kwargs["timeout"] = max(min(wanted, self.left()), LEAST_SECONDS)

    def excuse(self, _: HookContext, case: AnyCase, __: Any) -> None:
        """After a call without an answer: what was not waited for is not the server's failure."""
        if case.operation.schema is self.schema and self.is_over():
            raise BudgetExpired

    def left(self) -> float:
        """The seconds that are left of the run."""
        return float("inf") if self.ends is None else self.ends - time.monotonic()

    def is_over(self) -> bool:
        """Has the run had its time?"""
        return self.left() <= 0

    def take(self, event: engine.PhaseStarted | engine.PhaseFinished) -> None:
        """Follow the probes, which tell what a server refuses unread. Raises `UnreachableError`."""
        if event.phase.name is not PhaseName.PROBING:
            return
        if hasattr(event, "status"):
            self.schema.config.update(request_timeout=self.request_seconds)
            self.judge(list(probe_errors(event)))
        elif self.url is None:
            # They go over the network: to nobody, or to whoever listens where curl lines are to point.
            event.phase.is_enabled = False
        elif self.run_seconds is not None:
            seconds = min(self.request_seconds, SHARE_OF_A_PROBE * self.run_seconds)
            self.schema.config.update(request_timeout=seconds)

    def judge(self, errors: list[Exception | None]) -> None:
        """What the probes say of the server. Raises `UnreachableError` when none of them got there."""
        reasons = [self.no_way(error) for error in errors]
        if reasons and all(reasons):
            raise UnreachableError(f"nothing answers at {self.url}: {reasons[0]}")
        self.is_silent = bool(errors) and all(isinstance(error, ReadTimeout) for error in errors)

    def no_way(self, error: Exception | None) -> str:
        """Why a request did not get to the server; empty when it did."""
        if (
            not isinstance(error, NoConnection)
            or not error.args
            or not isinstance(error.args[0], MaxRetryError)
        ):
            return ""
        asked = error.request.url if error.request is not None else self.url
        if urlsplit(str(asked)).netloc != urlsplit(str(self.url)).netloc:
            return ""  # it did, and was sent elsewhere
        if isinstance(error, Timeout):
            return "no connection in time"
        reason = error.args[0].reason
        system = getattr(reason, "__cause__", None)
        return str(getattr(system, "strerror", None) or reason)

    def refuse_silence(self) -> None:
        """Raise `UnreachableError` if neither the probes nor the first cases were answered."""
        if self.is_silent:
            raise UnreachableError(
                f"nothing answers at {self.url}: it takes requests, and no answer came in time"
            )


def probe_errors(event: Any) -> Iterator[Exception | None]:
    """What kept each probe from an answer; None for one that got it."""
    if isinstance(event.payload, Ok) and isinstance(event.payload.ok(), ProbePayload):
        for probe in event.payload.ok().probes:
            yield probe.error
