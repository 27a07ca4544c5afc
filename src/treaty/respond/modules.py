"""Modules of handlers: found, imported, and said in the user's own lines when they cannot be.

A document may name functions anywhere (`operationId: os.system`), so only the user's
own code is imported for it: the package of the handlers, and what stands beside it.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from types import ModuleType

from treaty.document.library import label_of
from treaty.findings import DocumentError, Finding, Location

_PACKAGE = Path(__file__).parents[1]


@dataclass(slots=True)
class Modules:
    """The modules that handlers may be in; each is imported once, what fails is in `findings`."""

    package: str
    root: Path | None  # the folder that the package stands in
    findings: list[Finding] = field(default_factory=list)
    tried: dict[str, bool] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    def reach(self, name: str) -> bool:
        """Import what leads to a dotted name; False when one of its modules cannot be imported."""
        parts = name.split(".")[:-1]
        for count in range(1, len(parts) + 1):
            module = ".".join(parts[:count])
            if module not in self.tried:
                self.tried[module] = self._import(module)
            if not self.tried[module]:
                return module not in self.failed
        return True

    def may_import(self, name: str) -> bool:
        """Is a dotted name in the user's own code?"""
        top = name.partition(".")[0]
        if top == self.package.partition(".")[0]:
            return True
        if self.root is None or top in sys.stdlib_module_names:
            return False
        try:
            spec = find_spec(top)
        except (ImportError, ValueError):
            return False
        return spec is not None and any(place.parent == self.root for place in _places(spec))

    def leads_through_an_import(self, name: str) -> bool:
        """Does a dotted name use what a module has merely imported, as `handlers.users.os.system` would?"""
        within = islice(self._found(name), 1, None)
        return any(isinstance(each, ModuleType) for each in within)

    def find(self, name: str) -> object:
        """What a dotted name that was reached leads to; None when there is nothing."""
        *_, found = self._found(name)
        return found

    def _found(self, name: str) -> Iterator[object]:
        """The innermost module of a dotted name that was imported, and what each further part leads to."""
        parts = name.split(".")
        depth = max(
            (count for count in range(1, len(parts)) if self.tried.get(".".join(parts[:count]))), default=0
        )
        found: object = sys.modules.get(".".join(parts[:depth]))
        yield found
        for part in parts[depth:]:
            found = getattr(found, part, None)
            yield found

    def _import(self, module: str) -> bool:
        try:
            if module not in sys.modules and find_spec(module) is None:
                return False
        except (ImportError, AttributeError, ValueError):  # what it should be in is no package
            return False
        try:
            import_module(module)
        except (Exception, SystemExit) as error:
            self.findings.append(failure_finding(f"the module `{module}` cannot be imported", error))
            self.failed.add(module)
            return False
        return True


def open_package(handlers: str | Path) -> Modules:
    """The package of the handlers: a folder, whose parent is put on `sys.path`, or a module's dotted name.

    One that is below the working directory is found there, too.

    Raises `DocumentError` when there is no such package, or another one of its name is in its way.
    """
    folder = Path(handlers)
    if not folder.is_dir():
        return _installed(str(handlers))
    folder = folder.resolve()
    if not folder.name.isidentifier():
        raise _unusable(str(handlers), "the name of the folder is no Python name")
    if str(folder.parent) not in sys.path:
        sys.path.insert(0, str(folder.parent))
    modules = Modules(folder.name, folder.parent)
    if modules.reach(f"{folder.name}.") and folder not in _folders(sys.modules.get(folder.name)):
        raise _unusable(str(handlers), f"another package named `{folder.name}` is imported already")
    return modules


def failure_finding(what: str, error: BaseException) -> Finding:
    """What went wrong in the user's code: the error, and the last of the user's lines that led to it."""
    if isinstance(error, SyntaxError) and error.filename:
        location = Location(label_of(Path(error.filename)), error.lineno or 0, error.offset or 0)
    else:
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame.filename)
        ]
        location = (
            Location(label_of(Path(frames[-1].filename)), frames[-1].lineno or 0, 1)
            if frames
            else Location("")
        )
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    said = f"{type(error).__name__}: {message}".rstrip(": ")
    return Finding("handler-import-failed", f"{what}: {said}", location=location)


def _installed(name: str) -> Modules:
    missing = _unusable(name, "there is no such folder or module")
    if not all(part.isidentifier() for part in name.split(".")):
        raise missing
    top = name.partition(".")[0]
    here = Path.cwd()
    if str(here) not in sys.path and ((here / top).is_dir() or (here / f"{top}.py").is_file()):
        sys.path.insert(0, str(here))  # as `python -m` has it
    modules = Modules(name, None)
    if not modules.reach(f"{name}."):
        return modules  # it is there and cannot be imported: `findings` says why
    module = sys.modules.get(name)
    if module is None:
        raise missing
    spec = sys.modules[top].__spec__
    root = next((place.parent for place in _places(spec)), None) if spec else None
    # Beside an installed package stand those of others.
    modules.root = None if root is None or root.name in ("site-packages", "dist-packages") else root
    return modules


def _folders(module: ModuleType | None) -> list[Path]:
    """The folders of a package, resolved; of a module that is a file, none."""
    return [Path(place).resolve() for place in getattr(module, "__path__", ())]


def _places(spec: ModuleSpec) -> Iterator[Path]:
    """The file of a module, or the folders of a package; nothing for what is built in."""
    if spec.submodule_search_locations:
        yield from (Path(place).resolve() for place in spec.submodule_search_locations)
    elif spec.has_location and spec.origin:
        yield Path(spec.origin).resolve()


def _is_ours(filename: str) -> bool:
    """Is it a frame of ours, or of the import system?"""
    return (
        filename.startswith("<frozen ")
        or Path(filename).is_relative_to(_PACKAGE)
        or "/importlib/" in filename
    )


def _unusable(handlers: str, why: str) -> DocumentError:
    return DocumentError(
        [
            Finding(
                "handlers-missing",
                f"the handlers cannot be found at `{handlers}`: {why}",
                location=Location(handlers),
                expected="a folder of Python modules, or the dotted name of an importable package",
                hint="`treaty new --handlers` writes one with a function for each operation",
            )
        ]
    )
