"""Runtime expressions: texts with parts of an exchange in them (OpenAPI 3.2, Runtime Expressions)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_plus

from treaty.document.library import value_at
from treaty.exchange.bodies import UndecodableError, decode_json
from treaty.exchange.call import Call
from treaty.exchange.messages import Response, combined
from treaty.exchange.styles import split_query
from treaty.findings import Json

_EMBEDDED = re.compile(r"\{(\$[^{}]+)\}")


class ExpressionError(ValueError):
    """An expression that is none, or that this exchange has no value for."""


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Evaluates expressions on a request and its response."""

    call: Call
    response: Response

    def text(self, template: str) -> str:
        """A text with every `{$…}` in it evaluated, or a whole `$…`. Raises `ExpressionError`."""
        if template.startswith("$"):
            return self.value(template)
        return _EMBEDDED.sub(lambda found: self.value(found[1]), template)

    def value(self, expression: str) -> str:
        """What one expression stands for, as text. Raises `ExpressionError`."""
        request = self.call.request
        if expression == "$url":
            query = f"?{request.query}" if request.query else ""
            return f"http://{request.header('host') or 'localhost'}{request.path}{query}"
        if expression == "$method":
            return request.method
        if expression == "$statusCode":
            return str(self.response.status)
        side, _, source = expression.partition(".")
        kind, dot, name = source.partition(".")
        if side not in ("$request", "$response"):
            raise ExpressionError(f"`{expression}` is no runtime expression")
        if kind.startswith("body"):
            found = self.body(side, source.removeprefix("body"))
        else:
            found = self.named(side, kind, name) if dot else None
        if found is None or isinstance(found, dict | list):
            raise ExpressionError(f"`{expression}` has no value here")
        return (
            {True: "true", False: "false"}.get(found, str(found)) if isinstance(found, bool) else str(found)
        )

    def named(self, side: str, kind: str, name: str) -> Json:
        """A header of either side, or a path or query parameter of the request; None where there is none."""
        request = self.call.request
        if kind == "header":
            return combined(request.headers if side == "$request" else self.response.headers, name.lower())
        if side == "$request" and kind == "path":
            return self.call.path.get(name)
        if side == "$request" and kind == "query":
            sent = [unquote_plus(value) for key, value in split_query(request.query) if key == name]
            return sent[0] if sent else self.call.query.get(name)
        return None

    def body(self, side: str, fragment: str) -> Json:
        """A part of a body by `#` and a JSON Pointer, or the body itself; None where there is none."""
        value = self.call.body
        if side == "$response":
            try:
                value = decode_json(self.response.body)
            except UndecodableError:
                return None
        try:
            return value_at(value, fragment.removeprefix("#"))
        except LookupError:
            return None
