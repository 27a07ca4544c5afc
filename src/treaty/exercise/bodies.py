"""The body of a case and what its schema says of it, as the standard has it and not as it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from schemathesis.core import NOT_SET, media_types
from schemathesis.core.parameters import ParameterLocation
from schemathesis.transport.serialization import Binary

from treaty.contract.formats import RANGES, WHOLE
from treaty.contract.model import is_json
from treaty.exercise.failures import AnyCase
from treaty.findings import Json

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError
    from schemathesis.specs.openapi.adapter.parameters import OpenApiComponent

OTHERS = (ParameterLocation.PATH, ParameterLocation.QUERY, ParameterLocation.HEADER, ParameterLocation.COOKIE)


def body_of(case: AnyCase) -> OpenApiComponent | None:
    """The declaration of the body that a case has, or was to have."""
    if case.media_type is None:
        return next(iter(case.operation.body), None)
    found: OpenApiComponent | None = case.operation.get_body_for_media_type(case.media_type)
    return found


def typed_body(case: AnyCase) -> OpenApiComponent | None:
    """The declaration of a body that is sent, and has types."""
    body = None if case.body is NOT_SET else body_of(case)
    return body if body is not None and has_types(body) else None


def has_types(body: OpenApiComponent) -> bool:
    """Does a media type tell numbers from texts, or one field from another?"""
    kind = body.media_type or ""
    is_data = is_json(kind.partition(";")[0].strip().lower()) or media_types.is_yaml(kind)
    return is_data or media_types.is_xml(kind) or is_form(body)


def is_text(body: OpenApiComponent) -> bool:
    """Is a body read as a text?"""
    return (body.media_type or "").startswith("text/")


def is_form(body: OpenApiComponent) -> bool:
    """Is a body made of fields?"""
    return media_types.is_form_urlencoded(body.media_type) or media_types.is_multipart(body.media_type)


def is_valid(body: OpenApiComponent, value: Json) -> bool:
    """Is a body valid by its schema? What is in a file is of no account."""
    return body.is_valid(plain(value))


def plain(value: Json) -> Json:
    """A value as JSON has it: files are texts, and 1.0 is the number 1 (JSON Schema Core, section 4.2.2)."""
    match value:
        case Binary() | bytes():
            return ""
        case float() if value.is_integer():
            return int(value)
        case list():
            return [plain(each) for each in value]
        case dict():
            return {name: plain(each) for name, each in value.items()}
    return value


def errors_of(body: OpenApiComponent, value: Json) -> list[ValidationError]:
    """What the schema of a body has against a value."""
    return list(body.get_validator().iter_errors(value))


def by_the_standard(body: OpenApiComponent, case: AnyCase) -> OpenApiComponent:
    """A body or parameter whose schema says what it does: no discriminators, idle `nullable`s, wide formats.

    `nullable` counts "only if `type` is explicitly defined within the same Schema Object" (OpenAPI
    3.0.3; 3.1 has none); "discriminator MUST NOT change the validation outcome" (Discriminator Object).
    `x-nullable` of 2.0 counts for an `enum` too.
    """
    has_nullable = str(case.operation.schema.raw_schema.get("openapi", "")).startswith("3.0")
    has_extension = "swagger" in case.operation.schema.raw_schema

    def idle(schema: dict[str, Json]) -> Iterator[str]:
        if schema.get("nullable") is True and not (has_nullable and "type" in schema):
            yield "nullable"
        if schema.get("x-nullable") is True and "$ref" in schema:
            yield "x-nullable"
        if "oneOf" in schema or "anyOf" in schema:
            yield "discriminator"

    def without(value: Json) -> Json:
        if isinstance(value, list):
            return [without(each) for each in value]
        if not isinstance(value, dict):
            return value
        left_out = set(idle(value))
        kept = {name: without(each) for name, each in value.items() if name not in left_out}
        if has_extension and value.get("x-nullable") is True and isinstance(value.get("enum"), list):
            kept["enum"] = [*value["enum"], None]
        bounds = RANGES.get(value["format"]) if isinstance(value.get("format"), str) else None
        if bounds is not None:
            whole = {"multipleOf": 1} if value["format"] in WHOLE else {}
            kept["allOf"] = [*kept.get("allOf", ()), {"minimum": bounds[0], "maximum": bounds[1], **whole}]
        return kept

    return replace(body, definition=without(body.definition))


def any_other_is_wrong(case: AnyCase) -> bool:
    """Was anything but the body made to be wrong?"""
    return case.meta is not None and any(case.meta.is_negative_at(location) for location in OTHERS)
