"""Does memory stay flat: servers under mixed load for minutes, and a document reloaded 200 times.

Each server is asked, over one connection after the other, what is valid, invalid, large, generated and what
was never asked before. Resident memory is printed every 30 seconds. After a warm-up of a quarter of the
time a line is laid through it: the median of the slopes between pairs, which no outlier moves. More than a
megabyte in ten minutes, beyond what the figures scatter by, is growth; so are 10 MB over the reloads.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import http.client
import itertools
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import TypeAlias

from processes import Ask, BenchmarkError, await_answer, free_port, running, weigh
from servers import find_corpus, find_treaty

import treaty
from treaty.reloading import Reloader

MOST_PER_TEN_MINUTES = 1.0  # megabytes
MOST_PER_RELOADS = 10.0
TEN_MINUTES = 600
_REFERENCE = Path(__file__).resolve().parents[1]
_SAMPLE_SECONDS = 2.0
_PRINT_SECONDS = 30.0
_BURST = 200  # requests on a connection
_JSON = (("Content-Type", "application/json"),)
_TOKEN = ("Authorization", "Bearer token")

Make: TypeAlias = Callable[[int], Ask]
Samples: TypeAlias = list[tuple[float, float]]  # when, megabytes


@dataclass
class Case:
    """A server, and what it is asked: each made from a number that never comes twice."""

    name: str
    command: Sequence[str]
    asks: Sequence[Make]
    samples: Samples = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)


def get(target: str, *headers: tuple[str, str]) -> Make:
    """A GET; `#` in its target is the number."""
    return lambda number: Ask(target.replace("#", str(number)), headers)


def post(target: str, body: Callable[[int], object], *headers: tuple[str, str]) -> Make:
    """A POST of JSON."""
    return lambda number: Ask(target, (*_JSON, *headers), "POST", json.dumps(body(number)))


def many(number: int) -> int:
    """Mostly one, every twentieth time 500."""
    return 1 if number % 20 else 500


PETS = (
    get("/pet/#", ("api_key", "key")),
    get("/pet/#", ("api_key", "key"), ("Prefer", "dynamic=true")),
    get("/pet/x#", ("api_key", "key")),
    get("/pet/findByStatus?status=available", _TOKEN),
    get("/pet/findByStatus?status=#", _TOKEN),
    get("/nowhere/#"),
    post("/pet", lambda number: {"name": "Rex", "photoUrls": ["a"], "id": number}, _TOKEN),
    post("/pet", lambda number: {"name": number}, _TOKEN),
    post("/user/createWithList", lambda number: [{"id": number, "username": "u"}] * many(number)),
    post("/user/createWithList", lambda number: [{"id": "x"}] * many(number)),
)
REPOSITORIES = (
    get("/repos/owner/name#"),
    get("/repos/owner/name#/issues"),
    get("/repos/owner/name#/issues?per_page=x"),
    get("/repos/owner/name#/issues/5", ("Prefer", "dynamic=true")),
    get("/users/u#", ("Prefer", "code=404")),
    get("/nowhere/#"),
    post("/repos/owner/name/issues", lambda number: {"title": f"t{number}", "labels": ["a"] * many(number)}),
    post("/repos/owner/name/issues", lambda number: {"title": {"n": number}, "labels": 5}),
)
ARTICLES = (
    get("/users"),
    get("/users?limit=#"),
    get("/articles"),
    get("/articles?page=#"),
    get("/users/3fa85f64-5717-4562-b3fc-2c963f66afa6"),
    get("/users/#"),
    get("/nowhere/#"),
    post("/users", lambda number: {"name": number}),
    post("/articles", lambda number: {"title": [number] * many(number)}),
)


def cases(corpus: Path) -> list[Case]:
    """The servers, each with its load."""
    treaty_command = find_treaty()
    petstore, github = corpus / "petstore-swagger30.yaml", corpus / "github.json"
    newsdesk, handlers = _REFERENCE / "specs" / "newsdesk", _REFERENCE / "handlers"
    return [
        Case("mock petstore", treaty_command.mock(petstore, "PORT", "--quiet"), PETS),
        Case("mock GitHub", treaty_command.mock(github, "PORT", "--quiet"), REPOSITORIES),
        Case("serve newsdesk", treaty_command.serve(newsdesk, handlers, "PORT", "--quiet"), ARTICLES),
    ]


def ask_often(case: Case, port: int, numbers: Iterator[int]) -> None:
    """One connection's worth of requests. Raises `BenchmarkError` for an answer above 499."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(connection):
        for number in itertools.islice(numbers, _BURST):
            ask = case.asks[number % len(case.asks)](number)
            connection.request(ask.method, ask.target, ask.body, dict(ask.headers))
            response = connection.getresponse()
            body = response.read()
            case.statuses[response.status] = case.statuses.get(response.status, 0) + 1
            if response.status >= 500:
                raise BenchmarkError(f"{case.name}: {ask.target} got {response.status}: {body[:300]!r}")


@dataclass(frozen=True)
class Started:
    """A server that runs, and the numbers that it was not asked yet."""

    case: Case
    port: int
    pid: int
    numbers: Iterator[int]


def soak(servers: Sequence[Started], seconds: float, rest: float) -> None:
    """Load all servers in turns and weigh them; `rest` is the share of time left to others."""
    begun = printed = sampled = time.monotonic()
    while (now := time.monotonic()) - begun < seconds:
        for each in servers:
            busy = time.monotonic()
            ask_often(each.case, each.port, each.numbers)
            time.sleep((time.monotonic() - busy) * rest / (1 - rest))
        if now - sampled >= _SAMPLE_SECONDS:
            sampled = now
            for each in servers:
                each.case.samples.append((now - begun, weigh(each.pid).megabytes))
        if now - printed >= _PRINT_SECONDS:
            printed = now
            told = " | ".join(f"{each.case.samples[-1][1]:.1f}" for each in servers)
            print(f"| {now - begun:.0f} | {told} |", flush=True)


def slope(samples: Samples) -> tuple[float, float]:
    """Megabytes per unit of time after the warm-up, and how far off that may be by the figures' scatter."""
    warm = samples[len(samples) // 4 :]
    thin = warm[:: max(1, len(warm) // 100)]
    slopes = [(b - a) / (t - s) for (s, a), (t, b) in itertools.combinations(thin, 2)]
    if len(slopes) < 3:
        raise BenchmarkError("too few figures for a slope; give it more --seconds, or --reloads")
    found = median(slopes)
    start = median(megabytes - found * at for at, megabytes in thin)
    scatter = median(abs(megabytes - found * at - start) for at, megabytes in thin)
    return found, scatter / (thin[-1][0] - thin[0][0])


def reload_often(document: Path, times: int, sending: Connection) -> None:
    """The megabytes of this process after each reload of a document, and an answer by it."""
    contract = treaty.load(document)
    path = contract.operations[0].path.encode()
    reloader = Reloader(treaty.mock(contract), lambda: treaty.mock(treaty.load(document)))
    del contract
    samples = []
    for number in range(times):
        reloaded = reloader.reload()
        assert not reloaded.findings
        reloader.app.answer_now(treaty.Request("GET", path.decode()))
        gc.collect()
        samples.append((float(number), weigh(os.getpid()).megabytes))
    sending.send(samples)


def reloads(document: Path, times: int) -> Samples:
    """As `reload_often`, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=reload_often, args=(document, times, sending))
    process.start()
    sending.close()
    try:
        found: Samples = receiving.recv()
    except EOFError:
        raise BenchmarkError(f"the process that reloads {document.name} ended") from None
    finally:
        process.join()
    return found


def judged(name: str, samples: Samples, units: float, most: float) -> bool:
    """Print a row: at the end of the warm-up, at the end, the slope; and whether that is too much."""
    found, scatter = (each * units for each in slope(samples))
    grows = found - scatter > most
    first, last = samples[len(samples) // 4][1], samples[-1][1]
    verdict = "grows" if grows else "flat"
    print(f"| {name} | {first:.1f} | {last:.1f} | {found:+.2f} | ± {scatter:.2f} | {verdict} |", flush=True)
    return grows


def measure(corpus: Path, seconds: float, times: int, rest: float) -> int:
    """How many grow."""
    measured = cases(corpus) if seconds else []
    with contextlib.ExitStack() as stack:
        servers = []
        for case in measured:
            port = free_port()
            process = stack.enter_context(running([each.replace("PORT", str(port)) for each in case.command]))
            await_answer(process, port, Ask("/openapi.json"), 60)
            servers.append(Started(case, port, process.pid, itertools.count(1)))
        if servers:
            print(
                f"| seconds | {' | '.join(case.name for case in measured)} |\n|{'---|' * (len(measured) + 1)}"
            )
            soak(servers, seconds, rest)
    for case in measured:
        total = sum(case.statuses.values())
        print(f"\n{case.name}: {total:,} requests, statuses {dict(sorted(case.statuses.items()))}", end="")
    print(
        "\n\n| | MB warm | MB at the end | MB in ten minutes, over all reloads | scatter | |\n|" + "---|" * 6
    )
    growing = [judged(case.name, case.samples, TEN_MINUTES, MOST_PER_TEN_MINUTES) for case in measured]
    for name in ("petstore-swagger30.yaml", "github.json") if times else ():
        samples = reloads(corpus / name, times)
        growing.append(judged(f"{times} reloads of {name}", samples, times, MOST_PER_RELOADS))
    return sum(growing)


def main() -> int:
    """0; 1 when memory grows and `--check` is given; 2 when nothing can be measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=TEN_MINUTES, help="of load (default: 600)")
    parser.add_argument("--reloads", type=int, default=200, help="of each document (default: 200)")
    parser.add_argument("--rest", type=float, default=0.0, help="share of the time to rest (default: 0)")
    parser.add_argument("--check", action="store_true", help="exit with 1 when memory grows")
    options = parser.parse_args()
    if not 0 <= options.rest < 1 or options.seconds < 0 or options.reloads < 0:
        parser.error("--rest must be below 1, and nothing negative")
    try:
        growing = measure(find_corpus(), options.seconds, options.reloads, options.rest)
    except (BenchmarkError, OSError, http.client.HTTPException) as error:
        print(f"memory.py: {error!r}", file=sys.stderr)
        return 2
    return 1 if growing and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
