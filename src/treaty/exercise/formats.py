"""Values of the formats that Treaty judges and Schemathesis does not know, so that valid requests are."""

from __future__ import annotations

import base64
import email.utils
import ipaddress
from datetime import UTC, datetime

import schemathesis
from hypothesis import strategies as st
from schemathesis.specs.openapi.formats import STRING_FORMATS

# Within these years every way to write a date agrees on them.
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1))

STRATEGIES: dict[str, st.SearchStrategy[str]] = {
    "base64url": st.binary().map(lambda value: base64.urlsafe_b64encode(value).decode()),
    "char": st.text(min_size=1, max_size=1),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    "decimal128": st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    "int64": st.integers(-(2**63), 2**63 - 1).map(str),
    "uint64": st.integers(0, 2**64 - 1).map(str),
    "http-date": MOMENTS.map(
        lambda value: email.utils.format_datetime(value.replace(tzinfo=UTC), usegmt=True)
    ),
    "time-local": st.times().map(lambda value: value.isoformat()),
    "date-time-local": MOMENTS.map(lambda value: value.isoformat()),
    "media-range": st.sampled_from(["*/*", "text/*", "application/json", "text/html; charset=utf-8"]),
    "language": st.sampled_from(["en", "de-CH", "zh-Hant-TW", "es-419", "x-own"]),
    "ipv4-cidr": st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)).map(
        lambda value: f"{ipaddress.IPv4Address(value[0])}/{value[1]}"
    ),
    "ipv6-cidr": st.tuples(st.integers(0, 2**128 - 1), st.integers(0, 128)).map(
        lambda value: f"{ipaddress.IPv6Address(value[0])}/{value[1]}"
    ),
    "json-pointer": st.lists(st.sampled_from(["a", "0", "~0b", "c~1d", ""])).map(
        lambda names: "".join(f"/{name}" for name in names)
    ),
    "relative-json-pointer": st.integers(0, 99).map(lambda level: f"{level}/a"),
    "regex": st.sampled_from(["", "^a+$", "[0-9]{2,4}", "(x|y)?"]),
}


def register_formats() -> None:
    """Tell Schemathesis of the formats, but of none that somebody has told it of before."""
    for name, strategy in STRATEGIES.items():
        if name not in STRING_FORMATS:
            schemathesis.openapi.format(name, strategy)
