"""The judgement of a response: status, headers, media type and body against what the operation declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .judgement import RequestJudge, Verdict
from .operations import Operation, is_json
from .wire import Sent, read_json

if TYPE_CHECKING:
    from .client import Answered
    from .schemas import Schemas

# RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5: the answers that have no content, whatever is declared.
_WITHOUT_CONTENT = (204, 205, 304)


def lies(operation: Operation, answered: Answered, schemas: Schemas, key: str = "") -> list[str]:
    """What in a response contradicts the document; empty when it is true.

    `key` is the response of the operation that it is to be (`404`, `4XX`, `default`); a 2xx where
    none is named.
    """
    found = declared_key(operation, answered.status)
    if found is None or (answered.status // 100 != 2 if not key else found.upper() != key.upper()):
        return [f"status {answered.status}: {answered.body[:300].decode(errors='replace')}"]
    return judged(operation, found, answered, schemas)[0]


def declared_key(operation: Operation, status: int) -> str | None:
    """Which response of an operation a status is: its code, else its range, else `default`."""
    for wanted in (str(status), f"{status // 100}XX", "DEFAULT"):
        for key in operation.answers:
            if key.upper() == wanted:
                return key
    return None


def judged(operation: Operation, key: str, answered: Answered, schemas: Schemas) -> tuple[list[str], bool]:
    """What is wrong with an answer by the response of this key, and whether all of it was read.

    A response is read as a request with its headers and its body would be.
    """
    contents = operation.answers[key]
    has_content = bool(contents) and operation.method != "HEAD" and answered.status not in _WITHOUT_CONTENT
    if answered.body and not has_content:
        return [f"a body where there is none: {answered.body[:100]!r}"], True
    # A text of no length is a body too, where the content type says that there is one.
    is_required = has_content and is_json(answered.headers.get("content-type", "application/json"))
    headers = operation.headers.get(key, ())
    turned = Operation("POST", "/", headers, is_required, contents if has_content else {}, {}, ())
    sent = Sent("POST", "/", "", tuple(answered.headers.items()), answered.body)
    verdict = RequestJudge(schemas, [turned]).verdict(turned, sent) or Verdict()
    return [_told(each, turned, answered, schemas) for each in verdict.wrong[:3]], not verdict.open


def _told(wrong: str, turned: Operation, answered: Answered, schemas: Schemas) -> str:
    """More of what is wrong with a body in JSON."""
    media = turned.bodies.get(answered.headers.get("content-type", ""))
    if media is None or media.schema is None or not is_json(answered.headers["content-type"]):
        return wrong
    try:
        return f"{wrong}: {schemas.complaints(media.schema, read_json(answered.body))[:2]}"
    except ValueError:
        return wrong
