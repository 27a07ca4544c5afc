"""The slowest answers of a mock over the corpus: each operation's own response, static, dynamic and stateful.

Each is asked for twice of one mock, the first time before anything for it is compiled; the
slowest ten are asked once more, each as the very first of a mock that has just been made.
There is no server and no network between: it is the application that is timed. Its processor time
is what counts: on a machine that does nothing else it is the time by the clock.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import treaty

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # what makes valid requests is there

from oracle.client import send_all
from oracle.corpus import DOCUMENTS, opened
from oracle.operations import version_of
from oracle.requests import Asked, Asker
from oracle.schemas import Schemas
from processes import BenchmarkError
from servers import find_corpus

MODES: Mapping[str, Mapping[str, bool]] = {
    "static": {},
    "dynamic": {"dynamic": True},
    "stateful": {"stateful": True},
}
SHOWN = 10
MOST_SECONDS = 1.0


@dataclass(frozen=True)
class Timed:
    """How long one answer took; `when` is the first time, a later one, or the first of a new mock."""

    wall: float
    seconds: float
    name: str
    mode: str
    when: str
    request: Asked

    def row(self) -> str:
        """A line of the table."""
        told = f"{self.request.method} {self.request.path[:60]}"
        times = f"{self.seconds * 1000:.0f} | {self.wall * 1000:.0f}"
        return f"| {times} | {self.name} | {self.mode} | {self.when} | {told} |"


def requests_of(entry: Path) -> list[Asked]:
    """The smallest valid request of each operation."""
    library, operations = opened(entry)
    asker = Asker(Schemas(library, version_of(library), "request"))
    made = [asker.request(each) for each in operations]
    return [each for each in made if not isinstance(each, str)]


def taken(app: treaty.App, request: Asked) -> tuple[float, float]:
    """What one answer takes, by the clock and of the processor."""
    begun, used = time.perf_counter(), time.process_time()
    send_all(app, [request])
    return time.perf_counter() - begun, time.process_time() - used


def measured(entry: Path, name: str) -> Iterator[Timed]:
    """Each request twice, in each mode."""
    requests = requests_of(entry)
    for mode, options in MODES.items():
        app = treaty.mock(treaty.load(entry), **options)
        gc.collect()
        for when in ("first", "later"):
            for request in requests:
                yield Timed(*taken(app, request), name, mode, when, request)


def again(entry: Path, timed: Timed) -> Timed:
    """The same as the first answer of a mock."""
    app = treaty.mock(treaty.load(entry), **MODES[timed.mode])
    gc.collect()
    wall, seconds = taken(app, timed.request)
    return replace(timed, wall=wall, seconds=seconds, when="new mock")


def slowest(found: list[Timed]) -> list[Timed]:
    """The slowest of all."""
    return sorted(found, key=lambda each: each.seconds, reverse=True)[:SHOWN]


def main() -> int:
    """0; 1 when an answer is too slow and `--check` is given; 2 when nothing can be measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help=f"exit with 1 above {MOST_SECONDS} s")
    parser.add_argument("documents", nargs="*", metavar="DOCUMENT", help="of the corpus (default: all)")
    options = parser.parse_args()
    names = options.documents or list(DOCUMENTS)
    if unknown := set(names) - set(DOCUMENTS):
        parser.error(f"no such document: {', '.join(sorted(unknown))}; there are {', '.join(DOCUMENTS)}")
    try:
        corpus = find_corpus()
    except BenchmarkError as error:
        print(f"slowest.py: {error}", file=sys.stderr)
        return 2
    found = [timed for name in names for timed in measured(corpus / name, name)]
    first = slowest([each for each in found if each.when == "first"])
    found += [again(corpus / each.name, each) for each in first]
    worst = slowest(found)
    print("| CPU ms | wall ms | document | mode | when | request |\n|---|---|---|---|---|---|")
    for each in worst:
        print(each.row())
    is_kept = worst[0].seconds <= MOST_SECONDS
    print(f"\n{len(found)} answers; targets: {'kept' if is_kept else 'missed: an answer took over 1 s'}")
    return 1 if options.check and not is_kept else 0


if __name__ == "__main__":
    sys.exit(main())
