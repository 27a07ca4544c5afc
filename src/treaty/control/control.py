"""The control API at work: who may use it, and what each of its operations does."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from treaty import problems
from treaty.asgi import App
from treaty.contract.contract import compile_contract
from treaty.contract.model import SecurityScheme
from treaty.control import telling
from treaty.control.log import Log, Record
from treaty.document.document import open_document
from treaty.enforcing import Exchange
from treaty.engine import Engine, build_engine
from treaty.exchange.call import Call
from treaty.exchange.messages import Request, Response
from treaty.findings import Finding, Json, Severity
from treaty.refusing import problem_response
from treaty.report.json import finding_value
from treaty.site import Site

if TYPE_CHECKING:
    from treaty.respond.remembering import Remembering

DOCUMENT = Path(__file__).parent / "openapi.yaml"
PREFIX = "/__treaty"
ALIVE_SECONDS = 15.0  # after which one who follows is told that there is nothing to tell
_LOOPBACK = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|::1|[a-z0-9.-]+\.localhost", re.IGNORECASE)


@dataclass(slots=True)
class Control:
    """The control API of an application.

    Unless it is `open`, only requests to this machine by a name of its own are let in, and only
    pages from it: that a page of any site could send one does not make it one of ours.
    """

    app: App
    open: bool = False
    scheme: str = "http"  # of the URLs in a recording
    log: Log = field(default_factory=Log)
    engine: Engine | None = None  # made when it is first asked for, as is the next
    site: Site | None = None

    def attach(self) -> Control:
        """Serve it with the application, and log its exchanges."""
        observe = self.app.observe

        def note(exchange: Exchange, seconds: float) -> None:
            if not exchange.request.path.startswith(PREFIX):
                self.log.add(exchange, seconds)
                if observe is not None:
                    observe(exchange, seconds)

        self.app.observe = note
        self.app.control = self.handle
        return self

    async def handle(self, request: Request) -> Exchange:
        """The answer to a request below `/__treaty`."""
        if not (self.open or is_local(request)):
            detail = "The control API is for this machine only; --control on opens it."
            return Exchange(request, problem_response(problems.FORBIDDEN, detail), refused=True)
        if self.engine is None:
            contract = compile_contract(open_document(DOCUMENT))
            self.engine = build_engine(contract, self.respond, "refuse", base_path=PREFIX)
            self.site = Site(contract)
        exchange = await self.engine.handle(request)
        if exchange.operation is None and self.site is not None:
            page = self.site.find(replace(request, path=request.path.removeprefix(PREFIX)))
            return Exchange(request, page) if page is not None else exchange
        return exchange

    async def respond(self, call: Call) -> Response:
        """Do what the operation says."""
        name = call.operation.operation_id
        if name in OF_STATE and not self.memories:
            detail = "This mock remembers nothing; --stateful makes it."
            return problem_response(problems.CONFLICT, detail)
        response = OPERATIONS[name](self, call)
        return response if isinstance(response, Response) else await response

    async def reset(self, world: str | None = None) -> None:
        """Forget what a stateful mock remembers in a world; with none named, in all, and the exchanges."""
        if world is None:
            self.log.clear()
        for each in self.memories.values():
            worlds = await each.run(each.memory.list_worlds) if world is None else [world]
            for one in worlds:
                await each.run(partial(each.memory.reset, one))

    @property
    def memories(self) -> dict[str, Remembering]:
        """What remembers for the contracts, by their names."""
        mocked = self.app.mocked.items()
        return {name: each.remembering for name, each in mocked if each.remembering is not None}

    @property
    def schemes(self) -> tuple[SecurityScheme, ...]:
        """Those whose credentials are masked."""
        return tuple(scheme for each in self.app.engine.engines for scheme in each.judge.schemes)


def is_local(request: Request) -> bool:
    """Is a request to this machine by a name of its own, and by no page from elsewhere?

    A name that only resolves to it could be anybody's (DNS rebinding).
    """
    host, origin = request.header("host"), request.header("origin")
    return (host is None or is_loopback(f"//{host}")) and (origin is None or is_loopback(origin))


def is_loopback(url: str) -> bool:
    """Does a URL name this machine as no other can?"""
    try:
        name = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return _LOOPBACK.fullmatch(name) is not None


def get_health(control: Control, _: Call) -> Response:
    """Alive, and with which documents."""
    contracts = (each.contract for each in control.app.engine.engines)
    return _json(
        {
            "status": "ok",
            "version": _version(),
            "documents": [
                {"title": each.title, "version": each.version, "operations": len(each.operations)}
                for each in contracts
            ],
            "reload_error": control.app.notice or None,
        }
    )


def list_findings(control: Control, _: Call) -> Response:
    """Findings on the documents, and on the edit that is not served."""
    found = [
        finding
        for each in control.app.engine.engines
        for finding in each.contract.findings_of(Severity.ERROR, Severity.WARNING)
    ]
    return _json({"documents": _findings(found), "reload": _findings(control.app.trouble)})


def list_exchanges(control: Control, call: Call) -> Response:
    """Those that fit the filters, as many of the newest as asked for."""
    query = call.query
    fitting = [record for record in control.log.after(query.get("after", 0)) if _fits(record, query)]
    exchanges = [telling.summary(record, control.schemes) for record in fitting[-query["limit"] :]]
    return _json({"exchanges": exchanges, "last": control.log.number})


def clear_exchanges(control: Control, _: Call) -> Response:
    """Forget them."""
    control.log.clear()
    return Response(204)


def get_exchange(control: Control, call: Call) -> Response:
    """One of them, whole."""
    number = call.path["number"]
    for record in control.log.records:
        if record.number == number:
            return _json(telling.whole(record, control.schemes))
    return problem_response(problems.NOT_FOUND, f"There is no exchange {number} in the log any more.")


def follow_exchanges(control: Control, call: Call) -> Response:
    """A stream of events; begun anew by what the log still has."""
    since = call.headers.get("Last-Event-ID")
    headers = [("content-type", "text/event-stream"), ("cache-control", "no-store")]
    return Response(200, headers, chunks=_events(control, since))


async def _events(control: Control, since: int | None) -> AsyncIterator[bytes]:
    yield b": exchanges as they happen\n\n"
    async for record in control.log.follow(since, ALIVE_SECONDS):
        if record is None:
            yield b": nothing new\n\n"
        else:
            data = _dumped(telling.summary(record, control.schemes))
            yield b"id: %d\nevent: exchange\ndata: %s\n\n" % (record.number, data)


def get_har(control: Control, _: Call) -> Response:
    """A recording of the log."""
    return _json(telling.har(control.log.records, control.schemes, _version(), control.scheme))


async def reset(control: Control, call: Call) -> Response:
    """Forget what one world was, or everything."""
    await control.reset(call.query.get("world"))
    return Response(204)


async def get_state(control: Control, call: Call) -> Response:
    """A snapshot of a world, of each contract by its name."""
    world, memories = call.query["world"], control.memories.items()
    return _json({name: await each.run(partial(each.memory.snapshot, world)) for name, each in memories})


async def put_state(control: Control, call: Call) -> Response:
    """Make a world what it was; nothing of it, when the snapshot is none of this mock."""
    from treaty.mocking.memory.stores.model import StateError  # here: a mock without state does without

    memories = control.memories
    if call.body.keys() - memories.keys():
        return problem_response(problems.CONFLICT, "The snapshot is of other documents than these.")
    try:
        for name, snapshot in call.body.items():
            each = memories[name]
            await each.run(partial(each.memory.restore, call.query["world"], snapshot))
    except StateError as error:
        return problem_response(problems.UNPROCESSABLE, str(error))
    return Response(204)


async def list_worlds(control: Control, _: Call) -> Response:
    """The worlds of all contracts."""
    found = [await each.run(each.memory.list_worlds) for each in control.memories.values()]
    return _json(sorted({world for worlds in found for world in worlds}))


def get_scenario(control: Control, _: Call) -> Response:
    """The scenario that is on, and those there are."""
    mocks = [each.mock for each in control.app.mocked.values()]
    there = sorted({name for mock in mocks for name in mock.scenarios})
    return _json({"scenario": next((mock.scenario for mock in mocks if mock.scenario), None), "all": there})


def put_scenario(control: Control, call: Call) -> Response:
    """Switch a scenario on in every contract that has it, and all others off."""
    wanted = call.body["scenario"]
    mocks = [each.mock for each in control.app.mocked.values()]
    if wanted is not None and not any(wanted in mock.scenarios for mock in mocks):
        return problem_response(problems.CONFLICT, f"There is no scenario `{wanted}`.")
    for mock in mocks:
        mock.use_scenario(wanted if wanted in mock.scenarios else None)
    return Response(204)


def list_webhooks(control: Control, _: Call) -> Response:
    """Those of all contracts."""
    return _json(
        sorted({name for each in control.app.mocked.values() for name in each.mock.senders.webhooks()})
    )


async def send_webhook(control: Control, call: Call) -> Response:
    """Make the request and send it, in a thread: it may take its time."""
    from treaty.mocking.outgoing import OutgoingError  # here: most mocks send nothing
    from treaty.respond.calling import deliver

    name, asked = call.path["name"], call.body
    for each in control.app.mocked.values():
        senders = each.mock.senders
        try:
            outgoing = senders.webhook(name, asked["url"], asked.get("method", ""), asked.get("seed", ""))
        except LookupError:
            continue
        except OutgoingError as error:
            return problem_response(problems.CONFLICT, str(error))
        return _json(telling.delivery(await asyncio.to_thread(deliver, outgoing, senders)))
    return problem_response(problems.NOT_FOUND, f"No document declares a webhook `{name}` with that method.")


OF_STATE = frozenset({"get_state", "put_state", "list_worlds"})
OPERATIONS: dict[str, Callable[[Control, Call], Response | Awaitable[Response]]] = {
    "get_health": get_health,
    "list_findings": list_findings,
    "list_exchanges": list_exchanges,
    "clear_exchanges": clear_exchanges,
    "get_exchange": get_exchange,
    "follow_exchanges": follow_exchanges,
    "get_har": get_har,
    "get_state": get_state,
    "put_state": put_state,
    "list_worlds": list_worlds,
    "get_scenario": get_scenario,
    "put_scenario": put_scenario,
    "list_webhooks": list_webhooks,
    "send_webhook": send_webhook,
    "reset": reset,
}


def _fits(record: Record, query: dict[str, Json]) -> bool:
    exchange = record.exchange
    status = query.get("status")
    operation = exchange.operation.name if exchange.operation else None
    return (
        query.get("method") in (None, exchange.request.method)
        and exchange.request.path.startswith(query.get("path", ""))
        and query.get("operation") in (None, operation)
        and status in (None, str(exchange.response.status), f"{exchange.response.status // 100}XX")
        and query.get("found") in (None, bool(exchange.findings))
    )


def _findings(found: Iterable[Finding]) -> list[Json]:
    return [finding_value(each) for each in found]


def _json(value: Json) -> Response:
    headers = [("content-type", "application/json"), ("cache-control", "no-store")]
    return Response(200, headers, _dumped(value))


@cache
def _version() -> str:
    from importlib.metadata import version  # here: a start need not wait for it

    return version("treaty")


def _dumped(value: Json) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:  # texts of a message may hold what UTF-8 cannot
        return json.dumps(value).encode()
