"""Processes under measurement: start one, ask it until it answers, weigh its tree, end it by its id."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAUSE = 0.004  # seconds between two attempts: less would take processor time from what is measured


class BenchmarkError(Exception):
    """What is measured cannot be measured; the message says why."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, read to its end."""

    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True)
class Weight:
    """What a process tree has taken so far: processor seconds (user and system), resident megabytes."""

    processor: float
    megabytes: float


@dataclass(frozen=True)
class Ask:
    """A request to repeat; `{n}` in its target is another number each time."""

    target: str
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "GET"
    body: str | None = None

    def first(self) -> str:
        """The target of the first request."""
        return self.target.replace("{n}", "1")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cache_folder() -> Path:
    """Where what is kept from run to run lies, outside the tree."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "treaty-benchmarks"


def installed_environment() -> dict[str, str]:
    """The environment, with Python's byte code kept: an installed program is not compiled at each start."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(cache_folder() / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


@contextlib.contextmanager
def running(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process for the length of a `with`; ended as a user would (SIGINT), killed after 5 seconds."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, env=installed_environment())
    try:
        yield process
    finally:
        tree = process_tree(process.pid)
        process.send_signal(signal.SIGINT)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            for pid in tree:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()


def ask(port: int, request: Ask, timeout: float = 10.0) -> Answer:
    """Send one request to 127.0.0.1 and read the whole answer. Raises OSError, HTTPException."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(request.method, request.first(), request.body, dict(request.headers))
        response = connection.getresponse()
        return Answer(response.status, response.getheader("content-type", ""), response.read())
    finally:
        connection.close()


def await_answer(process: subprocess.Popen[bytes], port: int, request: Ask, seconds: float) -> Answer:
    """The first complete answer. Raises `BenchmarkError` when the process ends or time runs out."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if process.poll() is not None:
            raise BenchmarkError(f"ended with exit code {process.returncode} unasked: {process.args!r}")
        try:
            return ask(port, request, left)
        except (OSError, http.client.HTTPException):
            time.sleep(_PAUSE)
    raise BenchmarkError(f"no answer to {request.target} within {seconds:g} s: {process.args!r}")


def weigh(pid: int) -> Weight:
    """What a process and its living descendants have taken, from /proc."""
    ticks = pages = 0
    for member in process_tree(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = _stat_fields(member)
            ticks += int(fields[11]) + int(fields[12])
            pages += int(Path(f"/proc/{member}/statm").read_text().split()[1])
    return Weight(ticks / _TICKS, pages * _PAGE / 1e6)


def process_tree(pid: int) -> list[int]:
    """The ids of a process and its living descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                children.setdefault(int(_stat_fields(int(entry.name))[1]), []).append(int(entry.name))
    found = [pid]
    for member in found:
        found.extend(children.get(member, ()))
    return found


def _stat_fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third (state) on; the second may hold spaces (proc(5))."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
