"""Bodies: from bytes to a value, by media type."""

from __future__ import annotations

from string import printable
from urllib.parse import quote

import jiter

from treaty.contract.model import is_json
from treaty.exchange.media_types import essence_of
from treaty.exchange.prepared import PreparedMedia
from treaty.exchange.styles import MalformedError, Pairs, Styled, form_decoded, read_pairs, split_query
from treaty.findings import Finding, Json, Place

FORM = "application/x-www-form-urlencoded"


class UndecodableError(Exception):
    """A body is not of its media type; `finding` says where."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def decode_json(body: bytes) -> Json:
    """JSON (RFC 8259) with integers exact; a member name that is there twice is refused."""
    try:
        return jiter.from_json(body, catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="keys")
    except ValueError as error:
        raise UndecodableError(
            Finding(
                "malformed-body",
                f"the body is not JSON: {error}",
                place=Place("body"),
                expected="one JSON value (RFC 8259)",
            )
        ) from None


def is_decodable(sent: str) -> bool:
    """Are bodies of this Content-Type turned into values, and judged?"""
    essence = essence_of(sent)
    return is_json(essence) or essence == FORM


def decode_body(body: bytes, sent: str, prepared: PreparedMedia) -> list[Json]:
    """The readings of a body: one, or for a form whose types leave a choice, several, likeliest first.

    Raises `UndecodableError`.
    """
    if is_json(essence_of(sent)):
        return [decode_json(body)]
    # Bytes that should have been percent-encoded are read as if they were (WHATWG URL, section 5.1).
    text = body.decode("ascii") if body.isascii() else quote(body, safe=printable)
    try:
        return _read_form(split_query(text), prepared)
    except MalformedError as error:
        raise UndecodableError(_malformed_form(str(error))) from None


def _read_form(pairs: Pairs, prepared: PreparedMedia) -> list[Json]:
    if prepared.shape is None:
        return [{name: form_decoded(value) for name, value in pairs}]
    found: dict[str, Json] = {}
    for styled in prepared.properties:
        value = read_pairs(pairs, styled)
        if value is None and any(name.startswith(styled.name + "[") for name, _ in pairs):
            value = read_pairs(pairs, _deep(styled))
        if value is not None:
            found[styled.name] = value
    known = {name for styled in prepared.properties for name in (styled.name, *styled.properties)}
    for name, value in pairs:
        if name.partition("[")[0] not in known:
            found[name] = form_decoded(value)
    return list(prepared.shape.candidates(found))


def _deep(styled: Styled) -> Styled:
    return Styled(styled.name, "deepObject", True, styled.kind, styled.properties)


def _malformed_form(why: str) -> Finding:
    return Finding(
        "malformed-body",
        f"the body is not a form: {why}",
        place=Place("body"),
        expected=f"{FORM}: name=value&…",
    )
