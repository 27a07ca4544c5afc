"""Texts of the formats of JSON Schema 2020-12 and of the OpenAPI format registry.

One function a format: dice and letters to fill in, which a format that can grow takes up
to reach a length. A format without an entry is not constrained, as JSON Schema has it.
"""

from __future__ import annotations

import base64
import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from treaty.mocking.generate.words import CURRENCIES, FIRST_NAMES, LAST_NAMES, WORDS

Format: TypeAlias = Callable[[random.Random, str], str]
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


def moment(rng: random.Random) -> datetime:
    """A point in time of the years 2024 and 2025, in whole seconds."""
    return EPOCH + timedelta(seconds=rng.randrange(2 * 365 * 86_400))


def _word(rng: random.Random) -> str:
    return rng.choice(WORDS)


def _labels(text: str) -> str:
    """Letters cut into host labels of at most 63 characters (RFC 1035, section 2.3.4)."""
    return ".".join(text[start : start + 60] for start in range(0, len(text), 60))


def _date_time(rng: random.Random, fill: str) -> str:
    fraction = "." + "0" * max(3, len(fill) - 18) if fill else ""
    return f"{moment(rng):%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _time(rng: random.Random, _: str) -> str:
    return f"{moment(rng):%H:%M:%S}Z"


def _duration(rng: random.Random, _: str) -> str:
    return rng.choice(("P{}D", "PT{}H", "PT{}M", "P{}W")).format(rng.randint(1, 30))


def _uuid(rng: random.Random, _: str) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _email(rng: random.Random, fill: str) -> str:
    local = f"{rng.choice(FIRST_NAMES)}.{rng.choice(LAST_NAMES)}".lower() if not fill else fill[:60]
    more = f"{_labels(fill[60:])}." if len(fill) > 60 else ""
    return f"{local}@{more}example.com"


def _idn_email(rng: random.Random, fill: str) -> str:
    return _email(rng, fill) if fill else f"{rng.choice(LAST_NAMES).lower()}@bücher.example"


def _host(rng: random.Random, fill: str) -> str:
    return f"{_labels(fill) or _word(rng)}.example.com"


def _idn_host(rng: random.Random, fill: str) -> str:
    return f"{_labels(fill) or _word(rng)}.bücher.example"


def _ipv4(rng: random.Random, _: str) -> str:
    return f"203.0.113.{rng.randint(1, 254)}"  # set aside for documentation (RFC 5737)


def _ipv6(rng: random.Random, _: str) -> str:
    return f"2001:db8::{rng.randint(1, 0xFFFF):x}"  # set aside for documentation (RFC 3849)


def _uri(rng: random.Random, fill: str) -> str:
    return f"https://example.com/{_word(rng)}/{fill or rng.randint(1, 999)}"


def _iri(rng: random.Random, fill: str) -> str:
    return f"https://example.com/bücher/{fill or rng.randint(1, 999)}"


def _reference(rng: random.Random, fill: str) -> str:
    return f"/{_word(rng)}/{fill or rng.randint(1, 999)}"


def _iri_reference(rng: random.Random, fill: str) -> str:
    return f"/bücher/{fill or rng.randint(1, 999)}"


def _uri_template(rng: random.Random, fill: str) -> str:
    return f"https://example.com/{_word(rng)}{fill}/{{id}}"


def _pointer(rng: random.Random, fill: str) -> str:
    return f"/{_word(rng)}/{fill or rng.randint(0, 9)}"


def _relative_pointer(rng: random.Random, fill: str) -> str:
    return f"{rng.randint(0, 3)}/{_word(rng)}{fill}"


def _regex(rng: random.Random, fill: str) -> str:
    return f"^{_word(rng)}{fill}$"


def _base64(rng: random.Random, fill: str) -> str:
    size = -(-len(fill) // 4) * 3 or 12
    return base64.b64encode(rng.randbytes(size)).decode()


def _plain(rng: random.Random, fill: str) -> str:
    return f"{_word(rng)} {_word(rng)}{fill}"


def _password(rng: random.Random, fill: str) -> str:
    return f"{_word(rng).title()}-{rng.randint(1000, 9999)}-{_word(rng)}{fill}"


def _decimal(rng: random.Random, _: str) -> str:
    return f"{rng.randint(1, 500)}.{rng.randint(0, 99):02}"


def _whole(rng: random.Random, _: str) -> str:
    return str(rng.randint(1, 100_000))


def _cidr(rng: random.Random, _: str) -> str:
    return f"203.0.113.0/{rng.randint(24, 30)}"


FORMATS: dict[str, Format] = {
    "date-time": _date_time,
    "date": lambda rng, _: f"{moment(rng):%Y-%m-%d}",
    "time": _time,
    "date-time-local": lambda rng, _: f"{moment(rng):%Y-%m-%dT%H:%M:%S}",
    "time-local": lambda rng, _: f"{moment(rng):%H:%M:%S}",
    "http-date": lambda rng, _: f"{moment(rng):%a, %d %b %Y %H:%M:%S} GMT",
    "duration": _duration,
    "uuid": _uuid,
    "email": _email,
    "idn-email": _idn_email,
    "hostname": _host,
    "idn-hostname": _idn_host,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "cidr": _cidr,
    "uri": _uri,
    "url": _uri,
    "uri-reference": _reference,
    "iri": _iri,
    "iri-reference": _iri_reference,
    "uri-template": _uri_template,
    "json-pointer": _pointer,
    "relative-json-pointer": _relative_pointer,
    "regex": _regex,
    "byte": _base64,
    "base64": _base64,
    "base64url": lambda rng, fill: _base64(rng, fill).replace("+", "-").replace("/", "_").rstrip("="),
    "binary": _plain,
    "password": _password,
    "char": lambda rng, _: rng.choice("abcdefghijklmnopqrstuvwxyz"),
    "decimal": _decimal,
    "decimal128": _decimal,
    "double": _decimal,
    "float": _decimal,
    "int32": _whole,
    "int64": _whole,
    "uint64": _whole,
    "currency": lambda rng, _: rng.choice(CURRENCIES),
    "iso-country-code": lambda rng, _: rng.choice(("DE", "FR", "JP", "BR", "KE", "NZ")),
    "media-range": lambda rng, _: rng.choice(("text/*", "application/json", "*/*")),
}
# Other ways to write a format, for patterns and lengths that the first one does not meet.
VARIANTS: dict[str, tuple[Format, ...]] = {
    "date-time": (
        lambda rng, _: f"{moment(rng):%Y-%m-%dT%H:%M:%S}+00:00",
        lambda rng, _: f"{moment(rng):%Y-%m-%dT%H:%M:%S}.000Z",
        lambda rng, _: f"{moment(rng):%Y-%m-%dT%H:%M:%S}.000000Z",
    ),
    "time": (lambda rng, _: f"{moment(rng):%H:%M:%S}+00:00", lambda rng, _: f"{moment(rng):%H:%M:%S}.000Z"),
    "uuid": (lambda rng, fill: _uuid(rng, fill).upper(),),
    "email": (lambda rng, _: f"{_word(rng)}@example.com",),
    "uri": (lambda rng, _: f"http://example.com/{_word(rng)}", lambda rng, _: f"urn:example:{_word(rng)}"),
}
SHORTEST = {
    "email": "a@b.co",
    "idn-email": "a@b.co",
    "hostname": "a",
    "idn-hostname": "a",
    "ipv4": "1.1.1.1",
    "ipv6": "::",
    "uri": "a:b",
    "url": "a:b",
    "iri": "a:b",
    "uri-reference": "",
    "iri-reference": "",
    "uri-template": "",
    "json-pointer": "",
    "relative-json-pointer": "0",
    "regex": "",
    "duration": "P1D",
    "byte": "",
    "base64": "",
    "base64url": "",
    "binary": "",
    "password": "",
    "decimal": "1",
    "decimal128": "1",
    "double": "1",
    "float": "1",
    "int32": "1",
    "int64": "1",
    "uint64": "1",
}
