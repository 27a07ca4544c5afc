"""Stubs: a function for each operation that has none, in the module of its tag. Nothing is overwritten."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from treaty.contract.contract import Contract
from treaty.contract.model import Operation
from treaty.document.library import value_at
from treaty.findings import DocumentError
from treaty.respond.resolve import resolve
from treaty.respond.signature import function_name, module_name, signature

_HEADER = '''"""{title}"""

from __future__ import annotations

from typing import Any
'''


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was made or appended to, and the functions that are new in it."""

    path: Path
    created: bool
    functions: tuple[str, ...]


def write_stubs(contract: Contract, folder: Path) -> list[Written]:
    """Write a stub for every operation without a handler into the package at `folder`.

    New files are made, existing ones appended to. A stub answers 501. Raises
    `DocumentError` when handlers that exist cannot be imported: then nothing is written.
    """
    missing = _missing(contract, folder)
    by_path: dict[Path, list[Operation]] = {}
    for operation in missing:
        by_path.setdefault(folder / f"{module_name(operation) or '__init__'}.py", []).append(operation)
    if by_path:
        folder.mkdir(parents=True, exist_ok=True)
        by_path.setdefault(folder / "__init__.py", [])
    return [written for path in sorted(by_path) if (written := _write(contract, path, by_path[path]))]


def stub(contract: Contract, operation: Operation) -> str:
    """The source of a function for an operation."""
    name = function_name(operation)
    summary = _summary(contract, operation) or f"Answer {operation.method} {operation.path}."
    return f'''
{signature(contract, operation)}
    """{_in_docstring(summary)}"""
    detail = "{name} is not written yet."
    problem = {{"title": "Not Implemented", "status": 501, "detail": detail}}
    return problem, 501, {{"content-type": "application/problem+json"}}
'''


def _missing(contract: Contract, folder: Path) -> tuple[Operation, ...]:
    if not folder.is_dir():
        return contract.operations
    resolved = resolve(contract, folder)
    unreadable = [finding for finding in resolved.findings if finding.code == "handler-import-failed"]
    if unreadable:
        raise DocumentError(unreadable)
    return resolved.missing


def _write(contract: Contract, path: Path, operations: list[Operation]) -> Written | None:
    """Make or append to one module; None when there is nothing to write."""
    created = not path.exists()
    if not created and not operations:
        return None
    before = _HEADER.format(title=_title(contract, path, operations)) if created and operations else ""
    if created and not operations:
        before = f'"""{_title(contract, path, operations)}"""\n'
    if not created and "Any" not in _bound_names(path):
        before = "\nfrom typing import Any  # noqa: E402  # for the functions below\n"
    functions = {function_name(each): stub(contract, each) for each in operations}
    with path.open("x" if created else "a", encoding="utf-8") as file:
        file.write(before + "".join(f"\n{source}" for source in functions.values()))
    return Written(path, created, tuple(functions))


def _bound_names(path: Path) -> set[str]:
    """The names that the top level of a module imports."""
    tree = ast.parse(path.read_text("utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def _title(contract: Contract, path: Path, operations: list[Operation]) -> str:
    tag = operations[0].tags[0] if operations and operations[0].tags else ""
    name = contract.title or "this API"
    return _in_docstring(
        f"{name}: {tag}." if tag and path.name != "__init__.py" else f"The handlers of {name}."
    )


def _summary(contract: Contract, operation: Operation) -> str:
    try:
        node = value_at(contract.document.data, operation.pointer)
    except LookupError:
        return ""
    said = node.get("summary") if isinstance(node, dict) else None
    return said.strip() if isinstance(said, str) else ""


def _in_docstring(text: str) -> str:
    """A text of the document on one line, with nothing in it that could end the docstring."""
    line = " ".join(text.split())
    line = "".join(each for each in line if each.isprintable()).replace("\\", "/").replace('"', "'")
    return line if line.endswith((".", "!", "?")) else f"{line}."
