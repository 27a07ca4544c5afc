"""`treaty mock`: answer requests from a document alone."""

from __future__ import annotations

from pathlib import Path

import click

from treaty.cli.options import document_options, load_contract, spec_argument, traffic_options


@click.command()
@spec_argument
@click.option("--host", "-h", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", "-p", default=4010, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option("--dynamic", "-d", is_flag=True, help="Generate data rather than send the document's examples.")
@click.option(
    "--seed", default=0, show_default=True, help="Another seed, other data; the same seed, the same bytes."
)
@click.option(
    "--cors/--no-cors", default=True, show_default=True, help="Let pages of other origins call it (CORS)."
)
@click.option("--quiet", "-q", is_flag=True, help="No line per exchange.")
@traffic_options
@document_options
def command(
    spec: str | None,
    host: str,
    port: int,
    dynamic: bool,
    seed: int,
    cors: bool,
    quiet: bool,
    strict: bool,
    base_path: str | None,
    roots: tuple[Path, ...],
    remote_references: bool,
    max_bytes: int,
) -> None:
    """Answer requests from a document alone, with no code.

    SPEC is a file, a folder or a URL; by default the document in specs/. Each request
    is validated; a valid one is answered with the lowest declared 2xx, from an example
    or with generated data that is valid by its schema. A client can ask for another:

    \b
      curl -H 'Prefer: code=404' …          another declared status
      curl -H 'Prefer: example=sold_out' …  a named example
      curl -H 'Prefer: dynamic=true' …      generated data

    \b
    Examples:
      treaty mock specs/openapi.yaml
      treaty mock specs/openapi.yaml --port 8000 --dynamic --seed 7
    """
    import treaty
    from treaty.cli.errors import show_findings
    from treaty.cli.places import Places
    from treaty.cli.running import run_server, title_of

    contract = load_contract(spec, roots, remote_references, max_bytes)
    places = Places(contract.document.sources)
    app = treaty.mock(
        contract,
        dynamic=dynamic,
        seed=seed,
        strict=strict,
        base_path=base_path,
        cors=cors,
        report=lambda finding: show_findings([places.placed(finding)]),
    )
    run_server(app, title_of(contract), "mock", host=host, port=port, quiet=quiet)
