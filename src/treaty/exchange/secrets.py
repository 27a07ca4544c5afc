"""Secrets: credentials of a message, written so that a log or a report may hold the text around them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_plus

from treaty.contract.model import SecurityScheme
from treaty.exchange.messages import Headers, Request, Response
from treaty.exchange.styles import split_cookies, split_query
from treaty.findings import Finding

MASK = "***"
WORD = "masked"
_BASIC = "bWFza2VkOm1hc2tlZA=="  # masked:masked
# Shorter texts are part of too many words to be looked for.
MIN_SECRET_CHARACTERS = 6
_WHERE_SECRETS_ARE = frozenset({"query", "header", "cookie"})
CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


@dataclass(frozen=True, slots=True)
class Hiding:
    """Where credentials are: the API keys of a contract, by location and name, and all fields of a head."""

    keys: frozenset[tuple[str, str]]
    fields: frozenset[str]
    in_query: frozenset[str]  # the names of those keys that are there


def hiding_of(schemes: Iterable[SecurityScheme]) -> Hiding:
    """Where the credentials of these schemes are."""
    keys = frozenset(_key(each.location, each.parameter) for each in schemes if each.type == "apiKey")
    in_query = frozenset(name for location, name in keys if location == "query")
    fields = CREDENTIALS.union(name for location, name in keys if location == "header")
    return Hiding(keys, fields, in_query)


def mask_findings(
    findings: Iterable[Finding], hiding: Hiding, request: Request, response: Response | None = None
) -> list[Finding]:
    """The findings without the credentials of the messages they are about."""
    found = _secrets(hiding, request, response)
    secrets = sorted(found, key=len, reverse=True) if found else []
    return [_masked(finding, hiding.keys, secrets) for finding in findings]


def mask_query(query: str, schemes: Iterable[SecurityScheme]) -> str:
    """A query string without the API keys that the contract puts there."""
    keys = {each.parameter for each in schemes if each.type == "apiKey" and each.location == "query"}
    if not keys or not query:
        return query
    parts = [part.partition("=") for part in query.split("&")]
    return "&".join(
        name + equals + (MASK if value and unquote_plus(name) in keys else value)
        for name, equals, value in parts
    )


def masked_headers(headers: Headers, schemes: Iterable[SecurityScheme]) -> Headers:
    """Header fields in which a word stands for each credential, in the form that credentials there have.

    So a recording that is told to others can still be judged.
    """
    keys = {each.parameter.lower() for each in schemes if each.type == "apiKey" and each.location == "header"}
    return [(name, _masked_field(name, value, name in keys)) for name, value in headers]


def _masked_field(name: str, value: str, is_key: bool) -> str:
    if name == "cookie":
        return "; ".join(f"{each}={WORD}" for each, _ in split_cookies(value))
    if name == "set-cookie":
        cookie, semicolon, attributes = value.partition(";")
        return f"{cookie.partition('=')[0]}={WORD}{semicolon}{attributes}"
    if name in CREDENTIALS:
        scheme, space, _ = value.partition(" ")
        if not space:
            return WORD
        return f"{scheme} {_BASIC if scheme.lower() == 'basic' else WORD}"
    return WORD if is_key else value


def _key(location: str, name: str) -> tuple[str, str]:
    return location, name.lower() if location == "header" else name


def _secrets(hiding: Hiding, request: Request, response: Response | None) -> set[str]:
    found: set[str] = set()
    headers = request.headers + response.headers if response else request.headers
    fields = hiding.fields
    for name, value in headers:
        if name not in fields:
            continue
        found |= {value, value.partition(" ")[2].strip()}
        if name in ("cookie", "set-cookie"):
            found |= {each for _, each in split_cookies(value)}
    if request.query and hiding.in_query:
        found |= {value for name, value in split_query(request.query) if name in hiding.in_query}
    if not found:
        return found
    found |= {unquote_plus(each) for each in found} | {quote(each, safe="") for each in found}
    return {each for each in found if len(each) >= MIN_SECRET_CHARACTERS}


def _masked(finding: Finding, keys: frozenset[tuple[str, str]], secrets: list[str]) -> Finding:
    place = finding.place
    secret = (
        place is not None
        and place.part in _WHERE_SECRETS_ARE
        and (
            (place.part == "header" and place.name.lower() in CREDENTIALS)
            or place.part == "cookie"
            or _key(place.part, place.name) in keys
        )
    )
    if secret and finding.code.startswith("schema-"):
        # The message quotes the value, perhaps shortened: no part of it may stay.
        keyword = finding.code.removeprefix("schema-")
        return replace(finding, message=f"the value breaks the keyword `{keyword}`", actual=MASK)
    if not secrets:
        return finding
    message, actual = _without(finding.message, secrets), _without(finding.actual, secrets)
    if (message, actual) == (finding.message, finding.actual):
        return finding
    return replace(finding, message=message, actual=actual)


def _without(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text
