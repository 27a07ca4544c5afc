"""What Schemathesis expects beyond the standards: its failures are notes that quote the clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemathesis.core import NOT_SET, media_types
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import (
    AuthScenario,
    DiscriminatorMismatch,
    IgnoredAuth,
    MissingContentType,
    MissingHeaderNotRejected,
    RejectedPositiveData,
)
from schemathesis.specs.openapi.adapter.security import effective_security_requirements

from treaty.exercise.as_sent import AS_SENT
from treaty.exercise.bodies import (
    any_other_is_wrong,
    body_of,
    by_the_standard,
    errors_of,
    has_types,
    is_form,
    is_text,
    is_valid,
    plain,
    typed_body,
)
from treaty.exercise.failures import AnyCase
from treaty.exercise.gaps import Gap, Rule, excluded
from treaty.findings import Json

if TYPE_CHECKING:
    from schemathesis.core.failures import Failure
    from schemathesis.core.transport import Response

# What XML writes as an element without content.
EMPTY: tuple[Json, ...] = ("", None, [], {})


def no_content_without_schema(failure: Failure, case: AnyCase, response: Response) -> Gap | None:
    """`produces` says nothing of a response of Swagger 2.0 without a schema."""
    if not isinstance(failure, MissingContentType) or response.content or not is_swagger(case):
        return None
    definition = case.operation.responses.find_by_status_code(response.status_code)
    if definition is None or "schema" in definition.definition:
        return None
    why = (
        "a response without a schema has no Content-Type to send: "
        '"If this field does not exist, it means no content is returned" (Swagger 2.0, Response Object)'
    )
    return excluded("content_type_conformance", why)


def optional_form(failure: Failure, case: AnyCase, _: Response) -> Gap | None:
    """A form of Swagger 2.0, all parameters of which are optional, may be left out as a whole."""
    if not isinstance(failure, AcceptedNegativeData) or case.body is not NOT_SET or not is_swagger(case):
        return None
    body = body_of(case)
    if body is None or any_other_is_wrong(case) or not is_valid(body, {}):
        return None
    why = (
        "a form without required parameters need not be sent: "
        '"Otherwise, the property MAY be included" (Swagger 2.0, Parameter Object, `required`)'
    )
    return excluded("negative_data_rejection", why)


def made_wrong(failure: Failure, case: AnyCase, _: Response) -> Gap | None:
    """The body was made to be valid, and its own schema says that it is not."""
    body = typed_body(case)
    if not isinstance(failure, RejectedPositiveData) or body is None:
        return None
    if is_valid(by_the_standard(body, case), case.body):
        return None
    why = (
        'the body that was made is not valid: `nullable` counts "only if `type` is explicitly defined within '
        'the same Schema Object" (OpenAPI 3.0.3), `x-nullable` not beside a `$ref`, '
        '"discriminator MUST NOT change the validation outcome", '
        "and `float` ends with single precision (OpenAPI Format Registry)"
    )
    return excluded("positive_data_acceptance", why)


def made_right(failure: Failure, case: AnyCase, _: Response) -> Gap | None:
    """The body was made to be wrong, and is valid by its schema."""
    body = typed_body(case)
    if not isinstance(failure, AcceptedNegativeData) or body is None or any_other_is_wrong(case):
        return None
    if not is_valid(by_the_standard(body, case), case.body):
        return None
    return excluded("negative_data_rejection", "the body that was made to be wrong is valid by its schema")


def empty_element(failure: Failure, case: AnyCase, _: Response) -> Gap | None:
    """XML has no types: an element without content is an empty text, list or object, as one reads it."""
    body = body_of(case)
    if not isinstance(failure, AcceptedNegativeData) or body is None or any_other_is_wrong(case):
        return None
    if case.body is NOT_SET or not media_types.is_xml(body.media_type or ""):
        return None
    errors = errors_of(body, case.body)
    if not errors or any(error.kind.name != "type" or error.instance not in EMPTY for error in errors):
        return None
    return excluded(
        "negative_data_rejection",
        "an XML element without content may be an empty text, list or object (OpenAPI, XML Object)",
    )


def plain_content(failure: Failure, case: AnyCase, _: Response) -> Gap | None:
    """Whatever is made for an image, or a text, is sent as its bytes; of those of others nothing is known."""
    body = None if case.body is NOT_SET else body_of(case)
    if not isinstance(failure, AcceptedNegativeData) or body is None or any_other_is_wrong(case):
        return None
    if has_types(body) or (is_text(body) and not is_valid(body, str(plain(case.body)))):
        return None
    return excluded(
        "negative_data_rejection", "the body is bytes, of which its schema says no more than a text"
    )


def undeclared_field(failure: Failure, case: AnyCase, _: Response) -> Gap | None:
    """The fields of a form of Swagger 2.0 are parameters, and one that is not declared forbids nothing."""
    if (
        not isinstance(failure, AcceptedNegativeData)
        or not is_swagger(case)
        or not isinstance(case.body, dict)
    ):
        return None
    body = body_of(case)
    if body is None or any_other_is_wrong(case) or not is_form(body):
        return None
    declared = body.definition.get("schema", {}).get("properties", {})
    if not is_valid(body, {name: value for name, value in case.body.items() if name in declared}):
        return None
    return excluded(
        "negative_data_rejection",
        "a form with a field that is not declared: no parameter is forbidden (Swagger 2.0, Parameter Object)",
    )


def credential_left(failure: Failure, case: AnyCase, response: Response) -> Gap | None:
    """The operation is open to a token as well, and the request still carries it."""
    if not isinstance(failure, IgnoredAuth) or failure.scenario is not AuthScenario.NO_AUTH:
        return None
    known = case.operation.schema.security.security_definitions
    tokens = {name for name, scheme in known.items() if scheme.get("type") in ("oauth2", "openIdConnect")}
    alternatives = effective_security_requirements(case.operation, case.operation.schema.raw_schema)
    if (
        not any(set(each) <= tokens for each in alternatives)
        or "authorization" not in response.request.headers
    ):
        return None
    return excluded(
        "ignored_auth", "the token of OAuth or OpenID Connect, which would do alone, was not taken away"
    )


def forbidden(failure: Failure, case: AnyCase, response: Response) -> Gap | None:
    """Who sends no credential is refused with a 403, as the document has it, and not with a 401."""
    if not isinstance(failure, MissingHeaderNotRejected) or response.status_code != 403:
        return None
    if case.operation.responses.find_by_status_code(403) is None:
        return None
    why = (
        "a missing credential is refused with the 403 that is declared: the server "
        '"understood the request but refuses to fulfill it" (RFC 9110, section 15.5.4)'
    )
    return excluded("missing_required_header", why)


def discriminated(failure: Failure, _: AnyCase, __: Response) -> Gap | None:
    """A body that is valid by its schema, whatever the discriminator says."""
    if not isinstance(failure, DiscriminatorMismatch):
        return None
    why = (
        "a value of the discriminator names none of the schemas: "
        '"discriminator MUST NOT change the validation outcome of the schema" (OpenAPI, Discriminator Object)'
    )
    return excluded("response_schema_conformance", why)


EXCLUDED: tuple[Rule, ...] = (
    no_content_without_schema,
    optional_form,
    made_wrong,
    made_right,
    empty_element,
    plain_content,
    undeclared_field,
    credential_left,
    forbidden,
    discriminated,
    *AS_SENT,
)


def is_swagger(case: AnyCase) -> bool:
    """Is the document one of Swagger 2.0?"""
    return "swagger" in case.operation.schema.raw_schema
