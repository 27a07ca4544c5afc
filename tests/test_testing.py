"""A contract test file of a user, run by pytest as a user runs it, with warnings as errors."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from exercise.bookshop import Bookshop, contract

import treaty
import treaty.testing
from treaty.testing import OptionError, Options

CONTRACT_TEST = """
import treaty
import treaty.testing
from exercise.bookshop import Bookshop, contract
from treaty.testing import Options

fuzzing = Options(seed=3, max_examples=40, phases=("fuzzing",))
good = treaty.testing.schema(contract(), app=Bookshop(), options=fuzzing)
broken = treaty.testing.schema(contract(), app=Bookshop(frozenset(["edge-value"])), options=fuzzing)

@good.parametrize()
def test_good(case):
    case.call_and_validate()

@broken.include(operation_id="get_book").parametrize()
def test_broken(case):
    case.call_and_validate()
"""
REPOSITORY = Path(__file__).parent.parent


def test_each_operation_is_a_test_and_a_broken_one_is_shrunk(tmp_path: Path) -> None:
    (tmp_path / "test_bookshop.py").write_text(CONTRACT_TEST)
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY / 'tests'}{os.pathsep}{REPOSITORY / 'src'}"}
    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert "1 failed, 3 passed" in result.stdout, result.stdout
    assert "OverflowError: id out of range" in result.stdout
    assert "curl -X GET http://127.0.0.1:4010/v1/books/9001" in result.stdout


def test_the_options_choose_operations() -> None:
    schema = treaty.testing.schema(contract(), app=Bookshop(), options=Options(exclude=("add_book",)))
    labels = [result.ok().label for result in schema.get_all_operations()]
    assert labels == ["GET /books", "GET /books/{id}"]


def test_an_application_or_a_url_is_needed() -> None:
    with pytest.raises(OptionError, match="either an application or a URL"):
        treaty.testing.schema(contract())


def test_a_mock_runs_while_the_block_lasts() -> None:
    threads = set(threading.enumerate())
    with treaty.testing.running_mock(REPOSITORY / "specs" / "newsdesk", seed=3) as mock:
        assert httpx.get(f"{mock.url}/users?limit=2").status_code == 200
        assert httpx.get(f"{mock.url}/users?limit=0").status_code == 422
        assert [each.response.status for each in mock.exchanges] == [200, 422]
        assert mock.exchanges[1].findings[0].code == "schema-minimum"
        assert httpx.get(f"{mock.url}/__treaty/health").status_code == 200
        mock.reset()
        assert mock.exchanges == []
        url = mock.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    assert set(threading.enumerate()) <= threads


def test_mocks_run_beside_each_other_and_take_contracts_and_dicts() -> None:
    loaded = treaty.load(REPOSITORY / "specs" / "newsdesk")
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
    with (
        treaty.testing.running_mock(loaded, base_path="/api") as first,
        treaty.testing.running_mock({"news": loaded}, prefixes={"news": "/news"}) as second,
        treaty.testing.running_mock(document) as third,
    ):
        assert httpx.get(f"{first.url}/api/users").status_code == 200
        assert httpx.get(f"{second.url}/news/users").status_code == 200
        assert httpx.get(f"{third.url}/users").status_code == 404


def test_a_port_that_is_taken_is_an_error() -> None:
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
    with treaty.testing.running_mock(document) as mock:
        port = int(mock.url.rpartition(":")[2])
        with pytest.raises(OSError), treaty.testing.running_mock(document, port=port):  # noqa: PT011  its errno varies
            pass
