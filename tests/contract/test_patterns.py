"""Patterns: as ECMA-262 means them, and in no more steps than are allowed."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.contract.patterns import usable_pattern
from treaty.contract.validator import Validator


def validator(schema: Any) -> Validator:
    document = {
        "openapi": "3.1.1",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {"S": schema}},
    }
    return treaty.load(document).schemas.validator("/components/schemas/S", "request")


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"^\d$", "1", "٣"),
        (r"^\w$", "_", "é"),
        (r"^\W$", "é", "a"),
        (r"^\s$", "\ufeff", "a"),
        (r"^\cA$", "\x01", "A"),
        (r"^\x41\u0042$", "AB", "ab"),
        (r"^\u{1F600}$", "😀", "u"),
        (r"^\ud83d\ude00$", "😀", "\ufffd"),
        (r"^[\ud83d\ude00]$", "😀", "x"),
        (r"^.$", "😀", "ab"),
        (r"^.$", "a", "\n"),
        (r"a$", "ba", "a\n"),
        (r"^\p{Lu}\p{Script=Greek}$", "Éα", "éa"),
        (r"(?<=a)b", "ab", "cb"),
        (r"(?<!a)b", "cb", "ab"),
        (r"^(?!x)\w+$", "yx", "xy"),
        (r"^(a|b)\1$", "bb", "ab"),
        (r"^(?<n>a|b)\k<n>$", "bb", "ab"),
        (r"^(?:x)(?<=x)(y)(?<n>a|b)\k<n>\1$", "xybby", "xybay"),
        (r"^[^]$", "\n", "ab"),
        (r"^a[]|b$", "b", "a"),
        (r"^[\w-.]$", "-", " "),
        (r"^[.-\w]$", "-", " "),
        (r"^[\b]$", "\x08", "b"),
        (r"^\0$", "\x00", "0"),
        (r"^x{$", "x{", "x"),
        (r"^a{,3}$", "a{,3}", "aa"),
        (r"^a{1,2}\/b{2}$", "aa/bb", "a/b"),
        (r"^[[\]{]$", "{", "a"),
        (r"^\\k<a>$", r"\k<a>", "k"),
    ],
)
def test_what_a_pattern_means(pattern: str, good: str, bad: str) -> None:
    judge = validator({"pattern": pattern})
    assert judge.accepts(good)
    assert not judge.accepts(bad)


@pytest.mark.parametrize("pattern", ["(", "[", "a**", r"\Z", r"\k<n>", r"\ud83d\udezz", "(?<a"])
def test_what_is_no_pattern(pattern: str) -> None:
    assert usable_pattern(pattern) is None


def test_a_pattern_that_can_be_compiled_is_left_as_it_is() -> None:
    assert usable_pattern(r"^[\w-]{1,3}$") == r"^[\w-]{1,3}$"


def test_names_of_properties_are_matched_alike() -> None:
    judge = validator({"patternProperties": {"^[^]b$": {"type": "integer"}}, "additionalProperties": False})
    assert judge.accepts({"\nb": 1})
    assert not judge.accepts({"\nb": "x"})
    assert not judge.accepts({"b": 1})


@pytest.mark.parametrize("pattern", ["(a+)+$", "^(a|aa)+$", "^(a*)*b?$", r"^(\w+\s?)*$"])
def test_without_backreferences_no_step_is_ever_taken_back(pattern: str) -> None:
    """Such patterns are run by an automaton, in steps that grow with the length of the text alone."""
    [error] = validator({"pattern": pattern}).errors("a" * 50_000 + "!")
    assert error.message.startswith('"aaa')


def test_a_pattern_that_needs_more_steps_than_allowed_refuses_and_says_so() -> None:
    judge = validator({"pattern": r"(?!x)(a+)+\1$"})
    assert judge.accepts("aaaa")
    assert not judge.accepts("a" * 50_000 + "b")
    [error] = judge.errors("a" * 50_000 + "b")
    assert error.keyword == "pattern"
    assert "too many steps" in error.message
