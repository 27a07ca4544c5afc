"""Rules about what was sent, which is not what was made: texts have no types, and not all can be written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from schemathesis.core import NOT_SET, media_types
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transforms import to_wire_string
from schemathesis.openapi.checks import RejectedPositiveData

from treaty.contract import model
from treaty.exchange.codecs.codec import UndecodableError
from treaty.exchange.codecs.xml_tree import parse_xml
from treaty.exercise.bodies import OTHERS, any_other_is_wrong, body_of, is_form, plain, typed_body
from treaty.exercise.failures import AnyCase
from treaty.exercise.gaps import Gap, Rule, excluded
from treaty.exercise.readings import empty_element, json_text, reads_right
from treaty.exercise.sent import is_right_as_sent
from treaty.findings import Json

if TYPE_CHECKING:
    from schemathesis.core.failures import Failure
    from schemathesis.core.transport import Response
    from schemathesis.specs.openapi.adapter.parameters import OpenApiComponent

# What is between two expressions of one segment of a path.
_BETWEEN = re.compile(r"\}([^/{}]*)(?=\{)")


def not_to_be_sent(failure: Failure, case: AnyCase, _: Response) -> Gap | None:
    """The request holds a value that neither a query nor a form has a way to write."""
    if not isinstance(failure, RejectedPositiveData | AcceptedNegativeData):
        return None
    if not any(has_no_form(value, style) for value, style in written(case)):
        return None
    why = (
        "queries and forms carry texts, lists and pairs of them, nothing nested; `deepObject` objects only "
        '(OpenAPI, Style Values); "A variable defined as a list value is considered undefined if the list '
        'contains zero members" (RFC 6570, section 2.3)'
    )
    return excluded(check_of(failure), why)


def empty_body(failure: Failure, case: AnyCase, response: Response) -> Gap | None:
    """A body without a byte is as none."""
    if case.body is NOT_SET or response.request.body:
        return None
    body = body_of(case)
    may_be_left_out = body is not None and not body.is_required and not any_other_is_wrong(case)
    if not isinstance(failure, RejectedPositiveData) and not (
        isinstance(failure, AcceptedNegativeData) and may_be_left_out
    ):
        return None
    why = (
        "an empty body cannot be told from none: a client sends Content-Length "
        '"even when the value is 0 (indicating empty content)" (RFC 9110, section 8.6)'
    )
    return excluded(check_of(failure), why)


def of_another_kind(failure: Failure, case: AnyCase, response: Response) -> Gap | None:
    """What was made is written so that it is not of its media type."""
    body = typed_body(case)
    if not isinstance(failure, RejectedPositiveData) or body is None:
        return None
    if media_types.is_xml(body.media_type or ""):
        is_broken = not is_xml(response.request.body or b"")
    else:
        is_broken = is_form(body) and any(map(is_broken_json, json_parts(case, body)))
    if not is_broken:
        return None
    why = (
        "what was made cannot be written in its media type: XML has one element around all, "
        "and a text in a part of JSON is no JSON without its quotes"
    )
    return excluded("positive_data_acceptance", why)


def form_as_sent(failure: Failure, case: AnyCase, _: Response) -> Gap | None:
    """The fields of a form are texts, and `tag=red` says a list with the one member red as well."""
    if not isinstance(failure, AcceptedNegativeData) or not isinstance(case.body, dict):
        return None
    body = body_of(case)
    if body is None or any_other_is_wrong(case) or not is_form(body):
        return None
    fields = {name: texts(value) for name, value in case.body.items() if value != []}
    if not reads_right(fields, body.get_validator()):
        return None
    why = (
        "the fields of a form are texts, and a list of one is written as its member is (RFC 6570, section "
        "3.2.8): what was made wrong reads as what the schema asks for"
    )
    return excluded("negative_data_rejection", why)


def xml_as_sent(failure: Failure, case: AnyCase, _: Response) -> Gap | None:
    """Elements hold texts, and `<tag>red</tag>` says a list with the one member red as well."""
    if not isinstance(failure, AcceptedNegativeData) or not isinstance(case.body, dict):
        return None
    body = body_of(case)
    if body is None or any_other_is_wrong(case) or not media_types.is_xml(body.media_type or ""):
        return None
    if not reads_right(elements(case.body), body.get_validator()):
        return None
    why = (
        "the elements of XML hold texts, and a list of one is written as its member is (OpenAPI, XML "
        "Object): what was made wrong reads as what the schema asks for"
    )
    return excluded("negative_data_rejection", why)


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


def expressions_that_touch(failure: Failure, case: AnyCase, _: Response) -> Gap | None:
    """Where one value of a segment ends and the next begins, only what stands between them can say."""
    if not isinstance(failure, RejectedPositiveData | AcceptedNegativeData):
        return None
    values = [unquote(str(value)) for value in (case.path_parameters or {}).values()]
    between = _BETWEEN.findall(case.operation.path)
    if not any(separator in value for separator in between for value in values):
        return None
    why = (
        "one of two values in a segment of the path contains what separates them, so that neither can be read"
    )
    return excluded(check_of(failure), why)


AS_SENT: tuple[Rule, ...] = (
    not_to_be_sent,
    empty_body,
    of_another_kind,
    form_as_sent,
    xml_as_sent,
    right_as_sent,
    wrong_as_sent,
    expressions_that_touch,
)


def texts(value: Json) -> Json:
    """A field of a form, or a list of such, as texts; what is nested is JSON."""
    match value:
        case list():
            return [texts(each) for each in value]
        case dict():
            return json_text(plain(value))
        case str() | bytes():
            return plain(value)
    return to_wire_string(value)


def elements(value: Json) -> Json:
    """What is made for XML as its elements have it."""
    match value:
        case None | "":
            return empty_element()
        case dict():
            return {name: elements(each) for name, each in value.items()} or empty_element()
        case [str() | int() | float() as only]:
            return elements(only)
        case list():
            return [elements(each) for each in value]
        case str() | bytes():
            return plain(value)
    return to_wire_string(value)


def check_of(failure: Failure) -> str:
    """The check that a failure of made requests is of."""
    is_positive = isinstance(failure, RejectedPositiveData)
    return "positive_data_acceptance" if is_positive else "negative_data_rejection"


def is_xml(content: Any) -> bool:
    """Is this a document of XML?"""
    try:
        parse_xml(content.encode() if isinstance(content, str) else bytes(content), "")
    except UndecodableError:
        return False
    return True


def json_parts(case: AnyCase, body: OpenApiComponent) -> Iterator[Json]:
    """The fields of a form that are to be JSON."""
    encoding = body.definition.get("encoding") or {}
    for name, value in case.body.items() if isinstance(case.body, dict) else ():
        if model.is_json(str((encoding.get(name) or {}).get("contentType", ""))):
            yield value


def is_broken_json(value: Json) -> bool:
    """Is this a text that is not JSON? A text is written as it is."""
    try:
        if isinstance(value, str):
            json.loads(value)
    except ValueError:
        return True
    return False


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
