"""Reloading: an edited document takes the place of the one that is served, between two requests.

A document that cannot be used takes the place of nothing: the last good one keeps serving,
and every response says that it is not the newest.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from treaty.asgi import App
from treaty.findings import DocumentError, Finding
from treaty.watching import Watch, Watched

# Of a document that cannot be used: it may be half written, so it is looked at again.
SETTLE_SECONDS = 0.15
DOCUMENT_ENDINGS = frozenset({".yaml", ".yml", ".json"})
MAX_NOTICE = 300
_log = logging.getLogger("treaty")


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What came of an edit: nothing wrong, or why the last good document still serves."""

    findings: tuple[Finding, ...]
    seconds: float


def log_reload(reloaded: Reloaded) -> None:
    """To the logger `treaty`."""
    for finding in reloaded.findings:
        _log.warning("not reloaded: %s: %s", finding.location, finding.message)


@dataclass(slots=True)
class Reloader:
    """Builds an application anew and lets a running one go on as that one.

    `build` raises `DocumentError` for what cannot be used. `trees` are folders of which every
    file counts, beside the files of the documents; `shelves` are folders that documents come to
    and go from. `tell` is told what came of each edit.
    """

    app: App
    build: Callable[[], App]
    trees: tuple[Path, ...] = ()
    tell: Callable[[Reloaded], None] = log_reload
    shelves: tuple[Path, ...] = ()

    def reload(self) -> Reloaded:
        """Build and replace. Requests that are being answered end as they began."""
        started = time.perf_counter()
        try:
            built = self.build()
        except DocumentError as error:
            findings = error.findings
        except Exception as error:
            _log.exception("the document could not be reloaded")
            findings = (Finding("reload-failed", f"a defect of Treaty's own: {error!r}"),)
        else:
            findings = ()
            self.app.become(built)
        self.app.trouble, self.app.notice = findings, notice_of(findings)
        return Reloaded(findings, time.perf_counter() - started)

    def watched(self) -> Watched:
        """The files of every document served; of a broken one also those that are not of it yet."""
        files = frozenset(_files_of(self.app))
        beside = frozenset(path.parent for path in files) if self.app.trouble else frozenset[Path]()
        return Watched(files, self.trees, beside, self.shelves, DOCUMENT_ENDINGS)

    def watching(self) -> Watch:
        """A watch that reloads."""
        return Watch(self.watched, self._changed)

    def attach(self) -> None:
        """Serve every edit from now on; the files are watched while the application runs."""
        watch = self.watching()
        thread = threading.Thread(target=_run, args=(watch,), name="treaty-reload", daemon=True)

        def stop() -> None:
            watch.stopped.set()
            if thread.ident is not None:
                thread.join(timeout=5)

        self.app.started.append(thread.start)
        self.app.stack.callback(stop)

    def _changed(self) -> None:
        watched = self.watched()
        before = watched.stamps()
        reloaded = self.reload()
        if reloaded.findings:
            time.sleep(SETTLE_SECONDS)
            if watched.stamps() != before:
                return  # it was half written: the watch comes again
        self.tell(reloaded)


def _run(watch: Watch) -> None:
    try:
        watch.run()
    except OSError as error:
        _log.warning("edits are not seen any more, restart to see them: %s", error)


def notice_of(findings: Sequence[Finding]) -> str:
    """The findings as the value of a header: the first of them, ASCII, bounded; empty when there are none."""
    if not findings:
        return ""
    first, others = findings[0], len(findings) - 1
    said = f"{first.location}: {first.message}" if first.location else first.message
    plain = "".join(each if " " <= each <= "~" else "?" for each in said)
    if len(plain) > MAX_NOTICE:
        plain = plain[: MAX_NOTICE - 3] + "..."
    return f"{plain} (and {others} more)" if others else plain


def _files_of(app: App) -> Iterator[Path]:
    resources = (
        each for engine in app.engine.engines for each in engine.contract.document.sources.resources.values()
    )
    return (each.path.absolute() for each in resources if each.path is not None)
