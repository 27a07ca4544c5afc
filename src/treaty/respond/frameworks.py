"""What is used of Connexion: the one file that imports it, and it is imported only to serve.

Its resolvers find functions, its rules name their arguments, its types may be returned
and raised, and `from connexion import request` works in a handler.
"""

from __future__ import annotations

import warnings
from collections import UserDict
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from treaty.exchange.messages import Request
from treaty.findings import Json

with warnings.catch_warnings():
    # Importing Connexion 3.3 imports Starlette's test client and jsonschema's RefResolver, which are
    # deprecated: nothing here uses either, and its users cannot mend it.
    warnings.filterwarnings("ignore", "Using `httpx` with `starlette.testclient` is deprecated")
    warnings.filterwarnings(
        "ignore", r"jsonschema\.(RefResolver|exceptions\.RefResolutionError) is deprecated"
    )
    # Connexion has no type information.
    from connexion import NoContent, ProblemException  # type: ignore[import-untyped]
    from connexion.context import _context, _receive, _scope  # type: ignore[import-untyped]
    from connexion.decorators.parameter import pythonic, sanitized  # type: ignore[import-untyped]
    from connexion.exceptions import ResolverError  # type: ignore[import-untyped]
    from connexion.lifecycle import ConnexionRequest, ConnexionResponse  # type: ignore[import-untyped]
    from connexion.resolver import RelativeResolver, Resolver  # type: ignore[import-untyped]
    from connexion.utils import inspect_function_arguments  # type: ignore[import-untyped]

__all__ = [
    "ConnexionResponse",
    "NoContent",
    "ProblemException",
    "RelativeResolver",
    "Resolver",
    "ResolverError",
    "connexion_context",
    "connexion_request",
    "inspect_function_arguments",
    "pythonic",
    "sanitized",
]


class connexion_context:  # noqa: N801  # a context manager, by itself: a generator would cost each request more
    """`connexion.request` and `connexion.context` are those of a request as long as this lasts.

    `known` is the context: what security knows of the caller. `path` has the values in the path.
    """

    __slots__ = ("_known", "_path", "_request", "_tokens")

    def __init__(self, request: Request, known: dict[str, Json], path: dict[str, Json] | None = None) -> None:
        self._request, self._known, self._path = request, known, path or {}

    def __enter__(self) -> None:
        request, known = self._request, self._known
        scope = _Scope(request, known, self._path)
        self._tokens = _scope.set(scope), _receive.set(_Receive(request)), _context.set(known)

    def __exit__(self, *_: object) -> None:
        scope, receive, context = self._tokens
        _scope.reset(scope)
        _receive.reset(receive)
        _context.reset(context)


class _Receive:
    """The `receive` of ASGI 3.0 for a body that is here already."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.pieces: Iterator[bytes] | None = None

    async def __call__(self) -> dict[str, Any]:
        if self.pieces is None:
            self.pieces = self.request.pieces()
        piece = next(self.pieces, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}


def connexion_request(request: Request) -> Any:
    """The request as Connexion gives it to functions that ask for one."""
    return ConnexionRequest(_Scope(request, {}, {}), _Receive(request))


class _Scope(UserDict[str, Any]):
    """The HTTP scope of ASGI 3.0, as far as a request knows it; made when it is looked at, as few are."""

    def __init__(self, request: Request, known: dict[str, Json], values: dict[str, Json]) -> None:
        self._of = request, known, values

    @cached_property
    def data(self) -> dict[str, Any]:  # type: ignore[override]  # where a UserDict has what is in it
        request, known, values = self._of
        connection = request.connection
        path = connection.root_path + request.path
        return {
            "type": "http",
            "http_version": connection.http_version,
            "method": request.method,
            "scheme": connection.scheme,
            "client": connection.client,
            "server": connection.server,
            "root_path": connection.root_path,
            "path": unquote(path),
            "raw_path": path.encode("latin-1", "replace"),
            "query_string": request.query.encode("latin-1", "replace"),
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers],
            "path_params": values,
            "extensions": {"connexion_context": known},
        }
