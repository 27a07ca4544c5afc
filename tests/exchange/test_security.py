"""Security: what is asked for, in words and as challenges. Requests are in tests/cases."""

from __future__ import annotations

import asyncio
import base64
import json

import pytest

from treaty.contract.model import Operation, Requirement, SecurityScheme
from treaty.exchange.messages import Request
from treaty.exchange.security import (
    Credential,
    Verdict,
    challenges,
    check_security,
    check_security_later,
    credential_of,
    presence,
    token_scopes,
)

BEARER = SecurityScheme("b", "http", http_scheme="bearer")
BASIC = SecurityScheme("basic", "http", http_scheme="basic")
DIGEST = SecurityScheme("d", "http", http_scheme="digest")
KEY = SecurityScheme("k", "apiKey", "header", "X-Key")
COOKIE = SecurityScheme("c", "apiKey", "cookie", "sid")
TLS = SecurityScheme("t", "mutualTLS")
OAUTH = SecurityScheme("o", "oauth2")
OPEN_ID = SecurityScheme("i", "openIdConnect")
ODD = SecurityScheme('a"b\\é\n', "openIdConnect")


def operation(*alternatives: tuple[SecurityScheme, ...], scopes: tuple[str, ...] = ()) -> Operation:
    security = tuple(tuple(Requirement(scheme, scopes) for scheme in each) for each in alternatives)
    return Operation("", "GET", "/", "", security=security)


def request(authorization: str = "", **headers: str) -> Request:
    sent = [("authorization", authorization)] if authorization else []
    return Request("GET", "/", headers=[*sent, *((n.replace("_", "-"), v) for n, v in headers.items())])


def token(**claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{payload}.c2ln"


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
    [finding] = check_security(operation(*alternatives), request())
    assert (finding.code, finding.expected) == ("unauthorized", expected)


def challenged(asked: Operation, sent: Request) -> list[str]:
    return challenges(asked, check_security(asked, sent), sent)


def test_challenges() -> None:
    asked = operation((BEARER, KEY), (TLS, BASIC), (BEARER,), (ODD,), (DIGEST,))
    assert challenged(asked, request()) == [
        'Bearer realm="b"',
        'ApiKey realm="k"',
        'Basic realm="basic"',
        'Bearer realm="a\\"b\\\\??"',
        'Digest realm="d", nonce="treaty"',
    ]


def test_a_token_that_was_refused_is_told_so() -> None:
    assert challenged(operation((BEARER,)), request("Bearer no token")) == [
        'Bearer realm="b", error="invalid_token"'
    ]


def test_a_missing_scope_is_named() -> None:
    asked = operation((OAUTH,), scopes=("read", "write"))
    sent = request("Bearer " + token(scope="read"))
    [finding] = check_security(asked, sent)
    assert (finding.code, finding.expected) == ("forbidden", "the scope `read` and the scope `write`")
    assert challenges(asked, [finding], sent) == [
        'Bearer realm="o", error="insufficient_scope", scope="read write"'
    ]


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer\tx", "Basic x", "", "bearerx", "Bearer a b"])
def test_what_is_no_bearer_token(value: str) -> None:
    assert check_security(operation((BEARER,)), request(value))


@pytest.mark.parametrize("value", ["Bearer x", "bearer x", "BEARER  x", "Bearer a.b-c_d~e+f/g=="])
def test_what_is_a_bearer_token(value: str) -> None:
    assert check_security(operation((BEARER,)), request(value)) == []


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Basic dTpw", ("u", "p")),
        ("bASIC dTpwOnE=", ("u", "p:q")),
        ("Basic Og==", ("", "")),
        ("Basic w6k6w6k=", ("é", "é")),
        ("Basic 6Trp", ("é", "é")),  # in latin-1
        ("Basic dQ==", None),
        ("Basic !!!!", None),
        ("Basic é", None),
        ("Basic", None),
    ],
)
def test_basic(value: str, found: tuple[str, str] | None) -> None:
    credential = credential_of(BASIC, request(value))
    assert (None if credential is None else (credential.user, credential.password)) == found


def test_nothing_is_asked_for() -> None:
    assert check_security(operation(), request()) == []
    assert check_security(operation((BEARER,), ()), request()) == []
    assert check_security(operation((TLS,)), request()) == []


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        (token(scope="read write"), {"read", "write"}),
        (token(scp=["read"]), {"read"}),
        (token(scopes=["read"], scope=""), {"read"}),
        (token(scope=None), set()),
        (token(scope=5), set()),
        (token(sub="x"), None),
        ("opaque", None),
        ("a.b.c", None),
        ("a.é.c", None),
        ("a." + base64.urlsafe_b64encode(b"[1]").decode() + ".c", None),
        ("a." + base64.urlsafe_b64encode(b"[" * 9_000).decode() + ".c", None),
        (token(scope="read", pad="x" * 20_000), None),
    ],
    ids=range(12),
)
def test_scopes_of_a_token(text: str, scopes: set[str] | None) -> None:
    assert token_scopes(text) == scopes


@pytest.mark.parametrize(
    ("scheme", "sent", "verdict"),
    [
        (OAUTH, token(scope="read"), Verdict.ACCEPTED),
        (OPEN_ID, token(scope="write"), Verdict.LACKS_SCOPE),
        (OAUTH, "opaque", Verdict.ACCEPTED),
        (BEARER, token(scope="write"), Verdict.ACCEPTED),  # its list holds roles, not scopes
    ],
)
def test_presence(scheme: SecurityScheme, sent: str, verdict: Verdict) -> None:
    assert presence(Requirement(scheme, ("read",)), Credential(sent)) is verdict


def test_a_verifier_decides_on_what_is_there() -> None:
    asked: list[str] = []

    def verify(requirement: Requirement, credential: Credential) -> Verdict:
        asked.append(f"{requirement.scheme.name} {credential.value}")
        return Verdict.ACCEPTED if credential.value == "good" else Verdict.REFUSED

    both = operation((KEY, BEARER))
    assert check_security(both, request("Bearer good", x_key="good"), verify) == []
    [finding] = check_security(both, request("Bearer bad", x_key="good"), verify)
    assert (finding.code, finding.expected) == ("unauthorized", "`Authorization: Bearer …`")
    assert check_security(both, request("Basic good"), verify)
    assert asked == ["k good", "b good", "k good", "b bad"]


def test_a_scope_is_lacking_only_where_nothing_else_is() -> None:
    [finding] = check_security(
        operation((OAUTH, KEY), scopes=("read",)), request("Bearer " + token(scope="write"))
    )
    assert finding.code == "unauthorized"


def test_a_credential_does_not_show_its_secret() -> None:
    assert "hidden" not in repr(Credential("hidden", "user", "hidden"))


QUERY = SecurityScheme("q", "apiKey", "query", "key")


@pytest.mark.parametrize(
    ("scheme", "sent", "expected"),
    [
        (QUERY, Request("GET", "/", "key=good&key=good"), []),
        (QUERY, Request("GET", "/", "key=good&key=forged"), ["unauthorized"]),
        (QUERY, Request("GET", "/", "key=forged&key=good"), ["unauthorized"]),
        (QUERY, Request("GET", "/", "key=good&key=other"), []),
        (QUERY, Request("GET", "/", "&".join(f"key=good{at}" for at in range(5))), ["unauthorized"]),
        (COOKIE, Request("GET", "/", headers=[("cookie", "sid=good; sid=forged")]), ["unauthorized"]),
        (KEY, Request("GET", "/", headers=[("x-key", "good"), ("x-key", "other")]), ["unauthorized"]),
        (
            BEARER,
            Request(
                "GET", "/", headers=[("authorization", "Bearer good"), ("authorization", "Bearer other")]
            ),
            ["unauthorized"],
        ),
    ],
)
def test_of_several_credentials_each_must_do(
    scheme: SecurityScheme, sent: Request, expected: list[str]
) -> None:
    def verify(_: Requirement, credential: Credential) -> Verdict:
        return Verdict.ACCEPTED if credential.value in ("good", "other") else Verdict.REFUSED

    async def verify_later(each: Requirement, credential: Credential, _: Request) -> Verdict:
        return verify(each, credential)

    asked = operation((scheme,))
    assert [each.code for each in check_security(asked, sent, verify)] == expected
    later = asyncio.run(check_security_later(asked, sent, verify_later, {}))
    assert [each.code for each in later] == expected
