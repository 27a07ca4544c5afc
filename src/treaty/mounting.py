"""Several contracts in one application, each below paths of its own.

One router knows the operations of all, so that a request costs the same however many there
are; the engine that an operation belongs to does the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from urllib.parse import quote

from treaty.contract.contract import Contract
from treaty.contract.model import Operation
from treaty.document.templates import EXPRESSION
from treaty.enforcing import Exchange, refuse_route, unmatched
from treaty.engine import Engine
from treaty.exchange.messages import Request
from treaty.exchange.router import Router, build_router
from treaty.findings import DocumentError, Finding, Location
from treaty.site import Site

MAX_CONFLICTS = 20  # that are told with their places; each has its files read again


@dataclass(frozen=True, slots=True)
class Mount:
    """A contract, its name, and the base paths it answers below, without percent-encoding; `""` is none."""

    name: str
    contract: Contract
    bases: tuple[str, ...]

    def operations(self) -> Iterator[tuple[str, Operation]]:
        """Each operation, with the whole path of its requests; once for each base path."""
        for base in self.bases:
            for operation in self.contract.operations:
                yield quote(base) + operation.path, operation


@dataclass(frozen=True, slots=True)
class Mounted:
    """Engines behind one router; as an `Engine` to whoever has requests."""

    router: Router
    owners: Mapping[int, Engine]  # by the identity of what the router finds
    engines: tuple[Engine, ...]

    @property
    def immediate(self) -> bool:
        """Does none of the responders wait?"""
        return all(each.immediate for each in self.engines)

    def upload_bytes(self, request: Request) -> int:
        """How many bytes the body of a request may have as an upload; 0: it is none."""
        matched = self.router.match(request.method, request.path, request.query, request.headers)
        if matched.operation is None:
            return 0
        return self.owners[id(matched.operation)].upload_bytes(request)

    async def refused_early(self, request: Request, most: int) -> Exchange | None:
        """The refusal of the engine that the path belongs to, before the body comes."""
        matched = self.router.match(request.method, request.path, request.query, request.headers)
        if matched.operation is not None:
            return await self.owners[id(matched.operation)].refused_early(request, most)
        return refuse_route(request, matched) if request.method != "OPTIONS" else None

    async def handle(self, request: Request) -> Exchange:
        """The answer of the engine that the path belongs to."""
        matched = self.router.match(request.method, request.path, request.query, request.headers)
        if matched.operation is not None:
            return await self.owners[id(matched.operation)].handle(request)
        return unmatched(request, matched)  # 404, 405; 204 to OPTIONS


# What an application asks for its answers: one engine, or several behind one router.
Answering: TypeAlias = Engine | Mounted


def plan_mounts(contracts: Mapping[str, Contract], prefixes: Mapping[str, str] | None = None) -> list[Mount]:
    """Where each contract is mounted: below its prefix, else below the paths of its servers, else nowhere.

    Raises `DocumentError` when two contracts claim the same method of the same path.
    """
    asked = prefixes or {}
    mounts = [
        Mount(name, contract, _bases(contract, asked.get(name))) for name, contract in contracts.items()
    ]
    found = list(conflicts(mounts))
    if found:
        raise DocumentError(found)
    return mounts


def mount(mounts: Iterable[Mount], build: Callable[[Mount], Engine]) -> Mounted:
    """The mounts as one engine; `build` makes that of each, which answers below the mount's bases only."""
    table: list[Operation] = []
    owners: dict[int, Engine] = {}
    engines: list[Engine] = []
    for each in mounts:
        engine = build(each)
        engines.append(engine)
        for path, operation in each.operations():
            placed = replace(operation, path=path)
            table.append(placed)
            owners[id(placed)] = engine
    return Mounted(build_router(table, base_path="/"), owners, tuple(engines))


def homes(mounts: Sequence[Mount]) -> dict[str, Site]:
    """The pages of each contract by the paths that they are below: its base paths, and its name."""
    found: dict[str, Site] = {}
    sites = {each.name: Site(each.contract) for each in mounts}
    claims = Counter(base for each in mounts for base in each.bases)
    for each in mounts:
        found |= {base: sites[each.name] for base in each.bases if base and claims[base] == 1}
    for name, site in sites.items():
        found.setdefault(f"/{name}", site)
    return found


def conflicts(mounts: Iterable[Mount]) -> Iterator[Finding]:
    """What is claimed by two contracts: the same method of paths that match the same requests."""
    claimed: dict[tuple[str, str], tuple[Mount, Operation]] = {}
    told = more = 0
    for each in mounts:
        for path, operation in each.operations():
            first, operation_there = claimed.setdefault(
                (operation.method, EXPRESSION.sub("{}", path)), (each, operation)
            )
            if first is each:
                continue
            if told < MAX_CONFLICTS:
                told += 1
                yield _conflict(path, each, operation, first, operation_there)
            else:
                more += 1
    if more:
        yield Finding("claimed-twice", f"{more:,} more operations are claimed twice")


def _conflict(path: str, second: Mount, operation: Operation, first: Mount, there: Operation) -> Finding:
    return Finding(
        "claimed-twice",
        f"{operation.method} {path} is claimed by `{first.name}` and by `{second.name}`",
        location=_location(second, operation),
        expected="a path of its own for each document",
        hint=f"mount one of them elsewhere: --prefix {second.name}=/{second.name}",
        related=(_location(first, there),),
    )


def _location(mount: Mount, operation: Operation) -> Location:
    return mount.contract.document.sources.location(operation.pointer)


def _bases(contract: Contract, prefix: str | None) -> tuple[str, ...]:
    if prefix is None:
        return contract.base_paths or ("",)
    base = prefix.strip("/")
    return (f"/{base}",) if base else ("",)
