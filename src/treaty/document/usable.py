"""Which faults of a document refuse its use: few, for most cost only what they are about.

Documents in use have faults: a response without a description, a field that nobody knows,
two operations of one id. Requests are answered without what is wrong, and it is told at
the start; `treaty check` calls the document not valid all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from treaty.document.survey import Survey
from treaty.findings import Finding, Severity, path_of

# By the kind of object, its fields that say who may call: a fault in one could let in anybody.
_SECURING = {
    "OpenAPI": ("security", "securityDefinitions"),
    "Components": ("securitySchemes",),
    "Operation": ("security",),
}
# What is wrong of this kind says nothing of who may call: an address that is none, a field nobody knows.
_HARMLESS = frozenset({"breaks-format", "unknown-field"})


def is_refused(findings: Iterable[Finding], survey: Survey, operations: int) -> bool:
    """Do errors refuse the use? Those of what secures the API do, and any where no operation is left."""
    errors = [each for each in findings if each.severity is Severity.ERROR]
    return bool(errors) and (not operations or any(_opens(each, survey) for each in errors))


def tolerated(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings on a document that is used all the same: its errors are warnings."""
    for each in findings:
        yield replace(each, severity=Severity.WARNING) if each.severity is Severity.ERROR else each


def _opens(finding: Finding, survey: Survey) -> bool:
    """Does it stand in a security scheme, or in what asks for one?"""
    pointer = finding.location.pointer if finding.location and finding.code not in _HARMLESS else ""
    holder = pointer
    while holder and holder not in survey.objects:
        holder = holder.rpartition("/")[0]
    kind, _ = survey.objects.get(holder, ("", None))
    field = path_of(pointer[len(holder) :])[:1]
    return kind == "SecurityScheme" or any(each in _SECURING.get(kind, ()) for each in field)
