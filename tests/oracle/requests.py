"""Valid requests for operations, written out without help from the package under test."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .bodies import bracketed, encode_body, forms_of
from .values import Sampler

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .operations import Operation, Parameter
    from .schemas import Schemas

_SEPARATORS = {"spaceDelimited": "%20", "pipeDelimited": "%7C", "tabDelimited": "%09"}


@dataclass
class Asked:
    """A request to send; `query` is encoded already."""

    method: str
    path: str
    query: list[str] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    body: bytes = b""


class Asker:
    """Builds the smallest valid request of each operation of a document."""

    def __init__(self, schemas: Schemas, attempts: int = 40) -> None:
        self._schemas = schemas
        self._sampler = Sampler(schemas, attempts)

    def request(self, operation: Operation) -> Asked | str:
        """A valid request, or why none can be built."""
        # Some published documents write a query into the path: an HTTP client sends it as a query.
        path, _, query = operation.path.partition("?")
        asked = Asked(operation.method, path, [query] if query else [])
        for parameter in operation.parameters:
            if parameter.required or parameter.location == "path":
                value = self._value_of(parameter)
                if value is None:
                    return f"no value for {parameter.location} {parameter.name}"
                _write(asked, parameter, value[0])
        sign(asked, operation)
        if operation.body_required and not self._add_body(asked, operation):
            return f"no body as {', '.join(operation.bodies)}"
        return asked

    def _value_of(self, parameter: Parameter) -> tuple[Any] | None:
        if parameter.media.schema is None:
            return ("text",)
        schema = self._schemas.named(parameter.media.schema)
        validator = self._schemas.validator(schema)
        candidates = self._sampler.candidates(schema, parameter.media.examples)
        fitting = (
            value for value in candidates if _can_be_written(value, parameter) and validator.is_valid(value)
        )
        return next(((value,) for value in fitting), None)

    def _add_body(self, asked: Asked, operation: Operation) -> bool:
        for media_type in forms_of(operation.bodies):
            media = operation.bodies[media_type]
            schema = self._schemas.named(media.schema) if media.schema else {}
            found = self._sampler.valid(schema, media.examples)
            encoded = encode_body(media_type, found[0], media.encoding or {}) if found else None
            if encoded is not None:
                content_type, asked.body = encoded
                asked.headers.append(("content-type", content_type))
                return True
        return False


def _can_be_written(value: Any, parameter: Parameter) -> bool:
    """Whether a value survives the way it is written: no empty path segment, no `/` in one."""
    if value is None or value in ("", [], {}):
        return False
    text = value if isinstance(value, str) else ""
    return parameter.location != "path" or ("/" not in text and text not in (".", ".."))


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _escaped(value: Any) -> str:
    return quote(_plain(value), safe="")


def _pairs(value: Mapping[str, Any], between: str, escape: Any) -> Iterator[str]:
    return (f"{escape(key)}{between}{escape(each)}" for key, each in value.items())


def _write(asked: Asked, parameter: Parameter, value: Any) -> None:
    name = parameter.name
    if parameter.location == "path":
        asked.path = asked.path.replace("{" + name + "}", _in_path(parameter, value))
    elif parameter.location == "header":
        asked.headers.append((name.lower(), _simple(parameter, value, _plain)))
    elif parameter.location == "cookie":
        asked.cookies += _in_query(parameter, value)
    elif parameter.location == "querystring":
        asked.query += [encode_body(parameter.media_type, value, {})[1].decode()]  # type: ignore[index]
    else:
        asked.query += _in_query(parameter, value)


def _simple(parameter: Parameter, value: Any, escape: Any) -> str:
    """RFC 6570 simple expansion, OpenAPI style `simple`."""
    if parameter.media_type:
        return str(escape(json.dumps(value)))
    if isinstance(value, list):
        return ",".join(escape(each) for each in value)
    if isinstance(value, dict):
        return ",".join(_pairs(value, "=" if parameter.explode else ",", escape))
    return str(escape(value))


def _in_path(parameter: Parameter, value: Any) -> str:
    if parameter.style == "label":
        many = parameter.explode and isinstance(value, list)
        return "." + (".".join(map(_escaped, value)) if many else _simple(parameter, value, _escaped))
    if parameter.style == "matrix":
        if parameter.explode and isinstance(value, list | dict):
            return "".join(f";{each}" for each in _exploded(parameter.name, value))
        return f";{parameter.name}={_simple(parameter, value, _escaped)}"
    return _simple(parameter, value, _escaped)


def _exploded(name: str, value: Any) -> list[str]:
    if isinstance(value, list):
        return [f"{quote(name, safe='')}={_escaped(each)}" for each in value]
    return list(_pairs(value, "=", _escaped))


def _in_query(parameter: Parameter, value: Any) -> list[str]:
    name = quote(parameter.name, safe="[]")
    if parameter.media_type:
        return [f"{name}={quote(json.dumps(value), safe='')}"]
    if parameter.style == "deepObject":
        return [f"{quote(key, safe='[]')}={_escaped(each)}" for key, each in bracketed(parameter.name, value)]
    if parameter.explode and isinstance(value, list | dict):
        return _exploded(parameter.name, value)
    if isinstance(value, list):
        return [f"{name}={_SEPARATORS.get(parameter.style, ',').join(map(_escaped, value))}"]
    if isinstance(value, dict):
        return [f"{name}={','.join(_pairs(value, ',', _escaped))}"]
    return [f"{name}={_escaped(value)}"]


def sign(asked: Asked, operation: Operation) -> None:
    """Add credentials of the shape the first alternative asks for (mutual TLS stands outside a request)."""
    for scheme in operation.security[0] if operation.security else ():
        if scheme["type"] == "apiKey":
            where, name = scheme["in"], scheme["name"]
            if where == "header":
                asked.headers.append((name.lower(), "secret"))
            else:
                (asked.query if where == "query" else asked.cookies).append(f"{name}=secret")
        elif scheme["type"] == "basic" or str(scheme.get("scheme", "")).lower() == "basic":
            asked.headers.append(("authorization", "Basic cmVhZGVyOnNlY3JldA=="))
        elif scheme["type"] != "mutualTLS":
            asked.headers.append(("authorization", "Bearer c2VjcmV0.c2VjcmV0.c2VjcmV0"))
