"""Handlers inside Flask: with its request and application contexts, hooks, error handlers and extensions.

Flask is given the match the engine has made, and the arguments it has decoded, so every
path the contract can have works: Connexion's own FlaskApp (3.3) refuses parameter names
with a dot or `$`, answers 404 where a value has `%2F`, knows no method beyond OpenAPI 3.0's,
and costs three times as much.

`handlers/__init__.py` may have `def configure_app(app: flask.Flask) -> None`: it is called
once at the start, the place for `extension.init_app(app)`, hooks and error handlers.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import flask
from starlette.exceptions import HTTPException as StarletteHTTPException
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import MapAdapter, Rule
from werkzeug.wrappers import Response as WerkzeugResponse

from treaty.contract.model import Operation
from treaty.exchange.call import Call
from treaty.exchange.messages import Response
from treaty.exchange.streams import close, telling
from treaty.findings import DocumentError, Json
from treaty.respond.arguments import argument_name
from treaty.respond.conventions import Stream, finish, is_unfinished, response_of
from treaty.respond.failures import failure_response, handler_failed, log_failure
from treaty.respond.frameworks import connexion_context
from treaty.respond.handlers import CONFIGURE, THREADS
from treaty.respond.modules import failure_finding
from treaty.respond.resolve import Handler, Resolved, context_of
from treaty.respond.signature import function_name
from treaty.respond.wsgi import call_wsgi, environ_of

_CALL = "treaty.call"
_HANDLER = "treaty.handler"
_RULE = "treaty.rule"


@dataclass(frozen=True, slots=True)
class FlaskHandlers:
    """Answers calls with functions that run in a Flask application."""

    app: flask.Flask
    handlers: dict[tuple[str, str], Handler]
    rules: dict[tuple[str, str], Rule]
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "handler"))

    async def __call__(self, call: Call) -> Response:
        """What the application answers, hooks included."""
        key = call.operation.method, call.operation.path
        environ = environ_of(call.request)
        environ |= {_CALL: call, _HANDLER: self.handlers[key], _RULE: self.rules[key]}
        try:
            response = await call_wsgi(self.app, environ, self.threads)
        except (Exception, SystemExit) as error:  # a handler must not end the server
            return failure_response(call.operation, error)
        if response.chunks is not None:
            response.chunks = telling(response.chunks, partial(log_failure, call.operation))
        return response


def flask_handlers(resolved: Resolved) -> FlaskHandlers:
    """An application with a rule for each operation, configured by the handlers' `configure_app`.

    Raises `DocumentError` when that fails.
    """
    app = _Application(resolved.package, static_folder=None, root_path=_folder(resolved.package))
    app.register_error_handler(HTTPException, _problem)
    app.register_error_handler(StarletteHTTPException, _problem)  # Connexion's are such, too
    rules = {}
    for handler in resolved.handlers:
        operation = handler.operation
        rule = Rule(_path(operation), endpoint=function_name(operation), methods=[operation.method])
        rule.provide_automatic_options = False  # type: ignore[attr-defined]  # Flask puts it on its rules
        app.url_map.add(rule)
        app.view_functions[rule.endpoint] = _view
        rules[operation.method, operation.path] = rule
    configure = getattr(sys.modules.get(resolved.package), CONFIGURE, None)
    if configure is not None:
        try:
            configure(app)
        except (Exception, SystemExit) as error:
            raise DocumentError([failure_finding(f"`{CONFIGURE}` failed", error)]) from None
    return FlaskHandlers(app, resolved.by_operation(), rules)


def _folder(package: str) -> str | None:
    """The folder of a package without an `__init__.py`, which Flask does not find; None where it does."""
    module = sys.modules.get(package)
    folders = list(getattr(module, "__path__", ()))
    return folders[0] if folders and getattr(module, "__file__", None) is None else None


class _Adapter(MapAdapter):
    """Finds the rule that the engine has matched."""

    rule: Rule
    values: dict[str, Json]

    def match(self, *_: Any, return_rule: bool = False, **__: Any) -> Any:
        return (self.rule if return_rule else self.rule.endpoint), self.values


class _Application(flask.Flask):
    def create_url_adapter(self, request: flask.Request | None) -> MapAdapter | None:
        found = super().create_url_adapter(request)
        if found is None or request is None or _CALL not in request.environ:
            return found
        adapter = _Adapter(
            found.map,
            found.server_name,
            found.script_name,
            found.subdomain,
            found.url_scheme,
            found.path_info,
            found.default_method,
            found.query_args,
        )
        call: Call = request.environ[_CALL]
        adapter.rule = request.environ[_RULE]
        adapter.values = {
            argument_name(each): call.path[each.name]
            for each in call.operation.parameters
            if each.location == "path" and each.name in call.path
        }
        return adapter

    def log_exception(self, exc_info: Any) -> None:
        log_failure(flask.request.environ[_CALL].operation, exc_info[1])


def _view(**_: Any) -> WerkzeugResponse:
    """The view of every rule: calls the handler and turns its answer into a response of Flask's."""
    call: Call = flask.request.environ[_CALL]
    handler: Handler = flask.request.environ[_HANDLER]
    with connexion_context(call.request, context_of(call), call.path):
        answer = flask.current_app.ensure_sync(handler.function)(**handler.arguments_of(call))
        if is_unfinished(answer):
            answer = flask.current_app.async_to_sync(finish)(answer)
        if isinstance(answer, WerkzeugResponse):
            return answer
        if isinstance(answer, Response):
            return _to_flask(answer)  # as it is, as where there is no Flask
        return _to_flask(response_of(call.prepared, answer))


def _problem(error: HTTPException | StarletteHTTPException) -> WerkzeugResponse:
    call: Call = flask.request.environ[_CALL]
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        return _to_flask(handler_failed(call.operation))  # Flask has logged it
    return _to_flask(failure_response(call.operation, error))


def _to_flask(response: Response | Stream) -> WerkzeugResponse:
    if isinstance(response, Stream):
        chunks = response.chunks if isinstance(response.chunks, Iterator) else _awaited(response.chunks)
        made = flask.current_app.response_class(flask.stream_with_context(chunks), response.status)
        if response.close is not None:
            made.call_on_close(response.close)
    else:
        made = flask.current_app.response_class(response.body, response.status)
    made.headers.clear()
    for name, value in response.headers:
        made.headers.add(name, value)
    return made


def _awaited(chunks: AsyncIterator[bytes]) -> Iterator[bytes]:
    """Those of an asynchronous generator, in an event loop of their own: Flask has none that lasts."""
    with asyncio.Runner() as runner:
        try:
            while (chunk := runner.run(_next(chunks))) is not None:
                yield chunk
        finally:
            runner.run(close(chunks))


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)


def _path(operation: Operation) -> str:
    """The path as a rule of Flask's, which here is for `url_for` only."""
    path = operation.path.partition("?")[0].replace("<", "%3C").replace(">", "%3E")
    for parameter in operation.parameters:
        if parameter.location == "path":
            path = path.replace(f"{{{parameter.name}}}", f"<{argument_name(parameter) or '_'}>")
    return path
