"""Security: what is asked for, in words and as challenges. Requests are in tests/cases."""

from __future__ import annotations

import pytest

from treaty.contract.model import Operation, Requirement, SecurityScheme
from treaty.exchange.messages import Request
from treaty.exchange.security import challenges, check_security

BEARER = SecurityScheme("b", "http", http_scheme="bearer")
BASIC = SecurityScheme("basic", "http", http_scheme="basic")
KEY = SecurityScheme("k", "apiKey", "header", "X-Key")
COOKIE = SecurityScheme("c", "apiKey", "cookie", "sid")
TLS = SecurityScheme("t", "mutualTLS")
ODD = SecurityScheme('a"b\\é', "openIdConnect")


def operation(*alternatives: tuple[SecurityScheme, ...]) -> Operation:
    security = tuple(tuple(Requirement(scheme) for scheme in each) for each in alternatives)
    return Operation("", "GET", "/", "", security=security)


@pytest.mark.parametrize(
    ("alternatives", "expected"),
    [
        (((BEARER,),), "`Authorization: Bearer …`"),
        (((KEY, BASIC),), "the API key `X-Key` in the header and `Authorization: Basic …`"),
        (((KEY,), (COOKIE,)), "the API key `X-Key` in the header or the API key `sid` in the cookie"),
        (((KEY,), (KEY,)), "the API key `X-Key` in the header"),
    ],
)
def test_what_is_asked_for(alternatives: tuple[tuple[SecurityScheme, ...], ...], expected: str) -> None:
    [finding] = check_security(operation(*alternatives), Request("GET", "/"))
    assert (finding.code, finding.expected) == ("unauthorized", expected)


def test_challenges() -> None:
    values = challenges(operation((BEARER, KEY), (TLS,), (BEARER,), (ODD,)))
    assert values == ['Bearer realm="b"', 'ApiKey realm="k"', 'Bearer realm="a\\"b\\\\?"']


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer\tx", "Basic x", "", "bearerx"], ids=repr)
def test_what_is_no_bearer_token(value: str) -> None:
    assert check_security(operation((BEARER,)), Request("GET", "/", headers=[("authorization", value)]))


def test_nothing_is_asked_for() -> None:
    request = Request("GET", "/")
    assert check_security(operation(), request) == []
    assert check_security(operation((BEARER,), ()), request) == []
    assert check_security(operation((TLS,)), request) == []
