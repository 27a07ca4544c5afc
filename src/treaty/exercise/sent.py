"""What a case's parameters say where they were sent: texts, as their styles write them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, get_args
from urllib.parse import urlsplit

from schemathesis.core.jsonschema import resolve_with_root_bundle
from schemathesis.core.jsonschema.types import as_object_schema
from schemathesis.core.parameters import ParameterLocation

from treaty.contract.swagger import COLLECTION_FORMATS
from treaty.exchange.styles import (
    Kind,
    MalformedError,
    Styled,
    as_it_is,
    form_decoded,
    percent_decoded,
    read_pairs,
    read_text,
    split_cookies,
    split_query,
)
from treaty.exercise.bodies import by_the_standard
from treaty.exercise.failures import AnyCase
from treaty.exercise.readings import reads_right
from treaty.findings import Json

if TYPE_CHECKING:
    from schemathesis.core.transport import Response
    from schemathesis.specs.openapi.adapter.parameters import OpenApiParameter

PLAIN = {
    ParameterLocation.PATH: "simple",
    ParameterLocation.QUERY: "form",
    ParameterLocation.HEADER: "simple",
    ParameterLocation.COOKIE: "form",
}
DECODERS = {ParameterLocation.QUERY: form_decoded, ParameterLocation.HEADER: as_it_is}


def is_right_as_sent(location: ParameterLocation, case: AnyCase, response: Response) -> bool | None:
    """Does the schema of each parameter of a location take some reading of what was sent for it?

    None when that cannot be said.
    """
    found = [_is_right(each, case, response) for each in case.operation.get_parameter_set(location).items]
    return False if False in found else None if None in found else True


def _is_right(parameter: OpenApiParameter, case: AnyCase, response: Response) -> bool | None:
    try:
        validator = by_the_standard(parameter, case).get_validator()
    except ValueError:
        return None
    if "content" in parameter.definition:
        return None
    return any(
        not parameter.is_required if value is None else reads_right(value, validator)
        for value in _sent(parameter, case, response)
    )


def _sent(parameter: OpenApiParameter, case: AnyCase, response: Response) -> Iterator[Json | None]:
    """What was sent as a value, a list and an object, as far as it can be read so; None when nothing was."""
    for kind in get_args(Kind):
        try:
            yield _read(_styled(parameter, kind, case), parameter, case, response)
        except MalformedError:
            continue


def _styled(parameter: OpenApiParameter, kind: Kind, case: AnyCase) -> Styled:
    """How a parameter is written, were its value of a kind."""
    definition, location = parameter.definition, parameter.location
    style = definition.get("style", PLAIN[location])
    explode = definition.get("explode", style in ("form", "cookie"))
    if "swagger" in case.operation.schema.raw_schema:
        style, explode = COLLECTION_FORMATS.get(definition.get("collectionFormat", "csv"), ("form", False))
        style = PLAIN[location] if style == "form" else style
    root = as_object_schema(parameter.validation_schema)
    schema = resolve_with_root_bundle(root, root)
    others = (each.name for each in case.operation.get_parameter_set(location).items)
    return Styled(
        parameter.name,
        style,
        explode is True,
        kind,
        frozenset(schema.get("properties", ())),
        DECODERS.get(location, percent_decoded),
        location=location.value,
        taken=None if is_named(schema) else frozenset(others) - {parameter.name},
    )


def is_named(schema: dict[str, Json]) -> bool:
    """Are all properties of an object declared, so that what has another name is not of it?"""
    is_open = bool(schema.get("additionalProperties")) or "patternProperties" in schema
    return "properties" in schema and not is_open


def _read(styled: Styled, parameter: OpenApiParameter, case: AnyCase, response: Response) -> Json | None:
    request = response.request
    if parameter.location is ParameterLocation.QUERY:
        return read_pairs(split_query(urlsplit(request.url or "").query), styled)
    if parameter.location is ParameterLocation.COOKIE:
        return read_pairs(split_cookies(_text(request.headers.get("cookie", ""))), styled)
    if parameter.location is ParameterLocation.HEADER:
        value = request.headers.get(parameter.name)
    else:
        value = (case.path_parameters or {}).get(parameter.name)
    return None if value is None else read_text(_text(value), styled)


def _text(value: Json) -> str:
    """What is sent of a value: of a list in a path, as it was encoded."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return str(getattr(value, "encoded", value)) if isinstance(value, str) else json.dumps(value)
