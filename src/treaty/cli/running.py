"""Run a server: one process, a socket that is ours before anything else is done, a clean end."""

from __future__ import annotations

import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Iterator
from typing import Literal, TypeAlias

import click

from treaty.asgi import App
from treaty.cli.errors import cannot_serve
from treaty.cli.serving import PLAIN, Transport, check_transport, serve
from treaty.site import DOCUMENT_PATH

# Who may use the control API of a server.
Access: TypeAlias = Literal["local", "on", "off"]
ENDING = (signal.SIGINT, signal.SIGTERM)


def open_socket(host: str, port: int) -> socket.socket:
    """A listening socket; ends the command with a plain sentence when there can be none."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(1024)
    except OSError as error:
        cannot_serve(_why(host, port, error))
    return found


def run_server(
    app: App,
    title: str,
    kind: str,
    *,
    host: str,
    port: int,
    quiet: bool,
    control: Access = "off",
    transport: Transport = PLAIN,
) -> None:
    """Say what runs where, and serve until interrupted (Ctrl-C, SIGTERM); each exchange is a line.

    `control` says who may use the control API: nobody, everybody, or with `local` this machine,
    as long as nobody else can reach the server.
    """
    from treaty.cli.exchange_log import ExchangeLog
    from treaty.control.control import Control, is_loopback

    if not quiet:
        app.observe = ExchangeLog(app)
    check_transport(transport)
    listening = open_socket(host, port)
    address = address_of(listening, transport.scheme)
    if control == "on" or (control == "local" and is_loopback(address)):
        Control(app, open=control == "on", scheme=transport.scheme).attach()
    click.echo(title)
    click.echo(f"  {kind:<9}  {address}\n  reference  {address}/docs")
    click.echo("\n".join(f"  document   {address}{path}" for path in document_paths(app)))
    if app.issuer is not None:
        app.issuer.scheme = transport.scheme
        click.echo(f"  issuer     {address}/__treaty/auth/.well-known/openid-configuration")
    if app.control is not None:
        click.echo(f"  control    {address}/__treaty/health")
    with signals_kept(app):
        click.echo("Ctrl-C stops it.")
        serve(app, listening, transport)
    click.echo("stopped", err=True)


@contextlib.contextmanager
def signals_kept(app: App) -> Iterator[None]:
    """A signal to end (Ctrl-C, SIGTERM) before the server is up is told to it then: it might be lost.

    One that the server has seen it raises again after its own clean end: that is over then.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are not ours
        return
    early: list[int] = []
    before = {each: signal.signal(each, lambda number, _: early.append(number)) for each in ENDING}
    app.started.append(lambda: signal.raise_signal(early[0]) if early else None)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def title_of(app: App) -> str:
    """`Newsdesk 1.0.0: 13 operations`, a line for each document."""
    contracts = (each.contract for each in app.engine.engines)
    named = (
        (f"{each.title or 'untitled'} {each.version}".strip(), len(each.operations)) for each in contracts
    )
    return "\n".join(f"{name}: {count} operation{'s' * (count != 1)}" for name, count in named)


def document_paths(app: App) -> list[str]:
    """Where the application serves its documents."""
    return [home + DOCUMENT_PATH for home in app.site.listed()] if app.site else []


def address_of(listening: socket.socket, scheme: str = "http") -> str:
    """The URL of a listening socket."""
    host, port = listening.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken; stop what listens there, or choose another with --port"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {port} needs more rights than this user has; choose one above 1023 with --port"
    return f"cannot listen on {host} port {port}: {error.strerror or error}"
