"""The public functions: what Python programs and the command line call alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeGuard, get_args

from treaty.asgi import App
from treaty.assembling import Auth, MockSettings, Refusal, Report, assemble
from treaty.contract.contract import Contract as CompiledContract
from treaty.contract.contract import compile_contract
from treaty.document.document import inspect_document, open_document
from treaty.document.library import Access
from treaty.document.read import MAX_BYTES
from treaty.enforcing import Enforcer, ResponsePolicy, log_findings
from treaty.engine import build_engine
from treaty.exchange.codecs.plain import encode_text
from treaty.exchange.messages import Headers, Request, Response
from treaty.exchange.security import AsyncVerifier, Verifier
from treaty.exchange.spool import MAX_UPLOAD_BYTES
from treaty.findings import DocumentError, Finding, Json, Location, Severity
from treaty.guarding.application import Application, as_asgi
from treaty.guarding.guard import Guard
from treaty.judging import Judge, build_judge
from treaty.mocking.delays import read_delay
from treaty.mocking.faults import Faults
from treaty.mocking.generate.model import settings_for
from treaty.mocking.memory.clock import read_clock
from treaty.mocking.streams import read_pace
from treaty.mocking.values import InvalidExamples
from treaty.repeats import Repeats, fields_of
from treaty.respond.mock import Mock
from treaty.respond.partly import Partly
from treaty.site import Site

if TYPE_CHECKING:
    from treaty.respond.flask import FlaskHandlers
    from treaty.respond.handlers import Handlers

# Where handlers run.
Framework: TypeAlias = Literal["async", "flask"]
# Where a document is: a file, a folder, a URL; or the document itself.
Source: TypeAlias = str | Path | dict[str, Json]


class Contract(CompiledContract):
    """A compiled OpenAPI document that also judges recorded exchanges.

    Compiling knows nothing of traffic, so that is added here, above the engine.
    """

    @cached_property
    def judge(self) -> Judge:
        """What the engine judges with, in every mode."""
        return build_judge(self)

    @cached_property
    def _places(self) -> dict[str, Location]:
        return {}

    def check(self, request: Request, response: Response | None = None) -> list[Finding]:
        """What is wrong with an exchange, with file and line of the document: the verdict of every mode.

        Without a response the request alone is judged. A request that breaks the contract may
        be refused (4xx) in any form; any other response is judged. Header names may have any case.
        A body may also be a text: it is encoded by the charset of its Content-Type, else as UTF-8.
        Raises `TypeError` for any other.
        """
        headers = _lowered(request.headers)
        asked = replace(request, headers=headers, body=_encoded(request.body, headers))
        answered = response
        if response is not None:
            headers = _lowered(response.headers)
            answered = replace(response, headers=headers, body=_encoded(response.body, headers))
        recorded = self.judge.recorded(asked, answered)
        return self.placed(recorded.request_findings + recorded.response_findings)

    def placed(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings on an exchange with file, line and column of what they break; each is looked up once."""
        return [
            replace(each, location=self._place(each.location.pointer)) if each.location else each
            for each in findings
        ]

    def _place(self, pointer: str) -> Location:
        if pointer not in self._places:
            self._places[pointer] = self.document.sources.location(pointer)
        return self._places[pointer]


def _lowered(headers: Headers) -> Headers:
    return [(name.lower(), value) for name, value in headers]


def _encoded(body: bytes | str, headers: Headers) -> bytes:
    """A body as bytes, whatever those who do not check types have given for it."""
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    if isinstance(body, str):
        return encode_text(body, dict(headers).get("content-type", ""))
    raise TypeError(f"a body is bytes or a text, not {type(body).__name__}")


def load(
    source: Source,
    *,
    roots: tuple[Path, ...] = (),
    remote_references: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Contract:
    """Read, check and compile an OpenAPI document (2.0, 3.0, 3.1 or 3.2).

    `source` is a file, a folder that holds one entry document, an http(s) URL, or the
    document as a dict. A `$ref` may lead to files below `roots` (default: the
    document's own folder), and to the network only with `remote_references`.
    Faults that do not prevent the document's use are the contract's `findings`. Raises
    `DocumentError` for one that cannot be read, has faults in what secures it, or no operation left.
    """
    return Contract.of(open_document(source, Access(roots, remote_references, max_bytes)))


def check(
    source: Source,
    *,
    roots: tuple[Path, ...] = (),
    remote_references: bool = False,
    max_bytes: int = MAX_BYTES,
    mocks: str | Path | None = None,
) -> list[Finding]:
    """Everything that is wrong with a document, by our judgement and by openapi-spec-validator's.

    With `mocks`, the overrides in that folder are judged by the document too.
    Raises `DocumentError` when it cannot even be read.
    """
    # Here: the validator takes half a second to import.
    from treaty.contract.examples import check_examples
    from treaty.document.validity import check_validity

    document = inspect_document(source, Access(roots, remote_references, max_bytes))
    contract = compile_contract(document)
    findings = check_validity(document, contract.found, advice=check_examples(contract))
    if mocks is not None and not any(each.severity is Severity.ERROR for each in findings):
        try:
            Mock(contract, mocks=Path(mocks))
        except DocumentError as error:
            findings = [*findings, *error.findings]
    return findings


def mock(
    contract: CompiledContract | Source | Mapping[str, CompiledContract],
    *,
    dynamic: bool = False,
    seed: int | str | None = None,
    refusals: Refusal = "declared",
    mocks: str | Path | None = None,
    scenario: str | None = None,
    optional: float = 0.95,
    items: tuple[int, int] = (1, 3),
    locale: str = "en",
    invalid_examples: InvalidExamples = "repair",
    latency: str | None = None,
    error_rate: float = 0.0,
    allow_faults: bool = False,
    stream_rate: str | None = None,
    stream_items: str | None = None,
    callbacks: bool = True,
    callback_hosts: Iterable[str] = (),
    auth: Auth = "presence",
    strict: bool = False,
    base_path: str | None = None,
    prefixes: Mapping[str, str] | None = None,
    cors: bool = True,
    max_upload_bytes: int = MAX_UPLOAD_BYTES,
    stateful: bool = False,
    state: str | Path | None = None,
    seed_items: int = 3,
    clock: str | None = None,
    keep: App | None = None,
    report: Report = lambda _: None,
) -> App:
    """An ASGI application that answers every valid request from the contract's examples, or generated data.

    `contract` may also be what `load` takes. `dynamic` prefers generated data to examples; the same
    request and `seed` (0) get the same bytes. A wrong request gets the response that the operation
    declares for it, or with `refusals="problem"` always our problem.
    Generated data has the `optional` share (0 to 1) of optional properties, the least and most
    `items` in arrays whose schema asks for no number, and names, places and words of a `locale`.
    Of an example that breaks its own schema what is right is kept, with `invalid_examples="skip"`
    nothing; with `"send"` it is sent as it is.
    `strict` refuses query parameters, form fields and bodies that are not declared.
    Paths are accepted with and without the path of a server, with `base_path` only below
    that one (`"/"`: none). With `cors`, pages of any origin may call it, with credentials.
    Files may have `max_upload_bytes`; other bodies 16 MiB.
    `report` is told of examples that break their own schema.

    `mocks` is a folder of overrides, `scenario` the set of them that is on from the start.
    Raises `DocumentError` with everything that is wrong in the folder.

    With `stateful` it remembers: what is created can be read, listed, changed and deleted, as
    the paths and schemas tell (`treaty mock --explain-state`), and each list begins with
    `seed_items` items. `state` is where it remembers: an SQLite file, or a `redis://` URL; by
    default this process. Raises `StateError` when that cannot be used. Times of creation and change
    are those of the `clock`: `"now"`, or one that begins at an instant (RFC 3339) and goes on a second
    each time; by default the first, and with a `seed` the second, so that two runs are the same.
    `auth` says what becomes of the security that the contract asks for: nothing is looked at
    with `"off"`, whether a credential is there with `"presence"`, and with `"verify"` bearer
    tokens must be of the mock's own issuer at `/__treaty/auth`, with the scopes.
    What another mock remembers, and its scenario, are gone on with by one that is to `keep` them.
    `latency` (`"300ms"`, `"50..300ms"`) is how long every answer takes, `error_rate` the share of
    declared errors among the answers, from 0 to 1. With `allow_faults` clients may ask for
    broken connections (`Prefer: fault=drop`). Raises `ValueError` for a latency that is none.

    Sequences of items (server-sent events, JSON lines, …) are sent whole, or with `stream_rate`
    (`"2/s"`) one by one, as many as `stream_items` says: a number, or `"endless"`.

    After a success the operation's callbacks are called, unless `callbacks` is false, on this machine
    and the `callback_hosts` (`"*"`: all).

    Several contracts, by names of your choice, are mounted below the paths of their servers,
    or below that of their name in `prefixes`. Raises `DocumentError` when two of them claim
    the same method of the same path, and `ValueError` for a share, a range, a
    locale or a choice that is none.
    """
    _choose(
        refusals=(refusals, Refusal), invalid_examples=(invalid_examples, InvalidExamples), auth=(auth, Auth)
    )
    if not 0 <= error_rate <= 1:
        raise ValueError(f"error_rate={error_rate!r} is no share: a number from 0 to 1")
    settings = MockSettings(
        dynamic=dynamic,
        seed=0 if seed is None else seed,
        refusals=refusals,
        mocks=None if mocks is None else Path(mocks),
        scenario=scenario,
        data=settings_for(optional, items, locale),
        invalid_examples=invalid_examples,
        faults=Faults(None if latency is None else read_delay(latency), error_rate, allow_faults),
        pace=read_pace(stream_rate, stream_items),
        callbacks=callbacks,
        callback_hosts=frozenset(callback_hosts),
        auth=auth,
        strict=strict,
        base_path=base_path,
        prefixes=prefixes,
        cors=cors,
        max_upload_bytes=max_upload_bytes,
        stateful=stateful,
        state=state,
        seed_items=seed_items,
        clock=read_clock(clock, is_seeded=seed is not None),
    )
    if isinstance(contract, str | Path | dict) and not _are_several(contract):
        contract = load(contract)
    return assemble(contract, settings, keep, report)


def serve(
    contract: CompiledContract | Source,
    handlers: str | Path = "handlers",
    *,
    framework: Framework = "async",
    mock_missing: bool = False,
    mocks: str | Path | None = None,
    validate_responses: ResponsePolicy = "refuse",
    strict: bool = False,
    base_path: str | None = None,
    verify: Verifier | AsyncVerifier | None = None,
    max_upload_bytes: int = MAX_UPLOAD_BYTES,
    token_info: bool = False,
) -> App:
    """An ASGI application that answers every valid request with a function of the project.

    `contract` may also be what `load` takes. `handlers` is a folder of modules, or the dotted name of a
    package. A function is found by its operationId in the module of the operation's first tag, and takes
    path and query parameters and `body` by name. `framework` says where it runs: `async` in the event
    loop, plain functions in threads; `flask` in a Flask application.
    With `mock_missing`, the operations that have no function are mocked, with the overrides in `mocks`.
    A response that breaks the contract is refused, reported or, with `off`, not looked at.
    `strict`, `base_path` and `max_upload_bytes` are those of `mock`.
    `verify` judges credentials, at once or as a coroutine; without it the functions that the
    security schemes name do (`x-bearerInfoFunc` and the like), and without these they are looked at
    for presence and shape. With `token_info` the endpoints that OAuth schemes name (`x-tokenInfoUrl`)
    are asked about tokens.
    Raises `DocumentError` with everything that is missing or does not fit, and `ValueError` for a
    choice that is none.
    """
    _choose(framework=(framework, Framework), validate_responses=(validate_responses, ResponsePolicy))
    from treaty.respond.resolve import find_handlers  # here: Connexion takes half a second to import

    contract = _loaded(contract)
    resolved = find_handlers(
        contract,
        handlers,
        verified=verify is not None,
        all_needed=not mock_missing,
        asks_endpoints=token_info,
    )
    functions = resolved.by_operation()
    responder: Handlers | FlaskHandlers | Partly
    if framework == "flask":
        from treaty.respond.flask import flask_handlers

        responder = flask_handlers(resolved)
    else:
        from treaty.respond.handlers import async_handlers

        responder = async_handlers(resolved)
    partly = None
    if resolved.missing:
        made = Mock(contract, mocks=None if mocks is None else Path(mocks))
        mocked = frozenset(each.pointer for each in resolved.missing)
        responder = partly = Partly(responder, made, mocked)
    engine = build_engine(
        contract,
        responder,
        validate_responses,
        verify,
        strict=strict,
        base_path=base_path,
        max_upload_bytes=max_upload_bytes,
        rewrite=partly.mock.rewrite if partly else None,
        refuse=partly.refuse if partly else None,
        unjudged=partly.mocked if partly else frozenset(),
        takes_bytes=lambda each: (
            (each.method, each.path) in functions and functions[each.method, each.path].takes_bytes
        ),
        authenticate=resolved.authenticate,
    )
    reports = (lambda exchange, _: log_findings(exchange)) if validate_responses == "report" else None
    return App(engine, Site(contract), reports)


def guard(
    contract: CompiledContract | Source,
    app: Application,
    *,
    validate_responses: ResponsePolicy = "refuse",
    pass_unknown: bool = False,
    verify: Verifier | AsyncVerifier | None = None,
    strict: bool = False,
    base_path: str | None = None,
    max_upload_bytes: int = MAX_UPLOAD_BYTES,
) -> Guard:
    """An ASGI application that lets through to `app` what the contract allows, and judges what it answers.

    `contract` may also be what `load` takes. `app` is any ASGI or WSGI application: FastAPI, Starlette,
    Django, Flask. What breaks the contract is refused as in every other mode, and `app` never sees it.
    With `pass_unknown`, paths that the contract does not have, and WebSockets, reach `app` unjudged.
    A response that breaks the contract is refused (500), reported to the logger `treaty`
    or, with `off`, not looked at. `verify` judges credentials, at once or as a coroutine; without
    it they are looked at for presence and shape, and `app` does the rest. `strict`, `base_path` and
    `max_upload_bytes` are those of `mock`.
    """
    _choose(validate_responses=(validate_responses, ResponsePolicy))
    contract = _loaded(contract)
    judge = build_judge(
        contract, verify, strict=strict, base_path=base_path, max_upload_bytes=max_upload_bytes
    )
    before = Repeats(fields_of(contract.operations, judge.schemes))
    enforcer = Enforcer(judge=judge, before=before, validate_responses=validate_responses)
    return Guard(enforcer, as_asgi(app), pass_unknown)


def _choose(**choices: tuple[str, object]) -> None:
    """Each argument must be one of the texts of its type: a misspelt one would count as the default."""
    for name, (value, kind) in choices.items():
        if value not in (allowed := get_args(kind)):
            listed = ", ".join(map(repr, allowed))
            raise ValueError(f"{name}={value!r} is none of {listed}")


def _are_several(
    contract: CompiledContract | Source | Mapping[str, CompiledContract],
) -> TypeGuard[Mapping[str, CompiledContract]]:
    """Are these contracts by name, and not one, or the document of one?"""
    if not isinstance(contract, Mapping):
        return False
    return bool(contract) and all(isinstance(each, CompiledContract) for each in contract.values())


def _loaded(contract: CompiledContract | Source) -> CompiledContract:
    """The contract, read where it is given as what `load` takes."""
    return load(contract) if isinstance(contract, str | Path | dict) else contract
