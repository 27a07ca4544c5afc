"""Fuzzing: mutated files, requests, bodies and documents; nothing but an answer of ours may come of them.

An input fails when an exception escapes (a panic of native code too), when it takes more than a second
of processor time or 100 MB, or when it is the end of the process. A target fails when memory grows from
input to input. Input `i` of a target is a function of the seed and `i` alone, so that what was seen is
seen again. What fails is made as small as it gets and written to a file, which `--replay` takes.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import hashlib
import multiprocessing
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from types import FrameType

from fuzz_mutate import mutant
from fuzz_targets import Target, targets

MOST_SECONDS = 1.0  # of processor time, so that other work on the machine is not counted
MOST_BYTES = 100 * 1024 * 1024
MOST_GROWTH = 24 * 1024 * 1024  # over all inputs after the first quarter
INTERRUPT_SECONDS = 5.0
LOST_SECONDS = 30.0  # without a step: native code that cannot be interrupted
MOST_FAILURES = 5
MINIMISING_SECONDS = 15.0
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Hang(BaseException):
    """Raised into an input that takes too long. Not an `Exception`, so that nothing handles it."""


@dataclass(frozen=True)
class Failure:
    """What went wrong, by what is the same each time, with its input, made small."""

    target: str
    kind: str
    text: str
    data: bytes


@dataclass
class Outcome:
    """What came of a target's inputs."""

    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    growth: int = 0
    failures: list[Failure] = field(default_factory=list)


def input_of(target: Target, seed: int, index: int) -> bytes:
    """The input of that index: a seed itself at first, a mutant then."""
    if index < len(target.seeds):
        return target.prepare(Random(0), target.seeds[index])
    random = Random(f"{seed} {target.name} {index}")
    return target.prepare(random, mutant(random, target.seeds))


@contextmanager
def interrupted() -> Iterator[None]:
    """Raise `Hang` in what takes too much processor time."""

    def stop(_: int, __: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, INTERRUPT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def try_input(target: Target, data: bytes) -> tuple[str, str, float]:
    """What is wrong, in one word and in full, empty when nothing is; and the seconds it took."""
    peak, started = _peak(reset=True), time.process_time()
    kind = text = ""
    try:
        with interrupted():
            target.run(data)
    except Hang:
        kind, text = "hang", "".join(traceback.format_exc(limit=-8))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        kind, text = _named(error), "".join(traceback.format_exception(error, limit=-8))
    seconds = time.process_time() - started
    if not kind and seconds > MOST_SECONDS:
        kind, text = "slow", f"{seconds:.1f} s"
    if not kind and _peak() - peak > MOST_BYTES:
        kind, text = "memory", f"{(_peak() - peak) / 1e6:.0f} MB"
    return kind, text, seconds


def _named(error: BaseException) -> str:
    """The exception and where it was raised: what is the same for inputs that fail alike."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + where


def _peak(*, reset: bool = False) -> int:
    """The most bytes that were resident at a time, since the last reset (proc(5), clear_refs)."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def resident() -> int:
    """Resident bytes of this process, after what can be given back was."""
    gc.collect()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def minimised(data: bytes, fails: Callable[[bytes], bool], seconds: float = MINIMISING_SECONDS) -> bytes:
    """A piece of an input that still fails: halves, then quarters, and so on, are left out."""
    end = time.monotonic() + seconds
    size = max(len(data) // 2, 1)
    while size and time.monotonic() < end:
        at, shorter = 0, False
        while at < len(data) and time.monotonic() < end:
            candidate = data[:at] + data[at + size :]
            if fails(candidate):
                data, shorter = candidate, True
            else:
                at += size
        size = size if shorter and size > 1 else size // 2
    return data


def run(
    target: Target, seed: int, inputs: int, step: Callable[[int], None] = lambda _: None, start: int = 0
) -> Outcome:
    """Give a target its inputs; at most `MOST_FAILURES` different failures are looked for."""
    outcome, known, warm = Outcome(), set[str](), 0
    began = time.perf_counter()
    for index in range(start, inputs):
        step(index)
        data = input_of(target, seed, index)
        kind, text, seconds = try_input(target, data)
        outcome.inputs += 1
        outcome.slowest = max(outcome.slowest, seconds)
        if kind in ("slow", "memory"):  # once more: the first use of something is not the input's fault
            kind, text, _ = try_input(target, data)
        if kind and kind not in known:
            known.add(kind)
            small = minimised(data, lambda each, kind=kind: try_input(target, each)[0] == kind)
            outcome.failures.append(Failure(target.name, kind, text, small))
            if len(known) == MOST_FAILURES:
                break
        if index == inputs // 4:
            warm = resident()
    outcome.seconds = time.perf_counter() - began
    outcome.growth = resident() - warm if warm else 0
    if outcome.growth > MOST_GROWTH:
        text = f"{outcome.growth / 1e6:.0f} MB more after {inputs} inputs than after a quarter of them"
        outcome.failures.append(Failure(target.name, "growth", text, b""))
    return outcome


def run_apart(target: Target, seed: int, inputs: int) -> Outcome:
    """As `run`, in a process of its own, whose end or silence is a failure of the input it had."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    at = context.Value("q", 0, lock=False)

    def work(connection: Connection) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        connection.send(run(target, seed, inputs, lambda index: setattr(at, "value", index)))

    process = context.Process(target=work, args=(sending,))
    process.start()
    sending.close()
    last, since = -1, time.monotonic()
    try:
        while not receiving.poll(0.2):
            if at.value != last:
                last, since = at.value, time.monotonic()
            silent = time.monotonic() - since > LOST_SECONDS + MINIMISING_SECONDS * 2
            if silent:
                return _lost(target, seed, last, "never ends")
        return receiving.recv()
    except EOFError:
        process.join()
        return _lost(target, seed, at.value, f"ended the process: exit code {process.exitcode}")
    finally:
        process.kill()
        process.join()


def _lost(target: Target, seed: int, index: int, text: str) -> Outcome:
    failure = Failure(target.name, "lost", f"input {index} {text}", input_of(target, seed, index))
    return Outcome(index, failures=[failure])


def keep(failure: Failure, folder: Path) -> Path:
    """Write the input of a failure to a file, and say what was wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.blake2b(f"{failure.kind} {failure.data!r}".encode(), digest_size=4).hexdigest()
    path = folder / f"{failure.target}.{digest}"
    path.write_bytes(failure.data)
    print(f"\n{failure.target}: {failure.kind}: {path} ({len(failure.data)} bytes)\n{failure.text}")
    return path


def replay(path: Path) -> int:
    """Give a kept input to its target, and let what it raises be seen."""
    wanted = path.name.partition(".")[0]
    target = next(each for each in targets() if each.name == wanted)
    kind, text, seconds = try_input(target, path.read_bytes())
    print(f"{wanted}: {kind or 'nothing wrong'} ({seconds:.3f} s)\n{text}")
    return 1 if kind else 0


def main() -> int:
    """0 when every input was answered, 1 when not."""
    names = [target.name for target in targets()]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=15_000, help="of each target (default: 15000)")
    parser.add_argument("--seed", type=int, default=1, help="other seed, other inputs (default: 1)")
    parser.add_argument("--folder", type=Path, default=Path("build/fuzz"), help="for inputs that fail")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run one kept input")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(names)} (default: all)")
    options = parser.parse_args()
    if unknown := set(options.targets) - set(names):
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    if options.replay:
        return replay(options.replay)
    print("| target | inputs | inputs/s | slowest ms | growth MB | failures |\n|" + "---|" * 6)
    failures: list[Failure] = []
    total = 0
    for target in targets():
        if target.name in (options.targets or names):
            outcome = run_apart(target, options.seed, options.inputs)
            per_second = outcome.inputs / outcome.seconds if outcome.seconds else 0
            cells = (f"{outcome.inputs:,}", f"{per_second:,.0f}", f"{outcome.slowest * 1000:.0f}")
            rest = (f"{outcome.growth / 1e6:.1f}", str(len(outcome.failures)))
            print("| " + " | ".join((target.name, *cells, *rest)) + " |", flush=True)
            failures += outcome.failures
            total += outcome.inputs
    for failure in failures:
        keep(failure, options.folder)
    print(f"\n{total:,} inputs, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
