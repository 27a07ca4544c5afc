"""The handler of the tag "health"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .calling import call

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_working_service_is_ok() -> None:
    assert call("get_health") == (200, {"status": "ok"}, {})


def test_a_database_that_is_away_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("NEWSDESK_DATABASE", f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite'}")
        answered = call("get_health")
    assert answered.status == 503
    assert answered.body["type"].endswith("/database-unavailable")
