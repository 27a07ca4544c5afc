"""JSON with very many names: read another way, to the same verdict."""

import json

import pytest

from treaty.exchange.bodies import UndecodableError, decode_json

MANY = {f"a name, the {number:05}th of many: {number}": number for number in range(30_000)}
MEMBERS = json.dumps(MANY).encode()[1:-1]


def test_very_many_names_are_read() -> None:
    assert len(MEMBERS) > 1024 * 1024
    assert decode_json(b"{%b}" % MEMBERS) == MANY


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('":"', ":"),
        (r'"\u003a\u003A\\u003a\\\u003a"', r"::\u003a\:"),
        ('{":": {}, "::": [{"a:": 1}, {"a:": 1}]}', {":": {}, "::": [{"a:": 1}, {"a:": 1}]}),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ("1e300", 1e300),
    ],
)
def test_colons_and_numbers_beside_very_many_names(text: str, value: object) -> None:
    read = decode_json(b'{%b, "beside": %b}' % (MEMBERS, text.encode()))
    assert isinstance(read, dict)
    assert read["beside"] == value
    assert len(read) == len(MANY) + 1


@pytest.mark.parametrize(
    ("twice", "said"),
    [
        (b'{"a": 1, "a": 2, %b}', 'Detected duplicate key "a" at line 1'),
        (b'{"in": [{"b": 1, "b": 1}], %b}', 'Detected duplicate key "b" at line 1'),
        (rb'{"c:": "\\u003a", "c\u003a": "", %b}', 'Detected duplicate key "c:" at line 1'),
        (b'{%b, "a": 1, "a": 2}', "Detected duplicate key"),
        (b'{%b, "a": {"b": ":", "b": ""}}', "Detected duplicate key"),
    ],
)
def test_a_name_that_is_there_twice_among_very_many(twice: bytes, said: str) -> None:
    with pytest.raises(UndecodableError) as caught:
        decode_json(twice % MEMBERS)
    assert caught.value.finding.message.startswith(f"the body is not JSON: {said}")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (b'{%b, "a": 1e999}', "a number in the body is too large"),
        (b"{%b", "the body is not JSON: EOF"),
    ],
)
def test_what_else_is_wrong_beside_very_many_names(wrong: bytes, said: str) -> None:
    with pytest.raises(UndecodableError, match=said):
        decode_json(wrong % MEMBERS)
