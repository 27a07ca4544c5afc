"""What a mock does with a request: `treaty mock` beside a bare server that sends the same bytes, and Prism.

wrk keeps 16 connections to one worker busy. Requests per second say what a client sees; processor
microseconds per request (user and system, of the server's process tree) are the steadier figure on
a machine that others use too.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeAlias

from processes import Answer, Ask, BenchmarkError, ask, await_answer, free_port, running, weigh
from servers import bare_server, find_corpus, find_prism, find_treaty

CONNECTIONS = 16
DOCUMENT = "petstore-swagger30.yaml"
_KEYS = (("api_key", "key"), ("Authorization", "Bearer token"))
_JSON = (*_KEYS, ("Content-Type", "application/json"))


@dataclass(frozen=True)
class Case:
    """A request, and the status that a mock owes it."""

    name: str
    ask: Ask
    status: int


@dataclass(frozen=True)
class Rate:
    """Requests per second, and processor microseconds per request."""

    per_second: float
    microseconds: float


CASES = (
    Case("GET one", Ask("/pet/1", _KEYS), 200),
    Case("GET list", Ask("/pet/findByStatus?status=available", _KEYS), 200),
    Case("POST valid", Ask("/pet", _JSON, "POST", '{"name": "Rex", "photoUrls": ["https://e.org/1"]}'), 200),
    Case("POST invalid", Ask("/pet", _JSON, "POST", '{"name": 1}'), 422),
)
Measured: TypeAlias = dict[Case, dict[str, list[Rate]]]  # the rates of each server

# wrk calls `done` at the end; a table of JSON is easier to read than its text.
_SCRIPT = """
wrk.method, wrk.body = {method}, {body}
{headers}
function done(summary)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('\\n{{"requests": %d, "microseconds": %d, "failed": %d}}\\n',
    summary.requests, summary.duration, failed))
end
"""


def wrk_script(request: Ask) -> str:
    """The Lua that makes wrk send a request. JSON text is Lua text for what is sent here (ASCII)."""
    headers = "\n".join(
        f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in request.headers
    )
    body = "nil" if request.body is None else json.dumps(request.body)
    return _SCRIPT.format(method=json.dumps(request.method), body=body, headers=headers)


def load(port: int, pid: int, request: Ask, seconds: int) -> Rate:
    """Keep a server busy. Raises `BenchmarkError` when a connection fails."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(wrk_script(request))
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script.name]
        before = weigh(pid).processor
        url = f"http://127.0.0.1:{port}{request.target}"
        done = subprocess.run(
            [*command, url], capture_output=True, text=True, timeout=seconds + 30, check=True
        )
        spent = weigh(pid).processor - before
    summary = json.loads(done.stdout.strip().splitlines()[-1])
    if summary["failed"] or not summary["requests"]:
        raise BenchmarkError(f"{request.method} {request.target}: wrk says {summary}")
    per_second = summary["requests"] / summary["microseconds"] * 1e6
    return Rate(per_second, spent / summary["requests"] * 1e6)


def check_answer(name: str, port: int, case: Case) -> Answer:
    """The answer to one request. Raises `BenchmarkError` when its status is another than is owed."""
    answer = ask(port, case.ask)
    if answer.status != case.status:
        text = answer.body[:300].decode(errors="replace")
        raise BenchmarkError(f"{name}: {case.name} got {answer.status}, not {case.status}: {text}")
    return answer


def load_bare(answer: Answer, request: Ask, seconds: int) -> Rate:
    """The rate of a server that only sends an answer."""
    port = free_port()
    with running(bare_server(port, answer)) as process:
        await_answer(process, port, request, 30)
        return load(port, process.pid, request, seconds)


def measure(document: Path, peer: bool, rounds: int, seconds: int) -> Measured:
    """The rates of every server in every case, the servers taking turns."""
    commands = {"Treaty": (find_treaty(), ["--quiet"])}
    if peer:
        commands["Prism"] = (find_prism(), ["--verboseLevel", "silent"])
    found: Measured = {case: {} for case in CASES}
    with contextlib.ExitStack() as stack:
        started = {}
        for name, (server, options) in commands.items():
            port = free_port()
            process = stack.enter_context(running(server.mock(document, port, *options)))
            await_answer(process, port, CASES[0].ask, 60)
            started[name] = (port, process.pid)
        for _ in range(rounds):
            for case, rates in found.items():
                answers = {name: check_answer(name, port, case) for name, (port, _) in started.items()}
                for name, (port, pid) in started.items():
                    load(port, pid, case.ask, 1)  # once unmeasured: caches, just-in-time compilation
                    rates.setdefault(name, []).append(load(port, pid, case.ask, seconds))
                rates.setdefault("bare", []).append(load_bare(answers["Treaty"], case.ask, seconds))
    return found


def report(found: Measured, names: list[str]) -> None:
    """Print the table: medians, and the ratios to Treaty."""
    others = names[1:]
    heads = ["request", *(f"{name} {unit}" for name in names for unit in ("req/s", "CPU µs"))]
    heads += [f"{name}/Treaty CPU" for name in others]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for case, rates in found.items():
        cells = [case.name]
        for name in names:
            cells.append(f"{median(rate.per_second for rate in rates[name]):,.0f}")
            cells.append(f"{median(rate.microseconds for rate in rates[name]):.0f}")
        for name in others:
            pairs = zip(rates[name], rates["Treaty"], strict=True)
            cells.append(f"{median(other.microseconds / own.microseconds for other, own in pairs):.2f}")
        print("| " + " | ".join(cells) + " |")


def main() -> int:
    """0; 2 when nothing can be measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="runs of each server and request (default: 1)")
    parser.add_argument("--seconds", type=int, default=3, help="length of a run (default: 3)")
    parser.add_argument("--no-peer", action="store_true", help="leave Prism out")
    options = parser.parse_args()
    if options.rounds < 1 or not 1 <= options.seconds <= 60:
        parser.error("--rounds must be 1 or more, --seconds 1 to 60")
    if shutil.which("wrk") is None:
        print("requests.py: skipped, wrk is not installed (Debian: apt-get install wrk)")
        return 0
    try:
        document = find_corpus() / DOCUMENT
        found = measure(document, not options.no_peer, options.rounds, options.seconds)
    except (BenchmarkError, subprocess.SubprocessError) as error:
        print(f"requests.py: {error}", file=sys.stderr)
        return 2
    report(found, ["Treaty", "bare", *([] if options.no_peer else ["Prism"])])
    return 0


if __name__ == "__main__":
    sys.exit(main())
