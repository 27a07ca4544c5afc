"""A request as the contract reads it."""

from __future__ import annotations

from dataclasses import dataclass, field

from treaty.contract.model import MediaType, Operation
from treaty.exchange.messages import Request
from treaty.exchange.prepared import PreparedOperation
from treaty.findings import Finding, Json


@dataclass(slots=True)
class Call:
    """A request as the contract reads it: what a responder answers.

    `path`, `query`, `headers` and `cookies` hold the declared parameters, typed, by the
    names the document gives them; `body` is the decoded value, or the bytes of a media
    type that is not decoded, or an `Upload` where these are many, or `Items` of a
    sequence too large for memory. Absent
    parameters have their schema's default, or are missing.
    """

    operation: Operation
    request: Request
    prepared: PreparedOperation
    path: dict[str, Json] = field(default_factory=dict)
    query: dict[str, Json] = field(default_factory=dict)
    headers: dict[str, Json] = field(default_factory=dict)
    cookies: dict[str, Json] = field(default_factory=dict)
    body: Json = None
    media_type: MediaType | None = None
    findings: list[Finding] = field(default_factory=list)
    known: dict[str, Json] | None = None  # of the caller, by security scheme, where a verifier was asked
