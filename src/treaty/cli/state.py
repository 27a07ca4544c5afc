"""`treaty state`: what a running mock remembers, forgotten, taken and restored."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from treaty.cli.errors import FINDINGS, cannot_serve

if TYPE_CHECKING:
    import httpx

SECONDS = 30.0

world_option = click.option(
    "--world", default=None, help="The world meant (its Treaty-World); by default the one without a name."
)
url_argument = click.argument("url", default="http://127.0.0.1:4010", metavar="[URL]")


@click.group()
def command() -> None:
    """Reset, snapshot and restore what a running mock remembers.

    URL is the mock's address, by default http://127.0.0.1:4010.

    \b
    Exit codes: 1 the mock refuses, 4 no mock answers there.

    \b
    Examples:
      treaty state snapshot > before.json
      treaty state restore before.json
      treaty state reset --world test-17
    """


@command.command()
@url_argument
@world_option
def reset(url: str, world: str | None) -> None:
    """Let one world begin anew, or without --world all."""
    _ask("POST", url, "reset", world)


@command.command()
@url_argument
@world_option
def snapshot(url: str, world: str | None) -> None:
    """Print all that a world holds, as JSON."""
    click.echo(json.dumps(_ask("GET", url, "state", world).json(), indent=2, ensure_ascii=False))


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@url_argument
@world_option
def restore(file: Path, url: str, world: str | None) -> None:
    """Make a world what a snapshot in FILE says."""
    headers = {"content-type": "application/json"}
    _ask("PUT", url, "state", world, content=file.read_bytes(), headers=headers)


def _ask(method: str, url: str, name: str, world: str | None, **more: Any) -> httpx.Response:
    """The answer of the mock's control API; ends the command when that is none, or a refusal."""
    import httpx  # here: it takes a tenth of a second to import

    params = {} if world is None else {"world": world}
    try:
        answer = httpx.request(
            method, f"{url.rstrip('/')}/__treaty/{name}", params=params, timeout=SECONDS, **more
        )
    except (httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise click.UsageError(f"`{url}` is no URL of a mock, such as http://127.0.0.1:4010") from None
    except httpx.HTTPError as error:
        cannot_serve(f"no mock answers at {url}: {error}")
    if answer.status_code >= 400:
        _fail(f"{url} refuses: {_detail(answer)}")
    return answer


def _detail(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        return f"status {answer.status_code}; is a mock there, with its control API?"
    errors = said.get("errors") or [said] if isinstance(said, dict) else [{}]
    return str(errors[0].get("detail", answer.status_code))


def _fail(message: str) -> NoReturn:
    click.secho(f"error: {message}", fg="red", err=True)
    sys.exit(FINDINGS)
