"""The issuer at work: its endpoints, run by our own engine, and its verdict on tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import orjson

from treaty.contract.contract import compile_contract
from treaty.contract.model import Requirement, SecurityScheme
from treaty.document.document import open_document
from treaty.enforcing import Exchange
from treaty.engine import Engine, build_engine
from treaty.exchange.call import Call
from treaty.exchange.messages import Request, Response
from treaty.exchange.security import (
    Credential,
    Granted,
    Verdict,
    Verification,
    authorization_scheme,
    credential_of,
)
from treaty.findings import Json
from treaty.issuer.grants import GRANTS, Consent, GrantError, Grants
from treaty.issuer.pages import consent_page, device_page, told_page
from treaty.issuer.tokens import ALGORITHM, person

DOCUMENT = Path(__file__).parent / "openapi.yaml"
PREFIX = "/__treaty/auth"
USER = "user"
# What clients ask themselves, without a browser (RFC 6749, section 3.2; RFC 8628, section 3.1).
_OF_CLIENTS = frozenset({"grant_token", "begin_device"})
_CLIENT = SecurityScheme("client", "http", http_scheme="basic")


@dataclass(slots=True)
class Issuer:
    """Issues tokens to whoever asks, and knows them again. Grants are forgotten with it."""

    scheme: str = "http"  # of its own URLs
    grants: Grants = field(default_factory=Grants)
    engine: Engine | None = None  # made when it is first asked for

    async def handle(self, request: Request) -> Exchange:
        """The answer to a request below `/__treaty/auth`."""
        if self.engine is None:
            contract = compile_contract(open_document(DOCUMENT))
            self.engine = build_engine(
                contract, self.respond, "refuse", self.verify, base_path=PREFIX, refuse=refuse
            )
        return await self.engine.handle(request)

    async def respond(self, call: Call) -> Response:
        """Do what the operation says."""
        return OPERATIONS[call.operation.operation_id](self, call)

    def verify(self, requirement: Requirement, credential: Credential) -> Verification:
        """Is a bearer token ours, still good, with the scopes? Other credentials need only be there."""
        scheme = requirement.scheme
        if scheme.type == "apiKey" or authorization_scheme(scheme) != "bearer":
            return Verdict.ACCEPTED
        claims = self.grants.tokens.read(credential.value)
        if claims is None:
            return Verdict.REFUSED
        granted = str(claims.get("scope", "")).split()
        return Granted(claims) if set(requirement.scopes) <= set(granted) else Verdict.LACKS_SCOPE

    def url(self, request: Request) -> str:
        """The issuer as the client of a request calls it."""
        return f"{self.scheme}://{request.header('host') or 'localhost'}{PREFIX}"


def get_configuration(issuer: Issuer, call: Call) -> Response:
    """OpenID Connect Discovery 1.0, section 3."""
    url = issuer.url(call.request)
    return _json(
        {
            "issuer": url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "device_authorization_endpoint": f"{url}/device_authorization",
            "userinfo_endpoint": f"{url}/userinfo",
            "jwks_uri": f"{url}/jwks",
            "response_types_supported": ["code"],
            "grant_types_supported": list(GRANTS),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "code_challenge_methods_supported": ["S256", "plain"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        }
    )


def get_keys(issuer: Issuer, _: Call) -> Response:
    """The key set."""
    return _json(issuer.grants.tokens.public_keys())


def ask_consent(issuer: Issuer, call: Call) -> Response:
    """The page; with `prompt=none` what a user would decide who says yes to everything."""
    query = {name: str(value) for name, value in call.query.items()}
    user = query.get("login_hint") or USER
    if query.get("prompt") == "none":
        return _redirect(issuer, {**query, "user": user, "decision": "allow"})
    fields = {name: value for name, value in query.items() if name not in ("login_hint", "prompt")}
    return consent_page(query["client_id"], query.get("scope", ""), user, fields)


def answer_consent(issuer: Issuer, call: Call) -> Response:
    """Send the user back to the client, with a code or without."""
    return _redirect(issuer, call.body)


def _redirect(issuer: Issuer, form: dict[str, str]) -> Response:
    target = form["redirect_uri"]
    answer = {"state": form["state"]} if form.get("state") else {}
    if form["decision"] == "allow":
        consent = Consent(
            form["client_id"],
            form.get("user") or USER,
            form.get("scope", ""),
            form.get("nonce", ""),
            target,
            form.get("code_challenge", ""),
            form.get("code_challenge_method", "plain"),
        )
        answer = {"code": issuer.grants.codes.put(consent), **answer}
    else:
        answer = {"error": "access_denied", **answer}
    joined = target + ("&" if "?" in target else "?") + urlencode(answer)
    return Response(303, [("location", joined), ("cache-control", "no-store")])


def grant_token(issuer: Issuer, call: Call) -> Response:
    """Tokens, or why there are none."""
    try:
        return _json(issuer.grants.grant(issuer.url(call.request), call.body, _client(call)))
    except GrantError as error:
        return _refusal(error.code, error.description)


def begin_device(issuer: Issuer, call: Call) -> Response:
    """Codes for a device."""
    return _json(issuer.grants.begin_device(issuer.url(call.request), call.body, _client(call)))


def ask_device(_: Issuer, call: Call) -> Response:
    """The page for the code."""
    return device_page(call.query.get("user_code", ""))


def answer_device(issuer: Issuer, call: Call) -> Response:
    """Note the decision."""
    form = call.body
    if not issuer.grants.decide_device(form["user_code"], form.get("user") or USER, form["decision"]):
        return told_page("No device waits with this code.", 404)
    return told_page("Done. The device goes on by itself.")


def get_user(issuer: Issuer, call: Call) -> Response:
    """Whom the token is of."""
    credential = credential_of(call.operation.security[0][0].scheme, call.request)
    claims = issuer.grants.tokens.read(credential.value) if credential else None
    return _json(person(str((claims or {}).get("sub", USER))))


OPERATIONS: dict[str, Callable[[Issuer, Call], Response]] = {
    "get_configuration": get_configuration,
    "get_keys": get_keys,
    "ask_consent": ask_consent,
    "answer_consent": answer_consent,
    "grant_token": grant_token,
    "begin_device": begin_device,
    "ask_device": ask_device,
    "answer_device": answer_device,
    "get_user": get_user,
}


def refuse(call: Call, make: Callable[[Call], Response]) -> Response:
    """What a wrong request gets: where clients of OAuth expect its error object, that."""
    if call.operation.operation_id not in _OF_CLIENTS:
        return make(call)
    return _refusal("invalid_request", "; ".join(str(each.message) for each in call.findings))


def _refusal(code: str, description: str) -> Response:
    """RFC 6749, section 5.2; a description has no quotes and no backslashes."""
    printable = description.replace('"', "'").replace("\\", "/").encode("ascii", "replace").decode()
    return _json({"error": code, "error_description": printable}, 400)


def _client(call: Call) -> str:
    """Who asks: the user of `Authorization: Basic` (RFC 6749, section 2.3.1), else `client_id`."""
    credential = credential_of(_CLIENT, call.request)
    return credential.user if credential else str(call.body.get("client_id", ""))


def _json(value: Json, status: int = 200) -> Response:
    headers = [("content-type", "application/json"), ("cache-control", "no-store")]
    return Response(status, headers, orjson.dumps(value))
