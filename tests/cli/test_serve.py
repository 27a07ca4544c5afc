"""`treaty serve`: starts, answers, ends cleanly; says what is missing."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from click.testing import CliRunner

from treaty.cli import treaty
from treaty.scaffold.project import write_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A service in a process of its own, and its address."""
    command = [sys.executable, "-c", "from treaty.cli import main; main()", "serve", "--port", "0", *options]
    # The arguments are ours: this project's own command.
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            address = next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))
            yield address, process
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.parametrize("framework", ["async", "flask"])
def test_a_project_is_served_until_interrupted(framework: str, tmp_path: Path) -> None:
    write_project(tmp_path)
    with serving(tmp_path, "--framework", framework) as (address, process):
        created = httpx.post(f"{address}/notes", json={"text": "a"})
        assert created.status_code == 201
        assert httpx.get(address + created.headers["location"]).json() == created.json()
        assert httpx.get(f"{address}/notes/0").status_code == 422
        assert httpx.get(f"{address}/openapi.json").json()["info"]["title"] == "Notes"
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "POST /notes → 201 Created" in out
    assert "Traceback" not in out + error


STREAMS = """
openapi: 3.2.0
info: {title: Streams, version: "1"}
paths:
  /count:
    get:
      operationId: count
      parameters: [{name: most, in: query, schema: {type: integer}}]
      responses: {"200": {description: Numbers, content: {application/jsonl: {itemSchema: {maximum: 3}}}}}
"""
COUNT = """
import itertools

def count(most=None):
    yield from range(most) if most else itertools.repeat(1)
"""


@pytest.mark.parametrize("framework", ["async", "flask"])
def test_streams_over_a_connection(framework: str, tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "openapi.yaml").write_text(STREAMS)
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "__init__.py").write_text(COUNT)
    with serving(tmp_path, "--framework", framework) as (address, process):
        assert httpx.get(f"{address}/count?most=3").text == "0\n1\n2\n"
        with (
            httpx.stream("GET", f"{address}/count?most=9") as response,
            pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"),
        ):
            response.read()
        with httpx.stream("GET", f"{address}/count") as response:
            assert next(response.iter_lines()) == "1"
        assert httpx.get(f"{address}/count?most=1").text == "0\n"
        with httpx.stream("GET", f"{address}/count") as response:
            assert next(response.iter_lines()) == "1"
            process.send_signal(signal.SIGINT)  # it does not wait for the end of what has none
            _, error = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "count answered 200: body /4: 4 is greater than the maximum of 3; the stream ends here" in error
    assert "Traceback" not in error


def test_missing_handlers_are_said_and_nothing_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(tmp_path)
    (tmp_path / "handlers").rename(tmp_path / "serve_handlers")
    (tmp_path / "serve_handlers" / "notes.py").write_text("def list_notes(limit): return []\n")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(treaty, ["serve", "--handlers", "serve_handlers", "--port", "0"])
    assert result.exit_code == 3
    said = " ".join(result.stderr.split())
    for name in ("create_note", "get_note", "delete_note"):
        assert f"{name} has no handler" in said
    assert "def get_note(note_id: int) -> Any:" in said
    assert "specs/openapi.yaml:35:5: error[handler-missing] create_note has no handler" in said


def test_a_folder_without_handlers_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(treaty, ["serve", "--handlers", "nowhere"])
    assert result.exit_code == 3
    assert "the handlers cannot be found at `nowhere`" in result.stderr
