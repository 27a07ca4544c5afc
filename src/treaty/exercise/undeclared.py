"""What documents leave out or get wrong: refusals, successes, examples, and what becomes of credentials."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from schemathesis.core import media_types
from schemathesis.core.transport import response_content_type
from schemathesis.openapi.checks import (
    AuthScenario,
    IgnoredAuth,
    JsonSchemaError,
    RejectedPositiveData,
    UndefinedContentType,
    UndefinedStatusCode,
)
from schemathesis.specs.openapi.adapter.security import declares_security

from treaty.exercise.failures import AnyCase
from treaty.exercise.gaps import Gap, Rule

if TYPE_CHECKING:
    from schemathesis.core.failures import Failure
    from schemathesis.core.transport import Response
    from schemathesis.specs.openapi.schemas import OpenApiSchema

PROBLEM = "application/problem+json"  # RFC 9457, section 3
NO_SUCCESS_DECLARED = "no-success-declared"
# How the `type` of Treaty's own problems begins, whichever server sent them.
OUR_PROBLEMS = b'"urn:treaty:problem:'


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


def never_sent(_: Failure, case: AnyCase, __: Response) -> Gap | None:
    """What the path says after `#` is in no request (RFC 9110, section 7.1), so another operation answers."""
    if "#" not in case.operation.path:
        return None
    return Gap(
        "path-with-fragment", "what the path says after `#` is never sent: it cannot be told from others"
    )


def wrong_example(failure: Failure, case: AnyCase, response: Response) -> Gap | None:
    """The answer is an example of the document, and the document's schema does not allow it."""
    if not isinstance(failure, JsonSchemaError):
        return None
    definition = case.operation.responses.find_by_status_code(response.status_code)
    try:
        sent = json.loads(response.content or b"")
    except ValueError:
        return None
    if definition is None or all(sent != example for _, example in definition.iter_examples()):
        return None
    return Gap("wrong-example", f"the document's own example of {response.status_code} breaks its schema")


# What the document leaves out, of which the implementation cannot be accused.
GAPS: tuple[Rule, ...] = (
    never_sent,
    undeclared_refusal,
    undeclared_problem,
    no_success_declared,
    wrong_example,
)


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
