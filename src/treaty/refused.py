"""Refusals by all that they depend on: what was refused twice is refused again without being read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from treaty.contract.model import Operation, SecurityScheme
from treaty.exchange.kept import Kept, Key
from treaty.exchange.messages import Request, Response
from treaty.exchange.secrets import CREDENTIALS
from treaty.findings import Finding

MAX_REFUSED_BYTES = 8 * 1024 * 1024
# A larger body is read: few are sent twice, and each would be looked at as a whole to know it again.
MAX_BODY_BYTES = 16 * 1024
# About what a finding takes, with its part of the answer.
_FINDING_BYTES = 2_048
# How a body is read, which answer is asked for, and what may be quoted in neither findings nor answer.
_READ = frozenset({"content-type", "content-encoding", "accept", "prefer"}) | CREDENTIALS


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a wrong request got: the answer, and what was found."""

    operation: Operation
    findings: list[Finding]
    response: Response


@dataclass(frozen=True, slots=True)
class Refused:
    """The refusals there were, by the requests they answered; of a head the `fields` that count.

    Only for refusals that are the same each time: neither late, nor by a verifier whose mind may change.
    """

    fields: frozenset[str]
    kept: Kept[Refusal] = field(default_factory=lambda: Kept(MAX_REFUSED_BYTES))

    def again(self, request: Request) -> Refusal | None:
        """The refusal of a request that was refused before."""
        key = self.key(request) if self.kept.values else None
        return None if key is None else self.kept.get(key)

    def keep(self, request: Request, refusal: Refusal) -> None:
        """Remember a refusal, unless it is late or sent as it comes."""
        response, key = refusal.response, self.key(request)
        if key is None or response.delay or response.broken or response.chunks is not None:
            return
        self.kept.put(key, refusal, len(response.body) + _FINDING_BYTES * len(refusal.findings))

    def key(self, request: Request) -> Key | None:
        """All of a request that a refusal depends on; None of one that is not kept."""
        if len(request.body) > MAX_BODY_BYTES or request.spool is not None:
            return None
        counts = self.fields
        fields = [text for pair in request.headers if pair[0] in counts for text in pair]
        return (request.method, request.path, request.query, request.body, *fields)


def fields_of(operations: Iterable[Operation], schemes: Iterable[SecurityScheme]) -> frozenset[str]:
    """The names of the header fields that a refusal depends on."""
    declared = (each for operation in operations for each in operation.parameters)
    headers = (each.name.lower() for each in declared if each.location == "header")
    keys = (each.parameter.lower() for each in schemes if each.location == "header")
    return _READ.union(headers, keys)
