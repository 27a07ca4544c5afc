"""Media types of bodies that Schemathesis cannot write: what it makes for them is sent as its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import schemathesis
from schemathesis.core.errors import MalformedMediaType
from schemathesis.transport.requests import REQUESTS_TRANSPORT
from schemathesis.transport.serialization import serialize_binary

from treaty.exercise.fitting import owners_of_parameters, resolved

if TYPE_CHECKING:
    from schemathesis.transport import SerializationContext

    from treaty.findings import Json


def register_media_types(document: dict[str, Json]) -> None:
    """Tell Schemathesis of the media types of a document's bodies, but of none that it knows."""
    unknown = [each for each in media_types_of(document) if is_unknown(each)]
    schemathesis.serializer(*unknown)(as_bytes)


def media_types_of(document: dict[str, Json]) -> Iterator[str]:
    """The media types of the request bodies, some several times."""
    yield from document.get("consumes") or ()
    for operation in owners_of_parameters(document):
        yield from operation.get("consumes") or ()
        body = resolved(operation.get("requestBody"), document)
        if isinstance(body, dict) and isinstance(body.get("content"), dict):
            yield from body["content"]


def is_unknown(media_type: Json) -> bool:
    """Is this a media type, not a range of them, that there is no way to write?"""
    if not isinstance(media_type, str) or "*" in media_type:
        return False
    try:
        return REQUESTS_TRANSPORT.get_first_matching_media_type(media_type) is None
    except MalformedMediaType:
        return False


def as_bytes(_: SerializationContext, value: Json) -> bytes:
    """Whatever was made, as the body that is sent."""
    return serialize_binary(value)
