"""Every command that the README and the pages of docs/ show is run, and shows what they say it shows.

In a `console` block a line that begins with `$ ` is a command; the lines below it, up to
the next command, are what its output must contain, in that order, `...` standing for
anything. Each page is a walk through one copy of what users copy: specs, handlers,
contract_tests. A server runs until the page ends or another one takes its place. A block that is
named as a file, as in "yaml shop.yaml", is written there.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
COPIED = (
    "specs",
    "handlers",
    "mocks",
    "contract_tests",
    "src",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "Makefile",
)
SERVERS = re.compile(r"^(make|treaty) (mock|serve)\b(?!.* --explain-state)")
# These run all tests, or change this installation; that they exist and what they would do is enough here.
DRY = re.compile(r"^make (?!mock|serve)(\S+)")
BLOCK = re.compile(r"^```console\n(.*?)^```", re.M | re.S)
FILE_OR_BLOCK = re.compile(
    r"^```(?:(?:yaml|python) (?P<name>[\w./-]+)|console)\n(?P<text>.*?)^```", re.M | re.S
)
SECONDS = 120
# This page begins in a folder where there is nothing.
FROM_NOTHING = ROOT / "docs" / "tutorial.md"


@dataclass
class Walk:
    """One page being followed: where it is, its ports, the server that runs."""

    folder: Path
    output: Path
    ports: dict[str, str]
    server: subprocess.Popen[str] | None = None
    tried: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{
                key: value
                for key, value in os.environ.items()
                if not key.startswith(("TREATY_", "PYTEST_", "COLUMNS"))
            },
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "TREATY_MOCK_PORT": self.ports["4010"],
            "TREATY_SERVE_PORT": self.ports["8080"],
            "NO_COLOR": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def follow(self, command: str) -> str:
        """Run a command as the page's reader would, and give back what it printed."""
        self.tried.append(command)
        if command.startswith("cd "):
            self.folder = (self.folder / command[3:]).resolve()
            return ""
        dry = DRY.match(command)
        if dry:
            return self.run(f"make -n {dry.group(1)} READY= PYTHON={sys.executable}")
        for shown, real in self.ports.items():
            command = command.replace(shown, real)
        if command.startswith("python -m pip install"):
            command = command.replace("install", "install --dry-run --no-deps --no-build-isolation")
        if SERVERS.match(command):
            return self.start(
                command.replace("make ", f"make READY= BIN={BIN} ") if "make" in command else command
            )
        return self.run(command)

    def run(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, command: str) -> str:
        self.stop()
        self.output.write_text("")
        with self.output.open("a") as log:
            self.server = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        ends = time.monotonic() + SECONDS
        while "Ctrl-C stops it" not in (said := self.output.read_text()):
            assert self.server.poll() is None, f"{command}\n{said}"
            assert time.monotonic() < ends, f"{command} did not start\n{said}"
            time.sleep(0.05)
        return said

    def stop(self) -> None:
        if self.server is not None and self.server.poll() is None:
            os.killpg(self.server.pid, signal.SIGINT)
            self.server.wait(timeout=20)
        self.server = None


def pages() -> list[Path]:
    """Every page with commands, the README first."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in found if BLOCK.search(page.read_text())]


def steps(page: Path) -> list[tuple[str, list[str]]]:
    """(Command, lines that its output must contain) in the order of the page."""
    found: list[tuple[str, list[str]]] = []
    for block in FILE_OR_BLOCK.finditer(page.read_text()):
        if block["name"]:
            found.append((f"cat > {block['name']} <<'END'\n{block['text']}END", []))
            continue
        for line in block["text"].splitlines():
            if line.startswith("$ "):
                found.append((line[2:].partition("  #")[0].strip(), []))
            elif line.strip() and found:
                found[-1][1].append(line)
    return found


def matches(line: str, said: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in line.strip().split("..."))
    return re.search(pattern, said, re.S) is not None


def free_port() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


def copy_of_project(folder: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.db"))
        elif source.exists():
            shutil.copy(source, folder / name)


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_do_what_it_says(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    ports = {port: free_port() for port in ("4010", "4011", "8080")}
    if page != FROM_NOTHING:
        copy_of_project(folder)
    walk = Walk(folder, tmp_path / "server.log", ports)
    try:
        for command, shown in steps(page):
            said = walk.follow(command)
            for line in shown:
                for port, real in ports.items():
                    line = line.replace(port, real)
                assert matches(line, said), f"{page.name}: `{command}` did not print {line!r} but\n{said}"
    finally:
        walk.stop()
    assert walk.tried


def test_every_page_that_shows_a_command_line_shows_it_as_console() -> None:
    # A block of another kind would be read as commands by people, and run by nobody.
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        assert "```bash" not in page.read_text(), page
        assert "```sh\n" not in page.read_text(), page
