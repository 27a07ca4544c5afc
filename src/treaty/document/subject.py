"""What the rules of `semantics` are given, and what one is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from treaty.document.operations import OperationAt
from treaty.document.versions import Version
from treaty.findings import Finding, Json


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rules judge: the bundled document, its operations and the parameters of each."""

    data: Json
    version: Version
    operations: tuple[OperationAt, ...]
    parameters: dict[str, list[tuple[str, dict[str, Json]]]]  # by the pointer of their operation or path

    def parameters_in(
        self, operation: OperationAt
    ) -> Iterator[tuple[str, list[tuple[str, dict[str, Json]]]]]:
        """(Pointer of the holder, its parameters with their pointers): of the path, of the operation."""
        for holder in (operation.item_pointer, operation.pointer):
            yield holder, self.parameters[holder]


Rule = Callable[[Subject], Iterator[Finding]]
