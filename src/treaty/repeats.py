"""Exchanges by all that they depend on: what was answered twice is answered again without being read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from treaty.contract.model import Operation, SecurityScheme
from treaty.exchange.kept import Kept, Key
from treaty.exchange.messages import Request, Response
from treaty.exchange.secrets import CREDENTIALS
from treaty.findings import Finding

# A larger body is read: few are sent twice, and each would be looked at as a whole to know it again.
MAX_BODY_BYTES = 16 * 1024
# About what a finding takes, with its part of the answer.
_FINDING_BYTES = 2_048
# How a body is read, which answer is asked for, and what may be quoted in neither findings nor answer.
_READ = frozenset({"content-type", "content-encoding", "accept", "prefer"}) | CREDENTIALS
# The names in the query or fragment of a path as written, which a request may say in its head.
_MARKS = re.compile(r"[?#&]([^=&#]+)")


@dataclass(slots=True)  # nobody changes one; but most are made in vain, and frozen they would cost more
class Repeated:
    """What a request got: the answer, what was found, and whether that refused it."""

    operation: Operation
    findings: list[Finding]
    response: Response
    refused: bool


@dataclass(frozen=True, slots=True)
class Repeats:
    """The exchanges there were, by their requests; of a head the `fields` that count.

    Only for answers that are the same each time: neither late, nor by a verifier whose mind may change.
    """

    fields: frozenset[str]
    kept: Kept[Repeated] = field(default_factory=Kept)

    def again(self, request: Request) -> Repeated | None:
        """What a request got that was answered before."""
        key = self.key(request) if self.kept.values else None
        return None if key is None else self.kept.get(key)

    def keep(self, request: Request, repeated: Repeated) -> None:
        """Remember an answer, unless it is late or sent as it comes."""
        response, key = repeated.response, self.key(request)
        if key is None or response.delay or response.broken or response.chunks is not None:
            return
        self.kept.put(key, repeated, len(response.body) + _FINDING_BYTES * len(repeated.findings))

    def key(self, request: Request) -> Key | None:
        """All of a request that its answer depends on; None of one that is not kept."""
        if len(request.body) > MAX_BODY_BYTES or request.spool is not None:
            return None
        counts = self.fields
        fields = [text for pair in request.headers if pair[0] in counts for text in pair]
        return (request.method, request.path, request.query, request.body, *fields)


def fields_of(operations: tuple[Operation, ...], schemes: Iterable[SecurityScheme]) -> frozenset[str]:
    """The names of the header fields that an answer depends on."""
    declared = (each for operation in operations for each in operation.parameters)
    headers = (each.name.lower() for each in declared if each.location == "header")
    keys = (each.parameter.lower() for each in schemes if each.location == "header")
    marks = (name.lower() for each in operations for name in _MARKS.findall(each.path))
    return _READ.union(headers, keys, marks)
