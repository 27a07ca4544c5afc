"""A login flow, offline: the issuer's grants, and its tokens enforced by a mock."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

import treaty
from treaty.asgi import App
from treaty.exchange.messages import Request, Response
from treaty.issuer.grants import DEVICE_GRANT
from treaty.issuer.issuer import DOCUMENT, OPERATIONS, Issuer
from treaty.issuer.tokens import LIFETIME, Tokens

RESPONSES = {"200": {"description": "ok", "content": {"text/plain": {"example": "fine"}}}}
CONTRACT = treaty.load(
    {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/read": {"get": {"security": [{"login": ["read"]}], "responses": RESPONSES}},
            "/write": {"get": {"security": [{"oidc": ["read", "write"]}], "responses": RESPONSES}},
            "/bearer": {"get": {"security": [{"bearer": []}], "responses": RESPONSES}},
            "/key": {"get": {"security": [{"key": []}], "responses": RESPONSES}},
        },
        "components": {
            "securitySchemes": {
                "login": {"type": "oauth2", "flows": {}},
                "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://x.example/.well-known"},
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            }
        },
    }
)
AUTH = "/__treaty/auth"
BACK = "http://127.0.0.1:5173/back?a=1"
FORM = ("content-type", "application/x-www-form-urlencoded")


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def app(issuer: Issuer) -> App:
    app = treaty.mock(CONTRACT, auth="verify")
    app.issuer = issuer  # one key for the module: to make one takes its time
    return treaty.mock(CONTRACT, auth="verify", keep=app)


def send(app: App, method: str, target: str, *headers: tuple[str, str], **form: str) -> Response:
    path, _, query = target.partition("?")
    request = Request(method, path, query, [("host", "localhost:4010"), *headers])
    if form:
        request.headers.append(FORM)
        request.body = urlencode(form).encode()
    return asyncio.run(app.answer(request)).response


def token(app: App, *headers: tuple[str, str], **form: str) -> Any:
    return json.loads(send(app, "POST", f"{AUTH}/token", *headers, **form).body)


def status(app: App, path: str, access_token: str) -> int:
    return send(app, "GET", path, ("authorization", f"Bearer {access_token}")).status


def decided(app: App, decision: str = "allow", **more: str) -> dict[str, list[str]]:
    """What comes back to the client when the user has decided."""
    answer = send(
        app, "POST", f"{AUTH}/authorize", client_id="app", redirect_uri=BACK, decision=decision, **more
    )
    assert answer.status == 303
    location = answer.header("location") or ""
    assert location.startswith(BACK + "&")
    return parse_qs(urlsplit(location).query)


def test_every_operation_of_the_document_has_a_function() -> None:
    assert sorted(OPERATIONS) == sorted(each.operation_id for each in treaty.load(DOCUMENT).operations)
    assert treaty.check(DOCUMENT) == []


def test_scopes_are_enforced(app: App) -> None:
    read = token(app, grant_type="client_credentials", client_id="app", scope="read")["access_token"]
    both = token(app, grant_type="client_credentials", client_id="app", scope="read write")["access_token"]
    assert [status(app, path, read) for path in ("/read", "/write", "/bearer")] == [200, 403, 200]
    assert status(app, "/write", both) == 200
    refused = send(app, "GET", "/write", ("authorization", f"Bearer {read}"))
    assert 'error="insufficient_scope"' in (refused.header("www-authenticate") or "")


def test_only_tokens_of_its_own_that_are_still_good_are_accepted(app: App, issuer: Issuer) -> None:
    good = token(app, grant_type="client_credentials", client_id="app", scope="read")["access_token"]
    head, claims, signature = good.split(".")
    forged = {"sub": "a", "scope": "read", "exp": int(time.time()) + LIFETIME}
    other = jwt.encode({"alg": "RS256", "typ": "at+jwt"}, forged, RSAKey.generate_key(2048))
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').decode().rstrip("=")
    old = jwt.encode(
        {"alg": "RS256", "typ": "at+jwt"}, {**forged, "exp": int(time.time()) - 60}, issuer.grants.tokens.key
    )
    for wrong in ("x", good[:-4] + "AAAA", f"{unsigned}.{claims}.", f"{head}.{claims}", other, old):
        refused = send(app, "GET", "/read", ("authorization", f"Bearer {wrong}"))
        assert refused.status == 401, wrong
        assert 'error="invalid_token"' in (refused.header("www-authenticate") or "")
    assert send(app, "GET", "/read").status == 401
    assert signature


def test_an_id_token_is_no_access_token(app: App) -> None:
    code = decided(app, scope="openid read")["code"][0]
    answer = token(app, grant_type="authorization_code", client_id="app", code=code)
    assert status(app, "/bearer", answer["id_token"]) == 401
    assert status(app, "/bearer", answer["access_token"]) == 200


def test_other_credentials_need_only_be_there(app: App) -> None:
    assert send(app, "GET", "/key", ("x-key", "any")).status == 200
    assert send(app, "GET", "/key").status == 401


def test_a_verifier_needs_the_challenge_that_was_forgotten(app: App) -> None:
    back = decided(app, response_type="code")
    grant = {"grant_type": "authorization_code", "client_id": "app", "redirect_uri": BACK}
    answer = token(app, **grant, code=back["code"][0], code_verifier="a-verifier-without-a-challenge")
    assert answer["error"] == "invalid_grant"


def test_the_code_flow_with_a_proof_key(app: App) -> None:
    verifier = "a-verifier-that-only-the-client-knows"
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": BACK,
        "scope": "openid read",
        "state": '"><script>',
        "nonce": "n",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    page = send(app, "GET", f"{AUTH}/authorize?{urlencode(asked)}")
    assert page.status == 200
    assert b"<script>" not in page.body
    assert f'name="code_challenge" value="{challenge}"' in page.body.decode()
    more = {name: value for name, value in asked.items() if name not in ("client_id", "redirect_uri")}
    back = decided(app, user="nellie@news.example", **more)
    assert (back["state"], back["a"]) == (['"><script>'], ["1"])
    grant = {"grant_type": "authorization_code", "client_id": "app", "redirect_uri": BACK}
    assert token(app, **grant, code=back["code"][0], code_verifier="wrong")["error"] == "invalid_grant"
    back = decided(app, user="nellie@news.example", **more)
    answer = token(app, **grant, code=back["code"][0], code_verifier=verifier)
    assert status(app, "/read", answer["access_token"]) == 200
    again = token(app, **grant, code=back["code"][0], code_verifier=verifier)
    assert again["error"] == "invalid_grant"
    keys = KeySet.import_key_set(json.loads(send(app, "GET", f"{AUTH}/jwks").body))
    claims = jwt.decode(answer["id_token"], keys, algorithms=["RS256"]).claims
    configuration = json.loads(send(app, "GET", f"{AUTH}/.well-known/openid-configuration").body)
    assert claims["iss"] == configuration["issuer"] == "http://localhost:4010/__treaty/auth"
    assert (claims["aud"], claims["sub"], claims["nonce"]) == ("app", "nellie@news.example", "n")
    bearer = ("authorization", f"Bearer {answer['access_token']}")
    user = json.loads(send(app, "GET", f"{AUTH}/userinfo", bearer).body)
    assert user["email"] == "nellie@news.example"
    assert send(app, "GET", f"{AUTH}/userinfo").status == 401


def test_consent_that_is_denied_or_not_asked_for(app: App) -> None:
    assert decided(app, "deny", state="s") == {"a": ["1"], "error": ["access_denied"], "state": ["s"]}
    silent = {"response_type": "code", "client_id": "app", "redirect_uri": BACK, "prompt": "none"}
    answer = send(app, "GET", f"{AUTH}/authorize?{urlencode(silent)}")
    assert answer.status == 303
    assert "code=" in (answer.header("location") or "")


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "/back", "http://a/#b", ""])
def test_a_redirect_that_leads_to_no_client_is_refused(app: App, target: str) -> None:
    asked = {"response_type": "code", "client_id": "app", "redirect_uri": target}
    assert send(app, "GET", f"{AUTH}/authorize?{urlencode(asked)}").status == 422


def test_a_refresh_token_is_good_once_and_for_no_more_than_was_allowed(app: App) -> None:
    first = token(app, grant_type="password", client_id="app", username="nellie", scope="read")
    grant = {"grant_type": "refresh_token", "client_id": "app"}
    second = token(app, **grant, refresh_token=first["refresh_token"])
    assert status(app, "/read", second["access_token"]) == 200
    assert token(app, **grant, refresh_token=first["refresh_token"])["error"] == "invalid_grant"
    beyond = token(app, **grant, refresh_token=second["refresh_token"], scope="read write")
    assert beyond["error"] == "invalid_scope"


def test_a_device_waits_for_its_user(app: App) -> None:
    begun = json.loads(send(app, "POST", f"{AUTH}/device_authorization", client_id="tv", scope="read").body)
    grant = {"grant_type": DEVICE_GRANT, "client_id": "tv", "device_code": begun["device_code"]}
    assert token(app, **grant)["error"] == "authorization_pending"
    page = send(app, "GET", f"{AUTH}/device?user_code={begun['user_code']}")
    assert begun["user_code"] in page.body.decode()
    wrong = send(app, "POST", f"{AUTH}/device", user_code="AAAA-AAAA", decision="allow")
    assert wrong.status == 404
    right = send(app, "POST", f"{AUTH}/device", user_code=begun["user_code"].lower(), decision="allow")
    assert right.status == 200
    assert status(app, "/read", token(app, **grant)["access_token"]) == 200
    assert token(app, **grant)["error"] == "expired_token"


def test_what_is_no_grant_is_said_as_the_standard_says_it(app: App) -> None:
    assert token(app, client_id="app")["error"] == "invalid_request"
    assert token(app, grant_type="magic", client_id="app")["error"] == "unsupported_grant_type"
    assert token(app, grant_type="client_credentials")["error"] == "invalid_client"
    basic = ("authorization", "Basic " + base64.b64encode(b"app:any").decode())
    assert token(app, basic, grant_type="client_credentials")["expires_in"] == LIFETIME
    assert token(app, grant_type="authorization_code", client_id="app", code="x")["error"] == "invalid_grant"


@pytest.mark.parametrize("path", ["/token", "/device_authorization"])
@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("application/x-www-form-urlencoded", b"", "the request has no body"),
        ("application/json", b'{"grant_type": "password"}', "the Content-Type `application/json` is not"),
        ('a/"b\\c', b"x", "the Content-Type `a/'b/c` is not declared"),
        ("application/x-www-form-urlencoded", b"a=%FF", "the body is not a form"),
    ],
)
def test_a_body_that_is_no_form_is_an_invalid_request(
    app: App, path: str, kind: str, body: bytes, said: str
) -> None:
    request = Request("POST", f"{AUTH}{path}", "", [("host", "localhost"), ("content-type", kind)], body)
    response = asyncio.run(app.answer(request)).response
    assert (response.status, response.header("content-type")) == (400, "application/json")
    found = json.loads(response.body)
    assert found["error"] == "invalid_request"
    assert found["error_description"].startswith(said)
    assert not {'"', "\\"} & {*found["error_description"]}


def test_security_that_is_off_is_not_looked_at() -> None:
    app = treaty.mock({"a": CONTRACT}, auth="off")
    assert [send(app, "GET", path).status for path in ("/read", "/write", "/key")] == [200, 200, 200]
    assert send(app, "GET", f"{AUTH}/jwks").status == 404


def test_two_issuers_do_not_know_each_others_tokens() -> None:
    good = Tokens().access_token("http://x", "a", "a", "read")
    assert Tokens().read(good) is None
