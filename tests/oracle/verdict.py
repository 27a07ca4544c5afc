"""What openapi-spec-validator says of a document, its own faults set apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openapi_spec_validator.shortcuts import get_validator_cls

if TYPE_CHECKING:
    from .variants import Variant


@dataclass(frozen=True)
class Verdict:
    """`word` is valid, invalid, or the name of the exception the validator ended with."""

    word: str
    first: str = ""


def complaints(document: Any) -> list[str]:
    """All that the validator finds wrong."""
    return [str(error.message) for error in get_validator_cls(document)(document).iter_errors()]


def judge(document: Any) -> Verdict:
    """The verdict of the validator, its first complaint with it."""
    try:
        found = complaints(document)
    except Exception as crash:  # whatever it is, it is no verdict
        return Verdict(type(crash).__name__, str(crash)[:120])
    return Verdict("invalid", found[0][:120]) if found else Verdict("valid")


@dataclass(frozen=True)
class Deviation:
    """Where the specification is followed instead of the validator.

    `finding_expected` is None where the specification leaves it open; `within` narrows it to variants
    whose description holds that text.
    """

    mutation: str
    word: str
    finding_expected: bool | None
    clause: str
    within: str = ""


DEVIATIONS = (
    Deviation(
        "break_reference",
        "PointerToNowhere",
        True,
        "OpenAPI 3.0.3, Reference Object: a reference is resolved as RFC 6901 says, where a pointer to a "
        "value that is not there is an error; the validator ends with an exception instead of an error",
    ),
    Deviation(
        "break_reference",
        "valid",
        True,
        "the same clause; the validator does not follow references in headers, links, examples and callbacks",
    ),
    Deviation(
        "drop_required_field",
        "KeyError",
        True,
        "OpenAPI 3.2.0, Tag Object: `name` is REQUIRED; the validator reads it before it has looked",
    ),
    Deviation(
        "wrong_default",
        "TypeError",
        True,
        "Swagger 2.0, Parameter Object: `default` MUST conform to the defined `type`; the validator takes "
        "`required: true` of the parameter for a list of JSON Schema",
    ),
    Deviation(
        "wrong_default",
        "valid",
        None,
        "OpenAPI 3.0.3, Schema Object: `default` MUST conform to the type, but 3.1 follows JSON Schema "
        "2020-12 section 9.2, which only recommends it; the validator passes by `content` in parameters",
    ),
    Deviation(
        "change_type",
        "valid",
        True,
        "OpenAPI 3.2.0, Media Type Object: `itemSchema` is a Schema Object; "
        "the validator does not look into it",
        within="/itemSchema/",
    ),
)


def finding_expected(variant: Variant, verdict: Verdict) -> bool | None:
    """Whether a load of the variant must find something; None where either is right."""
    for deviation in DEVIATIONS:
        meant = (deviation.mutation, deviation.word) == (variant.mutation, verdict.word)
        if meant and deviation.within in variant.what:
            return deviation.finding_expected
    return verdict.word != "valid"
