"""Small projects for tests: handlers as text in a folder of their own, and an application over them."""

from __future__ import annotations

import itertools
import sys
import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

import treaty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from treaty.asgi import App

_numbers = itertools.count()


@contextmanager
def imports_undone() -> Iterator[None]:
    """What is imported and put on `sys.path` meanwhile is taken back."""
    modules, path = set(sys.modules), list(sys.path)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if not name.startswith(("treaty", "connexion", "flask", "starlette", "werkzeug")):
            origin = getattr(sys.modules[name], "__file__", None) or ""
            if "site-packages" not in origin and "/lib/python" not in origin:
                del sys.modules[name]


def write_handlers(folder: Path, **modules: str) -> Path:
    """A package of handlers with a name that no other test uses; `init` is its `__init__`."""
    package = folder / f"handlers_{next(_numbers)}"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for name, source in modules.items():
        file = "__init__" if name == "init" else name
        (package / f"{file}.py").write_text(textwrap.dedent(source))
    return package


def operation(operation_id: str, **more: Any) -> dict[str, Any]:
    """An operation of the tag `things` that may answer anything."""
    return {
        "operationId": operation_id,
        "tags": ["things"],
        "responses": {"default": {"description": "anything"}},
        **more,
    }


def parameter(name: str, location: str = "query", kind: str = "string", **more: Any) -> dict[str, Any]:
    """A parameter of a plain type."""
    required = {"required": True} if location == "path" else {}
    return {"name": name, "in": location, "schema": {"type": kind, **more}, **required}


def document(paths: dict[str, Any], version: str = "3.1.1", **more: Any) -> dict[str, Any]:
    """A document with these paths."""
    return {"openapi": version, "info": {"title": "Things", "version": "1"}, "paths": paths, **more}


def one(operation_id: str = "act", path: str = "/act", method: str = "get", **more: Any) -> dict[str, Any]:
    """A document with one operation."""
    return document({path: {method: operation(operation_id, **more)}})


def json_body(schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    """A request body of JSON."""
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def application(
    value: dict[str, Any], handlers: Path, framework: Any = "async", policy: Any = "refuse"
) -> App:
    """The service of a document and its handlers."""
    return treaty.serve(treaty.load(value), handlers, framework=framework, validate_responses=policy)


async def send(app: App, method: str, target: str, **more: Any) -> httpx.Response:
    """One request to an application."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://things.example") as client:
        return await client.request(method, target, **more)
