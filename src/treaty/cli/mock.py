"""`treaty mock`: answer requests from a document alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from treaty.cli.data_options import data_options
from treaty.cli.delivery_options import delivery_options
from treaty.cli.options import (
    document_options,
    mocks_option,
    state_options,
    traffic_options,
    transport_options,
)
from treaty.cli.prism_options import QUIET, PrismCommand, prism_options

if TYPE_CHECKING:
    from treaty.asgi import App
    from treaty.assembling import Auth, Refusal
    from treaty.cli.running import Access
    from treaty.contract.contract import Contract
    from treaty.mocking.values import InvalidExamples


class Passed(TypedDict):
    """The options that `treaty.mock` takes as they are."""

    dynamic: bool
    seed: str | None
    refusals: Refusal
    scenario: str | None
    optional: float
    items: tuple[int, int]
    locale: str
    invalid_examples: InvalidExamples
    latency: str | None
    error_rate: float
    allow_faults: bool
    stream_rate: str | None
    stream_items: str | None
    callbacks: bool
    callback_hosts: tuple[str, ...]
    auth: Auth
    strict: bool
    base_path: str | None
    max_upload_bytes: int
    cors: bool
    stateful: bool
    state: str | None
    seed_items: int
    clock: str | None


@click.command(cls=PrismCommand)
@click.argument("specs", nargs=-1, metavar="[SPEC]...")
@click.option("--host", "-h", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", "-p", default=4010, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option(
    "--dynamic",
    "--ignoreExamples",
    "-d",
    is_flag=True,
    help="Generate data rather than send the document's examples.",
)
@click.option("--seed", help="Another seed, other data; the same seed, the same bytes. The default is 0.")
@click.option(
    "--cors/--no-cors", default=True, show_default=True, help="Let pages of other origins call it (CORS)."
)
@click.option(
    "--refusals",
    type=click.Choice(["declared", "problem"]),
    default="declared",
    show_default=True,
    help="Answer wrong requests with the operation's own declared response, or always with our problem.",
)
@click.option(
    "--reload/--no-reload",
    "reloads",
    default=True,
    show_default=True,
    help="Serve an edited document at once; a broken one never.",
)
@mocks_option
@click.option("--scenario", metavar="NAME", help="The scenario of mocks/scenarios/ that is on.")
@click.option(
    "--auth",
    type=click.Choice(["off", "presence", "verify"]),
    default="presence",
    show_default=True,
    help="Credentials: ignored, only to be there, or tokens of the issuer at /__treaty/auth.",
)
@click.option(
    "--control",
    type=click.Choice(["local", "on", "off"]),
    default="local",
    show_default=True,
    help="Who may use the control API at /__treaty: this machine, everybody, nobody.",
)
@click.option("--quiet", "-q", is_flag=True, help="No line per exchange.")
@click.option(
    "--prefix",
    "prefixes",
    multiple=True,
    metavar="NAME=PATH",
    help="Of several documents, mount the one of this name below a path. Repeatable.",
)
@transport_options
@prism_options
@state_options
@data_options
@delivery_options
@traffic_options
@document_options
def command(
    specs: tuple[str, ...],
    host: str,
    port: int,
    quiet: bool,
    reloads: bool,
    mocks: Path | None,
    prefixes: tuple[str, ...],
    control: Access,
    tls: Path | None,
    tls_key: Path | None,
    http2: bool,
    level: str | None,
    explain_state: bool,
    roots: tuple[Path, ...],
    remote_references: bool,
    max_bytes: int,
    **passed: Unpack[Passed],
) -> None:
    """Answer requests from a document alone, with no code.

    SPEC is a file, a folder or a URL; by default what is in specs/. Several documents
    are mounted together, each below the path of its servers. Each request is validated;
    a valid one is answered with the lowest declared 2xx, from an example or with
    generated data that is valid by its schema. A client can ask for another:

    \b
      curl -H 'Prefer: code=404' …          another declared status
      curl -H 'Prefer: example=sold_out' …  a named example
      curl -H 'Prefer: dynamic=true' …      generated data
      curl …?__code=404                     the same in the query
      curl …?__explain                      why this answer

    \b
    Examples:
      treaty mock specs/openapi.yaml
      treaty mock specs/openapi.yaml --port 8000 --dynamic --seed 7
      treaty mock users.yaml orders.yaml --prefix orders=/shop
      treaty mock specs/openapi.yaml --stateful
    """
    import treaty
    from treaty.cli.errors import cannot_serve, document_errors, show_findings
    from treaty.cli.options import MOCKS, SPECS, find_mocks, find_specs, read_contract, undisturbed
    from treaty.cli.places import Places
    from treaty.cli.reloads import reload_edits
    from treaty.cli.running import run_server, title_of
    from treaty.cli.serving import Transport
    from treaty.mocking.memory.stores.model import StateError

    def find_named() -> dict[str, str]:
        named = find_specs(specs)
        if passed["base_path"] is not None and len(named) > 1:
            raise click.UsageError("--base-path is for one document; mount several with --prefix NAME=PATH")
        return named

    named = find_named()
    below = read_prefixes(prefixes, named)
    if explain_state:
        with document_errors():
            for spec in named.values():
                explain(read_contract(spec, roots, remote_references, max_bytes))
        return

    app: App | None = None

    def build() -> App:
        contracts = {
            name: read_contract(spec, roots, remote_references, max_bytes)
            for name, spec in find_named().items()
        }
        alone = next(iter(contracts.values())) if len(contracts) == 1 and not below else None
        places = Places(alone.document.sources) if alone else None
        return treaty.mock(
            alone or contracts,
            mocks=find_mocks(mocks),
            prefixes=below,
            keep=app,
            report=lambda finding: show_findings([places.placed(finding) if places else finding]),
            **passed,
        )

    try:
        with document_errors(), undisturbed():
            app = build()
    except StateError as error:
        cannot_serve(str(error))
    if reloads:
        shelves = tuple(each for spec in specs or (SPECS,) if (each := Path(spec)).is_dir())
        reload_edits(app, build, (mocks or MOCKS,), shelves)
    run_server(
        app,
        title_of(app),
        "mock",
        host=host,
        port=port,
        quiet=quiet or level in QUIET,
        control=control,
        transport=Transport(tls, tls_key, http2),
    )


def explain(contract: Contract) -> None:
    """Print what would be remembered of a contract."""
    from treaty.cli.errors import show_findings
    from treaty.mocking.memory.corrections import check_corrections
    from treaty.mocking.memory.explain import explain as explanation
    from treaty.mocking.memory.infer import infer

    show_findings(contract.document.sources.place(check_corrections(contract)))
    click.echo(explanation(infer(contract)))


def read_prefixes(prefixes: tuple[str, ...], names: Iterable[str]) -> dict[str, str]:
    """What `--prefix` says, by name. Raises `click.UsageError` for what says nothing, or of no document."""
    found = {}
    for each in prefixes:
        name, equals, path = each.partition("=")
        if not equals or name not in names:
            known = ", ".join(names)
            raise click.UsageError(f"--prefix takes NAME=PATH, NAME one of {known}; not `{each}`")
        found[name] = path
    return found
