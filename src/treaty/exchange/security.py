"""Security: is there a credential of the shape that its scheme asks for, and does a verifier accept it?

Without a verifier only presence and shape count: whether a credential is a good one is the
service's to say, and a mock cannot know.
"""

from __future__ import annotations

import base64
import enum
import inspect
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias, cast

import orjson

from treaty.contract.model import Operation, Requirement, SecurityScheme
from treaty.exchange.messages import Request, combined
from treaty.exchange.styles import split_cookies, split_query
from treaty.findings import Finding, Json, Place

UNAUTHORIZED = "unauthorized"
FORBIDDEN = "forbidden"
_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")  # RFC 6750, section 2.1, b64token
_SCOPE_CLAIMS = ("scope", "scp", "scopes")  # RFC 8693, section 4.2; the others are in wide use
MAX_TOKEN_CHARACTERS = 16_384  # a longer one is not read, only passed on
MAX_CREDENTIALS = 4  # of one scheme in one request, each of which a verifier is asked about


class Verdict(enum.StrEnum):
    """What a verifier says of a credential: 401 when it is refused, 403 when it lacks a scope."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LACKS_SCOPE = "lacks-scope"


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential as it was sent: the API key, or what follows the scheme's name in `Authorization`.

    Of the scheme basic, `user` and `password` are set too (RFC 7617).
    """

    value: str = field(repr=False)
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Granted:
    """An accepted credential, and what is known of who sent it: handlers get it as `token_info`."""

    info: Json


Verification: TypeAlias = Verdict | Granted
# Judges a credential that is there and has the shape of its scheme.
Verifier: TypeAlias = Callable[[Requirement, Credential], Verification]
# One that waits for something: a database, another service.
AsyncVerifier: TypeAlias = Callable[[Requirement, Credential], Awaitable[Verification]]
# One that looks at the rest of the request as well.
Authenticator: TypeAlias = Callable[[Requirement, Credential, Request], Awaitable[Verification]]


def presence(requirement: Requirement, credential: Credential) -> Verdict:
    """The verifier that knows no secrets: it refuses only a scope that the token itself does not name."""
    if requirement.scopes and requirement.scheme.type in ("oauth2", "openIdConnect"):
        granted = token_scopes(credential.value)
        if granted is not None and not granted.issuperset(requirement.scopes):
            return Verdict.LACKS_SCOPE
    return Verdict.ACCEPTED


def check_security(
    operation: Operation,
    request: Request,
    verify: Verifier = presence,
    known: dict[str, Json] | None = None,
) -> list[Finding]:
    """No finding when one of the operation's alternatives is met as a whole (an OR of ANDs).

    `known` is given what a verifier knows of the caller, by the names of the schemes.
    """
    if not operation.security:
        return []
    missing: list[str] = []
    beyond: list[str] = []
    for alternative in operation.security:
        verdicts = [(each, verdict_on(each, request, verify)) for each in alternative]
        lacking = [each for each, verdict in verdicts if not _is_accepted(verdict)]
        if not lacking:
            if known is not None:
                told = ((each, verdict) for each, verdict in verdicts if isinstance(verdict, Granted))
                known.update({each.scheme.name: verdict.info for each, verdict in told})
            return []
        if any(verdict is Verdict.REFUSED for _, verdict in verdicts):
            missing.append(" and ".join(_described(each.scheme) for each in lacking))
        else:
            beyond.append(" and ".join(f"the scope `{scope}`" for each in lacking for scope in each.scopes))
    if beyond:
        return [_finding(FORBIDDEN, "the credential does not grant what this operation needs", beyond)]
    return [_finding(UNAUTHORIZED, "no credential that this operation accepts was sent", missing)]


async def check_security_later(
    operation: Operation, request: Request, verify: Authenticator, known: dict[str, Json]
) -> list[Finding]:
    """As `check_security`, with a verifier that waits; it is asked once of each requirement, while needed."""
    answers: dict[Requirement, Verification] = {}
    for alternative in operation.security:
        for each in alternative:
            sent = () if each in answers else credentials_of(each.scheme, request)
            if sent:
                answers[each] = _worst([await verify(each, credential, request) for credential in sent])
        if not check_security(
            replace(operation, security=(alternative,)), request, lambda each, _: answers[each]
        ):
            break
    return check_security(operation, request, lambda each, _: answers.get(each, Verdict.REFUSED), known)


def told_apart(verify: Verifier | AsyncVerifier) -> tuple[Verifier | None, Authenticator | None]:
    """A verifier that answers at once, or one that waits."""
    call = getattr(verify, "__call__", None)  # noqa: B004  an object may be one too
    if not (inspect.iscoroutinefunction(verify) or inspect.iscoroutinefunction(call)):
        return cast("Verifier", verify), None
    asked = cast("AsyncVerifier", verify)
    return None, lambda requirement, credential, _: asked(requirement, credential)


def _is_accepted(verification: Verification) -> bool:
    return verification is Verdict.ACCEPTED or isinstance(verification, Granted)


def verdict_on(requirement: Requirement, request: Request, verify: Verifier) -> Verification:
    """The verdict on what the request carries for one requirement; nothing, or a wrong shape, is refused."""
    kind = requirement.scheme.type
    if kind == "mutualTLS":
        return Verdict.ACCEPTED  # the connection decides it before a request is made
    if kind == "undefined":
        return Verdict.REFUSED  # nobody knows what would do, so nothing does
    sent = credentials_of(requirement.scheme, request)
    if len(sent) == 1:
        return verify(requirement, sent[0])
    return _worst([verify(requirement, each) for each in sent]) if sent else Verdict.REFUSED


def _worst(verdicts: list[Verification]) -> Verification:
    """Of several credentials each must do: which of them an application goes by, nobody knows."""
    for verdict in (Verdict.REFUSED, Verdict.LACKS_SCOPE):
        if verdict in verdicts:
            return verdict
    return verdicts[0]


def credential_of(scheme: SecurityScheme, request: Request) -> Credential | None:
    """The credential of a scheme, the first of several; None when there is none."""
    return next(iter(credentials_of(scheme, request)), None)


def credentials_of(scheme: SecurityScheme, request: Request) -> tuple[Credential, ...]:
    """The credentials of a scheme; none where they cannot be the scheme's, or are too many to be asked about.

    A query and cookies may have a name more than once, and readers differ in which they take; a
    header that is sent more than once is one value, with commas (RFC 9110, section 5.3).
    """
    if scheme.type == "apiKey":
        keys = dict.fromkeys(filter(None, _keys(scheme, request)))
        return tuple(map(Credential, keys)) if len(keys) <= MAX_CREDENTIALS else ()
    kind, _, text = (combined(request.headers, "authorization") or "").partition(" ")
    value = text.strip()
    wanted = authorization_scheme(scheme)
    if kind.lower() != wanted or not value:
        return ()
    if wanted == "basic":
        basic = _basic(value)
        return () if basic is None else (basic,)
    return (Credential(value),) if wanted != "bearer" or _TOKEN.fullmatch(value) else ()


def authorization_scheme(scheme: SecurityScheme) -> str:
    """The name in `Authorization`, lower case: names of schemes have no case (RFC 9110, section 11.1)."""
    return scheme.http_scheme if scheme.type == "http" else "bearer"


def token_scopes(token: str) -> frozenset[str] | None:
    """The scopes that a JSON Web Token (RFC 7519) names; None when it is opaque or names none.

    Its signature is not looked at: this can only tell an honest client what it lacks.
    """
    parts = token.split(".")
    if len(parts) != 3 or len(token) > MAX_TOKEN_CHARACTERS:
        return None
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:  # what both raise
        return None
    if not isinstance(claims, dict):
        return None
    named = [claims[name] for name in _SCOPE_CLAIMS if name in claims]
    return frozenset(scope for claim in named for scope in _scopes(claim)) if named else None


def challenges(operation: Operation, findings: list[Finding], request: Request) -> list[str]:
    """The values of WWW-Authenticate for the schemes that would do (RFC 9110, section 11.6.1).

    A bearer token that was sent in vain is told why (RFC 6750, section 3.1).
    """
    forbidden = any(finding.code == FORBIDDEN for finding in findings)
    requirements = [each for alternative in operation.security for each in alternative]
    if forbidden:
        requirements = [each for each in requirements if each.scopes and _is_bearer(each.scheme)]
    offered = (_challenge(each, request, forbidden) for each in requirements)
    return list(dict.fromkeys(value for value in offered if value))


def _challenge(requirement: Requirement, request: Request, forbidden: bool) -> str:
    scheme = requirement.scheme
    if scheme.type == "mutualTLS":
        return ""  # it is asked for by TLS, not by HTTP
    # One that is not defined still needs a challenge: a 401 without any is not HTTP.
    kind = "ApiKey" if scheme.type == "apiKey" else authorization_scheme(scheme).capitalize() or "Bearer"
    challenge = f"{kind} realm={_quoted(scheme.name)}"
    if kind == "Digest":
        # Clients answer none without a nonce (RFC 7616, section 3.3); it is not looked at, so any will do.
        return f'{challenge}, nonce="treaty"'
    if not _is_bearer(scheme):
        return challenge
    if forbidden:
        scopes = _quoted(" ".join(requirement.scopes))
        return f'{challenge}, error="insufficient_scope", scope={scopes}'
    sent = (request.header("authorization") or "").lower().startswith("bearer ")
    return f'{challenge}, error="invalid_token"' if sent else challenge


def _is_bearer(scheme: SecurityScheme) -> bool:
    return scheme.type in ("oauth2", "openIdConnect") or scheme.http_scheme == "bearer"


def _quoted(text: str) -> str:
    """A quoted-string (RFC 9110, section 5.6.4) that no character of the document can end."""
    plain = "".join(each if each.isprintable() else "?" for each in text)
    escaped = plain.encode("ascii", "replace").decode().replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _finding(code: str, message: str, alternatives: list[str]) -> Finding:
    return Finding(
        code,
        message,
        place=Place("security"),
        expected=" or ".join(dict.fromkeys(filter(None, alternatives))),
    )


def _keys(scheme: SecurityScheme, request: Request) -> Iterator[str]:
    if scheme.location == "header":
        yield combined(request.headers, scheme.parameter) or ""
        return
    in_query = scheme.location == "query"
    pairs = (
        split_query(request.query) if in_query else split_cookies(combined(request.headers, "cookie") or "")
    )
    yield from (value for name, value in pairs if name == scheme.parameter)


def _basic(value: str) -> Credential | None:
    """User and password (RFC 7617, section 2); None when it is not base64, or has no colon."""
    try:
        plain = base64.b64decode(value, validate=True)
    except ValueError:
        return None
    try:
        text = plain.decode()
    except UnicodeDecodeError:
        text = plain.decode("latin-1")  # what clients send that know no `charset`
    user, colon, password = text.partition(":")
    return Credential(value, user, password) if colon else None


def _scopes(claim: Json) -> list[str]:
    """A text with spaces between the scopes, or a list of them."""
    if isinstance(claim, str):
        return claim.split()
    return [str(each) for each in claim] if isinstance(claim, list) else []


def _described(scheme: SecurityScheme) -> str:
    if scheme.type == "apiKey":
        return f"the API key `{scheme.parameter}` in the {scheme.location}"
    if scheme.type == "undefined":
        return f"a credential of the scheme `{scheme.name}`, which the document does not define"
    return f"`Authorization: {authorization_scheme(scheme).capitalize()} …`"
