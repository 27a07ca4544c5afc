"""Failing requests made as simple as they can be and still fail the same way.

The Schemathesis engine records failing cases as they were generated and does not shrink them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemathesis.checks import not_a_server_error
from schemathesis.core import NOT_SET, NotSet
from schemathesis.core.failures import Failure as CheckFailure
from schemathesis.core.failures import FailureGroup
from schemathesis.engine.recorder import Request
from schemathesis.engine.run.unit._case import BudgetExpired
from schemathesis.specs.openapi import checks

from treaty.exercise.failures import AnyCase, Found, request_excerpt, response_excerpt
from treaty.exercise.shrink import shrink

if TYPE_CHECKING:
    from schemathesis.core.transport import Response

    from treaty.exercise.events import Failure
    from treaty.exercise.patience import Patience
    from treaty.findings import Json

# Bounds what a slow API costs for each failure; a 64-bit integer alone takes up to 64 requests.
MAX_REQUESTS = 150

# Checks that judge the response whatever was asked. The others depend on the request being valid
# or invalid in the way it was generated, which a simpler request would not be.
JUDGING_RESPONSES = {
    "content_type_conformance": checks.content_type_conformance,
    "not_a_server_error": not_a_server_error,
    "response_headers_conformance": checks.response_headers_conformance,
    "response_schema_conformance": checks.response_schema_conformance,
    "status_code_conformance": checks.status_code_conformance,
}
CONTAINERS = ("path_parameters", "query", "headers", "cookies")


def minimised(found: Found, patience: Patience) -> Failure:
    """The failure with the simplest request found that fails the same check with the same status.

    Sends at most `MAX_REQUESTS` requests, and none when the time is over; none for failures that need a
    sequence of requests or that depend on what was wrong with theirs.
    """
    case = found.case
    if case is None or found.failure.steps or found.failure.check not in JUDGING_RESPONSES:
        return found.failure
    best = found.failure
    sent = 0

    def fails(parts: dict[str, Json]) -> bool:
        nonlocal best, sent
        if sent == MAX_REQUESTS or patience.is_over():
            return False
        sent += 1
        again = repeated(with_parts(case, parts), found)
        best = again or best
        return again is not None

    shrink(parts_of(case), fails)
    return best


def parts_of(case: AnyCase) -> dict[str, Json]:
    """What was generated for a case, as one value; no body is no member."""
    parts: dict[str, Json] = {name: dict(getattr(case, name)) for name in CONTAINERS}
    return parts if isinstance(case.body, NotSet) else {**parts, "body": case.body}


def with_parts(case: AnyCase, parts: dict[str, Json]) -> AnyCase:
    """The case with other parts; those that are missing are empty."""
    changed = case.derive(keep_auth=True)
    for name in CONTAINERS:
        setattr(changed, name, type(getattr(case, name))(parts.get(name, {})))
    changed.body = parts.get("body", NOT_SET)
    return changed


def repeated(case: AnyCase, found: Found) -> Failure | None:
    """Send a case; its failure, if it fails the same check with the same status."""
    settings = case.operation.schema.config
    try:
        response = case.call(
            headers=settings.headers_for(operation=case.operation),
            timeout=settings.request_timeout_for(operation=case.operation),
        )
    except (Exception, BudgetExpired):
        # Whatever keeps this request from an answer, it is not the failure that is to be repeated.
        return None
    if response.status_code != found.status:
        return None
    broken = broken_check(case, response, found.failure.check)
    if broken is None:
        return None
    return replace(
        found.failure,
        title=broken.title,
        message=broken.message,
        curl=case.as_curl_command(headers=dict(response.request.headers), verify=response.verify),
        request=request_excerpt(case, Request.from_prepared_request(response.request)),
        response=response_excerpt(response),
    )


def broken_check(case: AnyCase, response: Response, check: str) -> CheckFailure | None:
    """What a check has against a response."""
    try:
        case.validate_response(response, checks=[JUDGING_RESPONSES[check]])
    except FailureGroup as group:
        return group.exceptions[0]
    return None
