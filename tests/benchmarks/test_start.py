"""The benchmark of the start runs, and prints its table."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

_SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "start.py"


def run(corpus: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TREATY_CORPUS": str(corpus)}
    command = [sys.executable, str(_SCRIPT), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_table_of_treaty_alone(corpus: Path) -> None:
    done = run(corpus, "--no-peer", "--rounds", "1", "petstore")
    assert done.returncode == 0, done.stderr
    head, _, line, *rest = done.stdout.splitlines()
    assert head == "| document | Treaty wall s | Treaty CPU s | Treaty MB |"
    assert re.fullmatch(r"\| petstore \| \d+\.\d\d \| \d+\.\d\d \| \d+ \|", line)
    assert rest[-1].startswith("targets: ")


def test_absent_corpus_is_said(tmp_path: Path) -> None:
    done = run(tmp_path / "nowhere", "--no-peer", "--rounds", "1", "petstore")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"no corpus at {tmp_path / 'nowhere'}: set TREATY_CORPUS" in done.stderr
