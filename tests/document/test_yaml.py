from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import pytest
import yaml as pyyaml

from treaty.document import yaml
from treaty.findings import DocumentError, Finding

CORPUS = Path(os.environ.get("TREATY_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")

STRINGS = [
    *(
        "no",
        "yes",
        "on",
        "off",
        "y",
        "n",
        "No",
        "ON",
        "nULL",
        "tRUE",
        "inf",
        "nan",
        ".inF",
        "=",
        "+",
        ".",
        "..",
    ),
    *("1_000", "1__0", "0b11", "0o8", "0x", "0X1F", "+0x1F", "-0o7", "1e", "1.5.2", "1:30", "2020-01-01"),
]


def findings(text: str) -> tuple[Finding, ...]:
    with pytest.raises(DocumentError) as caught:
        yaml.loads(text, "f")
    return caught.value.findings


def only(text: str) -> tuple[str, str]:
    (finding,) = findings(text)
    return finding.code, str(finding.location)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, word) for word in STRINGS),
        *((word, None) for word in ["", "~", "null", "Null", "NULL"]),
        *((word, True) for word in ["true", "True", "TRUE"]),
        *((word, False) for word in ["false", "False", "FALSE"]),
        ("017", 17),
        ("0o17", 15),
        ("0x1F", 31),
        ("+1", 1),
        ("-1", -1),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-1.5E-2", -0.015),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("'12'", "12"),
        ('"true"', "true"),
        ("! 12", "12"),
        ("!!str 12", "12"),
        ("!!int '12'", 12),
        ("!!float 1", 1.0),
        ("!!bool 'true'", True),
        ("!!null ''", None),
        ("!!timestamp 2001-01-01", "2001-01-01"),
        ("!!binary aGk=", "aGk="),
        ("!local 1", "1"),
        ('"\\u00e9\\x41\\/\\n"', "éA/\n"),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: Any) -> None:
    found = yaml.loads(f"a: {text}", "f")["a"]
    assert found == value
    assert type(found) is type(value)


def test_not_a_number() -> None:
    assert math.isnan(yaml.loads("a: .nan", "f")["a"])


@pytest.mark.parametrize(
    "key", ["200", "1.0", "1.10", "1e3", "0x10", "true", "null", "~", "no", "2020-01-01", ".inf"]
)
def test_keys_are_strings_as_written(key: str) -> None:
    assert yaml.loads(f"{key}: 1\n'other': 2", "f") == {key: 1, "other": 2}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"": a', {"": "a"}),
        ("? \n: a", {"": "a"}),
        ("1.0: a\n1: b", {"1.0": "a", "1": "b"}),
        ("? |\n  x\n: b", {"x\n": "b"}),
        ("{a, b: 1}", {"a": None, "b": 1}),
        ("[a: 1]", [{"a": 1}]),
        ("&k a: 1\nb: *k", {"a": 1, "b": "a"}),
        ("a: &k 0x1\n*k : c", {"a": 1, "0x1": "c"}),
        ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
        ("a: &x [&x 1, *x]\nb: *x", {"a": [1, 1], "b": 1}),
        ("a: &e\nb: *e", {"a": None, "b": None}),
        ("!!set {a}", {"a": None}),
        ("!!map {a: !!seq [1]}", {"a": [1]}),
        ("a: |\r\n  x\r\n  y\r\nb: 1\r\n", {"a": "x\ny\n", "b": 1}),
        (
            "a: >-\n  x\n   y\n  z\nb: |+\n  x\n\nc: |2\n    x\n",
            {"a": "x\n y\nz", "b": "x\n\n", "c": "  x\n"},
        ),
        ("a: [\n1\n]", {"a": [1]}),
        ("[{a: 1}, {b: 2}]", [{"a": 1}, {"b": 2}]),
        ("--- a\n...\n", "a"),
        ("---\n", None),
        ("%YAML 1.1\n---\na: no", {"a": "no"}),
        ("a: x\u2028y\x85z\nb: '\x7f\x9f\uffff'\n", {"a": "x\u2028y\x85z", "b": "\x7f\x9f\uffff"}),
        ("a: |\n  x\u2028y\n  z\n\U0010fffd: 1", {"a": "x\u2028y\nz\n", "\U0010fffd": 1}),
    ],
)
def test_structures(text: str, value: Any) -> None:
    assert yaml.loads(text, "f") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<<: *b\nx: 2", {"x": 2, "y": 1}),
        ("x: 2\n<<: *b", {"x": 2, "y": 1}),
        ("<<: [*b, *c]", {"x": 1, "y": 1, "z": 3}),
        ("<<: [*c, *b]", {"x": 3, "y": 1, "z": 3}),
        ("<<: *l", {"x": 3, "y": 1, "z": 3}),
        ("<<: {<<: *b, x: 9}\ny: 8", {"x": 9, "y": 8}),
        ("<<: *n", {"x": 1, "y": 1, "w": 4}),
        ("!!merge <<: *b", {"x": 1, "y": 1}),
        ("'<<': 1", {"<<": 1}),
        ("k: <<", {"k": "<<"}),
    ],
)
def test_merge_keys(text: str, value: Any) -> None:
    anchors = "- &b {x: 1, y: 1}\n- &c {x: 3, z: 3}\n- &l [*c, *b]\n- &n {<<: *b, w: 4}\n- "
    assert yaml.loads(anchors + text.replace("\n", "\n  "), "f")[4] == value


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: &a [*a]", "alias-loop", "f:1:8"),
        ("a: &a {b: {c: [*a]}}", "alias-loop", "f:1:16"),
        ("a: &a\n  <<: *a", "alias-loop", "f:2:7"),
        ("a: &x [1]\nb: &x [*x]", "alias-loop", "f:2:8"),
        ("a: *b", "unknown-alias", "f:1:4"),
        ("? [a]\n: b", "complex-key", "f:1:3"),
        ("{{x}}: 1", "complex-key", "f:1:1"),
        ("a: {{ x }}", "complex-key", "f:1:5"),
        ("a: &a [1]\n*a : 2", "complex-key", "f:2:1"),
        ("<<: 1", "yaml-merge", "f:1:1"),
        ("a: {<<: [1]}", "yaml-merge", "f:1:5"),
        ("a: !!int x", "yaml-tag", "f:1:4"),
        ("a: !!bool yes", "yaml-tag", "f:1:4"),
        ("a: !!str [1]", "yaml-tag", "f:1:4"),
        ("a: " + "9" * 5000, "number-too-long", "f:1:4"),
        ("a: 1\n---\nb: 2", "several-documents", "f:2:1"),
        ("--- [1]\n--- [2]", "several-documents", "f:2:1"),
        ("# nothing\n", "empty-document", "f:1:1"),
        ("", "empty-document", "f:1:1"),
    ],
)
def test_what_json_cannot_hold_is_refused_in_its_place(text: str, code: str, place: str) -> None:
    assert only(text) == (code, place)


def test_an_alias_loop_names_the_anchor() -> None:
    (finding,) = findings("x: 1\na: &a [*a]")
    assert [str(location) for location in finding.related] == ["f:2:4"]


def test_every_duplicate_key_is_found_with_both_places() -> None:
    text = "a: 1\nb:\n  - c: 1\n    'c': 2\n    d: 3\na: 2\n<<: {e: 1}\n<<: {f: 1}\n"
    found = [(str(each.location), each.location.pointer, str(each.related[0])) for each in findings(text)]
    assert found == [("f:4:5", "/b/0/c", "f:3:5"), ("f:6:1", "/a", "f:1:1"), ("f:8:1", "/<<", "f:7:1")]
    assert {each.code for each in findings(text)} == {"duplicate-key"}


def test_duplicates_are_bounded_and_kept_beside_a_later_error() -> None:
    assert len(findings("a: 1\n" * 500)) == 50
    assert [each.code for each in findings("a: 1\na: 2\nb: *c")] == ["duplicate-key", "unknown-alias"]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_is_bounded_on_one_line(opening: str) -> None:
    assert only(opening * 10_000)[0] in {"too-deep", "complex-key"}


def test_nesting_is_bounded_in_blocks() -> None:
    assert only("".join(" " * depth + "a:\n" for depth in range(3_000))) == ("too-deep", "f:201:201")
    assert yaml.loads("[" * 200 + "]" * 200, "f")
    assert only("[" * 201 + "]" * 201)[0] == "too-deep"


def test_depth_and_size_count_what_aliases_stand_for() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 300))
    assert only(chain)[0] == "too-deep"
    laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
    )
    assert only(laughs)[0] == "alias-bomb"
    merges = "m0: &m0 {k: v}\n" + "".join(
        f"m{n}: &m{n} {{<<: *m{n - 1}, k{n}: v}}\n" for n in range(1, 2_000)
    )
    assert only(merges)[0] == "alias-bomb"


def test_aliases_share_their_value() -> None:
    value = yaml.loads("a: &x {b: 1}\nc: *x", "f")
    assert value["a"] is value["c"]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a:\n\t- x", "f:2:1", "tab"),
        ("a: 1\n\tb: 2", "f:2:1", "tab"),
        ("get:\n  summary:text\n  x: 1", "f:3:4", "space is missing after a colon"),
        ("a: b: c", "f:1:5", "contains `: `"),
        ("a: @b", "f:1:4", "cannot start with @"),
        ("a: `b`", "f:1:4", "cannot start with `"),
        ("a: %b", "f:1:4", "cannot start with %"),
        ("a: 1\n b: 2", "f:2:3", "key is not expected"),
        ("a:\n  - 1\n - 2", "f:3:2", "does not fit"),
        ("a: 'x\nb: 1", "f:1:4", "never closed"),
        ('a: "x', "f:1:4", "never closed"),
        ("a: {b: 1\nc: 2", "f:2:2", "not closed"),
        ("a: [1, 2", "f:1:4", "not closed"),
        ("a: [1,", "f:2:1", "not closed"),
        ("a: ]", "f:1:4", "closes nothing"),
        ('a: "\\q"', "f:1:4", "escape"),
        ('a: "\\ud800"', "f:1:4", "escape"),
        ("a: - b", "f:1:4", "list item cannot start"),
        ("a: 1\nb\nc: 2", "f:3:1", "neither a key"),
        (" a: 1\nb: 2", "f:2:1", "document ends"),
        ("a: \x01", "f:1:4", "U+0001"),
        ("a: 1\r\nb: \0", "f:2:4", "U+0000"),
        ("a: !e!x 1", "f:1:4", "handle"),
        ("a: & b", "f:1:5", "anchor"),
    ],
)
def test_syntax_errors_say_what_where_and_how(text: str, place: str, words: str) -> None:
    (finding,) = findings(text)
    assert (finding.code, str(finding.location)) == ("yaml-syntax", place)
    assert words in finding.message
    assert finding.hint


@pytest.mark.parametrize(
    "text",
    ["a: 1_000\n? b\n: [~, {c: d}]", "a: &x {y: 1}\nb: {<<: *x}", "é: 'x\n\n  y'", "a: ! 12", "a: \x85\n"],
)
def test_the_parser_in_python_agrees(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = yaml.loads(text, "f")
    monkeypatch.setattr(yaml, "_LOADER", pyyaml.SafeLoader)
    assert yaml.loads(text, "f") == expected


def _with_string_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _with_string_keys(member) for key, member in value.items()}
    return [_with_string_keys(item) for item in value] if isinstance(value, list) else value


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of published documents is absent")
def test_published_documents_read_as_another_parser_reads_them() -> None:
    other = pytest.importorskip("yaml_rs", reason="the parser to compare with is not installed")
    paths = sorted(path for path in CORPUS.rglob("*.y*ml") if path.suffix in {".yaml", ".yml"})
    for path in paths:
        # Without a last line break, YAML 1.2 adds none to a block scalar; the other parser does.
        text = path.read_text("utf-8").rstrip("\n") + "\n"
        assert yaml.loads(text, path.name) == _with_string_keys(other.loads(text, parse_datetime=False)), path
    assert paths


@pytest.mark.parametrize("tag", ["!%ED%A0%80", "!a%2Fb%ED%A0%80", "!<%ED%BF%BF>"])
def test_a_tag_that_is_no_text(tag: str) -> None:
    with pytest.raises(DocumentError) as raised:
        yaml.loads(f"a: 1\nb: {tag} x\n", "a.yaml")
    (finding,) = raised.value.findings
    assert (finding.code, finding.location.line, finding.location.column) == ("yaml-syntax", 2, 4)
