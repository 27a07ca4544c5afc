"""What is wrong with a request, as Prism's header says it."""

from __future__ import annotations

import json

import pytest

from treaty.findings import Finding, Place
from treaty.mocking.violations import MAX_BYTES, violations


def test_a_violation_has_what_prism_says_of_one() -> None:
    found = [
        Finding("schema-maximum", "500 is greater than 100", place=Place("query", "limit")),
        Finding("schema-type", "not an integer", place=Place("body", pointer="/tags/0/a~1b")),
        Finding("unauthorized", "no credential"),
    ]
    assert json.loads(violations(found)) == [
        {
            "location": ["request", "query", "limit"],
            "severity": "Error",
            "code": "maximum",
            "message": "500 is greater than 100",
        },
        {
            "location": ["request", "body", "tags", "0", "a/b"],
            "severity": "Error",
            "code": "type",
            "message": "not an integer",
        },
        {"location": ["request"], "severity": "Error", "code": "unauthorized", "message": "no credential"},
    ]


def test_a_field_value_is_printable_ascii_of_bounded_length() -> None:
    assert json.loads(violations([Finding("wrong", "é\r\n\x7f\ud800")]))[0]["message"] == "é\r\n\x7f\ud800"
    text = violations([Finding("wrong", f"é\r\n\x7f {number}") for number in range(1000)])
    assert text.isascii()
    assert text.isprintable()
    assert len(text) <= MAX_BYTES
    assert len(json.loads(text)) > 10
    assert violations([Finding("wrong", "x" * MAX_BYTES)]) == "[]"


@pytest.mark.parametrize("number", [*range(0x180), 0x2028, 0xD800, 0xFFFF, 0x1F600])
def test_each_character_is_written_as_json_in_ascii_has_it(number: int) -> None:
    text = f'a "{chr(number)}" b'
    message = json.dumps(text).replace("\x7f", r"\u007f")
    assert violations([Finding("wrong", text)]).endswith(f'"code":"wrong","message":{message}}}]')
