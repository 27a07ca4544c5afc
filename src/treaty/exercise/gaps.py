"""Failed checks that say something of the document, not of the implementation: what becomes a warning.

Schemathesis makes every check; each failure then comes by here (its `filter_failure` hook). What
no rule knows stays a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, cast

from schemathesis.core import media_types
from schemathesis.core.transport import response_content_type
from schemathesis.openapi.checks import (
    AuthScenario,
    IgnoredAuth,
    JsonSchemaError,
    MissingContentType,
    RejectedPositiveData,
    UndefinedContentType,
    UndefinedStatusCode,
)
from schemathesis.specs.openapi.adapter.security import declares_security

from treaty.exercise.events import RunWarning
from treaty.exercise.failures import AnyCase
from treaty.findings import Severity

if TYPE_CHECKING:
    from schemathesis.core.failures import Failure
    from schemathesis.core.transport import Response
    from schemathesis.hooks import HookContext
    from schemathesis.schemas import BaseSchema
    from schemathesis.specs.openapi.schemas import OpenApiSchema

    from treaty.exercise.options import Options

PROBLEM = "application/problem+json"  # RFC 9457, section 3
NO_SUCCESS_DECLARED = "no-success-declared"
# How the `type` of Treaty's own problems begins, whichever server sent them.
OUR_PROBLEMS = b'"urn:treaty:problem:'


@dataclass(frozen=True, slots=True)
class Gap:
    """What a failed check amounts to; `message` is the same for all operations that it can be said of."""

    code: str
    message: str
    severity: Severity = Severity.WARNING


# Says what a failure of a check amounts to, None when that is more than it can tell.
Rule: TypeAlias = Callable[["Failure", AnyCase, "Response"], Gap | None]


@dataclass(slots=True)
class Gaps:
    """The gaps found so far, once for each operation, in the order in which they were found."""

    rules: tuple[Rule, ...]
    found: dict[tuple[str, Gap], None] = field(default_factory=dict)

    def install(self, schema: BaseSchema) -> None:
        """Have the failures of all checks of a schema come by here."""

        @schema.hook
        def filter_failure(_: HookContext, failure: Failure, case: AnyCase, response: Response) -> bool:
            return self.keep(failure, case, response)

    def keep(self, failure: Failure, case: AnyCase, response: Response) -> bool:
        """Is this the implementation's failure? What is not is noted."""
        for rule in self.rules:
            gap = rule(failure, case, response)
            if gap is not None:
                self.found[case.operation.label, gap] = None
                return False
        return True

    def warnings(self) -> Iterator[RunWarning]:
        """What was found, for a report."""
        for operation, gap in self.found:
            yield RunWarning(gap.code, gap.message, operation, gap.severity)


def undeclared_refusal(failure: Failure, case: AnyCase, response: Response) -> Gap | None:
    """A request that had to be refused was, with a status that the document forgot."""
    if not isinstance(failure, UndefinedStatusCode) or not is_refusal(case, response):
        return None
    status = response.status_code
    return Gap("undeclared-refusal", f"refuses with {status}, undeclared: declare it, `4XX` or `default`")


def undeclared_problem(failure: Failure, case: AnyCase, response: Response) -> Gap | None:
    """A refusal is a problem document where the document has another body, or none, for its status."""
    if not isinstance(failure, UndefinedContentType | JsonSchemaError) or not is_refusal(case, response):
        return None
    if response_content_type(response) != PROBLEM or declares(case, response, PROBLEM):
        return None
    status = response.status_code
    if not case.operation.responses.find_by_status_code(status):
        # Swagger 2.0 has media types (`produces`) for statuses that it does not have.
        return Gap("undeclared-refusal", f"refuses with {status}, undeclared: declare it, `4XX` or `default`")
    return Gap("undeclared-problem", f"refuses with {status} as {PROBLEM}, which is not declared for it")


def no_success_declared(failure: Failure, case: AnyCase, _: Response) -> Gap | None:
    """The document has no response to a request that is right, so every answer to one is wrong."""
    statuses = case.operation.responses.status_codes
    if any(status == "default" or status[0] in "23" for status in statuses):
        return None
    is_success = isinstance(failure, UndefinedStatusCode) and 200 <= failure.status_code < 400
    if not is_success and not isinstance(failure, RejectedPositiveData):
        return None
    return Gap(NO_SUCCESS_DECLARED, "declares no response that is a success")


def unverified_credentials(failure: Failure, _: AnyCase, __: Response) -> Gap | None:
    """Who only asks whether a credential is there accepts one that is made up."""
    if not isinstance(failure, IgnoredAuth) or failure.scenario is AuthScenario.NO_AUTH:
        return None
    return Gap("unverified-credentials", "any credential is accepted: the mock looks at presence only")


def no_content_without_schema(failure: Failure, case: AnyCase, response: Response) -> Gap | None:
    """`produces` says nothing of a response without a schema, which has no content.

    Swagger 2.0, Response Object, `schema`: "If this field does not exist, it means no content is
    returned as part of the response."
    """
    if not isinstance(failure, MissingContentType) or response.content:
        return None
    definition = case.operation.responses.find_by_status_code(response.status_code)
    if (
        definition is None
        or "swagger" not in case.operation.schema.raw_schema
        or "schema" in definition.definition
    ):
        return None
    message = (
        "content_type_conformance wants a Content-Type for a response without a schema, but: "
        '"If this field does not exist, it means no content is returned" (Swagger 2.0, Response Object)'
    )
    return Gap("excluded-check", message, Severity.INFO)


# What the document leaves out, of which the implementation cannot be accused.
GAPS: tuple[Rule, ...] = (undeclared_refusal, undeclared_problem, no_success_declared)
# What Schemathesis expects beyond the standards.
EXCLUDED: tuple[Rule, ...] = (no_content_without_schema,)


def rules_for(options: Options) -> tuple[Rule, ...]:
    """The rules by which failures are told from gaps in a run."""
    if options.fail_on_warnings:
        return EXCLUDED
    return (*EXCLUDED, *GAPS, unverified_credentials) if options.presence_only else (*EXCLUDED, *GAPS)


def is_refusal(case: AnyCase, response: Response) -> bool:
    """Was a request refused (4xx) that had to be: made wrong, without a credential, or wrong by Treaty?"""
    status = response.status_code
    if not 400 <= status < 500:
        return False
    if case.meta is not None and case.meta.generation.mode.is_negative:
        return True
    if status in (401, 403) and declares_security(case.operation):
        return True
    return response_content_type(response) == PROBLEM and OUR_PROBLEMS in (response.content or b"")


def declares(case: AnyCase, response: Response, media_type: str) -> bool:
    """Does the response that the operation declares for this status have content of this media type?"""
    schema = cast("OpenApiSchema", case.operation.schema)
    declared = schema.get_content_types(case.operation, response)
    return any(media_types.matches(each, media_type) for each in declared)
