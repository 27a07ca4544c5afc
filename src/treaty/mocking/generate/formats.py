"""Texts of the formats of JSON Schema 2020-12 and of the OpenAPI format registry.

One function a format: dice and letters to fill in, which a format that can grow takes up
to reach a length. A format without an entry is not constrained, as JSON Schema has it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from treaty.mocking.generate import texts
from treaty.mocking.generate.vocabulary import WORDS

if TYPE_CHECKING:
    from treaty.mocking.generate.session import Session

Format: TypeAlias = "Callable[[Session, str], str]"
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


def moment(session: Session) -> datetime:
    """A point in time of the years 2024 and 2025, in whole seconds."""
    return EPOCH + timedelta(seconds=session.dice.below(2 * 365 * 86_400))


def _word(session: Session) -> str:
    return session.dice.choice(WORDS)


def _labels(text: str) -> str:
    """Letters cut into host labels of at most 63 characters (RFC 1035, section 2.3.4)."""
    return ".".join(text[start : start + 60] for start in range(0, len(text), 60))


def _date_time(session: Session, fill: str) -> str:
    fraction = "." + "0" * max(3, len(fill) - 18) if fill else ""
    return f"{moment(session).isoformat()[:19]}{fraction}Z"


def _time(session: Session, _: str) -> str:
    return f"{moment(session):%H:%M:%S}Z"


def _duration(session: Session, _: str) -> str:
    return session.dice.choice(("P{}D", "PT{}H", "PT{}M", "P{}W")).format(session.dice.randint(1, 30))


def _uuid(session: Session, _: str) -> str:
    return texts.uuid(session)


def _email(session: Session, fill: str) -> str:
    if not fill:
        return texts.email(session)
    more = f"{_labels(fill[60:])}." if len(fill) > 60 else ""
    return f"{fill[:60]}@{more}example.com"


def _idn_email(session: Session, fill: str) -> str:
    return _email(session, fill) if fill else f"{texts.handle(session)}@bücher.example"


def _host(session: Session, fill: str) -> str:
    return f"{_labels(fill) or _word(session)}.example.com"


def _idn_host(session: Session, fill: str) -> str:
    return f"{_labels(fill) or _word(session)}.bücher.example"


def _ipv4(session: Session, _: str) -> str:
    return texts.ipv4(session)


def _ipv6(session: Session, _: str) -> str:
    return texts.ipv6(session)


def _uri(session: Session, fill: str) -> str:
    return f"https://example.com/{_word(session)}/{fill or session.dice.randint(1, 999)}"


def _iri(session: Session, fill: str) -> str:
    return f"https://example.com/bücher/{fill or session.dice.randint(1, 999)}"


def _reference(session: Session, fill: str) -> str:
    return f"/{_word(session)}/{fill or session.dice.randint(1, 999)}"


def _iri_reference(session: Session, fill: str) -> str:
    return f"/bücher/{fill or session.dice.randint(1, 999)}"


def _uri_template(session: Session, fill: str) -> str:
    return f"https://example.com/{_word(session)}{fill}/{{id}}"


def _pointer(session: Session, fill: str) -> str:
    return f"/{_word(session)}/{fill or session.dice.randint(0, 9)}"


def _relative_pointer(session: Session, fill: str) -> str:
    return f"{session.dice.randint(0, 3)}/{_word(session)}{fill}"


def _regex(session: Session, fill: str) -> str:
    return f"^{_word(session)}{fill}$"


def _base64(session: Session, fill: str) -> str:
    size = -(-len(fill) // 4) * 3 or 12
    return base64.b64encode(session.dice.randbytes(size)).decode()


def _plain(session: Session, fill: str) -> str:
    return f"{_word(session)} {_word(session)}{fill}"


def _password(session: Session, fill: str) -> str:
    return f"{_word(session).title()}-{session.dice.randint(1000, 9999)}-{_word(session)}{fill}"


def _decimal(session: Session, _: str) -> str:
    return f"{session.dice.randint(1, 500)}.{session.dice.randint(0, 99):02}"


def _whole(session: Session, _: str) -> str:
    return str(session.dice.randint(1, 100_000))


def _cidr(session: Session, _: str) -> str:
    return f"203.0.113.0/{session.dice.randint(24, 30)}"


FORMATS: dict[str, Format] = {
    "date-time": _date_time,
    "date": lambda session, _: moment(session).isoformat()[:10],
    "time": _time,
    "date-time-local": lambda session, _: f"{moment(session):%Y-%m-%dT%H:%M:%S}",
    "time-local": lambda session, _: f"{moment(session):%H:%M:%S}",
    "http-date": lambda session, _: f"{moment(session):%a, %d %b %Y %H:%M:%S} GMT",
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
    "base64url": lambda session, fill: _base64(session, fill).replace("+", "-").replace("/", "_").rstrip("="),
    "binary": _plain,
    "password": _password,
    "char": lambda session, _: session.dice.choice("abcdefghijklmnopqrstuvwxyz"),
    "decimal": _decimal,
    "decimal128": _decimal,
    "double": _decimal,
    "float": _decimal,
    "int32": _whole,
    "int64": _whole,
    "uint64": _whole,
    "currency": lambda session, _: texts.place(session).currency,
    "iso-country-code": lambda session, _: texts.country_code(session),
    "phone": lambda session, _: texts.phone(session),
    "media-range": lambda session, _: session.dice.choice(("text/*", "application/json", "*/*")),
    "language": lambda session, _: session.dice.choice(("en", "de-CH", "pt-BR", "zh-Hant")),
    "ipv4-cidr": lambda session, _: session.dice.choice(("10.0.0.0/8", "192.0.2.0/24")),
    "ipv6-cidr": lambda session, _: session.dice.choice(("2001:db8::/32", "::1/128")),
}
_SHORT: tuple[Format, ...] = (
    lambda session, fill: _word(session)[:2] + fill,
    lambda session, fill: _word(session)[0] + fill,
)
# Other ways to write a format, for patterns and lengths that the first one does not meet.
VARIANTS: dict[str, tuple[Format, ...]] = {
    "date-time": (
        lambda session, _: f"{moment(session):%Y-%m-%dT%H:%M:%S}+00:00",
        lambda session, _: f"{moment(session):%Y-%m-%dT%H:%M:%S}.000Z",
        lambda session, _: f"{moment(session):%Y-%m-%dT%H:%M:%S}.000000Z",
    ),
    "time": (
        lambda session, _: f"{moment(session):%H:%M:%S}+00:00",
        lambda session, _: f"{moment(session):%H:%M:%S}.000Z",
    ),
    "uuid": (lambda session, fill: _uuid(session, fill).upper(),),
    "email": (lambda session, _: f"{_word(session)}@example.com",),
    "uri": (
        lambda session, _: f"http://example.com/{_word(session)}",
        lambda session, _: f"urn:example:{_word(session)}",
    ),
    "binary": _SHORT,
    "password": _SHORT,
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
