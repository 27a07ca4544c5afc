"""Requests made by Schemathesis: its values, its mutations, its way to write them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

from .requests import Asked, sign
from .wire import Sent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis.generation.case import Case
    from schemathesis.schemas import APIOperation, BaseSchema

    from .operations import Operation

_ADDRESS = "http://mock.example"
# One request may hold what no HTTP client sends: a header with a line end, a path that is no path.
_UNSENDABLE = (requests.RequestException, UnicodeError, ValueError)


class Generator:
    """Makes requests for the operations of one document, the same each time."""

    def __init__(self, document: dict[str, Any]) -> None:
        configuration = SchemathesisConfig.from_dict(
            {
                "seed": 1,
                "cache": {"enabled": False},
                "analysis": {"constants": {"enabled": False}},
                "generation": {"with-security-parameters": False, "database": "none"},
                "phases": {"coverage": {"unexpected-methods": []}},
            }
        )
        self._schema: BaseSchema = schemathesis.openapi.from_dict(document, config=configuration)
        found = (each.ok() for each in self._schema.get_all_operations())
        self._operations = {(each.method.upper(), each.path): each for each in found}

    def requests(self, operation: Operation, named: int, right: int, wrong: int) -> Iterator[Sent]:
        """Requests for an operation: `named` of the coverage phase, then random ones.

        As many `named` ones are meant to be right as wrong; of the random ones so many.
        """
        own = self._operations[operation.method, operation.path]
        modes = {GenerationMode.POSITIVE: right, GenerationMode.NEGATIVE: wrong}
        random = [
            case
            for mode, count in modes.items()
            if count
            for case in drawn(own.as_strategy(generation_mode=mode), count)
        ]
        for case in [*self._named(own, named), *random]:
            sent = _sent(case, operation)
            if sent is not None:
                yield sent

    def _named(self, own: APIOperation, count: int) -> Iterator[Case]:
        for mode in GenerationMode:
            cases = self._schema.iter_coverage_cases(
                operation=own,
                generation_modes=[mode],
                generation_config=self._schema.config.generation_for(operation=own),
            )
            yield from islice(cases, count)


def drawn(strategy: Any, count: int) -> list[Any]:
    """Some values of a strategy, the same each time; none where it has none."""
    found: list[Any] = []

    @settings(
        max_examples=count,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(value: Any) -> None:
        found.append(value)

    try:
        draw()
    except Unsatisfiable:  # there is no wrong request for an operation that takes any
        return found
    return found


def _sent(case: Case, operation: Operation) -> Sent | None:
    """A case as its client sends it, signed; None where the client refuses to."""
    asked = Asked(operation.method, "")
    sign(asked, operation)
    try:
        prepared = requests.Request(**case.as_transport_kwargs(_ADDRESS)).prepare()
        headers = [(name.lower(), _text(value)) for name, value in prepared.headers.items()]
        body = prepared.body or b""
        content = body.encode() if isinstance(body, str) else bytes(body)
    except _UNSENDABLE:
        return None
    path, _, query = prepared.path_url.partition("?")
    signed = {name for name, _ in asked.headers}
    kept = [(name, value) for name, value in headers if name not in signed and name != "cookie"]
    cookies = [value for name, value in headers if name == "cookie"] + asked.cookies
    if cookies:
        kept.append(("cookie", "; ".join(cookies)))
    return Sent(
        str(prepared.method),
        path,
        "&".join([*filter(None, [query]), *asked.query]),
        (*kept, *asked.headers),
        content,
    )


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")
