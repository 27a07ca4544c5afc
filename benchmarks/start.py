"""How soon a mock answers, and what it weighs then: `treaty mock` beside Prism, in one run.

Wall seconds from the start of the process to the last byte of its first 2xx answer; processor
seconds and resident memory of its process tree at that moment. The servers take turns and swap
places each round; a ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeAlias

from processes import (
    Answer,
    Ask,
    BenchmarkError,
    Weight,
    await_answer,
    free_port,
    installed_environment,
    running,
    weigh,
)
from servers import Server, bare_server, find_corpus, find_prism, find_treaty


@dataclass(frozen=True)
class Case:
    """A document, a real GET of it, and the most that Treaty's start may take (seconds, megabytes)."""

    name: str
    path: str
    ask: Ask
    most_seconds: float | None = None
    most_megabytes: float | None = None


@dataclass(frozen=True)
class Start:
    """One start: wall seconds to the first answer, and the weight of the process tree then."""

    wall: float
    weight: Weight


CASES = (
    Case("petstore", "petstore-swagger30.yaml", Ask("/pet/1", (("api_key", "key"),)), most_seconds=0.6),
    Case(
        "digitalocean",
        "digitalocean/DigitalOcean-public.v2.yaml",
        Ask("/v2/droplets", (("Authorization", "Bearer token"),)),
    ),
    Case("github", "github.json", Ask("/repos/owner/name/issues"), 0.8, 250.0),
)
_OK = Answer(200, "application/json", b'{"id": 1}')


Measured: TypeAlias = dict[Case, list[dict[str, Start]]]  # the rounds of a case, each with a start by server
FIGURES: dict[str, Callable[[Start], float]] = {
    "wall s": lambda start: start.wall,
    "CPU s": lambda start: start.weight.processor,
    "MB": lambda start: start.weight.megabytes,
}


def measure_start(command: Sequence[str], port: int, request: Ask, seconds: float) -> Start:
    """Start a server, and stop the clock at its first whole answer, which must be a 2xx."""
    begun = time.perf_counter()
    with running(command) as process:
        answer = await_answer(process, port, request, seconds)
        wall = time.perf_counter() - begun
        weight = weigh(process.pid)
    if not 200 <= answer.status < 300:
        text = answer.body[:300].decode(errors="replace")
        raise BenchmarkError(f"{command[0]}: {request.method} {request.target} got {answer.status}: {text}")
    return Start(wall, weight)


def measure_case(case: Case, document: Path, servers: list[Server], seconds: float) -> dict[str, Start]:
    """One start of each server, in the order given."""
    found = {}
    for server in servers:
        port = free_port()
        found[server.name] = measure_start(server.mock(document, port), port, case.ask, seconds)
    return found


def measure_scale() -> tuple[float, float]:
    """Wall seconds of `python -c pass`, and of a bare server to its first answer."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True, env=installed_environment())
    python = time.perf_counter() - begun
    port = free_port()
    return python, measure_start(bare_server(port, _OK), port, Ask("/"), 30).wall


def medians(starts: Sequence[Start]) -> list[float]:
    """The median of each figure."""
    return [median(figure(start) for start in starts) for figure in FIGURES.values()]


def row(case: Case, names: list[str], rounds: list[dict[str, Start]]) -> str:
    """A line of the table: each server's medians, and the ratios when there are two."""
    cells = [case.name]
    for name in names:
        wall, processor, megabytes = medians([found[name] for found in rounds])
        cells += [f"{wall:.2f}", f"{processor:.2f}", f"{megabytes:.0f}"]
    if len(names) == 2:
        treaty, prism = names
        for figure in FIGURES.values():
            cells.append(f"{median(figure(found[prism]) / figure(found[treaty]) for found in rounds):.1f}")
    return "| " + " | ".join(cells) + " |"


def missed(case: Case, starts: list[Start]) -> list[str]:
    """The targets of a case that its medians do not keep, in words."""
    wall, _, megabytes = medians(starts)
    found = []
    if case.most_seconds is not None and wall > case.most_seconds:
        found.append(f"{case.name} took {wall:.2f} s, the target is {case.most_seconds} s")
    if case.most_megabytes is not None and megabytes > case.most_megabytes:
        found.append(f"{case.name} held {megabytes:.0f} MB, the target is {case.most_megabytes:.0f} MB")
    return found


def report(found: Measured, names: list[str], scale: list[tuple[float, float]]) -> list[str]:
    """Print the table; the targets missed."""
    columns = [*names, "Prism/Treaty"] if len(names) == 2 else names
    heads = ["document", *(f"{column} {unit}" for column in columns for unit in FIGURES)]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for case, rounds in found.items():
        print(row(case, names, rounds))
    python, bare = (median(figures) for figures in zip(*scale, strict=True))
    print(f"\nfor scale: python -c pass {python:.2f} s, bare uvicorn {bare:.2f} s to its first answer")
    failures = [
        failure
        for case, rounds in found.items()
        for failure in missed(case, [one[names[0]] for one in rounds])
    ]
    print("targets: " + ("missed: " + "; ".join(failures) if failures else "kept"))
    return failures


def measure(cases: list[Case], servers: list[Server], rounds: int, seconds: float) -> int:
    """Measure and report; the number of targets missed."""
    corpus = find_corpus()
    found: Measured = {case: [] for case in cases}
    scale = []
    measure_case(CASES[0], corpus / CASES[0].path, servers, seconds)  # once unmeasured: byte code, file cache
    for number in range(rounds):
        scale.append(measure_scale())
        ordered = servers if number % 2 == 0 else servers[::-1]
        for case in cases:
            found[case].append(measure_case(case, corpus / case.path, ordered, seconds))
    return len(report(found, [server.name for server in servers], scale))


def main() -> int:
    """0; 1 when a target is missed and `--check` is given; 2 when nothing can be measured."""
    names = [case.name for case in CASES]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="starts of each server (default: 5)")
    parser.add_argument("--timeout", type=float, default=60, help="most seconds of one start (default: 60)")
    parser.add_argument("--no-peer", action="store_true", help="measure Treaty alone")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(names)} (default: all)")
    options = parser.parse_args()
    if unknown := set(options.cases) - set(names):
        parser.error(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    if options.rounds < 1:
        parser.error("--rounds must be 1 or more")
    chosen = [case for case in CASES if case.name in (options.cases or names)]
    try:
        servers = [find_treaty()] if options.no_peer else [find_treaty(), find_prism()]
        failures = measure(chosen, servers, options.rounds, options.timeout)
    except BenchmarkError as error:
        print(f"start.py: {error}", file=sys.stderr)
        return 2
    return 1 if failures and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
