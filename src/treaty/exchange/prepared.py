"""An operation prepared for traffic: readers and validators of its parameters and bodies, each made once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from treaty.contract.contract import Contract
from treaty.contract.lowering import Direction
from treaty.contract.model import DeclaredResponse, MediaType, Operation
from treaty.exchange.media_types import find_media_type
from treaty.exchange.prepared_media import PreparedMedia, prepare_media
from treaty.exchange.prepared_parameters import PreparedParameter, prepare_parameter
from treaty.exchange.spool import MAX_UPLOAD_BYTES
from treaty.exchange.styles import Styled, split_query

# Content-Types that are remembered; clients send few, whoever sends more costs no memory.
MAX_SENT = 64
# Where parameters are, in the order in which they are read and judged.
_LOCATIONS = ("path", "query", "querystring", "header", "cookie")


@dataclass(slots=True)
class PreparedOperation:
    """What the engine keeps of an operation between requests."""

    contract: Contract
    operation: Operation
    strict: bool = False  # query parameters, form fields and bodies that are not declared are refused
    max_upload_bytes: int = MAX_UPLOAD_BYTES
    parameters: dict[str, tuple[PreparedParameter, ...]] = field(default_factory=dict)
    media: dict[tuple[Direction, int], PreparedMedia] = field(default_factory=dict)  # by their identity
    responses: dict[int, DeclaredResponse | None] = field(default_factory=dict)
    headers: dict[str, tuple[PreparedParameter, ...]] = field(default_factory=dict)
    sent: dict[str, MediaType | None] = field(default_factory=dict)  # by Content-Type
    answered: dict[tuple[str, str], MediaType | None] = field(default_factory=dict)  # by status and the same
    written: dict[tuple[int, str], str] = field(default_factory=dict)  # Content-Types, by status and form

    def __post_init__(self) -> None:
        by_location: dict[str, list[PreparedParameter]] = {}
        for parameter in self.operation.parameters:
            by_location.setdefault(parameter.location, []).append(
                prepare_parameter(self.contract, parameter, "request")
            )
        self.parameters = {
            location: tuple(_taking_others(each, found, self.keys) for each in found)
            for location in _LOCATIONS
            if (found := by_location.get(location))
        }

    @property
    def keys(self) -> frozenset[str]:
        """The names of the API keys in the query and in cookies."""
        schemes = (each.scheme for alternative in self.operation.security for each in alternative)
        return frozenset(each.parameter for each in schemes if each.location in ("query", "cookie"))

    def declares_query(self, name: str) -> bool:
        """Is this the name of a declared query parameter, or of an API key, or of the path's own query?"""
        return (
            any(
                _takes(one.styled, name)
                for each in self.parameters.get("query", ())
                for one in (each, *each.others)
            )
            or name in self.keys
            or name in dict(split_query(self.operation.path.partition("?")[2]))
        )

    def prepared_media(self, media: MediaType, direction: Direction) -> PreparedMedia:
        """The media type with its validator and, for forms, the styles of its properties."""
        key = (direction, id(media))
        found = self.media.get(key)
        if found is None:
            found = self.media[key] = prepare_media(self.contract, media, direction)
        return found

    def body_media(self, sent: str) -> MediaType | None:
        """The media type of the request body that a Content-Type falls under."""
        if sent not in self.sent:
            if len(self.sent) >= MAX_SENT:
                self.sent.clear()
            body = self.operation.body
            self.sent[sent] = find_media_type(body.content, sent) if body is not None else None
        return self.sent[sent]

    def response_media(self, declared: DeclaredResponse, sent: str) -> MediaType | None:
        """The same of a declared response."""
        key = (declared.status, sent)
        if key not in self.answered:
            if len(self.answered) >= MAX_SENT:
                self.answered.clear()
            self.answered[key] = find_media_type(declared.content, sent)
        return self.answered[key]

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
    strict: bool = False
    max_upload_bytes: int = MAX_UPLOAD_BYTES
    operations: dict[tuple[str, str], PreparedOperation] = field(default_factory=dict)  # by method and path

    def of(self, operation: Operation) -> PreparedOperation:
        """The prepared form of an operation."""
        key = (operation.method, operation.path)
        found = self.operations.get(key)
        if found is None:
            found = self.operations[key] = PreparedOperation(
                self.contract, operation, self.strict, self.max_upload_bytes
            )
        return found


def _taking_others(
    each: PreparedParameter, beside: list[PreparedParameter], keys: frozenset[str]
) -> PreparedParameter:
    """An exploded object of any properties takes what no other parameter is called.

    Nor does one of declared properties, unless nothing else is valid.
    """
    near = [other.styled for other in beside if other is not each]
    names = frozenset(other.name for other in near) | keys
    others = tuple(_without(other, names) for other in each.others)
    styled, shape = each.styled, each.shape
    apart = styled.kind != "object" or not styled.explode or styled.style not in ("form", "cookie")
    if apart or shape is None:
        return replace(each, others=others)
    if not shape.is_closed and (shape.is_open or not shape.properties):
        taken = names.union(*(other.properties for other in near))
        each = replace(each, styled=replace(styled, taken=taken))
    if names & styled.properties:
        others += (replace(each, others=(), shared=True),)
    return replace(_without(each, names), others=others)


def _without(each: PreparedParameter, names: frozenset[str]) -> PreparedParameter:
    return replace(each, styled=replace(each.styled, properties=each.styled.properties - names))


def _takes(styled: Styled, name: str) -> bool:
    """May a pair of this name belong to the parameter?"""
    if styled.kind == "object" and styled.explode and styled.style == "form":
        return name in styled.properties or (styled.taken is not None and name not in styled.taken)
    return name == styled.name or (styled.style == "deepObject" and name.startswith(styled.name + "["))
