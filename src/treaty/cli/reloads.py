"""What a server does when its documents are edited, and what its terminal says of it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from treaty.asgi import App
from treaty.cli.errors import show_findings
from treaty.findings import DocumentError, Finding
from treaty.reloading import Reloaded, Reloader

MAX_FINDINGS = 10


def reload_edits(
    app: App, build: Callable[[], App], trees: tuple[Path, ...], shelves: tuple[Path, ...]
) -> None:
    """Serve edits of the documents, of the files in `trees`, and documents new on `shelves`; and say so."""

    def again() -> App:
        try:
            return build()
        except click.UsageError as error:
            raise DocumentError([Finding("no-document", error.format_message())]) from None

    Reloader(app, again, trees, _Terminal(app), shelves).attach()


@dataclass(frozen=True, slots=True)
class _Terminal:
    app: App

    def __call__(self, reloaded: Reloaded) -> None:
        """Say what came of an edit, in the thread that watches."""
        from treaty.cli.running import title_of

        if reloaded.findings:
            show_findings(reloaded.findings[:MAX_FINDINGS])
            if len(reloaded.findings) > MAX_FINDINGS:
                click.echo(f"and {len(reloaded.findings) - MAX_FINDINGS} more", err=True)
            click.secho("not reloaded: the last good document is served", fg="red", err=True)
            return
        click.echo(
            f"reloaded in {reloaded.seconds * 1000:.0f} ms: {title_of(self.app).replace(chr(10), ', ')}"
        )
        # The start left what it made out of the search for garbage. What is not served any more is some.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
