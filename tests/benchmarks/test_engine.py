"""The benchmark of requests says why nothing can be measured, and finds the targets that are missed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "engine.py"


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_absent_corpus_is_said(tmp_path: Path) -> None:
    environment = {**os.environ, "TREATY_CORPUS": str(tmp_path / "nowhere")}
    command = [sys.executable, str(_SCRIPT), "--no-peer"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"no corpus at {tmp_path / 'nowhere'}: set TREATY_CORPUS" in done.stderr


def test_missed_targets(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.syspath_prepend(str(_SCRIPT.parent))
    import engine
    import traffic

    rates = {"Treaty": [traffic.Rate(20_000, 50)], "bare": [traffic.Rate(50_000, 20)]}
    case = engine.PETS[0]
    group = traffic.Group("mock", {}, (case,), {("bare", "GET one"): 0.6})
    assert traffic.report(group, {case: rates}) == ["mock, GET one: bare/Treaty CPU 0.40, target 0.6"]
    assert "| mock | GET one | bare | 50,000 | 20 | 0.40 | ≥ 0.6 |" in capsys.readouterr().out
    assert traffic.report(traffic.Group("mock", {}, (case,), {("bare", "GET one"): 0.4}), {case: rates}) == []
