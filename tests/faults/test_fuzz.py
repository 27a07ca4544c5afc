"""A short run of every fuzz target; and that the fuzzing would see what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz import Target, input_of, keep, run, run_apart
from fuzz_targets import targets

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "fuzz.py"
INPUTS = 500  # of each target


def fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_nothing_but_answers(tmp_path: Path) -> None:
    done = fuzz("--inputs", str(INPUTS), "--folder", str(tmp_path))
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""  # who sends bytes does not write our log
    for target in targets():
        assert f"| {target.name} | {INPUTS:,} |" in done.stdout
    assert done.stdout.endswith(" inputs, 0 failures\n")


def test_seeds_are_right() -> None:
    """Most seeds of requests are answered with 200, else they would be a poor beginning."""
    from fuzz_targets import answer

    requests = [target for target in targets() if target.name in ("paths", "queries", "headers", "bodies")]
    statuses = [answer(seed) for target in requests for seed in target.seeds]
    assert statuses.count(200) > len(statuses) / 2, statuses


def test_an_input_is_the_same_each_time() -> None:
    target = targets()[0]
    assert [input_of(target, 1, index) for index in range(50)] == [
        input_of(target, 1, index) for index in range(50)
    ]
    assert input_of(target, 1, 40) != input_of(target, 2, 40)


def refuse(data: bytes) -> None:
    if b"b" in data:
        raise ValueError(data)


def spin(data: bytes) -> None:
    end = time.process_time() + (0.2 if b"b" in data else 0)
    while time.process_time() < end:
        pass


def take(data: bytes) -> None:
    if b"b" in data:
        bytearray(os.urandom(1) * 200_000_000)


def leave(_: bytes) -> None:
    os._exit(3)


class Leak:
    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def __call__(self, _: bytes) -> None:
        self.kept.append(os.urandom(1) * 100_000)


@pytest.mark.parametrize(
    ("broken", "kind", "small"),
    [(refuse, "ValueError at ", b"b"), (spin, "slow", b"b"), (take, "memory", b"b"), (Leak(), "growth", b"")],
)
def test_what_is_wrong_is_seen(
    broken: Callable[[bytes], None], kind: str, small: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fuzz.MOST_SECONDS", 0.1 if kind == "slow" else 5)
    outcome = run(Target("broken", broken, (b"ab",)), seed=1, inputs=1_000 if small == b"" else 1)
    (failure,) = outcome.failures
    assert failure.kind.startswith(kind)
    assert failure.data == small


def test_the_end_of_the_process_is_a_failure_of_its_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (failure,) = run_apart(Target("broken", leave, (b"x",)), seed=1, inputs=3).failures
    assert (failure.kind, failure.data) == ("lost", b"x")
    path = keep(failure, tmp_path)
    assert path.read_bytes() == b"x"
    assert (
        f"broken: lost: {path} (1 bytes)\ninput 0 ended the process: exit code 3" in capsys.readouterr().out
    )


def test_a_kept_input_is_run_again(tmp_path: Path) -> None:
    path = tmp_path / "paths.1"
    path.write_bytes(b"GET /nowhere\n\n")
    assert fuzz("--replay", str(path)).stdout.startswith("paths: nothing wrong")
