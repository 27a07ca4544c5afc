"""What is spoken to clients: HTTP/1.1 or HTTP/2, in the clear or by TLS."""

from __future__ import annotations

import contextlib
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from treaty.asgi import App
from treaty.cli.errors import cannot_serve

if TYPE_CHECKING:
    from hypercorn.typing import Framework

# What a response may still take when the server is told to end; a stream may have no end of its own.
GRACE_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Transport:
    """How connections are spoken on: by TLS with a certificate and its key (PEM), and in HTTP/2."""

    certificate: Path | None = None
    key: Path | None = None
    http2: bool = False

    @property
    def scheme(self) -> str:
        """Of its URLs."""
        return "https" if self.certificate else "http"


PLAIN = Transport()


def check_transport(transport: Transport) -> None:
    """End the command when the certificate and its key cannot be used, with a sentence that says why."""
    if transport.certificate is None:
        if transport.key is not None:
            raise click.UsageError("--tls-key is the key of a certificate; name that with --tls")
        return
    try:
        # Without a password: a server that starts by itself can be asked for none.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            transport.certificate, transport.key, password=lambda: b""
        )
    except (ssl.SSLError, OSError) as error:
        key = transport.key or transport.certificate
        cannot_serve(f"TLS cannot be served with {transport.certificate} and the key in {key}: {error}")


def serve(app: App, listening: socket.socket, transport: Transport) -> None:
    """Serve until interrupted (Ctrl-C, SIGTERM)."""
    if transport.http2:
        _serve_http2(app, listening, transport)
    else:
        _serve_http1(app, listening, transport)


def _serve_http1(app: App, listening: socket.socket, transport: Transport) -> None:
    import uvicorn

    from treaty.server.protocol import Protocol

    config = uvicorn.Config(
        app,
        http=Protocol,
        log_level="warning",
        access_log=False,
        lifespan="on",
        ws="none",  # no contract has WebSockets, and to look for a library of them takes time at every start
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        proxy_headers=False,  # nothing here asks who the client is, and to find out costs every request
        ssl_certfile=transport.certificate,
        ssl_keyfile=transport.key,
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it again after its own clean end
        uvicorn.Server(config).run(sockets=[listening])


def _serve_http2(app: App, listening: socket.socket, transport: Transport) -> None:
    import asyncio

    from hypercorn.asyncio import serve as serve_by_hypercorn  # here: uvicorn has no HTTP/2, most need none
    from hypercorn.config import Config

    from treaty.server.bounded import Bounded, bound, tell_of_broken
    from treaty.server.limits import Limits

    config = Config()
    config.bind = [f"fd://{listening.detach()}"]
    config.loglevel = "WARNING"
    config.include_server_header = False
    config.graceful_timeout = GRACE_SECONDS
    if transport.certificate is not None:
        config.certfile = str(transport.certificate)
        config.keyfile = str(transport.key or transport.certificate)
    bound(config, Limits())
    framework: Framework = Bounded(app, Limits())  # type: ignore[assignment]  # its types of ASGI are narrower
    with asyncio.Runner() as runner:
        runner.get_loop().set_exception_handler(tell_of_broken)
        runner.run(serve_by_hypercorn(framework, config, mode="asgi"))
