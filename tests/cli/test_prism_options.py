"""Prism's options that mean something here are taken; those that do not are said to."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from treaty.cli import treaty
from treaty.cli.prism_options import LEVELS, plain_flags

# A command that ends before it listens, after its options were read.
ENDING = ("mock", "--explain-state", "specs/newsdesk")


@pytest.mark.parametrize(
    "options",
    [
        *(("--verboseLevel", level) for level in LEVELS),
        ("-v", "silent", "--errors"),
        ("-p", "4010", "-h", "127.0.0.1", "-d", "--seed", "a text", "--no-cors", "--cors"),
        ("--ignoreExamples", "--json-schema-faker-fillProperties=false"),
        ("-m", "false", "--multiprocess", "--cors=false", "--errors=true", "-d", "true"),
    ],
    ids=" ".join,
)
def test_an_option_is_taken(options: tuple[str, ...]) -> None:
    done = CliRunner().invoke(treaty, [*ENDING, *options])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--json-schema-faker-fillProperties", "true"), "makes up no properties"),
        (("-v", "loud"), "'loud' is not one of"),
        (("--multiprocess=often",), "No such option"),
    ],
)
def test_what_means_nothing_is_refused(options: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(treaty, [*ENDING, *options])
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("", ""),
        ("-m -h 0.0.0.0 a.yaml", "-h 0.0.0.0 a.yaml"),
        ("--multiprocess=false a.yaml", "a.yaml"),
        ("-m true a.yaml", "a.yaml"),
        ("--cors=false", "--no-cors"),
        ("--cors true", "--cors"),
        ("--no-cors", "--no-cors"),
        ("-d false a.yaml", "a.yaml"),
        ("-d a.yaml", "--dynamic a.yaml"),
        ("--dynamic=true --seed true", "--dynamic --seed true"),
        ("--errors=no", "--errors=no"),
    ],
)
def test_a_flag_may_have_a_value(written: str, plain: str) -> None:
    assert plain_flags(written.split()) == plain.split()


def test_no_arguments_are_none() -> None:
    assert plain_flags([]) == []
