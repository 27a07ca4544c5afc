"""The JavaScript of the page about tests, run by Node as its readers run it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "mock-in-tests.md"
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="no Node is installed")
def test_a_test_in_node_starts_a_mock_and_stops_it(tmp_path: Path) -> None:
    library, test = re.findall(r"^```js\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    (tmp_path / "mock.mjs").write_text(library)
    (tmp_path / "mock.test.mjs").write_text(test)
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    command = tmp_path / "bin" / "treaty"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m treaty "$@"\n')
    command.chmod(0o755)
    environment = {**os.environ, "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"}
    assert NODE is not None
    done = subprocess.run(
        [NODE, "--test", "mock.test.mjs"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 1" in done.stdout
