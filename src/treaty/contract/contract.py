"""The contract: a document compiled, ready to be mocked, served and tested."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from treaty.contract.compile import compile_operations
from treaty.contract.defaults import check_defaults
from treaty.contract.model import Operation
from treaty.contract.patterns import check_keywords
from treaty.contract.schemas import Schemas
from treaty.contract.servers import base_paths, open_paths
from treaty.document.document import Document
from treaty.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Contract:
    """A compiled OpenAPI document. Nothing of it changes once it is made."""

    title: str
    version: str
    document: Document = field(repr=False)
    operations: tuple[Operation, ...] = field(repr=False)
    base_paths: tuple[str, ...]
    open_paths: tuple[str, ...]  # base paths as templates
    schemas: Schemas = field(repr=False)
    found: tuple[Finding, ...] = field(default=(), repr=False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found wrong with the document and does not prevent its use."""
        return self.findings_of(*Severity)

    def findings_of(self, *severities: Severity) -> tuple[Finding, ...]:
        """The findings of these severities; files are read again to find their lines."""
        wanted = [finding for finding in self.found if finding.severity in severities]
        return tuple(self.document.sources.place(wanted)) if wanted else ()

    @classmethod
    def of(cls, document: Document) -> Self:
        """The contract of a document that was opened."""
        info = document.data.get("info")
        schemas = Schemas(document)
        facts = info if isinstance(info, dict) else {}
        return cls(
            title=str(facts.get("title", "")),
            version=str(facts.get("version", "")),
            document=document,
            operations=compile_operations(document),
            base_paths=base_paths(document),
            open_paths=open_paths(document),
            schemas=schemas,
            found=(
                *document.found,
                *check_keywords(document),
                *check_defaults(document, schemas),
            ),
        )

    def operation(self, name: str) -> Operation:
        """The operation with this operationId, or `METHOD /path`. Raises `LookupError` when there is none."""
        for operation in self.operations:
            if name in (operation.operation_id, operation.name):
                return operation
        raise LookupError(name)


def compile_contract(document: Document) -> Contract:
    """Compile a document that was opened."""
    return Contract.of(document)
