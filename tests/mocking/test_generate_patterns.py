"""Words for regular expressions of ECMA-262: they match, and they have the length asked for."""

from __future__ import annotations

import random
import re

import pytest

from treaty.mocking.generate.characters import complement
from treaty.mocking.generate.pattern_words import matcher, matching_word
from treaty.mocking.generate.patterns import ENDLESS, PatternError, parse

PATTERNS = [
    r"^[a-z][a-z0-9-]{0,30}[a-z0-9]$",
    r"^(default|[a-z_]+=(on|off|default)(,[a-z_]+=(on|off|default))*)$",
    r"^((xn--)?[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*\.)+[a-zA-Z]{2,}\.?$",
    r"^$|^((25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)$",
    r"^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$",
    r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[@$!%*?&])[A-Za-z\d@$!%*?&]{8,}$",
    r"^(?=.{5,10}$)[a-z]+(?:-[a-z]+)*$",
    r"^(?!.*--)[a-z-]{4,}$",
    r"^(a|b)\1$",
    r"^\p{Lu}\p{Ll}+$",
    r"^\p{Script=Greek}{3}$",
    r"^\P{L}{2}$",
    r"^[\p{L} ]{5,}$",
    r"^[^\x00-\x7F]+$",
    r"^\u{1F600}+$",
    r"^\cA\t\x41\u0042$",
    r"^[\]\-a]+$",
    r"^[a-]+$",
    r"^x{2,}?$",
    r"\bfoo\b",
    r"(?<=a)b",
    r"^\/v1\/[^/]+\/items",
    r"^[A-Z]{2}[0-9]{2}(?:[ ]?[A-Z0-9]{4}){3,7}$",
    r"^\S+@\S+\.\S+$",
    r"^(?<year>\d{4})$",
    r"^\W\D\S\s$",
]


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  test data


@pytest.mark.parametrize("pattern", PATTERNS)
def test_words_match(pattern: str) -> None:
    for seed in range(10):
        word = matching_word([pattern], 0, 1000, dice(seed))
        assert word is not None
        assert matcher(pattern)(word)


@pytest.mark.parametrize(
    ("pattern", "low", "high"),
    [
        ("^[a-z]+$", 50, 50),
        ("^(ab|cde)*$", 20, 21),
        ("^a{2,5}b*$", 30, 40),
        ("^(x|y{10,20}|z{100})$", 15, 18),
        ("middle", 30, 32),
        ("^start", 30, 32),
        ("end$", 30, 32),
        ("^(([a-f]{2}:){2,9}[a-f]{2})$", 14, 14),
    ],
)
def test_words_have_the_length_asked_for(pattern: str, low: int, high: int) -> None:
    word = matching_word([pattern], low, high, dice(1))
    assert word is not None
    assert low <= len(word) <= high
    assert re.search(pattern, word)


@pytest.mark.parametrize(
    ("pattern", "low"), [("^a$", 2), ("^(?!.*)$", 0), ("^((a{500}){500}){500}$", 0), ("(", 0)]
)
def test_no_word_is_no_error(pattern: str, low: int) -> None:
    assert matching_word([pattern], low, 1000, dice(1)) is None


def test_several_patterns_are_met_together() -> None:
    word = matching_word(["^[a-z]+$", "x$", "^b"], 4, 9, dice(1))
    assert word is not None
    assert re.fullmatch("b[a-z]+x", word)


@pytest.mark.parametrize(
    "pattern", ["(", "(?<name", "a)", "[a", "*a", "a{3,1}", "\\", "(?~a)", r"\xZZ", "(" * 100 + ")" * 100]
)
def test_what_cannot_be_read_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        parse(pattern)


def test_lengths_are_known_from_the_tree() -> None:
    tree = parse("^a{2,3}(b|cd)?x*$")
    assert (tree.shortest, tree.longest) == (2, ENDLESS)
    assert (parse("a{2,3}(b|cd)?").shortest, parse("a{2,3}(b|cd)?").longest) == (2, 5)


def test_the_complement_leaves_out_surrogates() -> None:
    assert complement([(0, 0x40)]) == ((0x41, 0xD7FF), (0xE000, 0x10FFFF))
