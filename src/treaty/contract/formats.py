"""Formats: how each name of the OpenAPI Format Registry is judged.

Numbers by the range that a format stands for, texts by a function. What JSON Schema 2020-12
defines itself (Validation, section 7.3) is judged by the validator. A format speaks of the
types that the registry lists for it and lets every other value pass; one that is not known
is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address

from treaty.findings import Json

# The numbers of a format, both ends included.
RANGES: dict[str, tuple[float, float]] = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
    # IEEE 754 binary32: what rounds to a finite number, as 3.4028235e38 does, the shortest way to write the
    # largest (section 7.4: it overflows from half a step beyond that on).
    "float": (-3.4028235677973362e38, 3.4028235677973362e38),
    "sf-integer": (-999_999_999_999_999, 999_999_999_999_999),  # RFC 9651, section 3.3.1
    "sf-decimal": (-999_999_999_999.999, 999_999_999_999.999),  # section 3.3.2
}
# Those whose numbers are whole, whatever a `type` beside them says ("a signed 32-bit integer").
WHOLE = frozenset(name for name in RANGES if "int" in name)

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105  a token of RFC 9110, section 5.6.2: no secret
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_BASE64URL = re.compile(r"(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}(?:==)?|[A-Za-z0-9_-]{3}=?)?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,40}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[+-]?(?:inf(?:inity)?|s?nan[0-9]*)", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOCAL_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?")
_MEDIA_RANGE = re.compile(rf"(?:\*/\*|{_TOKEN}/\*|{_TOKEN}/{_TOKEN})[ \t]*(?:;.*)?", re.DOTALL)
# RFC 5646, section 2.1: a language, its script, region, variants, extensions and what is private; or a
# tag that was registered before there was such a form.
_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+"
    r"|en-gb-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)"
    r"|sgn-(?:be-fr|be-nl|ch-de)",
    re.IGNORECASE | re.ASCII,
)
_PREFIX_LENGTH = re.compile(r"0|[1-9][0-9]{0,2}")
# RFC 9110, section 5.6.7: the preferred form, that of RFC 850, and that of asctime.
_HTTP_DATES = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


def _within(name: str) -> Callable[[str], bool]:
    """A whole number written as a text, for readers that keep no more than 53 bits of a number."""
    least, most = RANGES[name]
    return lambda text: _WHOLE.fullmatch(text) is not None and least <= int(text) <= most


def _is_decimal128(text: str) -> bool:
    return _DECIMAL.fullmatch(text) is not None or _NO_NUMBER.fullmatch(text) is not None


def _is_local_date_time(text: str) -> bool:
    """RFC 3339, section 5.6: a date-time without the offset."""
    is_date = _DATE.fullmatch(text[:10]) is not None and _follows(text[:10], "%Y-%m-%d")
    return is_date and text[10:11] in ("T", "t") and _LOCAL_TIME.fullmatch(text[11:]) is not None


def _is_network(address: Callable[[str], object], bits: int) -> Callable[[str], bool]:
    """An address and the length of its prefix (RFC 4632, section 3.1; RFC 4291, section 2.3)."""

    def judge(text: str) -> bool:
        host, _, length = text.partition("/")
        if _PREFIX_LENGTH.fullmatch(length) is None or int(length) > bits or "%" in host:
            return False
        try:
            address(host)
        except ValueError:
            return False
        return True

    return judge


def _is_http_date(text: str) -> bool:
    return any(_follows(text, form) for form in _HTTP_DATES)


def _follows(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


# The texts of a format. RFC 4648: base64 with its padding, base64url with or without.
JUDGED: dict[str, Callable[[str], bool]] = {
    "byte": _matches(_BASE64),
    "base64url": _matches(_BASE64URL),
    "char": lambda text: len(text) == 1,
    "decimal": _matches(_DECIMAL),
    "decimal128": _is_decimal128,
    "int64": _within("int64"),
    "uint64": _within("uint64"),
    "http-date": _is_http_date,
    "time-local": _matches(_LOCAL_TIME),
    "date-time-local": _is_local_date_time,
    "media-range": _matches(_MEDIA_RANGE),
    "language": _matches(_LANGUAGE),
    "ipv4-cidr": _is_network(IPv4Address, 32),
    "ipv6-cidr": _is_network(IPv6Address, 128),
}
# JSON Schema 2020-12 Validation, section 7.3.
BUILT_IN = frozenset(
    {
        "date-time",
        "date",
        "time",
        "duration",
        "email",
        "idn-email",
        "hostname",
        "idn-hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uri-reference",
        "iri",
        "iri-reference",
        "uuid",
        "uri-template",
        "json-pointer",
        "relative-json-pointer",
        "regex",
    }
)
# Names of the registry that leave every value valid: they tell people or tools what it is, or,
# as `double` does, ask for no more than a number that was read already keeps: one beyond is not read.
TOLD_ONLY = frozenset(
    {
        "binary",
        "password",
        "html",
        "commonmark",
        "unixtime",
        "double",
        "double-int",
        "sf-boolean",
        "sf-string",
        "sf-token",
        "sf-binary",
    }
)


def judged_in(schema: Json) -> Iterator[str]:
    """The formats in a lowered schema that a function judges, where texts are not excluded beside them."""
    pending = [schema]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            name = node.get("format")
            if isinstance(name, str) and name in JUDGED and node.get("type") not in ("integer", "number"):
                yield name
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)


def is_known(name: str) -> bool:
    """Is it a format of JSON Schema 2020-12 or of the OpenAPI Format Registry?"""
    return name in BUILT_IN or name in RANGES or name in JUDGED or name in TOLD_ONLY
