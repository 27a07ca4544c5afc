"""The contract as it is run: frozen, the same for every OpenAPI version, free of the document's text.

`pointer`s are JSON Pointers into the bundled document: there a part was declared, and
there its schema is found.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from treaty.findings import Json


@dataclass(frozen=True, slots=True)
class Example:
    """A named example value; the unnamed one of a media type or schema has the name ``""``."""

    name: str
    value: Json
    pointer: str


@dataclass(frozen=True, slots=True)
class Encoding:
    """How one property of a form or part of a multipart body is written (OpenAPI 3.2, Encoding Object).

    `content_type` is as written: a media type or range, or several with commas. In a form it counts
    only where it is not `styled`: nothing is said of a parameter's style.
    """

    style: str = "form"
    explode: bool = True
    content_type: str = ""
    headers: tuple[Parameter, ...] = ()  # of a part
    styled: bool = True


@dataclass(frozen=True, slots=True)
class MediaType:
    """One entry of a `content`: the media type or range as written, its schema and examples.

    `item_schema`, `prefix_encoding` and `item_encoding` are of the items of a sequence (OpenAPI 3.2).
    """

    name: str
    pointer: str
    schema: str | None = None
    examples: tuple[Example, ...] = ()
    encoding: dict[str, Encoding] = field(default_factory=dict)
    item_schema: str | None = None
    prefix_encoding: tuple[Encoding, ...] = ()
    item_encoding: Encoding | None = None

    @property
    def essence(self) -> str:
        """The media type in lower case, without parameters (RFC 9110, section 8.3.1)."""
        return self.name.partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Is it JSON or of the `+json` structured syntax (RFC 6839)?"""
        return is_json(self.essence)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation, with its style written out."""

    name: str
    location: str  # path, query, querystring, header, cookie
    required: bool
    style: str
    explode: bool
    pointer: str
    schema: str | None = None
    media_type: MediaType | None = None  # it is `content` that says how to read it
    examples: tuple[Example, ...] = ()
    allow_reserved: bool = False  # when written, reserved characters are not percent-encoded
    allow_empty_value: bool = False  # of a query: `?name` and `?name=` stand for no value

    @property
    def form(self) -> str:
        """How its value is written: the media type, else the style."""
        if self.media_type is not None:
            return self.media_type.name
        return f"style {self.style}" + (", exploded" if self.explode else "")


@dataclass(frozen=True, slots=True)
class Body:
    """A request body: may it be missing, and what it may be."""

    required: bool
    content: tuple[MediaType, ...]
    pointer: str


@dataclass(frozen=True, slots=True)
class DeclaredResponse:
    """A response an operation declares: `status` is a code, a range such as `4XX`, or `default`."""

    status: str
    pointer: str
    description: str = ""
    content: tuple[MediaType, ...] = ()
    headers: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """A security scheme, as far as its credential can be recognised."""

    name: str
    type: str  # apiKey, http, oauth2, openIdConnect, mutualTLS; undefined when only its name is known
    location: str = ""  # of an apiKey: header, query, cookie
    parameter: str = ""  # name of the header, query parameter or cookie of an apiKey
    http_scheme: str = ""  # of type http, lower case: basic, bearer, …


@dataclass(frozen=True, slots=True)
class Requirement:
    """A security scheme that is asked for, with the scopes it must grant."""

    scheme: SecurityScheme
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: everything the engine needs to judge an exchange with it.

    `operation_id` is empty where the document gives none; `name` is never empty.
    `security` is an OR of ANDs; an empty alternative means that no credential is needed.
    """

    operation_id: str
    method: str
    path: str
    pointer: str
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    responses: tuple[DeclaredResponse, ...] = ()
    security: tuple[tuple[Requirement, ...], ...] = ()
    tags: tuple[str, ...] = ()
    controller: str = ""  # x-openapi-router-controller

    @property
    def name(self) -> str:
        """The operationId, or method and path."""
        return self.operation_id or f"{self.method} {self.path}"

    def response_for(self, status: int) -> DeclaredResponse | None:
        """What is declared for a status code: the code itself, its range, then `default`."""
        by_key = {response.status.upper(): response for response in self.responses}
        return by_key.get(str(status)) or by_key.get(f"{status // 100}XX") or by_key.get("DEFAULT")


def is_json(essence: str) -> bool:
    """Is a media type JSON, or of the `+json` structured syntax suffix (RFC 6839)?"""
    return essence == "application/json" or essence.endswith("+json") or essence == "text/json"
