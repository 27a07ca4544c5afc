"""A server process as the command line runs it, spoken to in bytes: what tests of faults share."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

API = Path(__file__).parents[2] / "benchmarks" / "fuzz_api.yaml"
_PAGE = os.sysconf("SC_PAGE_SIZE")
_STATUS = re.compile(rb"^HTTP/1\.1 (\d{3}) [^\r\n]*\r\n(.*?)\r\n\r\n", re.DOTALL)
_LENGTH = re.compile(rb"(?i)^content-length: (\d+)$", re.MULTILINE)
# Seconds without a byte, after the answers that are expected, and before them.
_MOMENT, _SILENCE = 0.1, 4.0
GOOD = b"GET /query?number=1 HTTP/1.1\r\nHost: a\r\n\r\n"


@dataclass(frozen=True)
class Server:
    """A running server; its log is a file."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def connect(self, timeout: float = 30.0) -> socket.socket:
        """A new connection to it."""
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    @property
    def megabytes(self) -> float:
        """Resident memory (10^6 bytes)."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * _PAGE / 1e6

    @property
    def descriptors(self) -> int:
        """Open files and sockets."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))  # noqa: PTH208

    def is_well(self) -> bool:
        """Is a good request on a new connection answered, soon?"""
        return self.statuses(GOOD, timeout=10) == [200]

    def statuses(self, data: bytes, answers: int = 1, timeout: float = 30.0) -> list[int]:
        """The statuses of the answers to what is sent; see `exchange`."""
        return split(self.exchange(data, answers, timeout))

    def exchange(self, data: bytes, answers: int = 1, timeout: float = 30.0) -> bytes:
        """All that is received for what is sent, until the connection ends or falls silent.

        The sending side is closed after as many answers as are expected, and a moment for more of
        them; or when nothing comes, which is how a server answers what is not complete.
        """
        with self.connect(timeout) as connection:
            received = _send(connection, data, timeout)
            return _rest(connection, received, answers, timeout)


def _send(connection: socket.socket, data: bytes, timeout: float) -> bytes:
    """Send, and receive meanwhile: a server that answers early may not read on."""
    received, end = bytearray(), time.monotonic() + timeout
    view = memoryview(data)
    connection.setblocking(False)
    try:
        while view and time.monotonic() < end:
            readable, writable, _ = select.select([connection], [connection], [], 1)
            if readable:
                part = connection.recv(65536)
                if not part:
                    break
                received += part
            if writable:
                view = view[connection.send(view[:262144]) :]
    except OSError:
        pass  # closed: what it said before is what counts
    finally:
        connection.setblocking(True)
        connection.settimeout(timeout)
    return bytes(received)


def _rest(connection: socket.socket, received: bytes, answers: int, timeout: float) -> bytes:
    end, is_open = time.monotonic() + timeout, True
    with contextlib.suppress(OSError):
        while time.monotonic() < end:
            connection.settimeout(_MOMENT if _complete(received) >= answers else _SILENCE)
            try:
                part = connection.recv(65536)
            except TimeoutError:
                if not is_open:
                    break
                connection.shutdown(socket.SHUT_WR)
                is_open = False
                continue
            if not part:
                break
            received += part
    return received


def _complete(received: bytes) -> int:
    try:
        return sum(status >= 200 for status in split(received))
    except ValueError:
        return 0


def split(received: bytes) -> list[int]:
    """The statuses of whole answers, one after the other. Raises `ValueError` for anything else."""
    found = []
    while received:
        head = _STATUS.match(received)
        if head is None:
            raise ValueError(received[:200])
        length = _LENGTH.search(head[2])
        found.append(int(head[1]))
        end = head.end() + (int(length[1]) if length else 0)
        if end > len(received):
            raise ValueError("the answer is not complete")
        received = received[end:]
    return found


@contextlib.contextmanager
def running(*arguments: str, folder: Path, cwd: Path | None = None) -> Iterator[Server]:
    """`treaty …` on a free port of 127.0.0.1."""
    log = folder / "log"
    command = [sys.executable, "-m", "treaty", *arguments, "--port", "0"]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, cwd=cwd)
    try:
        yield Server(process, _port(process, log), log)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text(errors="replace"))
        if found and "Ctrl-C" in log.read_text(errors="replace"):
            return int(found[1])
        time.sleep(0.05)
    raise AssertionError(log.read_text(errors="replace"))
