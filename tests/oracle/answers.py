"""The judgement of a response: status, media type and body against what the operation declares."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

from .operations import Media, Operation, is_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .client import Answered
    from .schemas import Schemas


def lies(operation: Operation, answered: Answered, schemas: Schemas) -> list[str]:
    """What in a response to a valid request contradicts the document; empty when it is true."""
    declared = operation.answers.get(str(answered.status)) or operation.answers.get(
        f"{answered.status // 100}XX"
    )
    if declared is None or answered.status // 100 != 2:
        return [f"status {answered.status}: {answered.body[:300].decode(errors='replace')}"]
    content_type = answered.headers.get("content-type", "")
    media = _declared(declared, content_type)
    if media is None or not is_json(content_type):
        return [f"content type {content_type!r} instead of {', '.join(declared)}"]
    try:
        value = json.loads(answered.body, parse_constant=_refuse)
    except ValueError as error:
        return [f"body is not JSON: {error}"]
    return schemas.complaints(media.schema, value)[:3] if media.schema else []


def _declared(declared: Mapping[str, Media], content_type: str) -> Media | None:
    essence = content_type.partition(";")[0].strip().lower()
    return next(
        (media for name, media in declared.items() if name.partition(";")[0].strip().lower() == essence), None
    )


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON value")
