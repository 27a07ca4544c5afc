"""What is compared: Treaty, Prism at a pinned version, a bare server; and the documents they are given."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from processes import Answer, BenchmarkError, cache_folder

PRISM = "@stoplight/prism-cli@5.16.0"
_REPOSITORY = Path(__file__).resolve().parents[1]
_BARE = Path(__file__).resolve().with_name("bare.py")
_CONNEXION = Path(__file__).resolve().with_name("connexion_alone.py")


@dataclass(frozen=True)
class Server:
    """A mock server by name, and the command before its document and port."""

    name: str
    command: Sequence[str]

    def mock(self, document: Path, port: int | str, *options: str) -> list[str]:
        """The command that mocks a document on a port of 127.0.0.1."""
        return [*self.command, "mock", *options, "--host", "127.0.0.1", "--port", str(port), str(document)]

    def serve(self, document: Path, handlers: Path, port: int | str, *options: str) -> list[str]:
        """The command that serves handlers on a port of 127.0.0.1."""
        where = ["--handlers", str(handlers), "--host", "127.0.0.1", "--port", str(port)]
        return [*self.command, "serve", *options, *where, str(document)]


def find_corpus() -> Path:
    """The folder of real documents. Raises `BenchmarkError` when there is none."""
    folder = Path(os.environ.get("TREATY_CORPUS") or _REPOSITORY.parent / "shared" / "corpus").resolve()
    if not folder.is_dir():
        raise BenchmarkError(f"no corpus at {folder}: set TREATY_CORPUS to the folder of documents")
    return folder


def find_treaty() -> Server:
    """Treaty as installed for the Python that runs the benchmark."""
    script = Path(sys.executable).with_name("treaty")
    if not script.exists():
        raise BenchmarkError(f"no {script}: run the benchmark with the Python that Treaty is installed for")
    return Server("Treaty", [str(script)])


def find_prism() -> Server:
    """Prism from a folder outside the tree, installed there by npm the first time."""
    if shutil.which("npm") is None:
        raise BenchmarkError("npm is not installed, so there is no Prism to compare with (see --no-peer)")
    folder = cache_folder() / PRISM.rpartition("/")[2]
    script = folder / "node_modules" / ".bin" / "prism"
    if not script.exists():
        print(f"installing {PRISM} into {folder}", file=sys.stderr)
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
        done = subprocess.run(["npm", "install", *options, PRISM], timeout=600, check=False)
        if done.returncode != 0 or not script.exists():
            raise BenchmarkError(f"npm could not install {PRISM}; --no-peer measures without it")
    return Server("Prism", [str(script)])


def bare_server(port: int | str, answer: Answer, guarded_by: Path | None = None) -> list[str]:
    """The command of a uvicorn that sends one fixed answer to all requests, perhaps behind `treaty.guard`."""
    command = [sys.executable, str(_BARE), str(port), str(answer.status), answer.media_type]
    return [*command, answer.body.decode(), *([str(guarded_by)] if guarded_by else [])]


def connexion_server(document: Path, handlers: Path) -> list[str]:
    """The command of Connexion's own server for a document and the handlers in `pet.py`; PORT is its port."""
    return [sys.executable, str(_CONNEXION), "PORT", str(document), str(handlers)]
