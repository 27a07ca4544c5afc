"""The benchmark of memory runs, and tells what grows from what does not."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


def test_reloads_of_a_document(corpus: Path) -> None:
    environment = {**os.environ, "TREATY_CORPUS": str(corpus)}
    command = [sys.executable, str(_FOLDER / "memory.py"), "--seconds", "0", "--reloads", "5"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "| 5 reloads of petstore-swagger30.yaml | " in done.stdout


@pytest.mark.parametrize(("growth", "grows"), [(0.0, False), (0.5, False), (3.0, True)])
def test_growth_is_told_from_scatter(growth: float, *, grows: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(_FOLDER))
    from memory import judged

    noise = random.Random(1)  # noqa: S311
    samples = [(at, 50 + growth * at / 600 + noise.gauss(0, 0.2)) for at in range(0, 600, 2)]
    samples = [(at, megabytes - 20 if at < 60 else megabytes) for at, megabytes in samples]
    assert judged("a server", [(float(at), megabytes) for at, megabytes in samples], 600, 1.0) is grows
