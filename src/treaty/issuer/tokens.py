"""Tokens: JSON Web Tokens (RFC 7519, RFC 9068), signed with a key that is made for this run.

The key is random, not made from a seed: one that can be made again could sign for somebody
else, and tokens of one run should not be good in another.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from treaty.findings import Json

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

ALGORITHM = "RS256"  # which every OpenID Connect client knows
LIFETIME = 3_600  # seconds
LEEWAY = 5  # seconds that clocks may differ


@dataclass(slots=True)
class Tokens:
    """Signs and reads tokens; the key is made when it is first needed."""

    _key: RSAKey | None = field(default=None, repr=False)

    @property
    def key(self) -> RSAKey:
        """The key that signs."""
        if self._key is None:
            from joserfc.jwk import RSAKey  # here: a start need not wait for it

            self._key = RSAKey.generate_key(2048, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
        return self._key

    def public_keys(self) -> Json:
        """The key set (RFC 7517, section 5)."""
        return {"keys": [self.key.as_dict(private=False)]}

    def access_token(self, issuer: str, subject: str, client: str, scope: str) -> str:
        """A token for the API (RFC 9068)."""
        claims = {"sub": subject, "aud": client, "client_id": client, "scope": scope}
        return self._signed("at+jwt", issuer, {**claims, "jti": secrets.token_hex(8)})

    def id_token(self, issuer: str, subject: str, client: str, nonce: str) -> str:
        """A token that tells the client who the user is (OpenID Connect Core 1.0, section 2)."""
        return self._signed("JWT", issuer, {"aud": client, **person(subject), **_given("nonce", nonce)})

    def read(self, token: str) -> dict[str, Json] | None:
        """The claims of an access token of ours that is still good; None when it is not."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            read = jwt.decode(token, self.key, algorithms=[ALGORITHM])
        except (JoseError, ValueError):
            return None
        expires = read.claims.get("exp")
        if read.header.get("typ") != "at+jwt" or not isinstance(expires, int):
            return None
        return read.claims if expires + LEEWAY > time.time() else None

    def _signed(self, kind: str, issuer: str, claims: dict[str, Json]) -> str:
        from joserfc import jwt

        now = int(time.time())
        header = {"alg": ALGORITHM, "typ": kind, "kid": self.key.kid}
        return jwt.encode(header, {"iss": issuer, "iat": now, "exp": now + LIFETIME, **claims}, self.key)


def person(subject: str) -> dict[str, str]:
    """The claims about a user: whoever was named, with a name and an address."""
    address = subject if "@" in subject else f"{subject}@example.com"
    return {
        "sub": subject,
        "name": subject.partition("@")[0],
        "preferred_username": subject,
        "email": address,
    }


def _given(name: str, value: str) -> dict[str, str]:
    return {name: value} if value else {}
