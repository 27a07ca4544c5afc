"""Traffic: servers kept busy by wrk in turns, and what each of their answers costs.

wrk keeps 16 connections to one worker busy. Processor microseconds per request (user and system, of
the server's process tree) are compared, because other work on the machine disturbs them less than
requests per second; both are printed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TypeAlias

from processes import Answer, Ask, BenchmarkError, ask, await_answer, free_port, running, weigh
from servers import bare_server, find_corpus

CONNECTIONS = 16


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


@dataclass(frozen=True)
class Group:
    """Servers of one document, and the cases they are asked; `least` has the targets, by server and case.

    A target is how many times Treaty's processor time the other server must take at least.
    """

    name: str
    commands: Mapping[str, Sequence[str]]
    cases: tuple[Case, ...]
    least: dict[tuple[str, str], float] = field(default_factory=dict)


Measured: TypeAlias = dict[Case, dict[str, list[Rate]]]  # the rates of each server

# wrk calls `done` at the end; a table of JSON is easier to read than its text.
_SCRIPT = """
wrk.method, wrk.body = {method}, {body}
{headers}
{numbered}
function done(summary)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('\\n{{"requests": %d, "microseconds": %d, "failed": %d}}\\n',
    summary.requests, summary.duration, failed))
end
"""


# Numbers that grow with time, so that no run meets those of an earlier one. Lua by itself writes no more than
# 14 digits of a number, and what grows in the last one would be asked for ten times.
_NUMBERED = """
local n = os.time() * 100000
function request()
  n = n + 1
  return wrk.format(nil, {before} .. string.format('%.0f', n) .. {after})
end
"""


def wrk_script(request: Ask) -> str:
    """The Lua that makes wrk send a request. JSON text is Lua text for what is sent here (ASCII)."""
    headers = "\n".join(
        f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in request.headers
    )
    body = "nil" if request.body is None else json.dumps(request.body)
    before, placeholder, after = map(json.dumps, request.target.partition("{n}"))
    numbered = _NUMBERED.format(before=before, after=after) if placeholder != '""' else ""
    return _SCRIPT.format(method=json.dumps(request.method), body=body, headers=headers, numbered=numbered)


def load(port: int, pid: int, request: Ask, seconds: int) -> Rate:
    """Keep a server busy. Raises `BenchmarkError` when a connection fails."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(wrk_script(request))
        script.flush()
        # A slow server is measured too: wrk by itself counts what takes over two seconds as failed.
        patient = ("--timeout", "30s")
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *patient, "-s", script.name]
        before = weigh(pid).processor
        url = f"http://127.0.0.1:{port}{request.first()}"
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
    refused = case.status >= 400 and answer.status in (400, 422)  # each server has its own status for it
    if answer.status != case.status and not refused:
        text = answer.body[:300].decode(errors="replace")
        raise BenchmarkError(f"{name}: {case.name} got {answer.status}, not {case.status}: {text}")
    return answer


def load_bare(answer: Answer, request: Ask, seconds: int) -> Rate:
    """The rate of a server that only sends an answer."""
    port = free_port()
    with running(bare_server(port, answer)) as process:
        await_answer(process, port, request, 30)
        return load(port, process.pid, request, seconds)


def measure(group: Group, rounds: int, seconds: int) -> Measured:
    """The rates of every server in every case, the servers taking turns."""
    found: Measured = {case: {} for case in group.cases}
    with contextlib.ExitStack() as stack:
        started = {}
        for name, command in group.commands.items():
            port = free_port()
            process = stack.enter_context(running([each.replace("PORT", str(port)) for each in command]))
            await_answer(process, port, group.cases[0].ask, 60)
            started[name] = (port, process.pid)
        for _ in range(rounds):
            for case, rates in found.items():
                answers = {name: check_answer(name, port, case) for name, (port, _) in started.items()}
                for name, (port, pid) in started.items():
                    load(port, pid, case.ask, 1)  # once unmeasured: caches, just-in-time compilation
                    rates.setdefault(name, []).append(load(port, pid, case.ask, seconds))
                rates.setdefault("bare", []).append(load_bare(answers["Treaty"], case.ask, seconds))
    return found


def ratio(rates: dict[str, list[Rate]], name: str) -> float:
    """How many times Treaty's processor time a server takes: the median of the rounds."""
    pairs = zip(rates[name], rates["Treaty"], strict=True)
    return median(other.microseconds / own.microseconds for other, own in pairs)


def report(group: Group, found: Measured) -> list[str]:
    """Print the group's rows; the targets that it misses."""
    missed = []
    for case, rates in found.items():
        for name, measured in rates.items():
            per_second = median(rate.per_second for rate in measured)
            microseconds = median(rate.microseconds for rate in measured)
            times, least = ratio(rates, name), group.least.get((name, case.name))
            target = "" if least is None else f"≥ {least:g}"
            cells = (group.name, case.name, name, f"{per_second:,.0f}", f"{microseconds:.0f}", f"{times:.2f}")
            print("| " + " | ".join((*cells, target)) + " |", flush=True)
            if least is not None and times < least:
                missed.append(f"{group.name}, {case.name}: {name}/Treaty CPU {times:.2f}, target {least:g}")
    return missed


def run(name: str, description: str | None, groups: Callable[[Path, Path, bool], Iterable[Group]]) -> int:
    """The command of a benchmark: 0; 1 when `--check` finds a target missed; 2 when nothing can be measured.

    `groups` makes what is compared, of the folder of documents, a folder for files, and whether there
    is to be a peer.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=1, help="runs of each server and request (default: 1)")
    parser.add_argument("--seconds", type=int, default=2, help="length of a run (default: 2)")
    parser.add_argument("--no-peer", action="store_true", help="leave Prism out")
    parser.add_argument("--check", action="store_true", help="exit code 1 when a target is missed")
    options = parser.parse_args()
    if options.rounds < 1 or not 1 <= options.seconds <= 60:
        parser.error("--rounds must be 1 or more, --seconds 1 to 60")
    if shutil.which("wrk") is None:
        print(f"{name}: skipped, wrk is not installed (Debian: apt-get install wrk)")
        return 0
    missed = []
    try:
        corpus = find_corpus()
        print("| mode | request | server | req/s | CPU µs | CPU / Treaty CPU | target |\n|" + "---|" * 7)
        with tempfile.TemporaryDirectory() as folder:
            for group in groups(corpus, Path(folder), not options.no_peer):
                missed += report(group, measure(group, options.rounds, options.seconds))
    except (BenchmarkError, subprocess.SubprocessError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    print("\ntargets: " + ("; ".join(missed) if missed else "kept"))
    return 1 if missed and options.check else 0
