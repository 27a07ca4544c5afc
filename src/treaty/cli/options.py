"""What several commands share: which document, what it may read."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from treaty.cli.errors import document_errors, show_findings
from treaty.contract.contract import Contract
from treaty.document.document import find_documents, find_entries
from treaty.document.read import MAX_BYTES
from treaty.exchange.spool import MAX_UPLOAD_BYTES
from treaty.findings import Severity

Command = TypeVar("Command", bound=Callable[..., object])

SPECS = Path("specs")
MOCKS = Path("mocks")

# Of what is wrong with a document that is used: more would hide that it is.
MAX_SHOWN = 20


def document_options(command: Command) -> Command:
    """The options that say what a document may read."""
    command = click.option(
        "--allow-root",
        "roots",
        multiple=True,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="A folder that a $ref may lead into; by default the document's own. Repeatable.",
    )(command)
    command = click.option(
        "--allow-remote-refs", "remote_references", is_flag=True, help="Let a $ref fetch from the network."
    )(command)
    return click.option(
        "--max-bytes",
        type=click.IntRange(min=1),
        default=MAX_BYTES,
        show_default=True,
        help="The largest file read.",
    )(command)


def traffic_options(command: Command) -> Command:
    """The options of a server that say which requests it takes."""
    command = click.option(
        "--base-path",
        metavar="PATH",
        help="Take only paths below this one, `/` for none; by default with and without the servers'.",
    )(command)
    command = click.option(
        "--max-upload-bytes",
        type=click.IntRange(min=0),
        default=MAX_UPLOAD_BYTES,
        show_default=True,
        help="The largest file a client may send; it is not kept in memory. Other bodies: 16 MiB.",
    )(command)
    return strict_option(command)


def _clock(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    from treaty.mocking.memory.clock import read_clock  # here: only a mock has one

    try:
        read_clock(text, is_seeded=False)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return text


def state_options(command: Command) -> Command:
    """The options of a mock that remembers."""
    command = click.option(
        "--explain-state", is_flag=True, help="Say what --stateful would remember, and why; then end."
    )(command)
    command = click.option(
        "--seed-items",
        type=click.IntRange(0, 1_000),
        default=3,
        show_default=True,
        help="How many items each list begins with.",
    )(command)
    command = click.option(
        "--clock",
        callback=_clock,
        metavar="TIME",
        help="When things are created and changed: now, or from this instant on, a second each. "
        "With --seed from 2026-01-01T00:00:00Z, by default now.",
    )(command)
    command = click.option(
        "--state",
        metavar="PLACE",
        help="Remember in an SQLite file, or at redis://HOST:PORT/NUMBER; implies --stateful.",
    )(command)
    return click.option("--stateful", is_flag=True, help="Remember what is created, changed and deleted.")(
        command
    )


def strict_option(command: Command) -> Command:
    """Are parameters refused that the document does not speak of?"""
    return click.option(
        "--strict",
        is_flag=True,
        help="Refuse query parameters, form fields and bodies that are not declared.",
    )(command)


def mocks_option(command: Command) -> Command:
    """The folder of overrides; by default mocks/, where there is one."""
    return click.option(
        "--mocks",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="FOLDER",
        help="The folder of overrides and scenarios; by default mocks/, if there is one.",
    )(command)


def find_mocks(mocks: Path | None) -> Path | None:
    """The folder of overrides that is meant, if any."""
    return mocks or (MOCKS if MOCKS.is_dir() else None)


def transport_options(command: Command) -> Command:
    """The options that say how connections are spoken on."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    for option in (
        click.option("--http2", is_flag=True, help="Speak HTTP/2 as well; browsers do only with --tls."),
        click.option("--tls-key", type=file, help="Its private key (PEM), where it is not in the same file."),
        click.option("--tls", type=file, help="Serve by TLS with this certificate (PEM)."),
    ):
        command = option(command)
    return command


def spec_argument(command: Command) -> Command:
    """The document: a file, a folder or a URL; by default the one in specs/."""
    return click.argument("spec", required=False, metavar="[SPEC]")(command)


def find_spec(spec: str | None) -> str:
    """The document that is meant. Raises `click.UsageError` when it cannot be told."""
    if spec is not None:
        return spec
    entries = find_entries(SPECS) if SPECS.is_dir() else []
    if len(entries) == 1:
        return str(entries[0])
    if not entries:
        raise click.UsageError(
            "no document was named, and there is none in specs/; name one: a file, a folder or a URL"
        )
    raise click.UsageError("several documents are in specs/; name one of " + ", ".join(map(str, entries)))


def find_specs(specs: tuple[str, ...]) -> dict[str, str]:
    """The documents that are meant, by the names they go by; a folder stands for every document in it.

    Raises `click.UsageError` when there is none.
    """
    if not specs and not (SPECS.is_dir() and find_documents(SPECS)):
        find_spec(None)  # says so
    found = [path for spec in specs or (str(SPECS),) for path in _documents(spec)]
    named: dict[str, str] = {}
    for path in dict.fromkeys(found):
        name = _name(path)
        again = sum(each == name or each.startswith(f"{name}-") for each in named)
        named[f"{name}-{again + 1}" if again else name] = path
    return named


def _documents(spec: str) -> list[str]:
    folder = Path(spec)
    if spec.startswith(("http://", "https://")) or not folder.is_dir():
        return [spec]
    try:
        return [str(path) for path in find_documents(folder)] or [spec]
    except OSError:
        return [spec]  # whoever opens it says why it cannot be read


def _name(spec: str) -> str:
    """The name of a file; of its folder where that says nothing: `specs/users/openapi.yaml` is users."""
    path = Path(spec if "://" not in spec else spec.partition("?")[0])
    stem = path.absolute().parent.name if path.stem in ("openapi", "swagger") else path.stem
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-") or "document"


def load_contract(
    spec: str | None, roots: tuple[Path, ...], remote_references: bool, max_bytes: int
) -> Contract:
    """Load the document that is meant; what is wrong with it is printed, and may end the command."""
    with document_errors(), undisturbed():
        return read_contract(find_spec(spec), roots, remote_references, max_bytes)


def read_contract(source: str, roots: tuple[Path, ...], remote_references: bool, max_bytes: int) -> Contract:
    """Load a document and print what is wrong with it, not endlessly: it is used all the same.

    Raises `DocumentError` when it cannot be used.
    """
    import treaty

    contract = treaty.load(
        source,
        roots=allowed_roots(source, roots),
        remote_references=remote_references,
        max_bytes=max_bytes,
    )
    wrong = contract.findings_of(Severity.ERROR, Severity.WARNING)
    show_findings(wrong[:MAX_SHOWN])
    if len(wrong) > MAX_SHOWN:
        more = len(wrong) - MAX_SHOWN
        click.echo(f"and {more:,} more findings: `treaty check {source}` shows all of them", err=True)
    return contract


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the search for garbage: nothing that is read is any, and a large document makes it costly."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def allowed_roots(source: str, roots: tuple[Path, ...]) -> tuple[Path, ...]:
    """The folders asked for, beside the document's own; none asked for, and the default counts."""
    path = Path(source)
    return (*roots, path if path.is_dir() else path.parent) if roots else ()
