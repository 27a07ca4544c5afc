"""A stateful mock: what belongs to an inferred resource is answered from memory, all else by the mock.

What memory sends is judged by the schema of the operation that sends it; where nothing
true can be made of a record the mock's own answer is sent, and that is reported, once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from treaty import problems
from treaty.contract.model import MediaType
from treaty.exchange.call import Call
from treaty.exchange.media_types import accepted
from treaty.exchange.messages import Response, combined
from treaty.findings import Finding
from treaty.mocking.memory.memory import Memory, NoRecordError, Place
from treaty.mocking.memory.resources import Action
from treaty.mocking.memory.stores.model import StateError
from treaty.mocking.preferences import NONE, read_preferences, stated_preferences
from treaty.mocking.refusals import can_refuse
from treaty.mocking.write import UnwritableError
from treaty.respond.doing import VERBS, Doing
from treaty.respond.filing import Filing
from treaty.respond.mock import Mock
from treaty.respond.recalled import Asking, Recalled

Result = TypeVar("Result")
WORLD = "treaty-world"
MAX_WORLD = 100  # characters of its name


@dataclass(slots=True)
class Remembering:
    """Answers calls from memory, and else as the mock does."""

    mock: Mock
    memory: Memory
    report: Callable[[Finding], None] = lambda _: None
    recalled: Recalled = field(init=False)
    doing: Doing = field(init=False)
    thread: ThreadPoolExecutor | None = None

    def __post_init__(self) -> None:
        self.recalled = Recalled(self.mock, self.memory, self.report)
        self.doing = Doing(self.memory, self.recalled, Filing(self.memory, self.recalled))

    @property
    def immediate(self) -> bool:
        """Is nothing waited for?"""
        return not self.memory.store.blocks

    async def __call__(self, call: Call) -> Response:
        """The answer of the memory, if the call is of a resource and prefers no other answer."""
        overridden = self.overridden(call) if self.mock.overriding is not None else None
        if overridden is not None:
            return overridden
        asking = self.asking(call)
        if asking is None:
            return await self.mock(call)
        if not self.memory.store.blocks:
            response = self.recall(asking)
        else:
            response = await self.run(lambda: self.recall(asking))
        return response if response is not None else await self.mock(call)

    async def run(self, work: Callable[[], Result]) -> Result:
        """Do what uses the memory; where that waits for a disk or network, in a thread."""
        if not self.memory.store.blocks:
            return work()
        if self.thread is None:  # one, so that neither store nor validators are used by two at once
            self.thread = ThreadPoolExecutor(1, "treaty-state")
        return await asyncio.get_running_loop().run_in_executor(self.thread, work)

    def overridden(self, call: Call) -> Response | None:
        """What `mocks/` says to a request, which comes before what is remembered."""
        accept = combined(call.request.headers, "accept")
        preferences = read_preferences(stated_preferences(call.request))
        answer = self.mock.overridden(call, accept, preferences)
        return None if answer is None else self.mock.finished(call, accept, preferences, answer)

    def asking(self, call: Call) -> Asking | None:
        """What a call means to the memory; None when the mock is to answer it."""
        operation = call.operation
        found = self.memory.resources.by_operation.get((operation.method, operation.path))
        if found is None:
            return None
        accept, world, preferences = None, "", NONE
        for name, value in call.request.headers:
            if name == "accept":
                accept = value if accept is None else f"{accept},{value}"
            elif name == WORLD:
                world = value[:MAX_WORLD]
            elif name == "prefer" and preferences is NONE:
                preferences = read_preferences(stated_preferences(call.request))
        if (
            preferences.code is not None
            or preferences.example is not None
            or preferences.scenario is not None
        ):
            return None
        resource, action = found
        media = self.media(call, action, accept)
        if media is None and action.answer.media is not None:
            return None
        return Asking(call, resource, action, media, accept, world, preferences)

    def media(self, call: Call, action: Action, accept: str | None) -> MediaType | None:
        """The media type to answer in; None where it is not one that the record is known by."""
        usual = action.answer.media
        if usual is None or accept is None or accept == "*/*":
            return usual
        declared = call.operation.response_for(action.answer.status)
        fitting = accepted(declared.content, accept) if declared else []
        if not fitting or fitting[0] is usual:
            return fitting[0] if fitting else None
        facts = self.memory.facts
        ours, theirs = facts.of_media(usual, "response"), facts.of_media(fitting[0], "response")
        return fitting[0] if facts.same(ours, theirs) else None

    def recall(self, asking: Asking) -> Response | None:
        """The answer from memory; None where there is none that is true."""
        try:
            place = self.place(asking)
            if place is None:
                if can_refuse(asking.action.operation, 404):
                    return self.recalled.missing(asking, "is below what does not exist")
                place = self.place(asking, anyway=True)
            return VERBS[asking.action.verb](self.doing, asking, place) if place is not None else None
        except (NoRecordError, UnwritableError) as error:
            return self.recalled.gave_up(asking, str(error))
        except StateError as error:
            return self.recalled.problem(asking, problems.STATE_UNAVAILABLE, str(error))

    def place(self, asking: Asking, *, anyway: bool = False) -> Place | None:
        """Where what is asked for is; None below what does not exist, unless `anyway`."""
        resource, scope, values = asking.resource, asking.action.scope, asking.call.path
        if scope is not None:
            return self.memory.scoped(resource, scope, asking.world, values, anyway=anyway)
        return self.memory.place(resource, asking.world, values, anyway=anyway)
