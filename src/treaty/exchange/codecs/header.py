"""The text of a header, of a message or of a part: in style `simple`, or as its `content` says."""

from __future__ import annotations

from treaty.contract.model import Parameter
from treaty.exchange.codecs.codec import UndecodableError
from treaty.exchange.codecs.json_text import decode_json
from treaty.exchange.judge import judge
from treaty.exchange.prepared_parameters import PreparedParameter
from treaty.exchange.styles import MalformedError, read_text
from treaty.findings import Finding, Json, Location, Place

# These are set by whoever sends the message on (RFC 9110, sections 6.6.1, 7.6.1 and 8.6).
SET_LATER = frozenset({"content-length", "date", "connection", "transfer-encoding", "upgrade"})


def check_header(header: PreparedParameter, text: str | None) -> list[Finding]:
    """The findings on a header, as one of a response has them; `text` is None when it was not sent."""
    parameter = header.parameter
    if text is None:
        absent = parameter.required and parameter.name.lower() not in SET_LATER
        return [_header_missing(parameter)] if absent else []
    try:
        readings = _header_readings(header, text)
    except MalformedError as error:
        return [_header_malformed(parameter, str(error))]
    except UndecodableError:
        return [_header_malformed(parameter, "it is not JSON")]
    if header.validator is None or not readings or any(map(header.validator.accepts, readings)):
        return []
    return judge(header.validator, readings[:2][-1], "header", parameter.name)


def _header_readings(header: PreparedParameter, text: str) -> list[Json]:
    """The readings of a header, likeliest first; none where nothing says how it is read."""
    media = header.parameter.media_type
    if media is not None and media.is_json:
        return [decode_json(text.encode())]
    if header.shape is None or (media is not None and not media.essence.startswith("text/")):
        return []
    readings: list[Json] = []
    malformed = []
    for one in (header, *header.others):
        try:
            readings += (one.shape or header.shape).candidates(read_text(text, one.styled))
        except MalformedError as error:
            malformed.append(error)
    if not readings:
        raise malformed[0]
    return readings


def _header_missing(header: Parameter) -> Finding:
    return Finding(
        "header-missing",
        f"the response has no `{header.name}` header",
        location=Location("", pointer=header.pointer),
        place=Place("header", header.name),
        expected="it is required",
    )


def _header_malformed(header: Parameter, why: str) -> Finding:
    return Finding(
        "malformed-header",
        f"the header `{header.name}` cannot be read: {why}",
        location=Location("", pointer=header.pointer),
        place=Place("header", header.name),
        expected=header.form,
    )
