"""A media type prepared for traffic: what judges its values, and what reads their texts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from treaty.contract.contract import Contract
from treaty.contract.lowering import Direction, definition_reference
from treaty.contract.model import Encoding, MediaType
from treaty.contract.schemas import SchemaAt, Schemas
from treaty.contract.validator import Validator
from treaty.exchange.codecs.upload import UploadValidator
from treaty.exchange.octets import Octets, octets_of
from treaty.exchange.prepared_parameters import PreparedParameter, prepare_parameter
from treaty.exchange.styles import Styled
from treaty.exchange.values import Shape
from treaty.findings import Json

# A sequence's body is a list of its items (OpenAPI 3.2, Sequential Media Types).
SEQUENTIAL = frozenset(
    {
        "application/jsonl",
        "application/x-jsonlines",
        "application/x-ndjson",
        "application/ndjson",
        "application/json-seq",
        "text/event-stream",
    }
)
SEQUENTIAL_SUFFIX = "+json-seq"  # of the media types that are read as application/json-seq (RFC 8091)
# Fields of a form and parts of a multipart body, unless the schema says that there may be more, and then.
MAX_FIELDS = 10_000
MAX_FIELDS_DECLARED = 100_000
_NO_ENCODING = Encoding()
_MAX_DEPTH = 32
_MAX_PART_DEPTH = 2  # a part is a property, or an item of one


@dataclass(slots=True)
class PreparedMedia:
    """A media type, its validator, and for what is not JSON the shape of its values.

    `below` has the shapes of the properties; `others` how those are written whose value may be of
    further kinds, were it of one of these, and the shape of that. `of_items`: the document says
    what each item of a sequence is, and not the whole. `octets`: how long it may be where it is not decoded.
    `shared` are the `properties` again, were what an exploded object has in common with the others its own;
    none where nothing is.
    `complex` are the properties that a form has as JSON, where nothing is said of a style.
    `most_fields`: how many fields or parts it may have.
    `part_headers` are those of parts, by the identity of their encodings, and `written_headers` the
    texts of those that are written.
    """

    media: MediaType
    validator: Validator | None = None
    shape: Shape | None = None
    properties: tuple[Styled, ...] = ()
    below: dict[str, Shape] = field(default_factory=dict)
    others: dict[str, tuple[tuple[Styled, Shape], ...]] = field(default_factory=dict)
    shared: tuple[Styled, ...] = ()
    of_items: bool = False
    part_headers: dict[int, tuple[PreparedParameter, ...]] = field(default_factory=dict)
    written_headers: dict[int, dict[str, str]] = field(default_factory=dict)
    octets: Octets = field(default_factory=Octets)
    most_fields: int = MAX_FIELDS
    complex: frozenset[str] = frozenset()
    _items: dict[int, Shape | None] = field(default_factory=dict)

    @property
    def first_items(self) -> int:
        """How many of the first items have a schema of their own."""
        return len(self.shape.first_items) if self.shape is not None else 0

    def item(self, index: int) -> Shape | None:
        """The shape of an item of a sequence."""
        at = min(index, self.first_items)
        if at not in self._items:
            self._items[at] = item_of(self.shape, at) if self.shape is not None else None
        return self._items[at]

    def item_encoding(self, index: int) -> Encoding:
        """How an item of a multipart sequence is written."""
        prefix = self.media.prefix_encoding
        return prefix[index] if index < len(prefix) else self.media.item_encoding or _NO_ENCODING


def schemas_of(
    shape: Shape, into: tuple[str, ...] = ("allOf", "anyOf", "oneOf")
) -> Iterator[dict[str, Json]]:
    """The schema of a shape and those it is made of, through references and these compositions."""
    for _, schema in _made_of(shape.schemas, shape.at, shape.direction, 0, set(), into):
        yield schema


def item_of(shape: Shape, index: int = 0) -> Shape | None:
    """The shape of an item of a list."""
    found = item_at(shape, index)
    return Shape(shape.schemas, found, shape.direction) if found else None


def item_at(shape: Shape, index: int = 0) -> SchemaAt | None:
    """The schema of an item of a list."""
    found: list[SchemaAt] = []
    for base, schema in _made_of(shape.schemas, shape.at, shape.direction, 0, set()):
        first = schema.get("prefixItems", ())
        if index < len(first):
            return SchemaAt(base, first[index])
        if "items" in schema:
            found.append(SchemaAt(base, schema["items"]))
    return _all_of(found) if found else None


def properties_of(shape: Shape) -> dict[str, Shape]:
    """The shapes of an object's properties; what several parts of an `allOf` say of one counts together."""
    found: dict[str, list[SchemaAt]] = {name: [] for name in shape.properties}
    for base, schema in _made_of(shape.schemas, shape.at, shape.direction, 0, set(), into=("allOf",)):
        for name, each in schema.get("properties", {}).items():
            found.setdefault(name, []).append(SchemaAt(base, each))
    return {
        name: Shape(shape.schemas, _all_of(each) if each else shape.properties[name], shape.direction)
        for name, each in found.items()
    }


def _all_of(found: list[SchemaAt]) -> SchemaAt:
    """Schemas that count together, as one; those of other resources than the first are left out."""
    first, *more = found
    same = [each.schema for each in more if each.base == first.base and each.schema != first.schema]
    return SchemaAt(first.base, {"allOf": [first.schema, *same]}) if same else first


def item_sequence(contract: Contract, media: MediaType, direction: Direction) -> SchemaAt | None:
    """The schema of a whole sequence whose items have one; None where there is none, or it is the whole's.

    A document older than 3.2 says of a sequence what its items are, in `schema`. Of what is no sequence,
    as JSON, `itemSchema` says nothing.
    """
    sequential = _is_of_items(media.essence)
    pointer = media.item_schema if sequential or _has_parts(media.essence) or "*" in media.essence else None
    if pointer is None and media.schema is not None and sequential:
        shape = _shape(contract, media.schema, direction)
        pointer = None if {"array", "string"} & shape.types or shape.kind == "array" else media.schema
    if pointer is None:
        return None
    base = contract.schemas.base
    whole: dict[str, Json] = {"type": "array", "items": {"$ref": definition_reference(base, pointer)}}
    if media.schema is not None and media.schema != pointer:
        whole["allOf"] = [{"$ref": definition_reference(base, media.schema)}]
    return SchemaAt(base, whole)


def is_sequential(media: MediaType) -> bool:
    """Is it a media type of items that can be sent one by one (OpenAPI 3.2, Sequential Media Types)?

    Parts are, where there is a schema for each. Those of a form are told by their names.
    """
    return _is_of_items(media.essence) or (_has_parts(media.essence) and media.item_schema is not None)


def _is_of_items(essence: str) -> bool:
    return essence in SEQUENTIAL or essence.endswith(SEQUENTIAL_SUFFIX)


def _has_parts(essence: str) -> bool:
    return essence.startswith("multipart/") and essence != "multipart/form-data"


def prepare_media(contract: Contract, media: MediaType, direction: Direction) -> PreparedMedia:
    """A media type with its validator, its shape, the styles of its properties, the headers of its parts."""
    prepared = _prepared(contract, media, direction)
    if media.essence.startswith("multipart/"):
        of_items = (*media.prefix_encoding, *filter(None, (media.item_encoding,)))
        prepared.part_headers = {
            id(each): tuple(prepare_parameter(contract, header, direction) for header in each.headers)
            for each in (*media.encoding.values(), *of_items)
        }
    return prepared


def _prepared(contract: Contract, media: MediaType, direction: Direction) -> PreparedMedia:
    whole = item_sequence(contract, media, direction)
    if whole is not None:
        shape = Shape(contract.schemas, whole, direction)
        validator = contract.schemas.compile(whole, direction)
        return PreparedMedia(media, _judging(media, validator, shape), shape, of_items=True)
    if media.schema is None:
        return PreparedMedia(media)
    validator = contract.schemas.validator(media.schema, direction)
    if media.is_json:
        return PreparedMedia(media, validator)
    shape = _shape(contract, media.schema, direction)
    below = properties_of(shape)
    shared = tuple(_styled(name, each, media.encoding.get(name)) for name, each in below.items())
    styles = tuple(replace(each, properties=each.properties - below.keys()) for each in shared)
    others = {name: found for name in below if (found := _others(name, below, media.encoding.get(name)))}
    octets = octets_of(contract.schemas, media.schema, direction, validator.written)
    return PreparedMedia(
        media,
        _judging(media, validator, shape),
        shape,
        styles,
        below,
        others,
        () if styles == shared else shared,
        octets=octets,
        complex=frozenset(_complex(below, others, media)),
        most_fields=_most_fields(shape, below),
    )


def _shape(contract: Contract, pointer: str, direction: Direction) -> Shape:
    return Shape(contract.schemas, contract.schemas.at(pointer, direction), direction)


def _most_fields(shape: Shape, below: dict[str, Shape]) -> int:
    """As many as the schema says that there may be: each item of a list is one, as each property is."""
    declared = sum(
        most
        for each in (shape, *below.values())
        for schema in schemas_of(each)
        for keyword in ("maxProperties", "maxItems")
        if isinstance(most := schema.get(keyword), int)
    )
    return max(MAX_FIELDS, min(declared, MAX_FIELDS_DECLARED))


def _judging(media: MediaType, validator: Validator, shape: Shape) -> Validator:
    if media.essence.startswith("multipart/") or "*" in media.essence:
        return UploadValidator(
            validator.compiled, validator.member, validator.choose, validator.written, _all_lengths(shape)
        )
    return validator


def _all_lengths(shape: Shape) -> tuple[int, ...]:
    return tuple(sorted(set(_lengths(shape, 0))))


def _lengths(shape: Shape, depth: int) -> Iterator[int]:
    """The greatest lengths below which a keyword of a part says another thing than above."""
    for schema in schemas_of(shape):
        least, most = schema.get("minLength"), schema.get("maxLength")
        if isinstance(least, int):
            yield least - 1
        if isinstance(most, int):
            yield most
    below = [*properties_of(shape).values(), item_of(shape)] if depth < _MAX_PART_DEPTH else ()
    for each in below:
        if each is not None:
            yield from _lengths(each, depth + 1)


def _styled(name: str, shape: Shape, encoding: Encoding | None) -> Styled:
    style, explode = (encoding.style, encoding.explode) if encoding else ("form", True)
    return Styled(name, style, explode, shape.kind, frozenset(shape.properties), may_repeat=shape.is_many)


def _complex(below: dict[str, Shape], others: Collection[str], media: MediaType) -> Iterator[str]:
    """The properties that are JSON by default, where no style is said (OpenAPI 3.1.1, Encoding Object)."""
    for name, shape in below.items():
        encoding = media.encoding.get(name)
        item = item_of(shape) if shape.kind == "array" else shape
        said = encoding is not None and (encoding.styled or encoding.content_type)
        if not said and name not in others and item is not None and item.kind == "object":
            yield name


def _others(
    name: str, below: dict[str, Shape], encoding: Encoding | None
) -> tuple[tuple[Styled, Shape], ...]:
    """The property, were its value of another kind; what another property is called is not of it."""
    found = ((_styled(name, each, encoding), each) for each in below[name].others)
    return tuple((replace(each, properties=each.properties - below.keys()), shape) for each, shape in found)


def _made_of(
    schemas: Schemas,
    at: SchemaAt,
    direction: Direction,
    depth: int,
    seen: set[tuple[str, int]],
    into: tuple[str, ...] = ("allOf", "anyOf", "oneOf"),
) -> Iterator[tuple[str, dict[str, Json]]]:
    schema = at.schema
    if not isinstance(schema, dict) or depth > _MAX_DEPTH or (at.base, id(schema)) in seen:
        return
    seen.add((at.base, id(schema)))
    yield at.base, schema
    if isinstance(schema.get("$ref"), str):
        try:
            target = schemas.resolve(at.base, schema["$ref"], direction)
        except LookupError:
            return
        yield from _made_of(schemas, target, direction, depth + 1, seen, into)
    for name in into:
        for each in schema.get(name, ()):
            yield from _made_of(schemas, SchemaAt(at.base, each), direction, depth + 1, seen, into)
