"""Watching: tell when files change, in whatever way an editor saves them.

Editors rename, truncate and write, or save several files at once; folders are links in
containers. So events of the system say only that it is time to look: what counts is what
`os.stat` says of each file.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TypeAlias

QUIET_MILLISECONDS = 50  # nothing more was saved for so long
LONGEST_MILLISECONDS = 400  # and so long it is waited for at most
FIRST_SECONDS = 0.2  # in which a server that starts has better things to do
AGAIN_MILLISECONDS = 200  # after a new watch began: what changed before it did?
MAX_FOLDERS = 4_096
_CACHES = frozenset({"__pycache__", ".git", "node_modules"})

CLOCK_NANOSECONDS = 20_000_000  # by so much the times of files may be behind the clock

# What tells a file from what it was: modification time in ns, size, inode; None where there is none.
Stamp: TypeAlias = tuple[int, int, int]
Stamps: TypeAlias = dict[str, Stamp | None]


@dataclass(frozen=True, slots=True)
class Watched:
    """What counts: files, every file below `trees`, and the files in `beside` with one of `endings`.

    Such files count in the folders of `shelves` too, and in the folders directly in these. Any
    of them may be missing.
    """

    files: frozenset[Path] = frozenset()
    trees: tuple[Path, ...] = ()
    beside: frozenset[Path] = frozenset()
    shelves: tuple[Path, ...] = ()
    endings: frozenset[str] = frozenset()

    def stamps(self) -> Stamps:
        """The state of every file."""
        below = [path for tree in self.trees for folder in _folders_in(tree) for path in _files_in(folder)]
        near = [path for each in self.near() for path in _files_in(each) if path.suffix in self.endings]
        return {str(path): _stamp(path) for path in (*self.files, *below, *near)}

    def near(self) -> frozenset[Path]:
        """The folders in which files with one of the endings count."""
        return self.beside.union(*map(_shelved, self.shelves))

    def folders(self) -> frozenset[str]:
        """The folders in which something must happen for a file to change; links are followed."""
        found = {path.parent for path in self.files} | self.near()
        for tree in self.trees:
            found |= {tree.absolute().parent, *_folders_in(tree)}
        both = {str(each) for each in found} | {os.path.realpath(each) for each in found}
        both |= {os.path.dirname(os.path.realpath(path)) for path in self.files}  # noqa: PTH120  a text
        return frozenset(sorted(each for each in both if Path(each).is_dir())[:MAX_FOLDERS])


@dataclass(slots=True)
class Watch:
    """Calls `changed` after files have changed, until it is stopped; `watched` says then what counts."""

    watched: Callable[[], Watched]
    changed: Callable[[], None]
    stopped: Event = field(default_factory=Event)
    current: Watched = Watched()
    seen: Stamps = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.current = self.watched()
        self.seen = self.current.stamps()

    def run(self) -> None:
        """Watch, in the thread of the caller. Raises `OSError` when the system does not let it."""
        self.stopped.wait(FIRST_SECONDS)
        while not self.stopped.is_set():
            folders = self.current.folders()
            for _ in _events(folders, self.stopped):
                self.look()
                if self.current.folders() != folders:
                    break

    def look(self) -> None:
        """Call `changed` when files have changed since the last look, and again when they did meanwhile."""
        while (now := self.current.stamps()) != self.seen:
            self.seen, begun = now, time.time_ns()
            self.changed()
            renewed = self.watched()
            if renewed != self.current:
                fresh = renewed.stamps()
                if self._is_overtaken(now, fresh, begun):
                    fresh = {}  # no files are so: what is served may be older than they are
                self.current, self.seen = renewed, fresh

    def _is_overtaken(self, now: Stamps, fresh: Stamps, begun: int) -> bool:
        """Has a file changed while a change was dealt with? One that is newly looked at tells by its time."""
        since = begun - CLOCK_NANOSECONDS
        added = [stamp for path, stamp in fresh.items() if path not in now]
        return self.current.stamps() != now or any(stamp and stamp[0] > since for stamp in added)


def _events(folders: Iterable[str], stopped: Event) -> Iterator[None]:
    """Something happened in the folders; at first also after a while in which nothing did."""
    from watchfiles import watch  # here: a start need not wait for it

    is_new = True
    try:
        for events in watch(
            *folders,
            watch_filter=None,
            debounce=LONGEST_MILLISECONDS,
            step=QUIET_MILLISECONDS,
            rust_timeout=AGAIN_MILLISECONDS,
            yield_on_timeout=True,
            stop_event=stopped,
            recursive=False,
            raise_interrupt=False,
        ):
            if events or is_new:
                is_new = False
                yield
    except RuntimeError as error:  # what the library raises where the system has no more watches
        raise OSError(str(error)) from error


def _folders_in(tree: Path) -> list[Path]:
    if not tree.is_dir():
        return []
    found = []
    for folder, names, _ in os.walk(tree.absolute()):
        names[:] = sorted(name for name in names if name not in _CACHES)
        found.append(Path(folder))
        if len(found) == MAX_FOLDERS:
            break
    return found


def _shelved(folder: Path) -> list[Path]:
    try:
        found = [path for path in folder.absolute().iterdir() if path.name not in _CACHES and path.is_dir()]
    except OSError:
        return []
    return [folder.absolute(), *found]


def _files_in(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_file()]
    except OSError:
        return []


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
