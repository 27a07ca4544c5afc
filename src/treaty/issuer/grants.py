"""Grants: what a client may have tokens for, and what is kept until it comes for them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from treaty.findings import Json
from treaty.issuer.tokens import LIFETIME, Tokens

MAX_PENDING = 10_000
CODE_SECONDS = 60
DEVICE_SECONDS = 600
REFRESH_SECONDS = 30 * 24 * 3_600
POLL_SECONDS = 1
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628, section 6.1

Value = TypeVar("Value")
Form = dict[str, str]


class GrantError(Exception):
    """There are no tokens (RFC 6749, section 5.2); `code` is the standard's word for why."""

    def __init__(self, code: str, description: str) -> None:
        self.code, self.description = code, description
        super().__init__(f"{code}: {description}")


@dataclass(frozen=True, slots=True)
class Consent:
    """What a user allowed a client."""

    client: str
    subject: str
    scope: str = ""
    nonce: str = ""
    redirect: str = ""
    challenge: str = ""
    challenge_method: str = "plain"


@dataclass(slots=True)
class Device:
    """A device that waits: what it asks for, and what its user decided, if anything yet."""

    consent: Consent
    user_code: str
    decision: str = ""


@dataclass(slots=True)
class Pending(Generic[Value]):
    """Values by secrets that only who was told one can know; for a time, and within bounds."""

    seconds: int
    kept: dict[str, tuple[float, Value]] = field(default_factory=dict)

    def put(self, value: Value, key: str = "") -> str:
        """Keep a value; gives its secret."""
        secret = key or secrets.token_urlsafe(32)
        while len(self.kept) >= MAX_PENDING:
            self.kept.pop(next(iter(self.kept)))
        self.kept[secret] = (time.monotonic() + self.seconds, value)
        return secret

    def get(self, secret: str) -> Value | None:
        """The value of a secret, if it is there still."""
        until, value = self.kept.get(secret, (0.0, None))
        return value if until > time.monotonic() else None

    def take(self, secret: str) -> Value | None:
        """As `get`, once."""
        value = self.get(secret)
        self.kept.pop(secret, None)
        return value


@dataclass(slots=True)
class Grants:
    """Gives tokens for each type of grant."""

    tokens: Tokens = field(default_factory=Tokens)
    codes: Pending[Consent] = field(default_factory=lambda: Pending(CODE_SECONDS))
    refreshing: Pending[Consent] = field(default_factory=lambda: Pending(REFRESH_SECONDS))
    devices: Pending[Device] = field(default_factory=lambda: Pending(DEVICE_SECONDS))

    def grant(self, issuer: str, form: Form, client: str) -> Json:
        """The answer of the token endpoint. Raises `GrantError`."""
        kind = form.get("grant_type", "")
        if not kind:
            raise GrantError("invalid_request", "`grant_type` is missing")
        if kind not in GRANTS:
            raise GrantError("unsupported_grant_type", f"`grant_type` is one of {', '.join(GRANTS)}")
        if not client:
            raise GrantError("invalid_client", "no `client_id`, and no client in `Authorization: Basic`")
        consent, may_refresh = GRANTS[kind](self, form, client)
        return self.answer(issuer, consent, may_refresh=may_refresh)

    def answer(self, issuer: str, consent: Consent, *, may_refresh: bool) -> Json:
        """The tokens for a consent (RFC 6749, section 5.1)."""
        tokens, given = self.tokens, consent
        found = {
            "access_token": tokens.access_token(issuer, given.subject, given.client, given.scope),
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "scope": given.scope,
        }
        if may_refresh:
            found["refresh_token"] = self.refreshing.put(given)
        if may_refresh and "openid" in given.scope.split():
            found["id_token"] = tokens.id_token(issuer, given.subject, given.client, given.nonce)
        return found

    def begin_device(self, issuer: str, form: Form, client: str) -> Json:
        """Codes for a device and its user (RFC 8628, section 3.2)."""
        letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
        user_code = f"{letters[:4]}-{letters[4:]}"
        device = self.devices.put(Device(Consent(client, "", form.get("scope", "")), user_code))
        return {
            "device_code": device,
            "user_code": user_code,
            "verification_uri": f"{issuer}/device",
            "verification_uri_complete": f"{issuer}/device?user_code={user_code}",
            "expires_in": DEVICE_SECONDS,
            "interval": POLL_SECONDS,
        }

    def decide_device(self, user_code: str, user: str, decision: str) -> bool:
        """Note what the user of a device decided; False when no device has that code."""
        wanted = user_code.strip().upper()
        for secret in list(self.devices.kept):
            device = self.devices.get(secret)
            if device is not None and device.user_code == wanted:
                device.decision = decision
                device.consent = Consent(device.consent.client, user, device.consent.scope)
                return True
        return False


def _for_client(_: Grants, form: Form, client: str) -> tuple[Consent, bool]:
    return Consent(client, client, form.get("scope", "")), False


def _for_password(_: Grants, form: Form, client: str) -> tuple[Consent, bool]:
    if not form.get("username"):
        raise GrantError("invalid_request", "`username` is missing")
    return Consent(client, form["username"], form.get("scope", "")), True


def _for_code(grants: Grants, form: Form, client: str) -> tuple[Consent, bool]:
    consent = grants.codes.take(form.get("code", ""))
    if consent is None or consent.client != client:
        raise GrantError("invalid_grant", "the code is not one of this client's, was used, or is too old")
    if consent.redirect != form.get("redirect_uri", consent.redirect):
        raise GrantError("invalid_grant", "`redirect_uri` is not the one the code was sent to")
    verifier = form.get("code_verifier", "")  # one without a challenge is refused (RFC 9700, section 4.8.2)
    if (consent.challenge or verifier) and not _proves(verifier, consent):
        raise GrantError("invalid_grant", "`code_verifier` does not fit the challenge")
    return consent, True


def _for_refresh(grants: Grants, form: Form, client: str) -> tuple[Consent, bool]:
    consent = grants.refreshing.take(form.get("refresh_token", ""))
    if consent is None or consent.client != client:
        raise GrantError("invalid_grant", "the refresh token is not one of this client's, or was used")
    scope = form.get("scope", consent.scope)
    if not set(scope.split()) <= set(consent.scope.split()):
        raise GrantError("invalid_scope", f"no more than `{consent.scope}` was allowed")
    return Consent(client, consent.subject, scope, consent.nonce), True


def _for_device(grants: Grants, form: Form, client: str) -> tuple[Consent, bool]:
    secret = form.get("device_code", "")
    device = grants.devices.get(secret)
    if device is None or device.consent.client != client:
        raise GrantError("expired_token", "the device code is not one of this client's, or is too old")
    if not device.decision:
        raise GrantError("authorization_pending", "the user has not decided yet")
    grants.devices.take(secret)
    if device.decision != "allow":
        raise GrantError("access_denied", "the user denied it")
    return device.consent, True


GRANTS: dict[str, Callable[[Grants, Form, str], tuple[Consent, bool]]] = {
    "client_credentials": _for_client,
    "password": _for_password,
    "authorization_code": _for_code,
    "refresh_token": _for_refresh,
    DEVICE_GRANT: _for_device,
}


def _proves(verifier: str, consent: Consent) -> bool:
    """Is it the verifier of the challenge (RFC 7636, section 4.6)? Of no challenge none is."""
    proof = verifier
    if consent.challenge_method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(proof.encode(), consent.challenge.encode())
