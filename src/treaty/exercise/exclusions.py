"""What Schemathesis expects beyond the standards: its failures are notes that quote the clause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from schemathesis.core import NOT_SET, media_types
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.parameters import ParameterLocation
from schemathesis.openapi.checks import DiscriminatorMismatch, MissingContentType, RejectedPositiveData

from treaty.exercise.bodies import (
    body_of,
    by_the_standard,
    errors_of,
    has_types,
    is_form,
    is_valid,
    json_body,
)
from treaty.exercise.failures import AnyCase
from treaty.exercise.gaps import Gap, Rule
from treaty.exercise.sent import is_right_as_sent
from treaty.findings import Json, Severity

if TYPE_CHECKING:
    from schemathesis.core.failures import Failure
    from schemathesis.core.transport import Response

OTHERS = (ParameterLocation.PATH, ParameterLocation.QUERY, ParameterLocation.HEADER, ParameterLocation.COOKIE)

# What XML writes as an element without content.
EMPTY: tuple[Json, ...] = ("", None, [], {})


def excluded(check: str, why: str) -> Gap:
    """A note that a check was not counted, and by which clause."""
    return Gap("excluded-check", f"{check}: {why}", Severity.INFO)


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
    body = json_body(case)
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
    body = json_body(case)
    if not isinstance(failure, AcceptedNegativeData) or body is None or any_other_is_wrong(case):
        return None
    if not is_valid(by_the_standard(body, case), case.body):
        return None
    return excluded("negative_data_rejection", "the body that was made to be wrong is valid by its schema")


def not_to_be_sent(failure: Failure, case: AnyCase, _: Response) -> Gap | None:
    """The request holds a value that neither a query nor a form has a way to write."""
    if not isinstance(failure, RejectedPositiveData | AcceptedNegativeData):
        return None
    if not any(has_no_form(value, style) for value, style in written(case)):
        return None
    is_positive = isinstance(failure, RejectedPositiveData)
    why = (
        "queries and forms carry texts, lists and pairs of them, nothing nested; `deepObject` objects only "
        '(OpenAPI, Style Values); "A variable defined as a list value is considered undefined if the list '
        'contains zero members" (RFC 6570, section 2.3)'
    )
    return excluded("positive_data_acceptance" if is_positive else "negative_data_rejection", why)


def empty_body(failure: Failure, case: AnyCase, response: Response) -> Gap | None:
    """A body without a byte is as none."""
    if not isinstance(failure, RejectedPositiveData) or case.body is NOT_SET or response.request.body:
        return None
    why = (
        "an empty body cannot be told from none: a client sends Content-Length "
        '"even when the value is 0 (indicating empty content)" (RFC 9110, section 8.6)'
    )
    return excluded("positive_data_acceptance", why)


def list_of_one(failure: Failure, case: AnyCase, _: Response) -> Gap | None:
    """A form says `tag=red` for a list with the one member red, as it does for the text."""
    if (
        not isinstance(failure, AcceptedNegativeData)
        or not isinstance(case.body, dict)
        or any_other_is_wrong(case)
    ):
        return None
    body = body_of(case)
    if body is None or not media_types.is_form_urlencoded(body.media_type):
        return None
    wrong = {error.instance_path[0] for error in errors_of(body, case.body) if error.instance_path}
    listed = {name: [f"{value}"] if name in wrong else value for name, value in case.body.items()}
    if not is_valid(body, listed):
        return None
    return excluded(
        "negative_data_rejection", "a list of one is written as its member is (RFC 6570, section 3.2.8)"
    )


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
    """Whatever is made for an image, or a text, is sent as its bytes."""
    body = None if case.body is NOT_SET else body_of(case)
    if not isinstance(failure, AcceptedNegativeData) or body is None or any_other_is_wrong(case):
        return None
    if has_types(body) or not is_valid(body, str(case.body)):
        return None
    return excluded("negative_data_rejection", "the body is bytes, and what was made wrong reads as a text")


def right_as_sent(failure: Failure, case: AnyCase, response: Response) -> Gap | None:
    """Whatever is made for a parameter is sent as texts, and these may be what the schema asks for."""
    if not isinstance(failure, AcceptedNegativeData) or case.meta is None:
        return None
    negative = [each for each in (*OTHERS, ParameterLocation.BODY) if case.meta.is_negative_at(each)]
    if not negative or ParameterLocation.BODY in negative:
        return None
    if not all(is_right_as_sent(location, case, response) for location in negative):
        return None
    why = (
        "parameters are sent as texts, which have no types, and what was made wrong reads as what the schema "
        "asks for (OpenAPI 3.2, Appendix B: Data Type Conversion)"
    )
    return excluded("negative_data_rejection", why)


def wrong_as_sent(failure: Failure, case: AnyCase, response: Response) -> Gap | None:
    """What was made for a parameter cannot be read from what was sent, and that is not valid."""
    if not isinstance(failure, RejectedPositiveData):
        return None
    if all(is_right_as_sent(location, case, response) is not False for location in OTHERS):
        return None
    why = (
        "a parameter was sent so that no value the schema asks for can be read from it: empty, nested, with "
        "separators of its style within, or in another style (OpenAPI, Style Values and Style Examples)"
    )
    return excluded("positive_data_acceptance", why)


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
    not_to_be_sent,
    empty_body,
    list_of_one,
    empty_element,
    plain_content,
    right_as_sent,
    wrong_as_sent,
    undeclared_field,
    discriminated,
)


def is_swagger(case: AnyCase) -> bool:
    """Is the document one of Swagger 2.0?"""
    return "swagger" in case.operation.schema.raw_schema


def any_other_is_wrong(case: AnyCase) -> bool:
    """Was anything but the body made to be wrong?"""
    return case.meta is not None and any(case.meta.is_negative_at(location) for location in OTHERS)


def written(case: AnyCase) -> Iterator[tuple[Json, str]]:
    """Each value that a case writes into its query or into a form, with its style."""
    styles = {each.name: each.definition.get("style", "form") for each in case.operation.query}
    for name, value in (case.query or {}).items():
        yield value, styles.get(name, "form")
    body = body_of(case)
    if body is None or not isinstance(case.body, dict):
        return
    is_multipart = media_types.is_multipart(body.media_type)
    if is_form(body):
        encoding = body.definition.get("encoding") or {}
        for name, value in case.body.items():
            if not is_multipart or value == []:  # what is nested is JSON in a part
                yield value, (encoding.get(name) or {}).get("style", "form")


def has_no_form(value: Json, style: str) -> bool:
    """Is there no way to write a value in a style?"""
    if isinstance(value, list):
        return style == "deepObject" or not value or any(isinstance(each, list | dict) for each in value)
    if isinstance(value, dict):
        return not value or any(isinstance(each, list | dict) for each in value.values())
    return style == "deepObject"
