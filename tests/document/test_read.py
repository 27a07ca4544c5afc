from __future__ import annotations

import codecs
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from treaty.document.positions import locate_all
from treaty.document.read import MAX_BYTES, check_size, read
from treaty.findings import DocumentError


def code(content: bytes, label: str = "f.yaml", **bounds: int) -> str:
    with pytest.raises(DocumentError) as caught:
        read(content, label, **bounds)
    return caught.value.findings[0].code


@pytest.mark.parametrize(
    ("content", "label", "value"),
    [
        (b'{"a": 1}', "f.json", {"a": 1}),
        (b'{"a":\t1}', "f.yaml", {"a": 1}),
        (b"a: 1", "f.yaml", {"a": 1}),
        (b"{a: 1}", "f.yaml", {"a": 1}),
        (b"[1, # one\n 2]", "f", [1, 2]),
        (b"{}\n# done", "http://host/openapi", {}),
        (codecs.BOM_UTF8 + b'{"a": 1}', "f.json", {"a": 1}),
        ('{"é": 1}'.encode("utf-16"), "f.json", {"é": 1}),
        ("é: no".encode("utf-16-be"), "f.yml", {"é": "no"}),
        ("a: 😀".encode("utf-32"), "f.yml", {"a": "😀"}),
    ],
)
def test_the_format_is_found_by_name_and_content(content: bytes, label: str, value: Any) -> None:
    assert read(content, label) == value


@pytest.mark.parametrize(
    ("content", "label", "expected"),
    [
        (b"a: 1", "f.json", "json-syntax"),
        (b"{a: 1}", "f.json", "json-syntax"),
        (b"{a: 1", "f.yaml", "yaml-syntax"),
        (b'{"a": 1, "a": 2}', "f.yaml", "duplicate-key"),
        (b"[" * 10_000, "f.yaml", "too-deep"),
        (b"[" * 10_000, "f.json", "too-deep"),
        (b"\xff\x00\xff", "f.yaml", "not-utf8"),
        (b"", "f.yaml", "empty-document"),
        (b"", "f.json", "empty-document"),
        (codecs.BOM_UTF8, "f.yaml", "empty-document"),
        (b"# only words", "f", "empty-document"),
    ],
)
def test_the_error_is_that_of_the_format(content: bytes, label: str, expected: str) -> None:
    assert code(content, label) == expected


def test_the_size_is_bounded_and_the_limit_can_be_raised() -> None:
    assert code(b"a: 12345", max_bytes=7) == "too-large"
    assert read(b"a: 12345", "f", max_bytes=8) == {"a": 12345}
    check_size(MAX_BYTES, "f")
    with pytest.raises(DocumentError) as caught:
        check_size(100_000_000, "big.json")
    (finding,) = caught.value.findings
    assert (finding.code, str(finding.location)) == ("too-large", "big.json:1:1")
    assert "100.0 MB" in finding.message
    assert "--max-bytes 100000000" in finding.hint


SEED = """openapi: 3.1.0
x: &a {k: [1, 2.5, ~], "q": 'it''s'}
paths:
  /p/{id}: &p
    <<: *a
    get: {summary: "\\u00e9", tags: [*a, !t b]}
    text: |
      one
       two
  ? key
  : >-
    folded
"""
FRAGMENTS = [
    *"&*!|>'\"%@`{}[],:#?-~<\t\n\r \0\x85\u2028\ud7ff\U0001f600",
    "*a",
    "&a ",
    "<<: ",
    ": ",
    "---\n",
    "!!int ",
    "\\ud800",
]


@settings(derandomize=True, max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(SEED)), st.integers(0, 6), st.sampled_from(FRAGMENTS)),
        min_size=1,
        max_size=6,
    ),
    label=st.sampled_from(["f.yaml", "f.json"]),
)
def test_a_damaged_file_raises_nothing_but_findings(edits: list[tuple[int, int, str]], label: str) -> None:
    text = SEED
    for start, length, fragment in edits:
        text = text[:start] + fragment + text[start + length :]
    _read_and_locate(text.encode(), label)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(content=st.binary(max_size=40), opening=st.sampled_from([b"", b"{", b"a: ", b'["', b"\xff\xfe"]))
def test_any_bytes_raise_nothing_but_findings(content: bytes, opening: bytes) -> None:
    _read_and_locate(opening + content, "f")


def _read_and_locate(content: bytes, label: str) -> None:
    try:
        read(content, label)
        located = locate_all(content, ["", "/paths/k", "/x/k/0"], label)
    except DocumentError as error:
        findings = error.findings
    else:
        assert located[""].line >= 1
        return
    assert all(each.code and each.message and each.location for each in findings)
