"""A parameter or header prepared for traffic: what reads its text, and what judges its value."""

from __future__ import annotations

from dataclasses import dataclass

from treaty.contract.contract import Contract
from treaty.contract.lowering import Direction
from treaty.contract.model import Parameter
from treaty.contract.validator import Validator
from treaty.exchange.styles import Styled, as_it_is, form_decoded, percent_decoded
from treaty.exchange.values import Shape


@dataclass(slots=True)
class PreparedParameter:
    """A parameter, how its text is written, what its value is, and what judges it.

    The `others` are the same one, were its value of another kind that the schema allows, too. One of them may
    be `shared`: the object, were those its properties too that other parameters are called.
    """

    parameter: Parameter
    styled: Styled
    shape: Shape | None = None
    validator: Validator | None = None
    others: tuple[PreparedParameter, ...] = ()
    shared: bool = False


def prepare_parameter(contract: Contract, parameter: Parameter, direction: Direction) -> PreparedParameter:
    """A parameter or header with its reader and validator."""
    pointer = parameter.media_type.schema if parameter.media_type else parameter.schema
    if pointer is None:
        return PreparedParameter(parameter, style_parameter(parameter, None))
    shape = Shape(contract.schemas, contract.schemas.at(pointer, direction), direction)
    validator = contract.schemas.validator(pointer, direction)
    others = tuple(
        PreparedParameter(parameter, style_parameter(parameter, other), other, validator)
        for other in (() if parameter.media_type else shape.others)
    )
    return PreparedParameter(parameter, style_parameter(parameter, shape), shape, validator, others)


def style_parameter(parameter: Parameter, shape: Shape | None) -> Styled:
    """How a parameter is written where it stands."""
    location = parameter.location
    raw = location == "header" or (location == "cookie" and parameter.style == "cookie")
    return Styled(
        parameter.name,
        parameter.style,
        parameter.explode,
        shape.kind if shape else "primitive",
        frozenset(shape.properties) if shape else frozenset(),
        as_it_is if raw else form_decoded if location == "query" else percent_decoded,
        may_repeat=shape is not None and shape.is_many,
        location=location,
        allow_reserved=parameter.allow_reserved,
    )
