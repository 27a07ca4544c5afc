"""`treaty serve`: the functions of a project behind its document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from treaty.cli.options import document_options, find_mocks, load_contract, spec_argument, traffic_options

if TYPE_CHECKING:
    from treaty.api import Framework
    from treaty.enforcing import ResponsePolicy

handlers_option = click.option(
    "--handlers",
    default="handlers",
    show_default=True,
    metavar="FOLDER",
    help="The folder of handlers, or the dotted name of a package.",
)


@click.command()
@spec_argument
@handlers_option
@click.option(
    "--framework",
    type=click.Choice(["async", "flask"]),
    default="async",
    show_default=True,
    help="Where handlers run: in the event loop and threads, or in a Flask application.",
)
@click.option(
    "--mock-missing",
    is_flag=True,
    help="Mock the operations that have no handler, with the overrides in mocks/.",
)
@click.option("--host", "-h", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", "-p", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option(
    "--validate-responses",
    type=click.Choice(["refuse", "report", "off"]),
    default="refuse",
    show_default=True,
    help="What a response costs that breaks the document.",
)
@click.option(
    "--token-info",
    is_flag=True,
    help="Ask the endpoints that OAuth schemes name (x-tokenInfoUrl) about tokens.",
)
@click.option("--quiet", "-q", is_flag=True, help="No line per exchange.")
@traffic_options
@document_options
def command(
    spec: str | None,
    handlers: str,
    framework: Framework,
    mock_missing: bool,
    host: str,
    port: int,
    validate_responses: ResponsePolicy,
    token_info: bool,
    quiet: bool,
    strict: bool,
    base_path: str | None,
    max_upload_bytes: int,
    roots: tuple[Path, ...],
    remote_references: bool,
    max_bytes: int,
) -> None:
    """Run the handlers of a project behind its document.

    SPEC is a file, a folder or a URL; by default the document in specs/. Each request
    is validated, and a valid one is answered by the function that has its operationId,
    in the module of its first tag: `create_user` of the tag `users` is
    handlers/users.py, `def create_user(body)`. Path and query parameters come as
    arguments by name, the body as `body`; a function returns a body, (body, status),
    (body, status, headers), or None for 204.

    \b
    Exit codes: 3 the document is not valid, or a handler is missing or does not fit,
    4 the server cannot start.

    \b
    Examples:
      treaty serve
      treaty serve specs/openapi.yaml --handlers app/handlers --port 8000
      treaty serve --framework flask --validate-responses report
      treaty serve --mock-missing
    """
    import sys

    import treaty
    from treaty.cli.errors import document_errors
    from treaty.cli.running import run_server, title_of

    contract = load_contract(spec, roots, remote_references, max_bytes)
    sys.path.insert(0, str(Path.cwd()))
    with document_errors():
        app = treaty.serve(
            contract,
            handlers,
            framework=framework,
            mock_missing=mock_missing,
            mocks=find_mocks(None) if mock_missing else None,
            validate_responses=validate_responses,
            strict=strict,
            base_path=base_path,
            max_upload_bytes=max_upload_bytes,
            token_info=token_info,
        )
    run_server(app, f"{title_of(app)}, {framework}", "service", host=host, port=port, quiet=quiet)
