"""`treaty state` against a running mock."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from treaty.cli.state import command
from treaty.testing import running_mock

ROOT = Path(__file__).parents[2]
USER = "/users/5b6f2f0e-6c55-4c3e-9f0e-0d8f3a1f7a11"


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, list(arguments))
    return done.exit_code, done.output


def test_a_snapshot_is_taken_and_restored(tmp_path: Path) -> None:
    import httpx

    with running_mock(ROOT / "specs" / "newsdesk", stateful=True) as mock:
        for headers in ({}, {"treaty-world": "w"}):
            assert httpx.get(mock.url + USER, headers=headers).status_code == 200
        status, before = run("snapshot", mock.url, "--world", "w")
        assert status == 0
        file = tmp_path / "before.json"
        file.write_text(before)
        assert httpx.delete(mock.url + USER, headers=headers).status_code == 204
        assert run("restore", str(file), mock.url, "--world", "w") == (0, "")
        assert httpx.get(mock.url + USER, headers=headers).status_code == 200
        assert json.loads(run("snapshot", mock.url, "--world", "w")[1]) == json.loads(before)
        assert httpx.delete(mock.url + USER).status_code == 204
        assert run("reset", mock.url) == (0, "")
        assert httpx.get(mock.url + USER).status_code == 200
        file.write_text('{"": {"collections": {}}}')
        status, said = run("restore", str(file), mock.url)
        assert (status, "no snapshot" in said) == (1, True)


def test_what_cannot_be_done_is_said_in_a_sentence() -> None:
    with running_mock(ROOT / "specs" / "newsdesk") as mock:
        status, said = run("snapshot", mock.url)
        assert (status, "--stateful" in said) == (1, True)
    status, said = run("snapshot", mock.url)
    assert (status, f"no mock answers at {mock.url}" in said) == (4, True)
    status, said = run("snapshot", "127.0.0.1:4010")
    assert (status, "is no URL of a mock" in said) == (2, True)
