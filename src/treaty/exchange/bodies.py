"""Bodies: from bytes to a value, by media type."""

from __future__ import annotations

import jiter

from treaty.contract.model import is_json
from treaty.exchange.media_types import essence_of
from treaty.exchange.prepared import PreparedMedia
from treaty.exchange.styles import MalformedError, Pairs, Styled, read_pairs, split_query
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
    try:
        return _read_form(split_query(body.decode("ascii")), prepared)
    except UnicodeDecodeError:
        raise UndecodableError(_malformed_form("it has bytes that must be percent-encoded")) from None
    except MalformedError as error:
        raise UndecodableError(_malformed_form(str(error))) from None


def _read_form(pairs: Pairs, prepared: PreparedMedia) -> list[Json]:
    if prepared.shape is None:
        return [dict(pairs)]
    found: dict[str, Json] = {}
    for styled in prepared.properties:
        value = read_pairs(pairs, styled)
        if value is None and any(name.startswith(styled.name + "[") for name, _ in pairs):
            value = read_pairs(pairs, _deep(styled))
        if value is not None:
            found[styled.name] = value
    known = {styled.name for styled in prepared.properties}
    for name, value in pairs:
        if name.partition("[")[0] not in known and not any(
            name in each.properties for each in prepared.properties
        ):
            found[name] = read_pairs([(name, value)], _text(name))
    return list(prepared.shape.candidates(found))


def _deep(styled: Styled) -> Styled:
    return Styled(styled.name, "deepObject", True, styled.kind, styled.properties)


def _text(name: str) -> Styled:
    return Styled(name, "form", True, "primitive")


def _malformed_form(why: str) -> Finding:
    return Finding(
        "malformed-body",
        f"the body is not a form: {why}",
        place=Place("body"),
        expected=f"{FORM}: name=value&…",
    )
