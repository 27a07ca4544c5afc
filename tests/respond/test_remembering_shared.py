"""A state that outlives a process: two mocks behind one, and `kill -9` in the middle of writing."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import redis

ROOT = Path(__file__).parents[2]
REDIS = os.environ.get("TREATY_TEST_REDIS", "redis://127.0.0.1:6379/11")
SECONDS = 60
WRITES = 150

SPEC = """
openapi: 3.0.3
info: {title: TITLE, version: '1'}
paths:
  /things:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer, maximum: 1000, default: 1000}}]
      responses: {'200': {$ref: '#/components/responses/Things'}}
    post:
      requestBody: {$ref: '#/components/requestBodies/Thing'}
      responses: {'201': {$ref: '#/components/responses/Thing'}}
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {$ref: '#/components/responses/Thing'}, '404': {description: none}}}
    patch:
      requestBody: {required: true, content: {application/json: {schema: {type: object}}}}
      responses: {'200': {$ref: '#/components/responses/Thing'}, '404': {description: none}}
    delete: {responses: {'204': {description: gone}, '404': {description: none}}}
components:
  schemas:
    Thing:
      type: object
      required: [id, name]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string}
        marks: {type: object, additionalProperties: {type: integer}}
  requestBodies:
    Thing: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
  responses:
    Thing: {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
    Things:
      description: all
      content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Thing'}}}}
"""


@pytest.fixture(params=["sqlite", "redis"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A document of a name of its own, and the place of its state."""
    title = f"test {uuid.uuid4().hex}"
    spec = tmp_path / "things.yaml"
    spec.write_text(SPEC.replace("TITLE", title))
    if request.param == "sqlite":
        yield spec, str(tmp_path / "state.db")
        return
    client = redis.Redis.from_url(REDIS, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.RedisError:
        client.close()
        if os.environ.get("CI"):
            pytest.fail(f"there is no Redis at {REDIS}")
        pytest.skip(f"there is no Redis at {REDIS}")
    yield spec, REDIS
    for key in client.scan_iter(f"treaty:{title.replace(' ', '-')}:*"):
        client.delete(key)
    client.close()


class Running:
    """A mock as a process of its own."""

    def __init__(self, spec: Path, state: str) -> None:
        command = [sys.executable, "-m", "treaty", "mock", str(spec), "--state", state, "--seed-items", "0"]
        self.process = subprocess.Popen(
            [*command, "--port", "0", "--quiet", "--no-reload"],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip().startswith("mock "):
                self.port = int(line.rpartition(":")[2])
            if "Ctrl-C" in line:
                break

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            content = None if body is None else json.dumps(body)
            sent = {"content-type": "application/json", **headers}
            connection.request(method, path, content, sent)
            answer = connection.getresponse()
            text = answer.read()
            is_json = text and "json" in (answer.headers["content-type"] or "")
            return answer.status, json.loads(text) if is_json else text
        finally:
            connection.close()

    def end(self, how: signal.Signals = signal.SIGINT) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.communicate(timeout=SECONDS)


@contextlib.contextmanager
def running(spec: Path, state: str, count: int) -> Iterator[list[Running]]:
    mocks = [Running(spec, state) for _ in range(count)]
    try:
        yield mocks
    finally:
        for each in mocks:
            each.end()


def test_two_processes_behind_alternating_requests_are_one_mock(state: tuple[Path, str]) -> None:
    with running(*state, 2) as mocks:
        turns = cycle(mocks)
        made = [next(turns).ask("POST", "/things", {"name": f"n{n}"}) for n in range(20)]
        assert [status for status, _ in made] == [201] * 20
        ids = [thing["id"] for _, thing in made]
        assert len(set(ids)) == 20
        for each in made[:7]:
            one, other = next(turns), next(turns)
            assert one.ask("PATCH", f"/things/{each[1]['id']}", {"name": "changed"})[0] == 200
            assert other.ask("GET", f"/things/{each[1]['id']}")[1]["name"] == "changed"
            assert one.ask("DELETE", f"/things/{each[1]['id']}")[0] == 204
            assert other.ask("GET", f"/things/{each[1]['id']}")[0] == 404
        assert [each["id"] for each in next(turns).ask("GET", "/things")[1]] == ids[7:]


def test_changes_at_the_same_time_are_all_there(state: tuple[Path, str]) -> None:
    with running(*state, 2) as mocks:
        _, thing = mocks[0].ask("POST", "/things", {"name": "shared", "marks": {}})

        def mark(mock: Running, name: str) -> None:
            for number in range(10):
                mock.ask("PATCH", f"/things/{thing['id']}", {"marks": {f"{name}{number}": number}})

        marking = zip(mocks, "ab", strict=True)
        threads = [threading.Thread(target=mark, args=(mock, name)) for mock, name in marking]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        marks = mocks[0].ask("GET", f"/things/{thing['id']}")[1]["marks"]
        assert len(marks) == 20


def test_nothing_acknowledged_is_lost_when_a_process_is_killed(state: tuple[Path, str]) -> None:
    (mock,) = [Running(*state)]
    acknowledged: dict[int, str] = {}
    has_some = threading.Event()

    def write() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            for number in range(10_000):
                status, thing = mock.ask("POST", "/things", {"name": f"n{number}"})
                assert status == 201
                acknowledged[thing["id"]] = thing["name"]
                if number == WRITES:
                    has_some.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert has_some.wait(SECONDS)
    mock.end(signal.SIGKILL)
    writer.join(SECONDS)
    assert len(acknowledged) > WRITES
    with running(*state, 1) as (again,):
        found = {each["id"]: each["name"] for each in again.ask("GET", "/things")[1]}
        missing = acknowledged.items() - found.items()
        assert not missing
        assert len(found) - len(acknowledged) <= 1  # what was being written
        status, thing = again.ask("POST", "/things", {"name": "after"})
        assert (status, thing["id"] in found) == (201, False)
