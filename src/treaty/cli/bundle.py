"""`treaty bundle`: join the files of a document into one."""

from __future__ import annotations

from pathlib import Path

import click

from treaty.cli.options import document_options, load_contract, spec_argument


@click.command()
@spec_argument
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, which must not exist yet; by default standard output.",
)
@document_options
def command(
    spec: str | None, output: Path | None, roots: tuple[Path, ...], remote_references: bool, max_bytes: int
) -> None:
    """Join the files of a document into one.

    The result is JSON, with internal references only; they stay references.

    \b
    Examples:
      treaty bundle specs/openapi.yaml > openapi.json
      treaty bundle specs/openapi.yaml --output openapi.json
    """
    import json

    contract = load_contract(spec, roots, remote_references, max_bytes)
    text = json.dumps(contract.document.bundle(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise click.UsageError(
            f"{output} exists; nothing is overwritten: remove it, or choose another name"
        ) from None
    except OSError as error:
        raise click.UsageError(f"cannot write {output}: {error.strerror}") from error
