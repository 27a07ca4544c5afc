"""What is wrong with a request as Prism says it: the field `sl-violations`, for tools that read it there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import accumulate

import orjson

from treaty.findings import Finding, Json, path_of

NAME = "sl-violations"
MAX_BYTES = 4_000  # clients refuse heads of 8 KiB and more
_KEYWORD = "schema-"
_MISSING = frozenset({"parameter-missing", "body-missing"})


def violations(findings: Sequence[Finding]) -> str:
    """The findings as a JSON array in ASCII; the first of them where there is no room for all."""
    told = [_violation(finding) for finding in findings]
    text = _written(told)
    if len(text) <= MAX_BYTES:
        return text
    sizes = accumulate(len(_written(each)) + 1 for each in told)  # with a comma behind each
    return _written(told[: sum(1 for size in sizes if size < MAX_BYTES)])


def _written(value: Json) -> str:
    """JSON in characters that a field value may hold: without DEL, and what is not ASCII escaped."""
    try:
        text = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # texts of a message may hold what UTF-8 cannot
        text = ""
    if not text or not text.isascii():
        text = json.dumps(value, separators=(",", ":"))
    return text.replace("\x7f", r"\u007f")


def _violation(finding: Finding) -> dict[str, Json]:
    place = finding.place
    where: list[Json] = []
    if place is not None:
        # What is missing is said of where it is missing, as of a member of a body.
        named = [place.name] if place.name and finding.code not in _MISSING else []
        where = [place.part, *named, *(path_of(place.pointer) if place.pointer else ())]
    return {
        "location": ["request", *where],
        "severity": "Error",
        "code": "required" if finding.code in _MISSING else finding.code.removeprefix(_KEYWORD),
        "message": finding.message,
    }
