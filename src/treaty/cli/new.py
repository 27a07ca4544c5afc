"""`treaty new`: begin a project, or write the handlers that are missing."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from treaty.cli.options import document_options, load_contract


@click.command()
@click.argument("target", required=False, metavar="[PROJECT | SPEC]")
@click.option("--handlers", "only_handlers", is_flag=True, help="Write the missing handlers of a document.")
@click.option(
    "--into",
    default="handlers",
    show_default=True,
    type=click.Path(path_type=Path),
    help="With --handlers: the folder of handlers.",
)
@document_options
def command(
    target: str | None,
    only_handlers: bool,
    into: Path,
    roots: tuple[Path, ...],
    remote_references: bool,
    max_bytes: int,
) -> None:
    """Begin a project, or write the handlers that are missing.

    PROJECT is a new folder: it gets a small document, handlers that keep it, and a
    contract test. With --handlers, a function is written for each operation of SPEC
    (by default the document in specs/) that has none, one module per tag; it answers
    501. What exists is never overwritten: new functions are added at the end of a file.

    \b
    Examples:
      treaty new bookshop
      treaty new --handlers
      treaty new --handlers specs/openapi.yaml --into app/handlers
    """
    if only_handlers:
        _write_handlers(target, into, roots, remote_references, max_bytes)
    elif target is None:
        raise click.UsageError("name the folder of the new project, or ask for --handlers")
    else:
        _write_project(Path(target))


def _write_project(folder: Path) -> None:
    from treaty.scaffold.project import ProjectExistsError, write_project

    if folder.is_file():
        raise click.UsageError(f"{folder} is a file; to write its handlers: treaty new --handlers {folder}")
    try:
        written = write_project(folder)
    except ProjectExistsError as error:
        raise click.UsageError(f"{error}; nothing is overwritten") from None
    except OSError as error:
        raise click.UsageError(f"cannot write into {folder}: {error.strerror}") from error
    for path in written:
        click.echo(f"wrote {path}")
    click.echo(f"\nNext:\n  cd {shlex.quote(str(folder))}\n  treaty serve\n  treaty test")


def _write_handlers(
    spec: str | None, folder: Path, roots: tuple[Path, ...], remote_references: bool, max_bytes: int
) -> None:
    import sys

    from treaty.cli.errors import document_errors

    contract = load_contract(spec, roots, remote_references, max_bytes)
    sys.path.insert(0, str(Path.cwd()))
    with document_errors():
        from treaty.scaffold.stubs import write_stubs

        try:
            written = write_stubs(contract, folder)
        except OSError as error:
            raise click.UsageError(f"cannot write into {folder}: {error.strerror}") from error
    for each in written:
        click.echo(f"{'wrote' if each.created else 'added to'} {each.path}")
        for name in each.functions:
            click.echo(f"  {name}")
    if not written:
        click.echo(f"every operation has its function in {folder}; nothing was written")
