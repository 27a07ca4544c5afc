"""`treaty test`: hold an implementation to its document."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from treaty.cli.options import document_options, load_contract, spec_argument, strict_option
from treaty.cli.serve import handlers_option

if TYPE_CHECKING:
    from treaty.api import Framework
    from treaty.asgi import App
    from treaty.contract.contract import Contract
    from treaty.exercise.options import Options

# Fewer would test nothing and call that a success.
AT_LEAST_ONE = click.IntRange(1)


@click.command()
@spec_argument
@click.option("--url", help="Test the API at this URL, rather than the handlers of this folder.")
@click.option("--mock", "use_mock", is_flag=True, help="Test Treaty's own mock of the document.")
@click.option("--stateful", is_flag=True, help="With --mock: one that remembers; sequences are tested too.")
@handlers_option
@click.option("--framework", type=click.Choice(["async", "flask"]), default="async", show_default=True)
@click.option(
    "--max-examples",
    "-n",
    type=AT_LEAST_ONE,
    default=50,
    show_default=True,
    help="Generated cases per operation.",
)
@click.option(
    "--max-cases",
    type=AT_LEAST_ONE,
    default=1_000,
    show_default=True,
    help="Cases per operation in the phase coverage.",
)
@click.option("--seed", type=int, help="Send the same cases again; drawn at random by default.")
@click.option(
    "--phase",
    "phases",
    multiple=True,
    type=click.Choice(["examples", "coverage", "fuzzing", "stateful"]),
    default=("examples", "coverage", "fuzzing"),
    show_default=True,
    help="Repeatable.",
)
@click.option("--include", multiple=True, metavar="OPERATION", help="Only this operationId. Repeatable.")
@click.option("--exclude", multiple=True, metavar="OPERATION", help="All but this operationId. Repeatable.")
@click.option(
    "--header", "-H", "headers", multiple=True, metavar="'NAME: VALUE'", help="Sent each time. Repeatable."
)
@click.option(
    "--check", "checks", multiple=True, metavar="NAME", help="Only this Schemathesis check. Repeatable."
)
@click.option("--max-failures", type=AT_LEAST_ONE, help="Stop after so many operations failed.")
@click.option(
    "--fail-on-warnings", is_flag=True, help="What the document leaves out, such as a 401, is a failure too."
)
@click.option("--max-time", type=AT_LEAST_ONE, metavar="SECONDS", help="An upper bound for the whole run.")
@click.option(
    "--request-timeout",
    type=click.FloatRange(0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long one response may take.",
)
@strict_option
@document_options
def command(
    spec: str | None,
    url: str | None,
    use_mock: bool,
    stateful: bool,
    handlers: str,
    framework: Framework,
    max_examples: int,
    max_cases: int,
    seed: int | None,
    phases: tuple[str, ...],
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    headers: tuple[str, ...],
    checks: tuple[str, ...],
    max_failures: int | None,
    max_time: int | None,
    request_timeout: float,
    fail_on_warnings: bool,
    strict: bool,
    roots: tuple[Path, ...],
    remote_references: bool,
    max_bytes: int,
) -> None:
    """Hold an implementation to its document.

    Schemathesis makes the requests, valid and invalid ones, from the document, and
    judges the answers. Failing cases are reduced to the smallest that still fails and
    shown with a curl line.

    \b
    Exit codes: 0 the document is kept, 1 it is not, 3 the document is not valid,
    4 nothing answers at --url.
    What the document leaves out is a warning, and the code is 0; see --fail-on-warnings.

    \b
    Examples:
      treaty test                          the handlers of this folder, in-process
      treaty test --url http://127.0.0.1:8080
      treaty test --mock specs/openapi.yaml
      treaty test --seed 7 --include create_user
    """
    import treaty
    from treaty.exercise.options import Options

    if url and use_mock:
        raise click.UsageError("--url and --mock exclude each other")
    if stateful and not use_mock:
        raise click.UsageError("--stateful is for --mock; --phase stateful tests sequences of an API")
    if url and strict:
        raise click.UsageError("--strict is for what Treaty runs itself; the API at --url decides on its own")
    contract = load_contract(spec, roots, remote_references, max_bytes)
    options = Options(
        seed=seed,
        max_examples=max_examples,
        max_cases=max_cases,
        phases=(*phases, "stateful") if stateful and "stateful" not in phases else phases,
        max_failures=max_failures,
        include=include,
        exclude=exclude,
        max_time_seconds=max_time,
        request_timeout_seconds=request_timeout,
        headers=dict(_header(each) for each in headers),
        checks=checks,
        presence_only=use_mock,
        fail_on_warnings=fail_on_warnings,
    )
    if use_mock:
        app: App | None = treaty.mock(contract, strict=strict, stateful=stateful)
    else:
        app = None if url else _served(contract, handlers, framework, strict=strict)
    _run(contract, app, url, options)


def _run(contract: Contract, app: App | None, url: str | None, options: Options) -> None:
    from rich.console import Console

    from treaty.cli.errors import FINDINGS, INTERRUPTED, cannot_serve, document_errors
    from treaty.exercise.options import OptionError
    from treaty.exercise.patience import UnreachableError
    from treaty.exercise.runner import run
    from treaty.report.text import report

    try:
        with document_errors():
            summary = report(run(contract.document.bundle(), app=app, url=url, options=options), Console())
    except OptionError as error:
        raise click.UsageError(str(error)) from error
    except UnreachableError as error:
        cannot_serve(str(error))
    if summary.finished is None or summary.finished.interrupted:
        sys.exit(INTERRUPTED)
    if not summary.ok or (options.fail_on_warnings and summary.finished.warnings):
        sys.exit(FINDINGS)


def _served(contract: Contract, handlers: str, framework: Framework, *, strict: bool) -> App:
    import treaty
    from treaty.cli.errors import document_errors

    sys.path.insert(0, str(Path.cwd()))
    with document_errors():
        # What a handler gets wrong is for the test to find and to name, so it is sent as it is.
        return treaty.serve(contract, handlers, framework=framework, validate_responses="off", strict=strict)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise click.UsageError(f"--header takes 'NAME: VALUE', not {text!r}")
    return name.strip(), value.strip()
