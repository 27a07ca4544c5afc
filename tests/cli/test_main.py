"""The command line as a whole: help, version, unknown commands, completion, what is imported when."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from treaty import __version__
from treaty.cli import COMMANDS, treaty

CLI = Path(import_module("treaty.cli").__file__ or "").parent
NOT_COMMANDS = {
    "__init__",
    "configuration",
    "data_options",
    "delivery_options",
    "errors",
    "exchange_log",
    "options",
    "places",
    "prism_options",
    "reloads",
    "running",
    "serving",
    "welcome",
}


def test_every_command_is_a_file_and_every_other_file_is_known() -> None:
    files = {path.stem for path in CLI.glob("*.py")}
    assert files - NOT_COMMANDS == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_begins_as_the_list_says_and_has_an_example(name: str) -> None:
    shown = CliRunner().invoke(treaty, [name, "--help"])
    assert shown.exit_code == 0
    assert COMMANDS[name] in shown.output
    assert f"treaty {name}" in shown.output.partition("Options:")[0]


def test_help_lists_the_commands_and_the_exit_codes() -> None:
    shown = CliRunner().invoke(treaty, ["--help"]).output
    assert all(name in shown and text in " ".join(shown.split()) for name, text in COMMANDS.items())
    assert "Exit codes" in shown


def test_the_version_is_the_package_s() -> None:
    assert CliRunner().invoke(treaty, ["--version"]).output == f"treaty {__version__}\n"


def test_python_m_treaty_is_the_same_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "treaty", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"treaty {__version__}\n"


@pytest.mark.parametrize("arguments", [["nothing"], ["mock", "--nothing"], ["mock", "--port", "x"]])
def test_wrong_use_is_exit_code_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(treaty, arguments).exit_code == 2


def test_help_imports_no_command_and_no_engine() -> None:
    call = "treaty(['--help'], standalone_mode=False)"
    code = f"import sys; from treaty.cli import treaty; {call}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"treaty.engine", "treaty.cli.mock", "jsonschema_rs", "connexion", "rich", "uvicorn"}


def test_mock_does_not_import_what_serves_and_tests() -> None:
    code = "import sys, treaty.cli.mock, treaty.api; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"connexion", "flask", "schemathesis", "openapi_spec_validator"}


def test_the_shell_can_complete_commands() -> None:
    environment = {
        **os.environ,
        "_TREATY_COMPLETE": "bash_complete",
        "COMP_WORDS": "treaty mo",
        "COMP_CWORD": "1",
    }
    code = "from treaty.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert "mock" in done.stdout


def test_the_group_knows_only_its_commands() -> None:
    assert treaty.get_command(click.Context(treaty), "__init__") is None


def test_a_command_that_there_is_not_is_told_with_its_like() -> None:
    result = CliRunner().invoke(treaty, ["moc"])
    assert (result.exit_code, "Did you mean 'mock'?" in result.stderr) == (2, True)
    assert "No such command 'zzz'." in CliRunner().invoke(treaty, ["zzz"]).stderr


def test_an_interrupt_has_the_code_of_shells(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("treaty.cli.check.load_contract", interrupt, raising=False)
    monkeypatch.setattr("treaty.cli.bundle.load_contract", interrupt, raising=False)
    result = CliRunner().invoke(treaty, ["bundle", "specs/newsdesk"])
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")
