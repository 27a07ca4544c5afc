"""The parameters of a request: each read as its style has it, and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeAlias

from treaty.exchange.advice import advised, hint_of
from treaty.exchange.bodies import (
    FORM,
    UndecodableError,
    decode_body,
    decode_json,
)
from treaty.exchange.call import Call
from treaty.exchange.judge import explain
from treaty.exchange.messages import combined
from treaty.exchange.prepared import PreparedOperation
from treaty.exchange.prepared_parameters import PreparedParameter
from treaty.exchange.segments import other_splits
from treaty.exchange.styles import (
    NOT_UTF8,
    MalformedError,
    Pairs,
    Styled,
    only_value,
    read_pairs,
    read_text,
    split_cookies,
    split_query,
)
from treaty.findings import Finding, Json, Location, Place

# The parameters of one location.
Declared: TypeAlias = tuple[PreparedParameter, ...]


def take_parameters(prepared: PreparedOperation, path_values: dict[str, str], call: Call) -> None:
    """Read the declared parameters of a request into a call, with what is wrong with them."""
    for location, declared in prepared.parameters.items():
        _TAKERS[location](declared, path_values, call)


def _take_path(declared: Declared, path_values: dict[str, str], call: Call) -> None:
    before = len(call.findings)
    for each in declared:
        _take(each, call.path, path_values.get(each.parameter.name), call)
    if len(call.findings) > before:
        _split_otherwise(declared, path_values, call, before)


def _split_otherwise(declared: Declared, path_values: dict[str, str], call: Call, before: int) -> None:
    """Where several parameters share a segment, the first split that their schemas allow is the one meant."""
    for values in other_splits(call.operation.path, path_values):
        other = Call(call.operation, call.request, call.prepared)
        for each in declared:
            _take(each, other.path, values.get(each.parameter.name), other)
        if not other.findings:
            call.path = other.path
            del call.findings[before:]
            return


def _take_query(declared: Declared, _: dict[str, str], call: Call) -> None:
    _take_pairs(declared, call.query, split_query(call.request.query, "surrogateescape"), call)


def _take_headers(declared: Declared, _: dict[str, str], call: Call) -> None:
    for each in declared:
        _take(each, call.headers, combined(call.request.headers, each.parameter.name), call)


def _take_cookies(declared: Declared, _: dict[str, str], call: Call) -> None:
    cookies = split_cookies(combined(call.request.headers, "cookie") or "")
    _take_pairs(declared, call.cookies, cookies, call)


def _take_pairs(declared: Declared, values: dict[str, Json], pairs: Pairs, call: Call) -> None:
    for each in declared:
        parameter = each.parameter
        if parameter.allow_empty_value and _sent_empty(pairs, parameter.name):
            # What an empty text is by the schema, or else no value (OpenAPI 3.2, `allowEmptyValue`).
            fits = each.validator is None or each.validator.accepts("")
            values[parameter.name] = "" if fits else None
            continue
        if each.others:
            _take_either(each, values, partial(read_pairs, pairs), call)
            continue
        try:
            if parameter.media_type is not None:
                _take_content(each, values, only_value(pairs, each.styled), call)
                continue
            styled = read_pairs(pairs, each.styled)
        except MalformedError as error:
            call.findings.append(_malformed(each, str(error)))
        else:
            if styled is None and parameter.required and any(name == parameter.name for name, _ in pairs):
                call.findings.append(_missing(each, hint_of(each.styled)))  # an object that is not exploded
            else:
                _keep(each, values, styled, call)


def _sent_empty(pairs: Pairs, name: str) -> bool:
    return [value for each, value in pairs if each == name] == [""]


def _take(each: PreparedParameter, values: dict[str, Json], text: str | None, call: Call) -> None:
    """A parameter of a path or header."""
    if each.parameter.media_type is not None:
        _take_content(each, values, text, call)
        return
    if each.others and text is not None:
        _take_either(each, values, partial(read_text, text), call)
        return
    try:
        styled = None if text is None else read_text(text, each.styled)
    except MalformedError as error:
        call.findings.append(_malformed(each, str(error)))
    else:
        _keep(each, values, styled, call)


def _take_either(
    each: PreparedParameter, values: dict[str, Json], read: Callable[[Styled], Json | None], call: Call
) -> None:
    """A value that may be of several kinds is read as each of them; the first reading that is valid counts.

    Where none is, what is wrong with the reading that is nearest is told. What an object shares with other
    parameters makes none of it where it may be absent.
    """
    wrong: list[list[Finding]] = []
    malformed: list[Finding] = []
    for one in (each, *each.others):
        if one.shared and not (wrong or each.parameter.required):
            continue
        try:
            styled = read(one.styled)
        except MalformedError as error:
            malformed.append(_malformed(each, str(error)))
            continue
        if styled is None:
            continue
        found = _wrong(one, values, _readings(one, styled))
        if not found:
            return
        wrong.append([*found])
    told = min(wrong, key=len) if wrong else malformed[:1]
    if told:
        call.findings += told
    else:
        _keep(each, values, None, call)


def _take_querystring(declared: Declared, _: dict[str, str], call: Call) -> None:
    """The whole query as one value (OpenAPI 3.2, Parameter Locations): a form, or JSON percent-encoded."""
    query = call.request.query
    for each in declared:
        media = each.parameter.media_type
        if media is None or not query or media.essence != FORM:
            _take_content(each, call.query, query or None, call)
        else:
            _take_form(each, call.query, query, call)


def _take_form(each: PreparedParameter, values: dict[str, Json], text: str, call: Call) -> None:
    media = each.parameter.media_type
    if media is None:
        return
    try:
        readings = decode_body(text.encode(), FORM, call.prepared.prepared_media(media, "request"))
    except UndecodableError as error:
        call.findings.append(_malformed(each, error.finding.message))
    else:
        call.findings += _wrong(each, values, readings)


def _take_content(each: PreparedParameter, values: dict[str, Json], text: str | None, call: Call) -> None:
    """A parameter whose `content` says how it is written: JSON, a form, text, or what is not read at all."""
    media = each.parameter.media_type
    if text is None or media is None:
        _keep(each, values, None, call)
        return
    try:
        decoded = each.styled.decode(text)
        if media.essence == FORM:
            _take_form(each, values, decoded, call)
        elif media.is_json:
            call.findings += _wrong(each, values, (decode_json(decoded.encode()),))
        elif media.essence.startswith("text/"):
            _keep(each, values, decoded, call)
        else:
            values[each.parameter.name] = decoded
    except MalformedError as error:
        call.findings.append(_malformed(each, str(error)))
    except UndecodableError:
        call.findings.append(_malformed(each, "it is not JSON"))


def _keep(each: PreparedParameter, values: dict[str, Json], styled: Json | None, call: Call) -> None:
    parameter = each.parameter
    if styled is None:
        if parameter.required:
            call.findings.append(_missing(each))
        elif each.shape is not None and each.shape.has_default:
            values[parameter.name] = each.shape.default
        return
    call.findings += _wrong(each, values, _readings(each, styled))


def _readings(each: PreparedParameter, styled: Json) -> Iterable[Json]:
    return (styled,) if each.shape is None else each.shape.candidates(styled)


def _wrong(each: PreparedParameter, values: dict[str, Json], readings: Iterable[Json]) -> Sequence[Finding]:
    """Keep the first reading that is valid; where none is, say what is wrong with the likeliest."""
    parameter = each.parameter
    validator = each.validator
    tried = []
    for value in readings:
        if validator is None or validator.accepts(value):
            values[parameter.name] = value
            return ()
        tried.append(value)
    if validator is None:
        return ()
    likeliest = tried[:2][-1]
    found = explain(validator, likeliest, parameter.location, parameter.name)
    return advised(found, each.styled, likeliest)


_TAKERS: dict[str, Callable[[Declared, dict[str, str], Call], None]] = {
    "path": _take_path,
    "query": _take_query,
    "querystring": _take_querystring,
    "header": _take_headers,
    "cookie": _take_cookies,
}


def _malformed(each: PreparedParameter, why: str) -> Finding:
    parameter = each.parameter
    return Finding(
        "malformed-parameter",
        f"the {parameter.location} parameter `{parameter.name}` cannot be read: {why}",
        location=Location("", pointer=parameter.pointer),
        place=Place(parameter.location, parameter.name),
        expected=parameter.form,
        hint=hint_of(each.styled) if parameter.media_type is None and why != NOT_UTF8 else "",
    )


def _missing(each: PreparedParameter, hint: str = "") -> Finding:
    parameter = each.parameter
    return Finding(
        "parameter-missing",
        f"the {parameter.location} parameter `{parameter.name}` is missing",
        location=Location("", pointer=parameter.pointer),
        place=Place(parameter.location, parameter.name),
        expected="it is required",
        hint=hint,
    )
