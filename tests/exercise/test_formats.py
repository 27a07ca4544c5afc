"""What is sent for a format is of that format."""

from __future__ import annotations

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from schemathesis.specs.openapi.formats import get_default_format_strategies

from treaty.contract.formats import BUILT_IN, JUDGED
from treaty.exercise.formats import STRATEGIES


@pytest.mark.parametrize("name", STRATEGIES)
@given(data=st.data())
def test_a_value_is_of_its_format(name: str, data: st.DataObject) -> None:
    assert accepted(name, data.draw(STRATEGIES[name]))


def test_every_format_that_is_judged_has_values() -> None:
    assert {*JUDGED, *BUILT_IN} <= {*STRATEGIES, *get_default_format_strategies()}


def accepted(name: str, value: str) -> bool:
    if name in JUDGED:
        return JUDGED[name](value)
    return jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True).is_valid(value)
