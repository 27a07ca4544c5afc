"""Prism's options that mean something here are taken; those that do not are said to."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from treaty.cli import treaty
from treaty.cli.prism_options import LEVELS

# A command that ends before it listens, after its options were read.
ENDING = ("mock", "--explain-state", "specs/newsdesk")


@pytest.mark.parametrize(
    "options",
    [
        *(("--verboseLevel", level) for level in LEVELS),
        ("-v", "silent", "--errors"),
        ("-p", "4010", "-h", "127.0.0.1", "-d", "--seed", "a text", "--no-cors", "--cors"),
        ("--ignoreExamples", "--json-schema-faker-fillProperties=false"),
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
        (("--multiprocess",), "No such option"),
    ],
)
def test_what_means_nothing_is_refused(options: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(treaty, [*ENDING, *options])
    assert done.exit_code == 2
    assert said in done.output
