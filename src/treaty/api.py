"""The public functions: what Python programs and the command line call alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from treaty.asgi import App
from treaty.contract.contract import Contract, compile_contract
from treaty.document.document import inspect_document, open_document
from treaty.document.library import Access
from treaty.document.read import MAX_BYTES
from treaty.engine import ResponsePolicy, build_engine
from treaty.findings import Finding, Json
from treaty.respond.mock import Mock
from treaty.site import Site

if TYPE_CHECKING:
    from treaty.respond.flask import FlaskHandlers
    from treaty.respond.handlers import Handlers

# Where handlers run.
Framework: TypeAlias = Literal["async", "flask"]


def load(
    source: str | Path | dict[str, Json],
    *,
    roots: tuple[Path, ...] = (),
    remote_references: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Contract:
    """Read, check and compile an OpenAPI document (2.0, 3.0, 3.1 or 3.2).

    `source` is a file, a folder that holds one entry document, an http(s) URL, or the
    document as a dict. A `$ref` may lead to files below `roots` (default: the
    document's own folder), and to the network only with `remote_references`.
    Raises `DocumentError` with everything that prevents the document's use.
    """
    return compile_contract(open_document(source, Access(roots, remote_references, max_bytes)))


def check(
    source: str | Path | dict[str, Json],
    *,
    roots: tuple[Path, ...] = (),
    remote_references: bool = False,
    max_bytes: int = MAX_BYTES,
) -> list[Finding]:
    """Everything that is wrong with a document, by our judgement and by openapi-spec-validator's.

    Raises `DocumentError` when it cannot even be read.
    """
    from treaty.document.validity import check_validity  # here: the validator takes half a second to import

    document = inspect_document(source, Access(roots, remote_references, max_bytes))
    return check_validity(document, compile_contract(document).found)


def mock(
    contract: Contract,
    *,
    dynamic: bool = False,
    seed: int = 0,
    report: Callable[[Finding], None] = lambda _: None,
) -> App:
    """An ASGI application that answers every valid request from the contract's examples, or generated data.

    `dynamic` prefers generated data to examples; the same request and `seed` get the
    same bytes. `report` is told of examples that break their own schema.
    """
    responder = Mock(contract, dynamic, seed, report)
    return App(build_engine(contract, responder, "off"), Site(contract))


def serve(
    contract: Contract,
    handlers: str | Path = "handlers",
    *,
    framework: Framework = "async",
    validate_responses: ResponsePolicy = "refuse",
) -> App:
    """An ASGI application that answers every valid request with a function of the project.

    `handlers` is a folder of modules, or the dotted name of a package. A function is found
    by its operationId in the module of the operation's first tag, and takes path and query
    parameters and `body` by name. `framework` says where it runs: `async` in the event
    loop, plain functions in threads; `flask` in a Flask application.
    A response that breaks the contract is refused, reported or, with `off`, not looked at.
    Raises `DocumentError` with everything that is missing or does not fit.
    """
    from treaty.respond.resolve import find_handlers  # here: Connexion takes half a second to import

    resolved = find_handlers(contract, handlers)
    responder: Handlers | FlaskHandlers
    if framework == "flask":
        from treaty.respond.flask import flask_handlers

        responder = flask_handlers(resolved)
    else:
        from treaty.respond.handlers import async_handlers

        responder = async_handlers(resolved)
    return App(build_engine(contract, responder, validate_responses), Site(contract))
