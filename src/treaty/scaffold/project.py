"""A new project: a small document, handlers that keep it, and the tests that say so."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

# The files of the template end so: they are the user's modules, not ours.
_ENDING = ".txt"


class ProjectExistsError(Exception):
    """There is something in the way, and nothing is overwritten."""


def write_project(folder: Path) -> list[Path]:
    """Write a project that works into a folder, which must be new or empty; the files written, in order.

    Raises `ProjectExistsError`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectExistsError(f"{folder} exists and is not empty")
    return [_write(source, folder / name) for name, source in sorted(_template().items())]


def _template() -> dict[str, Traversable]:
    """The files of the template by their relative paths."""
    found: dict[str, Traversable] = {}
    pending = [("", files("treaty.scaffold") / "template")]
    while pending:
        prefix, folder = pending.pop()
        for each in folder.iterdir():
            if each.is_dir():
                pending.append((f"{prefix}{each.name}/", each))
            elif each.name.endswith(_ENDING):
                found[prefix + each.name.removesuffix(_ENDING)] = each
    return found


def _write(source: Traversable, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(source.read_text("utf-8"))
    return path
