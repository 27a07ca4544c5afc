"""The functions of a project that know credentials, named in its document as Connexion has them.

A security scheme may say `x-apikeyInfoFunc`, `x-basicInfoFunc`, `x-bearerInfoFunc` or
`x-tokenInfoFunc` with `x-scopeValidateFunc`. Such a function is given the credential and returns
what is known of the caller, or None to refuse (401); handlers get it as `token_info` and `user`.
In place of the function of a token there may be an endpoint to ask, `x-tokenInfoUrl`.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from treaty.contract.contract import Contract
from treaty.contract.model import Requirement, SecurityScheme
from treaty.document.operations import follow
from treaty.exchange.messages import Request
from treaty.exchange.security import Credential, Granted, Verdict, Verification
from treaty.findings import Finding, Json, Location, pointer_of
from treaty.respond.frameworks import connexion_context, connexion_request, inspect_function_arguments
from treaty.respond.modules import Modules
from treaty.respond.token_info import is_endpoint, token_info

_log = logging.getLogger("treaty")
# What a function is found by: the field, by the type of the scheme or its name in `Authorization`.
_FIELDS = {
    "apiKey": "x-apikeyInfoFunc",
    "basic": "x-basicInfoFunc",
    "bearer": "x-bearerInfoFunc",
    "oauth2": "x-tokenInfoFunc",
    "openIdConnect": "x-tokenInfoFunc",
}
_SCOPES = "x-scopeValidateFunc"
_URL = "x-tokenInfoUrl"
_BY_STATUS = {401: Verdict.REFUSED, 403: Verdict.LACKS_SCOPE}
# A function of the user's, which takes and returns what Connexion says.
Function: TypeAlias = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class InfoFunctions:
    """Asks the functions of a project about credentials."""

    info: dict[str, Function]  # by the name of the scheme
    scopes: dict[str, Function]

    async def __call__(
        self, requirement: Requirement, credential: Credential, request: Request
    ) -> Verification:
        """What the scheme's function knows of a credential; a scheme without one accepts nothing.

        An exception with the status 401 or 403, such as Connexion's and Werkzeug's, refuses too.
        """
        name = requirement.scheme.name
        if name not in self.info:
            return Verdict.REFUSED
        with connexion_context(request, {}):
            try:
                known = await self._known(requirement, credential, request)
                if known is None:
                    return Verdict.REFUSED
                if requirement.scheme.type in ("oauth2", "openIdConnect"):
                    said = known.get("scope", known.get("scopes", "")) if isinstance(known, Mapping) else ""
                    allowed = self.scopes.get(name, _covers)
                    if not await _call(allowed, (list(requirement.scopes), said), {}):
                        return Verdict.LACKS_SCOPE
            except Exception as error:
                status = getattr(error, "status_code", None) or getattr(error, "code", None)
                verdict = _BY_STATUS.get(status) if isinstance(status, int) else None
                if verdict is None:
                    raise
                return verdict
        return Granted(known)

    async def _known(self, requirement: Requirement, credential: Credential, request: Request) -> Json:
        function = self.info[requirement.scheme.name]
        is_basic = requirement.scheme.http_scheme == "basic"
        given = (credential.user, credential.password) if is_basic else (credential.value,)
        names, takes_all = inspect_function_arguments(function)
        offered = {"required_scopes": list(requirement.scopes), "request": connexion_request(request)}
        return await _call(
            function, given, {name: value for name, value in offered.items() if takes_all or name in names}
        )


def find_info_functions(
    contract: Contract, modules: Modules, *, asks_endpoints: bool = False
) -> tuple[InfoFunctions | None, list[Finding]]:
    """The functions that a document's security schemes name, and those that are not there.

    None when no scheme names any: then credentials are looked at for presence and shape. An endpoint that
    a scheme names is such a function where it `asks_endpoints`.
    """
    data = contract.document.data
    info: dict[str, Function] = {}
    scopes: dict[str, Function] = {}
    findings: list[Finding] = []
    schemes = {
        each.scheme.name: each.scheme
        for operation in contract.operations
        for alternative in operation.security
        for each in alternative
    }
    section = ("securityDefinitions",) if "swagger" in data else ("components", "securitySchemes")
    for name, scheme in schemes.items():
        pointer, node = follow(data, "", {"$ref": "#" + pointer_of((*section, name))})
        for field, found in ((_field(scheme), info), (_SCOPES, scopes)):
            said = node.get(field) if isinstance(node, dict) else None
            said = said or os.environ.get(_environment_name(field))
            if not isinstance(said, str):
                continue
            function = _find(modules, said)
            if function is None:
                findings.append(_missing(field, said, name, pointer, modules.package))
            else:
                found[name] = function
        url = _endpoint(scheme, node) if name not in info else None
        if url is not None and not is_endpoint(url):
            findings.append(_no_endpoint(url, name, pointer))
        elif url is not None:
            info |= _asking(url, name, asks_endpoints=asks_endpoints)
    if not info:
        return None, findings
    for name, scheme in schemes.items():
        if name not in info and scheme.type != "mutualTLS":
            _log.warning("the security scheme %s has no %s, so nothing satisfies it", name, _field(scheme))
    return InfoFunctions(info, scopes), findings


def _field(scheme: SecurityScheme) -> str:
    return _FIELDS.get(scheme.http_scheme if scheme.type == "http" else scheme.type, "x-bearerInfoFunc")


def _endpoint(scheme: SecurityScheme, node: Json) -> str | None:
    """The token info endpoint of a scheme of tokens that may have one."""
    if _field(scheme) != "x-tokenInfoFunc":
        return None
    said = node.get(_URL) if isinstance(node, dict) else None
    said = said or os.environ.get("TOKENINFO_URL")
    return said if isinstance(said, str) else None


def _asking(url: str, name: str, *, asks_endpoints: bool) -> dict[str, Function]:
    if asks_endpoints:
        return {name: token_info(url)}
    _log.warning("%s of the security scheme %s is asked only with --token-info", url, name)
    return {}


def _environment_name(field: str) -> str:
    """The variable that may name a function for all schemes: `TOKENINFO_FUNC` for `x-tokenInfoFunc`."""
    return field.removeprefix("x-").removesuffix("Func").upper() + "_FUNC"


def _find(modules: Modules, said: str) -> Function | None:
    """A function of the user's by its dotted name, from where the handlers' package stands or from in it."""
    for name in (said, f"{modules.package}.{said}"):
        if not modules.may_import(name) or not modules.reach(name) or modules.leads_through_an_import(name):
            continue
        found = modules.find(name)
        if callable(found):
            return found
    return None


async def _call(function: Function, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """What a function returns: a coroutine's in the event loop, any other's in a thread."""
    if inspect.iscoroutinefunction(function):
        return await function(*given, **named)
    answer = await asyncio.to_thread(function, *given, **named)
    while inspect.isawaitable(answer):
        answer = await answer
    return answer


def _covers(required: list[str], granted: Any) -> bool:
    """Does a token have every scope? Its scopes are a list, or a text with spaces between them."""
    return set(required) <= set(granted.split() if isinstance(granted, str) else granted)


def _no_endpoint(url: str, name: str, pointer: str) -> Finding:
    return Finding(
        "token-info-url-malformed",
        f"`{_URL}: {url}` of the security scheme `{name}` is no URL that can be asked",
        location=Location("", pointer=f"{pointer}/{_URL}"),
        expected="an absolute URL of http or https",
    )


def _missing(field: str, said: str, name: str, pointer: str, package: str) -> Finding:
    return Finding(
        "security-function-missing",
        f"`{field}: {said}` of the security scheme `{name}` is no function that can be found",
        location=Location("", pointer=f"{pointer}/{field}"),
        expected=f"the dotted name of a function in `{package}` or beside it",
        hint="correct the name, or write the function",
    )
