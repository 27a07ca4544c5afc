from __future__ import annotations

import pytest

from treaty.document import json
from treaty.findings import DocumentError, Finding


def findings(text: str) -> tuple[Finding, ...]:
    with pytest.raises(DocumentError) as caught:
        json.loads(text, "f")
    return caught.value.findings


def test_values() -> None:
    text = '{"a": [1, -0.5, 1e3, true, null, "\\ud83d\\ude00\\/\\u0000"], "": 12345678901234567890123}'
    assert json.loads(text, "f") == {
        "a": [1, -0.5, 1000.0, True, None, "😀/\0"],
        "": 12345678901234567890123,
    }


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ('{\n "a": 1,\n "b" 2}', "json-syntax", "f:3:6"),
        ("[1,\n2,]", "json-syntax", "f:2:3"),
        ('{"é😀": 1, x}', "json-syntax", "f:1:11"),
        ("{'a': 1}", "json-syntax", "f:1:2"),
        ("// no\n{}", "json-syntax", "f:1:1"),
        ("[NaN]", "json-syntax", "f:1:2"),
        ("[01]", "json-syntax", "f:1:3"),
        ('["\t"]', "json-syntax", "f:1:3"),
        ('["\\ud800"]', "json-syntax", "f:1:9"),
        ('["\\x41"]', "json-syntax", "f:1:4"),
        ("[1] 2", "json-syntax", "f:1:5"),
        ('["a', "json-syntax", "f:1:3"),
        ("[nil]", "json-syntax", "f:1:3"),
        ("[1 2]", "json-syntax", "f:1:4"),
        ('{"a": 1 "b": 2}', "json-syntax", "f:1:9"),
        (" \n", "empty-document", "f:1:1"),
        ("[" + "9" * 5000 + "]", "number-too-long", "f:1:4303"),
    ],
)
def test_errors_have_their_place(text: str, code: str, place: str) -> None:
    (finding,) = findings(text)
    assert (finding.code, str(finding.location)) == (code, place)
    assert "This is not JSON" not in finding.message  # every cause here has words of its own


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_is_bounded(opening: str) -> None:
    (finding,) = findings(opening * 10_000)
    assert finding.code == "too-deep"


def test_every_duplicate_key_is_found_with_both_places() -> None:
    text = '{"a": {"b": 1,\n "b": [{"b": 2}]},\n"a": 3, "c": [0, [], {"d": "]", "\\u0064": 2, "d": 3}]}'
    found = [(str(each.location), each.location.pointer, str(each.related[0])) for each in findings(text)]
    assert found == [
        ("f:2:2", "/a/b", "f:1:8"),
        ("f:3:1", "/a", "f:1:2"),
        ("f:3:33", "/c/2/d", "f:3:23"),
        ("f:3:46", "/c/2/d", "f:3:23"),
    ]


def test_duplicates_are_bounded_and_stop_where_the_text_is_no_longer_json() -> None:
    assert len(findings("{" + '"a": 1, ' * 500 + '"b": 1}')) == 50
    assert [each.code for each in findings('{"a": 1, "a": 2, oops, "a": 3}')] == ["duplicate-key"]
    assert [each.code for each in findings('{"a": 1, "a": 2, "\\x": 3, "a": 3}')] == ["duplicate-key"]


def test_tokens() -> None:
    assert list(json.tokens(' {"a\\"]": [-1.5e3,\ntrue]}')) == [
        ("open", "{", 1),
        ("text", '"a\\"]"', 2),
        ("open", "[", 10),
        ("word", "-1.5e3", 11),
        ("word", "true", 19),
        ("close", "]", 23),
        ("close", "}", 24),
    ]
    with pytest.raises(ValueError, match="offset 1"):
        list(json.tokens("[bare]"))


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("a: 1", "x.JSON", True),
        ("a: 1", "http://h/x.json?v=1", True),
        (" \n{", "x.yaml", True),
        ("[", "x", True),
        ("a: {}", "x.yaml", False),
        ("", "x", False),
    ],
)
def test_looks_like_json(text: str, label: str, expected: bool) -> None:
    assert json.looks_like_json(text, label) is expected
