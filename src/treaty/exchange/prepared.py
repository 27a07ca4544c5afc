"""An operation prepared for traffic: readers and validators of its parameters and bodies, each made once."""

from __future__ import annotations

from dataclasses import dataclass, field

from treaty.contract.contract import Contract
from treaty.contract.lowering import Direction
from treaty.contract.model import DeclaredResponse, MediaType, Operation, Parameter
from treaty.contract.validator import Validator
from treaty.exchange.styles import Styled, as_it_is, form_decoded, percent_decoded
from treaty.exchange.values import Shape


@dataclass(slots=True)
class PreparedParameter:
    """A parameter, how its text is written, what its value is, and what judges it."""

    parameter: Parameter
    styled: Styled
    shape: Shape | None = None
    validator: Validator | None = None


@dataclass(slots=True)
class PreparedMedia:
    """A media type, and for form bodies how each property is written."""

    media: MediaType
    validator: Validator | None = None
    shape: Shape | None = None
    properties: tuple[Styled, ...] = ()


@dataclass(slots=True)
class PreparedOperation:
    """What the engine keeps of an operation between requests."""

    contract: Contract
    operation: Operation
    parameters: dict[str, tuple[PreparedParameter, ...]] = field(default_factory=dict)
    media: dict[tuple[Direction, str], PreparedMedia] = field(default_factory=dict)
    responses: dict[int, DeclaredResponse | None] = field(default_factory=dict)
    headers: dict[str, tuple[PreparedParameter, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by_location: dict[str, list[PreparedParameter]] = {}
        for parameter in self.operation.parameters:
            by_location.setdefault(parameter.location, []).append(
                prepare_parameter(self.contract, parameter, "request")
            )
        self.parameters = {location: tuple(each) for location, each in by_location.items()}

    def prepared_media(self, media: MediaType, direction: Direction) -> PreparedMedia:
        """The media type with its validator and, for forms, the styles of its properties."""
        key = (direction, f"{media.pointer} {media.name}")
        found = self.media.get(key)
        if found is None:
            found = self.media[key] = prepare_media(self.contract, media, direction)
        return found

    def prepared_headers(self, declared: DeclaredResponse) -> tuple[PreparedParameter, ...]:
        """The headers of a declared response, each with its reader and validator."""
        found = self.headers.get(declared.status)
        if found is None:
            found = self.headers[declared.status] = tuple(
                prepare_parameter(self.contract, each, "response") for each in declared.headers
            )
        return found

    def declared(self, status: int) -> DeclaredResponse | None:
        """What is declared for a status code."""
        if status not in self.responses:
            self.responses[status] = self.operation.response_for(status)
        return self.responses[status]


@dataclass(slots=True)
class Prepared:
    """The prepared operations of a contract, each prepared when it is first met."""

    contract: Contract
    operations: dict[str, PreparedOperation] = field(default_factory=dict)

    def of(self, operation: Operation) -> PreparedOperation:
        """The prepared form of an operation."""
        key = f"{operation.method} {operation.path}"
        found = self.operations.get(key)
        if found is None:
            found = self.operations[key] = PreparedOperation(self.contract, operation)
        return found


def prepare_parameter(contract: Contract, parameter: Parameter, direction: Direction) -> PreparedParameter:
    """A parameter or header with its reader and validator."""
    pointer = parameter.media_type.schema if parameter.media_type else parameter.schema
    if pointer is None:
        return PreparedParameter(parameter, style_parameter(parameter, None))
    shape = Shape(contract.schemas, contract.schemas.at(pointer, direction), direction)
    validator = contract.schemas.validator(pointer, direction)
    return PreparedParameter(parameter, style_parameter(parameter, shape), shape, validator)


def style_parameter(parameter: Parameter, shape: Shape | None) -> Styled:
    """How a parameter is written where it stands."""
    location = parameter.location
    raw = location == "header" or (location == "cookie" and parameter.style == "cookie")
    return Styled(
        parameter.name,
        parameter.style,
        parameter.explode,
        shape.kind if shape else "primitive",
        frozenset(shape.properties) if shape else frozenset(),
        as_it_is if raw else form_decoded if location == "query" else percent_decoded,
        may_repeat=shape is not None and shape.may_repeat,
        # A browser sends the cookie of the longest path first (RFC 6265, section 5.4).
        first_counts=location == "cookie",
    )


def prepare_media(contract: Contract, media: MediaType, direction: Direction) -> PreparedMedia:
    """A media type with its validator and the styles of its properties."""
    if media.schema is None:
        return PreparedMedia(media)
    validator = contract.schemas.validator(media.schema, direction)
    if media.essence != "application/x-www-form-urlencoded":
        return PreparedMedia(media, validator)
    shape = Shape(contract.schemas, contract.schemas.at(media.schema, direction), direction)
    styles = []
    for name, at in shape.properties.items():
        encoding = media.encoding.get(name)
        below = Shape(contract.schemas, at, direction)
        style, explode = (encoding.style, encoding.explode) if encoding else ("form", True)
        # OpenAPI 3.0.4, Encoding Object: an object without a style of its own is one text of JSON;
        # exploding it among the other properties would lose its name.
        styles.append(
            Styled(
                name,
                style,
                explode,
                below.kind,
                frozenset(below.properties),
                may_repeat=below.may_repeat,
            )
        )
    return PreparedMedia(media, validator, shape, tuple(styles))
