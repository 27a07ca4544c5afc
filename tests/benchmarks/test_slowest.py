"""The benchmark of the slowest answers runs, and prints its table."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

_SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "slowest.py"


def run(corpus: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TREATY_CORPUS": str(corpus)}
    command = [sys.executable, str(_SCRIPT), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_ten_rows_of_a_small_document(corpus: Path) -> None:
    done = run(corpus, "--check", "petstore-swagger30.yaml")
    assert done.returncode == 0, done.stderr
    head, _, *rows, _, last = done.stdout.splitlines()
    assert head == "| CPU ms | wall ms | document | mode | when | request |"
    assert len(rows) == 10
    assert re.match(r"\| \d+ \| \d+ \| petstore-swagger30.yaml \| (static|dynamic|stateful) \| ", rows[0])
    assert re.fullmatch(r"\d+ answers; targets: kept", last)


def test_absent_corpus_is_said(tmp_path: Path) -> None:
    done = run(tmp_path / "nowhere", "petstore-swagger30.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"no corpus at {tmp_path / 'nowhere'}: set TREATY_CORPUS" in done.stderr
