"""The judge: what a contract has to say of a request and its response, in every mode the same."""

from __future__ import annotations

from dataclasses import dataclass

from treaty.contract.compile import security_schemes
from treaty.contract.contract import Contract
from treaty.contract.model import Operation, SecurityScheme
from treaty.exchange.call import Call
from treaty.exchange.messages import Request, Response, Verified
from treaty.exchange.prepared import Prepared, PreparedOperation
from treaty.exchange.request import check_request
from treaty.exchange.response import check_answer
from treaty.exchange.router import Matched, Router, build_router
from treaty.exchange.secrets import Hiding, hiding_of, mask_findings
from treaty.exchange.security import (
    AsyncVerifier,
    Authenticator,
    Verifier,
    check_security,
    check_security_later,
    told_apart,
)
from treaty.exchange.spool import MAX_UPLOAD_BYTES
from treaty.findings import Finding, Json, Place


@dataclass(frozen=True, slots=True)
class Judge:
    """A contract, ready to say what is wrong with an exchange: the same for all who ask."""

    contract: Contract
    router: Router
    prepared: Prepared
    schemes: tuple[SecurityScheme, ...]  # whose credentials are masked
    hiding: Hiding  # where these are
    verify: Verifier | None = None
    authenticate: Authenticator | None = None  # a verifier that waits

    def read(
        self,
        prepared: PreparedOperation,
        request: Request,
        path_values: dict[str, str],
        *,
        has_come: bool = True,
    ) -> Call:
        """A request as the contract reads it, with all that is wrong with it; credentials are masked.

        Of one whose body has not come yet, with all that is wrong with its head.
        """
        call = check_request(prepared, request, path_values, has_come=has_come)
        if request.verified is not None:
            _take_verified(call, request.verified)
        elif self.verify is not None:
            known: dict[str, Json] = {}
            found = check_security(call.operation, request, self.verify, known)
            _take_verified(call, Verified(found, known))
        if call.findings:
            call.findings = self.masked(call.findings, request)
        return call

    async def authenticated(self, call: Call, authenticate: Authenticator) -> None:
        """What a verifier that waits has to say of a call."""
        if call.request.verified is None:
            known: dict[str, Json] = {}
            found = await check_security_later(call.operation, call.request, authenticate, known)
            _take_verified(call, Verified(found, known))

    def decides_alone(self, operation: Operation) -> bool:
        """Is nobody else asked about a request of an operation, so that the verdict is always the same?"""
        return not operation.security or (self.verify is None and self.authenticate is None)

    def answered(self, prepared: PreparedOperation, request: Request, response: Response) -> list[Finding]:
        """What is wrong with the response to a request."""
        findings = check_answer(prepared, request, response)
        return self.masked(findings, request, response) if findings else findings

    def recorded(self, request: Request, response: Response | None) -> Recorded:
        """What is wrong with an exchange that took place elsewhere.

        That a request is refused (4xx) which breaks the contract need not be declared.
        """
        matched = self.router.match(request.method, request.path, request.query, request.headers)
        if matched.operation is None:
            asks_what_there_is = request.method == "OPTIONS" and matched.allowed
            return Recorded(None, [] if asks_what_there_is else [route_finding(request, matched)], [])
        prepared = self.prepared.of(matched.operation)
        asked = self.read(prepared, request, matched.path_values).findings
        refused = response is not None and asked and 400 <= response.status < 500
        if response is None or refused:
            return Recorded(matched.operation, asked, [])
        return Recorded(matched.operation, asked, self.answered(prepared, request, response))

    def masked(
        self, findings: list[Finding], request: Request, response: Response | None = None
    ) -> list[Finding]:
        """Findings without credentials."""
        return mask_findings(findings, self.hiding, request, response)


def _take_verified(call: Call, verified: Verified) -> None:
    """What a verifier says of credentials, in place of what was found by looking at them."""
    others = [finding for finding in call.findings if finding.place != Place("security")]
    call.findings, call.known = [*verified.findings, *others], verified.known


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was found on a recorded request and its response; no operation: the contract does not have it."""

    operation: Operation | None
    request_findings: list[Finding]
    response_findings: list[Finding]


def build_judge(
    contract: Contract,
    verify: Verifier | AsyncVerifier | None = None,
    *,
    strict: bool = False,
    base_path: str | tuple[str, ...] | None = None,
    max_upload_bytes: int = MAX_UPLOAD_BYTES,
    authenticate: Authenticator | None = None,
) -> Judge:
    """A judge by a contract; nothing of the contract is compiled before it is used.

    `strict` refuses query parameters, form fields and bodies that are not declared. A path is
    accepted with and without the path of a server; with `base_path`, only below that one,
    or any of several. A file, or files, may have `max_upload_bytes`. `authenticate` judges
    credentials where there is no `verify`.
    """
    router = build_router(contract.operations, contract.base_paths, base_path, contract.open_paths)
    schemes = tuple(security_schemes(contract.document.data).values())
    at_once, later = (None, authenticate) if verify is None else told_apart(verify)
    prepared = Prepared(contract, strict, max_upload_bytes)
    return Judge(contract, router, prepared, schemes, hiding_of(schemes), at_once, later)


def route_finding(request: Request, matched: Matched) -> Finding:
    """That the contract has no such path, or no such method of it."""
    if not matched.allowed:
        detail = f"The contract has no path that matches {request.path}."
        return Finding("not-found", detail, place=Place("path"))
    allowed = ", ".join(matched.allowed)
    detail = f"{request.path} has no {request.method}; it has {allowed}."
    return Finding("method-not-allowed", detail, place=Place("method"), expected=allowed)
