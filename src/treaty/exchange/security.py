"""Security: is a credential there, of the shape its scheme asks for?

Whether it is a good one is the service's to say; the mock cannot know.
"""

from __future__ import annotations

from treaty.contract.model import Operation, Requirement, SecurityScheme
from treaty.exchange.messages import Request
from treaty.exchange.styles import split_cookies, split_query
from treaty.findings import Finding, Place


def check_security(operation: Operation, request: Request) -> list[Finding]:
    """No finding when one of the operation's alternatives is met as a whole (an OR of ANDs)."""
    if not operation.security:
        return []
    missing: list[str] = []
    for alternative in operation.security:
        lacking = [_described(each.scheme) for each in alternative if not is_presented(each, request)]
        if not lacking:
            return []
        missing.append(" and ".join(lacking))
    return [
        Finding(
            "unauthorized",
            "no credential that this operation accepts was sent",
            place=Place("security"),
            expected=" or ".join(dict.fromkeys(missing)),
        )
    ]


def challenges(operation: Operation) -> list[str]:
    """The values of WWW-Authenticate for the schemes that would do (RFC 9110, section 11.6.1)."""
    schemes = [requirement.scheme for alternative in operation.security for requirement in alternative]
    return list(dict.fromkeys(_challenge(scheme) for scheme in schemes if scheme.type != "mutualTLS"))


def is_presented(requirement: Requirement, request: Request) -> bool:
    """Does the request carry a credential of the requirement's scheme?"""
    scheme = requirement.scheme
    if scheme.type == "apiKey":
        return _has_key(scheme, request)
    if scheme.type == "mutualTLS":
        return True  # the connection decides it before a request is made
    if scheme.type == "undefined":
        return False  # nobody knows what would do, so nothing does
    kind, _, credential = (request.header("authorization") or "").partition(" ")
    wanted = scheme.http_scheme if scheme.type == "http" else "bearer"
    return kind.lower() == wanted and bool(credential.strip())


def _has_key(scheme: SecurityScheme, request: Request) -> bool:
    if scheme.location == "header":
        return bool(request.header(scheme.parameter.lower()))
    if scheme.location == "query":
        return any(name == scheme.parameter and value for name, value in split_query(request.query))
    cookies = split_cookies(request.header("cookie") or "")
    return any(name == scheme.parameter and value for name, value in cookies)


def _described(scheme: SecurityScheme) -> str:
    if scheme.type == "apiKey":
        return f"the API key `{scheme.parameter}` in the {scheme.location}"
    if scheme.type == "undefined":
        return f"a credential of the scheme `{scheme.name}`, which the document does not define"
    kind = scheme.http_scheme if scheme.type == "http" else "bearer"
    return f"`Authorization: {kind.capitalize()} …`"


def _challenge(scheme: SecurityScheme) -> str:
    kind = {"apiKey": "ApiKey", "http": scheme.http_scheme.capitalize()}.get(scheme.type, "Bearer")
    realm = scheme.name.encode("ascii", "replace").decode().replace("\\", "\\\\").replace('"', '\\"')
    return f'{kind} realm="{realm}"'
