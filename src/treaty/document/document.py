"""Load: from a file, a folder, a URL or a value to one bundled document of known version."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from treaty.document.bundle import bundle
from treaty.document.library import Access, Library
from treaty.document.operations import OperationAt, operations_of
from treaty.document.semantics import check_semantics
from treaty.document.sources import Resource, Sources
from treaty.document.structure import check_structure
from treaty.document.survey import Survey, survey
from treaty.document.usable import is_refused, tolerated
from treaty.document.versions import Version, version_of
from treaty.findings import DocumentError, Finding, Json, Location

# What a folder's entry document is called, first choice first.
ENTRY_NAMES = tuple(
    f"{stem}.{ending}" for stem in ("openapi", "swagger") for ending in ("yaml", "yml", "json")
)
# The key that makes a file an OpenAPI document, near its beginning: in YAML, or in JSON.
_CALLED = re.compile(
    rb"""^(?:openapi|swagger)["']?\s*:|["'](?:openapi|swagger)["']\s*:\s*["']\d""", re.MULTILINE
)
_HEAD_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """An OpenAPI document that was read, joined from its files and checked.

    `data` is the whole document with internal references only; `found` is what was
    found and does not prevent its use, by JSON Pointer.
    """

    version: Version
    data: Json = field(repr=False)
    sources: Sources = field(repr=False)
    survey: Survey = field(repr=False)
    operations: tuple[OperationAt, ...] = field(repr=False)
    found: tuple[Finding, ...] = ()

    def bundle(self) -> dict[str, Json]:
        """The document as one, with internal references only."""
        bundled: dict[str, Json] = self.data
        return bundled


def open_document(source: str | Path | dict[str, Json], access: Access | None = None) -> Document:
    """Read a document and check it.

    `source` is a file, a folder with an entry document (`openapi.yaml` or the only
    such file in it), an http(s) URL, or the document itself as a dict.
    What is wrong and does not prevent its use is found as a warning. Raises `DocumentError`
    with everything that is wrong, if some of it prevents that.
    """
    document = inspect_document(source, access)
    if is_refused(document.found, document.survey, len(document.operations)):
        raise DocumentError(document.sources.place(document.found))
    return replace(document, found=tuple(tolerated(document.found)))


def inspect_document(source: str | Path | dict[str, Json], access: Access | None = None) -> Document:
    """As `open_document`, but nothing that is wrong with a document that could be read prevents its use."""
    library = Library(access or Access())
    entry = _open_entry(source, library)
    version = _version(entry)
    data, sources = bundle(entry, library, version)
    surveyed = survey(data, version, entry.uri)
    operations = tuple(operations_of(data, version))
    found = (
        *surveyed.findings,
        *check_structure(data, version, surveyed),
        *check_semantics(data, version, operations),
    )
    return Document(version, data, sources, surveyed, operations, found)


def find_entries(folder: Path) -> list[Path]:
    """The entry documents in a folder and the folders directly in it, in order of their names."""
    return [
        next(path for name in ENTRY_NAMES if (path := where / name).is_file())
        for where in (folder, *sorted(path for path in folder.iterdir() if path.is_dir()))
        if any((where / name).is_file() for name in ENTRY_NAMES)
    ]


def find_documents(folder: Path) -> list[Path]:
    """Every document in a folder: the entry documents, or else the files that call themselves one."""
    return find_entries(folder) or [
        path
        for path in sorted(folder.iterdir())
        if path.suffix in (".yaml", ".yml", ".json") and path.is_file() and _calls_itself_one(path)
    ]


def _calls_itself_one(path: Path) -> bool:
    with path.open("rb") as file:
        return _CALLED.search(file.read(_HEAD_BYTES)) is not None


def _version(entry: Resource) -> Version:
    try:
        return version_of(entry.data, entry.uri)
    except DocumentError as error:
        raise DocumentError(Sources(entry, {entry.uri: entry}).place(error.findings)) from None


def _open_entry(source: str | Path | dict[str, Json], library: Library) -> Resource:
    if isinstance(source, dict):
        library.roots = library.access.roots
        return library.open_value(source)
    if isinstance(source, str) and source.startswith(("http://", "https://")):
        library.roots = library.access.roots
        return library.open_url(source)
    path = Path(source)
    if os.path.isdir(path):  # noqa: PTH112  Path.is_dir raises for names that no file can have
        path = _entry_in(path)
    library.roots = tuple(Path(os.path.realpath(root)) for root in library.access.roots or (path.parent,))
    return library.open_path(path)


def _entry_in(folder: Path) -> Path:
    try:
        entries = find_entries(folder)
    except OSError as error:
        why = f"cannot read the folder {folder}: {error.strerror}"
        hint = "check its permissions"
        raise DocumentError([Finding("unreadable", why, location=Location(str(folder)), hint=hint)]) from None
    if len(entries) == 1:
        return entries[0]
    found = ", ".join(str(path) for path in entries) or "none"
    raise DocumentError(
        [
            Finding(
                "no-entry-document" if not entries else "several-entry-documents",
                f"cannot tell which document of the folder {folder} is meant: found {found}",
                location=Location(str(folder)),
                expected="one file named " + ", ".join(ENTRY_NAMES),
                hint="name the file itself",
            )
        ]
    )
