"""How a mock is put together: the responder of each contract, what keeps for it, and the engine in front."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from treaty.asgi import App
from treaty.contract.contract import Contract
from treaty.engine import Engine, build_engine
from treaty.exchange.security import Verifier
from treaty.findings import DocumentError, Finding
from treaty.mocking.faults import Faults
from treaty.mocking.generate.model import Settings
from treaty.mocking.overrides.names import folder_name
from treaty.mocking.streams import Pace
from treaty.mocking.values import InvalidExamples
from treaty.mounting import homes, mount, plan_mounts
from treaty.respond.calling import with_callbacks
from treaty.respond.faults import with_faults
from treaty.respond.mock import Mock
from treaty.respond.mocked import Mocked
from treaty.site import Site, Sites

if TYPE_CHECKING:
    from treaty.issuer.issuer import Issuer
    from treaty.respond.remembering import Remembering

# Is told what is found while a mock runs.
Report: TypeAlias = Callable[[Finding], None]
# What a mock answers a wrong request with.
Refusal: TypeAlias = Literal["declared", "problem"]
# What becomes of the security that a mocked contract asks for.
Auth: TypeAlias = Literal["off", "presence", "verify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MockSettings:
    """How a mock is to be: the arguments of `treaty.mock`, where each is explained, read and judged."""

    dynamic: bool
    seed: int | str
    refusals: Refusal
    mocks: Path | None
    scenario: str | None
    data: Settings
    invalid_examples: InvalidExamples
    faults: Faults
    pace: Pace | None
    callbacks: bool
    callback_hosts: frozenset[str]
    auth: Auth
    strict: bool
    base_path: str | None
    prefixes: Mapping[str, str] | None
    cors: bool
    max_upload_bytes: int
    stateful: bool
    state: str | Path | None
    seed_items: int
    clock: float | None  # where it begins, in seconds since the epoch; None: it is real


def assemble(
    contract: Contract | Mapping[str, Contract], settings: MockSettings, keep: App | None, report: Report
) -> App:
    """The application that mocks one contract, or several by name, going on with what `keep` remembers.

    Raises `DocumentError` for what is wrong in the folder of overrides, or when two contracts claim the
    same method of the same path, and `StateError` when the memory cannot be used.
    """
    issuer = _issuer(keep) if settings.auth == "verify" else None
    if isinstance(contract, Contract):
        alone = _secured(contract, settings.auth)
        assembly = Assembly(settings, {"": alone}, keep, issuer)
        engine, site = assembly.engine("", settings.base_path, report), Site(alone)
        return App(engine, site, cors=settings.cors, mocked=assembly.mocked, issuer=issuer)
    contracts = {name: _secured(each, settings.auth) for name, each in contract.items()}
    assembly = Assembly(settings, contracts, keep, issuer)
    mounts = plan_mounts(contracts, settings.prefixes)
    mounted = mount(
        mounts, lambda each: assembly.engine(each.name, each.bases, _placing(each.contract, report))
    )
    return App(mounted, Sites(homes(mounts)), cors=settings.cors, mocked=assembly.mocked, issuer=issuer)


@dataclass(frozen=True, slots=True)
class Assembly:
    """Contracts that become one mock; `mocked` has what steers each of them, once its engine is built."""

    settings: MockSettings
    contracts: Mapping[str, Contract]
    keep: App | None
    issuer: Issuer | None
    mocked: dict[str, Mocked] = field(default_factory=dict)

    def engine(self, name: str, base_path: str | tuple[str, ...] | None, report: Report) -> Engine:
        """The engine that answers for the contract of a name."""
        settings = self.settings
        mock, before = self._mock(name, report), self._before(name)
        remembering = (
            _with_memory(mock, settings, self._state_name(name), before)
            if settings.stateful or settings.state is not None
            else None
        )
        self.mocked[name] = Mocked(mock, remembering)
        usual = remembering or mock
        faulty = with_faults(usual, mock, settings.faults)
        calling = with_callbacks(faulty or usual, mock) if settings.callbacks else None
        return build_engine(
            mock.contract,
            calling or faulty or usual,
            "off",
            strict=settings.strict,
            base_path=base_path,
            max_upload_bytes=settings.max_upload_bytes,
            verify=self._verify,
            rewrite=mock.rewrite,
            refuse=faulty.refuse if faulty else mock.refuse,
            immediate=usual.immediate,
            steady=None if calling or faulty or remembering else mock.steady,
            kept=mock.kept,
        )

    @property
    def _verify(self) -> Verifier | None:
        return self.issuer.verify if self.issuer else None

    def _before(self, name: str) -> Mocked | None:
        """What mocked the contract before: that of its name, or where another came beside it, of its file."""
        if self.keep is None or name in self.keep.mocked:
            return self.keep.mocked[name] if self.keep is not None else None
        uri = self.contracts[name].document.sources.entry.uri
        there = (
            each for each in self.keep.mocked.values() if each.mock.contract.document.sources.entry.uri == uri
        )
        return next(there, None)

    def _state_name(self, name: str) -> str:
        """What the state of a contract is kept by: its title, with its name where others have that title."""
        title = self.contracts[name].title
        is_shared = sum(each.title == title for each in self.contracts.values()) > 1
        return f"{title} {name}" if is_shared else title

    def _mock(self, name: str, report: Report) -> Mock:
        """The mock of a contract, with the scenario that was on before, if it is still there."""
        settings, contract, before = self.settings, self.contracts[name], self._before(name)
        mock = Mock(
            contract,
            settings.dynamic,
            settings.seed,
            report,
            plain_problems=settings.refusals == "problem",
            pace=settings.pace,
            callback_hosts=settings.callback_hosts,
            settings=settings.data,
            invalid_examples=settings.invalid_examples,
            mocks=settings.mocks,
            others=_folder_names(each for each in self.contracts.values() if each is not contract),
        )
        try:
            mock.use_scenario(settings.scenario)
        except LookupError as error:
            raise DocumentError([Finding("unknown-scenario", str(error))]) from None
        if before is not None and before.mock.scenario in mock.scenarios:
            mock.use_scenario(before.mock.scenario)
        return mock


def _secured(contract: Contract, auth: Auth) -> Contract:
    """The contract, without the security that it asks for where that is off."""
    if auth != "off":
        return contract
    return replace(contract, operations=tuple(replace(each, security=()) for each in contract.operations))


def _issuer(keep: App | None) -> Issuer:
    """The issuer that there was, so that its tokens go on being good, or a new one."""
    from treaty.issuer.issuer import Issuer  # here: a mock without one need not import it

    return keep.issuer if keep is not None and keep.issuer is not None else Issuer()


def _folder_names(contracts: Iterable[Contract]) -> frozenset[str]:
    """The names that the folders of overrides have for the operations of these contracts."""
    return frozenset(folder_name(each) for contract in contracts for each in contract.operations)


def _with_memory(mock: Mock, settings: MockSettings, name: str, before: Mocked | None) -> Remembering:
    """The mock with a memory: that of the mock there was `before`, or one of this name where `state` says."""
    from treaty.mocking.memory.clock import Clock
    from treaty.mocking.memory.seed_files import read_seeds
    from treaty.mocking.memory.seeds import memory_of  # here: a mock without memory need not import it
    from treaty.mocking.memory.stores.opening import open_store
    from treaty.respond.remembering import Remembering

    store = before.store if before else None
    if store is None:
        store = open_store(settings.state, name)
    memory = memory_of(
        mock.contract, store, seed=mock.seed, seed_items=settings.seed_items, data=mock.settings
    )
    if before and before.remembering:
        memory.clock = before.remembering.memory.clock
    else:
        memory.clock = Clock(settings.clock)
    if mock.mocks is not None:
        memory.seeds = read_seeds(mock.mocks, memory.facts, memory.resources, alone=not mock.others)
    thread = before.remembering.thread if before and before.remembering else None
    return Remembering(mock, memory, mock.report, thread=thread)


def _placing(contract: Contract, report: Report) -> Report:
    """Of several contracts only findings with a place can be told apart."""

    def place(finding: Finding) -> None:
        placed = finding.location is not None and finding.location.line
        report(finding if placed else contract.document.sources.place([finding])[0])

    return place
