"""What is kept from one request to the next: where a target leads, and what was found right.

The same request is as right as it was, and so is the same response: a verdict follows from nothing
else than the document and what is named here. What carries a credential is judged each time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from treaty.contract.model import Operation
from treaty.exchange.bodies import is_decodable
from treaty.exchange.conditional import may_be_selected
from treaty.exchange.kept import Kept
from treaty.exchange.prepared import Prepared, PreparedOperation
from treaty.exchange.streams import is_sequence

# Larger bodies cost more to compare than they save.
MAX_BODY_BYTES = 2048
# Of what is kept of each kind.
MAX_BYTES = 4 * 1024 * 1024

_OF_CONTENT = frozenset({b"content-type", b"content-encoding"})


@dataclass(slots=True, eq=False)
class Held:
    """An operation, and which headers its verdicts follow from; None where none is kept."""

    prepared: PreparedOperation
    may_stream: bool = False
    reads: frozenset[bytes] | None = None
    read_of: dict[int, frozenset[bytes] | None] = field(default_factory=dict)  # a response, by status

    def __post_init__(self) -> None:
        operation, parameters = self.prepared.operation, self.prepared.parameters
        kinds = [media.name for each in operation.responses for media in each.content]
        self.may_stream = any(is_sequence(kind) or not is_decodable(kind) for kind in kinds)
        if not operation.security and "cookie" not in parameters:
            names = (each.parameter.name.lower().encode() for each in parameters.get("header", ()))
            self.reads = _OF_CONTENT | {b"accept-encoding", *names}

    def reads_of(self, status: int) -> frozenset[bytes] | None:
        """The headers that the verdict on a response follows from."""
        if status not in self.read_of:
            declared = self.prepared.declared(status)
            headers = () if declared is None else declared.headers
            names = {each.name.lower().encode() for each in headers}
            # Where HTTP itself may answer so, the verdict follows from the request too.
            unkept = declared is None or b"set-cookie" in names or may_be_selected(status)
            self.read_of[status] = None if unkept else _OF_CONTENT | {b"content-length", *names}
        return self.read_of[status]


@dataclass(slots=True, eq=False)
class Target:
    """Where the method, path and query of a request lead; `keeps` says if a right response is kept."""

    held: Held
    path_values: dict[str, str]
    keeps: bool


@dataclass(slots=True)
class Verdicts:
    """The targets that were asked for, the requests that were right, and the responses.

    Of a request it is kept whether its scope may be handed on as it is.
    """

    targets: Kept[Target] = field(default_factory=lambda: Kept(MAX_BYTES))
    requests: Kept[bool] = field(default_factory=lambda: Kept(MAX_BYTES))
    responses: Kept[bool] = field(default_factory=lambda: Kept(MAX_BYTES))
    operations: dict[int, Held] = field(default_factory=dict)  # by the identity of the router's

    def of(self, operation: Operation, prepared: Prepared) -> Held:
        """What is kept of an operation, which is prepared when it is first asked for."""
        found = self.operations.get(id(operation))
        if found is None:
            found = self.operations[id(operation)] = Held(prepared.of(operation))
        return found
