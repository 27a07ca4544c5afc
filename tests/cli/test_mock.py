"""`treaty mock` as a process: it starts, answers, logs, and ends cleanly."""

from __future__ import annotations

import http.client
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 60


@contextmanager
def running(*arguments: str, folder: Path = ROOT) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A mock on a free port, and that port; ended at the end."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "treaty", "mock", *arguments, "--port", "0"]
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    port = 0
    for line in process.stdout:
        if line.strip().startswith("mock "):
            port = int(line.rpartition(":")[2])
        if "Ctrl-C" in line:
            break
    try:
        yield process, port
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=SECONDS)


def get(port: int, path: str, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def test_it_answers_logs_each_exchange_and_ends_cleanly() -> None:
    with running("specs/newsdesk") as (process, port):
        status, body = get(port, "/users?limit=2")
        assert status == 200
        assert set(json.loads(body)) == {"items", "total", "limit", "offset"}
        assert get(port, "/users?limit=many")[0] == 422
        process.send_signal(signal.SIGINT)
        said, complained = process.communicate(timeout=SECONDS)
        assert process.returncode == 0
        assert "GET /users?limit=2 → 200 OK" in said
        assert "✗ query limit" in said
        assert "specs/newsdesk/parameters.yaml:" in said
        assert "\x1b[" not in said
        assert "Traceback" not in complained


@pytest.mark.parametrize("milliseconds", [0, 3, 6, 10])
def test_an_interrupt_in_the_midst_of_its_start_ends_it(milliseconds: int) -> None:
    with running("specs/newsdesk", "--quiet") as (process, _):
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGINT)
        _, complained = process.communicate(timeout=SECONDS)
        assert process.returncode == 0
        assert complained.splitlines()[-1] == "stopped"
        assert "Traceback" not in complained


def test_two_interrupts_are_no_fault() -> None:
    with running("specs/newsdesk", "--quiet") as (process, port):
        assert get(port, "/users?limit=2")[0] == 200
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, complained = process.communicate(timeout=SECONDS)
        assert process.returncode in (0, 130)
        assert "Traceback" not in complained
        assert "Aborted" not in complained


def test_it_is_strict_and_below_one_path_when_asked() -> None:
    with running("specs/newsdesk", "--quiet", "--strict", "--base-path", "/api") as (_, port):
        assert get(port, "/api/users?limit=2")[0] == 200
        assert get(port, "/users?limit=2")[0] == 404
        status, body = get(port, "/api/users?limt=2")
        assert status == 422
        assert json.loads(body)["errors"][0]["code"] == "undeclared-parameter"


def test_it_serves_its_document_and_its_reference() -> None:
    with running("specs/newsdesk", "--quiet") as (_, port):
        status, body = get(port, "/openapi.json")
        assert status == 200
        assert json.loads(body)["openapi"] == "3.2.0"
        status, page = get(port, "/docs")
        assert status == 200
        assert b"openapi.json" in page


def test_another_seed_gives_other_data_and_the_same_seed_the_same() -> None:
    answers = []
    for seed in ("1", "1", "2"):
        with running("specs/newsdesk", "--dynamic", "--quiet", "--seed", seed) as (_, port):
            answers.append(get(port, "/users/5b6f2f0e-6c55-4c3e-9f0e-0d8f3a1f7a11"))
    assert answers[0] == answers[1]
    assert answers[0] != answers[2]


def test_a_port_that_is_taken_is_said_and_ends_with_4() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "treaty", "mock", "specs/newsdesk", "--port", port]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 4
    assert f"port {port} of 127.0.0.1 is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_of_nobody_is_said_and_ends_with_4() -> None:
    command = [sys.executable, "-m", "treaty", "mock", "specs/newsdesk", "--host", "nobody.invalid"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 4
    assert "cannot listen on nobody.invalid" in done.stderr


def said_on_a_terminal(**variables: str) -> str:
    """What `treaty mock` prints for one request when its output is a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", **variables}
    command = [sys.executable, "-m", "treaty", "mock", "specs/newsdesk", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    while b"Ctrl-C" not in said:
        said += os.read(ours, 4096)
    address = said.decode().partition("http://127.0.0.1:")[2]
    get(int(address.split()[0]), "/users?limit=0")
    while "query limit" not in said.decode("utf-8", "replace"):
        said += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=SECONDS)
    os.close(ours)
    return said.decode("utf-8", "replace")


def test_colours_are_for_terminals_and_for_those_who_want_them() -> None:
    without = {"NO_COLOR": "1"}
    assert "\x1b[33m422" in said_on_a_terminal(NO_COLOR="")
    assert "\x1b[" not in said_on_a_terminal(**without)


def document(folder: Path, name: str, path: str, answer: str) -> Path:
    """A document of one operation that answers a text."""
    content = f"{{text/plain: {{schema: {{type: string}}, example: {answer}}}}}"
    responses = f"{{'200': {{description: ok, content: {content}}}}}"
    text = f"openapi: 3.1.0\ninfo: {{title: {name}, version: '1'}}\n"
    text += f"paths:\n  {path}:\n    get: {{responses: {responses}}}\n"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yaml").write_text(text)
    return folder / f"{name}.yaml"


def test_several_documents_are_mounted_together(tmp_path: Path) -> None:
    document(tmp_path / "users", "openapi", "/users", "u")
    document(tmp_path / "orders", "openapi", "/orders", "o")
    with running(str(tmp_path), "--quiet", "--prefix", "orders=/shop") as (_, port):
        assert get(port, "/users") == (200, b"u")
        assert get(port, "/shop/orders") == (200, b"o")
        assert b"shop/docs" in get(port, "/docs")[1]


def test_a_folder_without_entry_documents_stands_for_the_files_that_call_themselves_one(
    tmp_path: Path,
) -> None:
    document(tmp_path, "a", "/a", "a")
    document(tmp_path, "b", "/b", "b")
    (tmp_path / "schemas.yaml").write_text("type: object\n")
    with running(str(tmp_path), "--quiet") as (_, port):
        assert [get(port, path) for path in ("/a", "/b")] == [(200, b"a"), (200, b"b")]


def refused(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "treaty", "mock", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_what_two_documents_claim_refuses_the_start(tmp_path: Path) -> None:
    paths = [str(document(tmp_path, name, "/x", name)) for name in ("a", "b")]
    code, said = refused(*paths)
    assert code == 3
    assert "b.yaml:5:5: error[claimed-twice] GET /x is claimed by `a` and by `b`" in said
    assert "a.yaml:5:5" in said


def test_a_prefix_of_no_document_is_wrong_use(tmp_path: Path) -> None:
    path = str(document(tmp_path, "a", "/x", "a"))
    assert refused(path, "--prefix", "c=/c")[0] == 2
    code, said = refused(path, "--prefix", "a")
    assert code == 2
    assert "NAME one of a" in said
    other = str(document(tmp_path, "b", "/y", "b"))
    assert refused(path, other, "--base-path", "/v1")[0] == 2


def replaced(path: Path, text: str) -> None:
    """Saved as editors do who never leave half a file."""
    beside = path.with_suffix(".new")
    beside.write_text(text)
    beside.replace(path)


def until_said(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"it never said {words!r}")


def test_edits_are_served_and_no_request_is_lost(tmp_path: Path) -> None:
    path = document(tmp_path, "a", "/x", "answer-0")
    with running(str(path), "--quiet") as (process, port):
        answers: list[tuple[int, bytes]] = []
        done = threading.Event()

        def ask() -> None:
            while not done.is_set():
                answers.append(get(port, "/x"))

        asking = [threading.Thread(target=ask) for _ in range(2)]
        for each in asking:
            each.start()
        for number in range(1, 6):
            replaced(path, path.read_text().replace(f"answer-{number - 1}", f"answer-{number}"))
            until_said(process, "reloaded in")
        done.set()
        for each in asking:
            each.join(SECONDS)
        assert {status for status, _ in answers} == {200}
        assert len(answers) > 5
        assert get(port, "/x") == (200, b"answer-5")


def test_a_document_that_comes_to_the_folder_or_goes_is_noticed(tmp_path: Path) -> None:
    first = document(tmp_path, "a", "/x", "first")
    with running(str(tmp_path), "--quiet") as (process, port):
        document(tmp_path, "b", "/y", "second")
        until_said(process, "reloaded in")
        assert [get(port, each) for each in ("/x", "/y")] == [(200, b"first"), (200, b"second")]
        (tmp_path / "c").mkdir()
        document(tmp_path, "c/openapi", "/z", "third")  # one that is called so comes before all others
        until_said(process, "reloaded in")
        assert [get(port, each)[0] for each in ("/x", "/z")] == [404, 200]
        (tmp_path / "c" / "openapi.yaml").unlink()
        first.unlink()
        while get(port, "/y")[0] != 200 or get(port, "/x")[0] != 404:
            until_said(process, "reloaded in")


def test_a_folder_of_overrides_that_was_not_there_is_noticed(tmp_path: Path) -> None:
    path = document(tmp_path, "a", "/x", "plain")
    with running(str(path), "--quiet", folder=tmp_path) as (process, port):
        assert get(port, "/x") == (200, b"plain")
        folder = tmp_path / "mocks" / "GET_x"
        folder.mkdir(parents=True)
        (folder / "200.yaml").write_text("body: overridden\n")
        while get(port, "/x") != (200, b"overridden"):
            until_said(process, "reloaded in")


def test_a_broken_edit_is_shown_and_the_last_good_document_served(tmp_path: Path) -> None:
    path = document(tmp_path, "a", "/x", "good")
    good = path.read_text()
    with running(str(path), "--quiet") as (process, port):
        replaced(path, good + "  - broken\n")
        assert process.stderr is not None
        said = ""
        while "not reloaded" not in said:
            said += process.stderr.readline()
        assert "a.yaml:6:3: error[" in said
        assert get(port, "/x") == (200, b"good")
        replaced(path, good.replace("good", "mended"))
        until_said(process, "reloaded in")
        assert get(port, "/x") == (200, b"mended")


def test_edits_are_not_looked_at_without_reload(tmp_path: Path) -> None:
    path = document(tmp_path, "a", "/x", "good")
    with running(str(path), "--quiet", "--no-reload") as (_, port):
        replaced(path, path.read_text().replace("good", "edited"))
        time.sleep(1)
        assert get(port, "/x") == (200, b"good")
