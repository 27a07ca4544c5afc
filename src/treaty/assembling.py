"""The parts that a mock is put together of, beside the responder itself: what is kept, and what is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from treaty.asgi import App
from treaty.contract.contract import Contract
from treaty.findings import Finding
from treaty.mocking.overrides.names import folder_name
from treaty.respond.mock import Mock
from treaty.respond.mocked import Mocked

if TYPE_CHECKING:
    from treaty.issuer.issuer import Issuer
    from treaty.respond.remembering import Remembering

# Is told what is found while a mock runs.
Report: TypeAlias = Callable[[Finding], None]


def unsecured(contract: Contract) -> Contract:
    """The contract without the security that it asks for."""
    return replace(contract, operations=tuple(replace(each, security=()) for each in contract.operations))


def issuer_for(keep: App | None) -> Issuer:
    """The issuer that there was, so that its tokens go on being good, or a new one."""
    from treaty.issuer.issuer import Issuer  # here: a mock without one need not import it

    return keep.issuer if keep is not None and keep.issuer is not None else Issuer()


def folder_names(contracts: Iterable[Contract]) -> frozenset[str]:
    """The names that the folders of overrides have for the operations of these contracts."""
    return frozenset(folder_name(each) for contract in contracts for each in contract.operations)


def with_memory(mock: Mock, seed_items: int, state: str | Path | None, before: Mocked | None) -> Remembering:
    """The mock with a memory: that of the mock there was `before`, or a new one at the place of `state`."""
    from treaty.mocking.memory.memory import Memory  # here: a mock without memory need not import it
    from treaty.mocking.memory.seed_files import read_seeds
    from treaty.mocking.memory.stores.opening import open_store
    from treaty.respond.remembering import Remembering

    store = before.store if before else None
    if store is None:
        store = open_store(state, mock.contract.title)
    memory = Memory.of(mock.contract, store, seed=mock.seed, seed_items=seed_items)
    if mock.mocks is not None:
        memory.seeds = read_seeds(mock.mocks, memory.facts, memory.resources, alone=not mock.others)
    thread = before.remembering.thread if before and before.remembering else None
    return Remembering(mock, memory, mock.report, thread=thread)


def placing(contract: Contract, report: Report) -> Report:
    """Of several contracts only findings with a place can be told apart."""

    def place(finding: Finding) -> None:
        placed = finding.location is not None and finding.location.line
        report(finding if placed else contract.document.sources.place([finding])[0])

    return place
