"""The Dockerfile, as far as it can be judged without Docker: what it says, and that its commands work."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
STEPS = [line.split(maxsplit=1) for line in TEXT.splitlines() if line and not line.startswith("#")]
SECONDS = 60


def said(instruction: str) -> list[str]:
    return [text for name, text in STEPS if name == instruction]


def test_it_is_small_and_runs_without_rights() -> None:
    assert [re.fullmatch(r"python:3\.\d+-slim( AS build)?", image) is not None for image in said("FROM")] == [
        True,
        True,
    ]
    assert said("USER") == ["10001:10001"]
    names = [name for name, _ in STEPS]
    last_stage = names[len(names) - names[::-1].index("FROM") :]
    assert "RUN" not in last_stage  # nothing is done as root in what is shipped
    assert last_stage.index("USER") < last_stage.index("ENTRYPOINT")


def test_what_it_copies_is_there_and_reaches_the_build() -> None:
    kept = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert kept[0] == "*"
    for step in said("COPY"):
        *sources, _ = step.split()
        for source in sources:
            if not source.startswith(("--from", "/")):
                assert (ROOT / source).exists(), source
                assert f"!{source.rstrip('/')}" in kept


def test_its_command_serves_and_its_health_check_finds_it(tmp_path: Path) -> None:
    (tmp_path / "specs").symlink_to(ROOT / "specs" / "newsdesk")
    [entry], [command], [check] = said("ENTRYPOINT"), said("CMD"), said("HEALTHCHECK")
    arguments = json.loads(command)
    # Only this machine, and any port: the test may not be the only one here.
    arguments[arguments.index("0.0.0.0")] = "127.0.0.1"  # noqa: S104  what the image listens on
    arguments[arguments.index("4010")] = "0"
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    assert json.loads(entry) == ["treaty"]
    server = subprocess.Popen(
        [sys.executable, "-m", "treaty", *arguments],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        port = next(line.rpartition(":")[2].strip() for line in server.stdout if " mock " in line)
        asked = json.loads(check.partition("CMD ")[2])
        healthy = [each.replace("4010", port) for each in asked[1:]]
        subprocess.run([sys.executable, *healthy], check=True, timeout=SECONDS)
    finally:
        server.terminate()
        server.communicate(timeout=SECONDS)
    gone = subprocess.run([sys.executable, *healthy], capture_output=True, timeout=SECONDS, check=False)
    assert gone.returncode != 0
