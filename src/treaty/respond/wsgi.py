"""WSGI (PEP 3333): an application that runs in threads, asked for the response to a request.

What it sends is collected, unless it is a sequence, or much: that goes on as it comes.
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes, urlsplit

from treaty.exchange.messages import Headers, Request, Response
from treaty.exchange.streams import is_sequence
from treaty.respond.threads import in_threads

# An application of PEP 3333; what its environment holds is not ours to know.
Environ: TypeAlias = dict[str, Any]
WsgiApplication: TypeAlias = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

COLLECTED_BYTES = 1024 * 1024
# The body is here already, however it came (RFC 9112, section 6): a chunked one has a length by now.
_OF_THE_WAY = frozenset({"content-length", "transfer-encoding"})


@dataclass(slots=True)
class _Begun:
    """What an application has sent until now; `rest` is what it is yet to send."""

    status: int = 0
    headers: Headers = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)
    rest: Iterator[bytes] | None = None
    close: Callable[[], None] = lambda: None

    def start(self, status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], None]:
        self.status = int(status.partition(" ")[0])
        self.headers = [(name.lower(), value) for name, value in headers]
        return self.pieces.append

    @property
    def goes_on(self) -> bool:
        """Is it to be sent as it comes?"""
        kind = next((value for name, value in self.headers if name == "content-type"), "")
        return bool(self.status) and (is_sequence(kind) or sum(map(len, self.pieces)) > COLLECTED_BYTES)


async def call_wsgi(application: WsgiApplication, environ: Environ, threads: ThreadPoolExecutor) -> Response:
    """The response of an application. Raises what it raises, and its chunks too."""
    context = contextvars.copy_context()
    running = asyncio.get_running_loop().run_in_executor(threads, context.run, _begin, application, environ)
    begun = await running
    if isinstance(begun, BaseException):
        raise begun
    if begun.rest is None:
        return Response(begun.status, begun.headers, b"".join(begun.pieces))
    chunks = in_threads(chain(begun.pieces, begun.rest), threads, begun.close)
    return Response(begun.status, begun.headers, chunks=chunks)


def _begin(application: WsgiApplication, environ: Environ) -> _Begun | BaseException:
    """In a thread; no exception out of it, for a future cannot carry StopIteration."""
    begun = _Begun()
    try:
        sent = application(environ, begun.start)
        begun.close = getattr(sent, "close", begun.close)
        try:
            _collect(begun, iter(sent))
        finally:
            if begun.rest is None:
                begun.close()
    except (Exception, SystemExit) as error:
        return error
    return begun if begun.status else RuntimeError("the application began no response")


def _collect(begun: _Begun, sent: Iterator[bytes]) -> None:
    while not begun.goes_on:
        piece = next(sent, None)
        if piece is None:
            return
        begun.pieces.append(piece)
    begun.rest = sent


def environ_of(request: Request) -> dict[str, Any]:
    """The environment of a request (WSGI, PEP 3333)."""
    connection = request.connection
    root = connection.root_path
    host, port = _server(request)
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": root,
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "RAW_URI": root + request.path + (f"?{request.query}" if request.query else ""),
        "QUERY_STRING": request.query,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{connection.http_version}",
        "CONTENT_LENGTH": str(request.size),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": connection.scheme,
        "wsgi.input": request.open(),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if connection.client is not None:
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = connection.client[0], str(connection.client[1])
    for name, value in request.headers:
        if name in _OF_THE_WAY or "_" in name:  # `a_b` would pass for `a-b`
            continue
        key = "CONTENT_TYPE" if name == "content-type" else "HTTP_" + name.upper().replace("-", "_")
        separator = "; " if name == "cookie" else ","
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    return environ


def _server(request: Request) -> tuple[str, str]:
    """Name and port of the server, as the client calls it (`Host`; RFC 9110, section 7.2)."""
    connection = request.connection
    try:
        called = urlsplit("//" + (request.header("host") or ""))
        name, port = called.hostname, called.port
    except ValueError:  # it is no host
        name, port = None, None
    if not name and connection.server is not None:
        name, port = connection.server
    return name or "localhost", str(port or (443 if connection.scheme == "https" else 80))
