"""The headers of a mock's answers: a value for each that the response declares."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from treaty.contract.model import DeclaredResponse, Parameter
from treaty.exchange.codecs.header import SET_LATER, check_header
from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.prepared_parameters import PreparedParameter, prepare_parameter
from treaty.findings import Finding, Json, Location, Severity
from treaty.mocking.generate.model import CannotGenerate
from treaty.mocking.values import Values, seed_from
from treaty.mocking.write import write_header

# Tries at a header value whose text says what its schema asks for.
MAX_TRIES = 4

# The media type decides the first; the others are set by whoever sends the message on.
NOT_OURS = SET_LATER | {"content-type", "content-encoding"}
# These say of a part what it is.
_OF_A_PART = NOT_OURS | {"content-disposition"}
# How many items there are, by the names that lists of public APIs use.
COUNTS = frozenset({"x-total-count", "x-total", "total-count", "x-total-items", "x-count"})
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.1

# What clients act on: a number drawn from anywhere would let them wait for years.
# With 429 (RFC 6585, section 4), and with any other status.
_SENSIBLE = {
    "retry-after": ("1", "1"),
    "x-ratelimit-limit": ("60", "60"),
    "x-ratelimit-remaining": ("0", "59"),
    "x-ratelimit-reset": ("1", "60"),
    "ratelimit-limit": ("60", "60"),
    "ratelimit-remaining": ("0", "59"),
    "ratelimit-reset": ("1", "60"),
}


@dataclass(slots=True)
class HeaderValues:
    """Makes the declared headers of responses; each is judged as text, because as text it is read."""

    values: Values
    prepared: dict[str, PreparedParameter] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)  # those that were reported as left out
    named: dict[str, tuple[tuple[str, Parameter, str | None], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values.headers_of_parts = self.of_parts

    def of_parts(self, media: PreparedMedia) -> dict[int, dict[str, str]]:
        """A value for each header of parts, always the same; by the identity of the encodings."""
        seed = partial(seed_from, media.media.pointer)
        return {key: dict(self._of_part(declared, seed)) for key, declared in media.part_headers.items()}

    def _of_part(
        self, declared: Iterable[PreparedParameter], seed: Callable[..., int]
    ) -> Iterator[tuple[str, str]]:
        for each in declared:
            name = each.parameter.name.lower()
            if name in _OF_A_PART or not _FIELD_NAME.fullmatch(name):
                continue
            text = self.value(each.parameter, seed)
            if text is not None:
                yield name, text
            elif each.parameter.required:
                self.values.report(_left_out(each.parameter))

    def of(
        self, declared: DeclaredResponse, seed: Callable[..., int], body: Json = None
    ) -> list[tuple[str, str]]:
        """A value for each declared header; one that cannot be made is left out, and reported where required.

        `seed` gives a number for the name of a header. What tells how many there are tells of the list
        that the `body` is.
        """
        found = []
        for name, header, known in self.named.get(declared.pointer) or self.known(declared):
            value = known
            if value is None and name in COUNTS and isinstance(body, list):
                value = self.right(header, str(len(body)))
            if value is None:
                value = self.generated(header, seed)
            if value is not None:
                found.append((name, value))
            elif header.required and header.pointer not in self.missing:
                self.missing.add(header.pointer)
                self.values.report(_left_out(header))
        return found

    def known(self, declared: DeclaredResponse) -> tuple[tuple[str, Parameter, str | None], ...]:
        """The headers to send, with the value of those that always have the same; found out once."""
        found = []
        for header in declared.headers:
            name = header.name.lower()
            if name not in NOT_OURS and _FIELD_NAME.fullmatch(name):
                found.append((name, header, self.usual(header, limited=declared.status == "429")))
        self.named[declared.pointer] = tuple(found)
        return self.named[declared.pointer]

    def value(self, header: Parameter, seed: Callable[..., int]) -> str | None:
        """The text that a header always has, else of generated data."""
        usual = self.usual(header)
        return usual if usual is not None else self.generated(header, seed)

    def usual(self, header: Parameter, *, limited: bool = False) -> str | None:
        """The text of its first true example, else one that makes sense."""
        prepared = self.prepare(header)
        for example in (header.media_type or header).examples:
            text = _written(header, example.value)
            if text is None:
                return None
            wrong = check_header(prepared, text)
            if not wrong:
                return text
            self.values.tell_once(example, header.pointer, wrong[0])
            if self.values.invalid_examples == "send":
                return text
        sensible = _SENSIBLE.get(header.name.lower())
        if sensible is not None and not check_header(prepared, sensible[0 if limited else 1]):
            return sensible[0 if limited else 1]
        return None

    def right(self, header: Parameter, text: str) -> str | None:
        """The text, if the header may have it."""
        return None if check_header(self.prepare(header), text) else text

    def generated(self, header: Parameter, seed: Callable[..., int]) -> str | None:
        """The text of generated data; none where no text says what the schema asks for."""
        prepared, schemas = self.prepare(header), self.values.contract.schemas
        schema = (header.media_type or header).schema
        if schema is None:
            return None
        root, whole = schemas.at(schema, "response"), schemas.validator(schema, "response")
        for attempt in range(MAX_TRIES):
            try:
                value = self.values.generated(
                    root, whole, seed(header.name, *["again"] * attempt), use_examples=True
                )
            except CannotGenerate:
                return None
            text = _written(header, value)
            if text is not None and not check_header(prepared, text):
                return text
        return None

    def prepare(self, header: Parameter) -> PreparedParameter:
        """The header with its reader and validator, made once."""
        if header.pointer not in self.prepared:
            self.prepared[header.pointer] = prepare_parameter(self.values.contract, header, "response")
        return self.prepared[header.pointer]


def _written(header: Parameter, value: Json) -> str | None:
    """The text of a value: in the header's style, or as its `content` says, where that is JSON or text."""
    media = header.media_type
    if media is not None and media.is_json:
        return json.dumps(value, separators=(",", ":"))  # other than ASCII is escaped
    if media is not None and not media.essence.startswith("text/"):
        return None
    return write_header(value, style=header.style, explode=header.explode)


def _left_out(header: Parameter) -> Finding:
    return Finding(
        "header-left-out",
        f"the required header `{header.name}` is left out of mocked responses: no value for it could be made",
        Severity.WARNING,
        location=Location("", pointer=header.pointer),
        expected="a schema that a text of printable ASCII can satisfy (RFC 9110, section 5.5)",
        hint="give the header an example that its schema allows",
    )
