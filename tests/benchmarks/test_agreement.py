"""The mock answers as Prism does, but where there is a reason not to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "agreement.py"


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(_SCRIPT.parent))


def test_every_request_is_answered_as_prism_does_or_for_a_reason(corpus: Path) -> None:
    import servers
    from processes import cache_folder

    if not (cache_folder() / servers.PRISM.rpartition("/")[2] / "node_modules" / ".bin" / "prism").exists():
        pytest.skip("Prism is not installed: benchmarks/agreement.py does it")
    environment = {**os.environ, "TREATY_CORPUS": str(corpus)}
    done = subprocess.run(
        [sys.executable, str(_SCRIPT)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip().endswith("0 unexplained")


def test_every_reason_is_one_that_is_given_and_needed() -> None:
    import agreement

    listed = agreement.requests(_SCRIPT.with_suffix(".txt"))
    assert {each.reason for asked in listed.values() for each in asked if each.reason} == set(
        agreement.REASONS
    )
    assert [len(asked) > 40 for asked in listed.values()] == [True, True]
    form = listed["petstore-swagger30.yaml"][18]
    assert (form.method, form.target, form.body, form.reason) == (
        "POST",
        "/pet",
        "name=doggie&photoUrls=u",
        "form",
    )
    assert form.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_answers_agree_in_status_media_type_and_example() -> None:
    from agreement import Told

    ours = Told(200, "application/json", "[1]", is_example=True)
    assert ours.agrees(Told(200, "application/json", "[1]"))
    assert not ours.agrees(Told(200, "application/json", "[2]"))
    assert not ours.agrees(Told(200, "text/csv", "[1]"))
    assert not ours.agrees(Told(201, "application/json", "[1]"))
    assert not ours.agrees(Told())
    assert Told(200, "application/json", "[1]").agrees(Told(200, "application/json", "[2]"))
    assert Told(204).agrees(Told(204, "text/plain"))
