"""The library: opens the files and URLs of one document, within the roots it may read."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from treaty.document.plain import plain
from treaty.document.read import MAX_BYTES as MAX_BYTES  # part of what `Access` says
from treaty.document.read import check_size, read
from treaty.document.remote import fetch
from treaty.document.sources import Resource
from treaty.document.specifications import specification_file
from treaty.findings import DocumentError, Finding, Json, Location, path_of

MEMORY_URI: Final = "memory:///document"
# Of a list in a JSON Pointer; longer digits name no item of a file that can be read.
_INDEX_DIGITS: Final = 9
# A relative path to a file: nothing in it has a meaning in a URI but `/` and dots.
_PLAIN_PATH = re.compile(r"(?:\.\.?/)*[A-Za-z0-9_-][A-Za-z0-9_./-]*[A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Access:
    """What a document may read: folders, the network or not, and how large a file.

    Without `roots` it is the folder tree of the entry document.
    """

    roots: tuple[Path, ...] = ()
    remote: bool = False
    max_bytes: int = MAX_BYTES


@dataclass(slots=True)
class Library:
    """Opens resources by absolute URI, each once; what could not be read is not tried again."""

    access: Access
    roots: tuple[Path, ...] = ()
    opened: dict[str, Resource] = field(default_factory=dict)
    failed: dict[str, DocumentError] = field(default_factory=dict)

    def open_path(self, path: Path) -> Resource:
        """Open a local file. Raises `DocumentError` when it is not there, too large or unreadable."""
        label = label_of(path)
        try:
            uri = absolute(path).as_uri()
            content, can_be_read_again = self._bytes(path, label)
        except (OSError, ValueError) as error:
            raise DocumentError([_unreadable(label, _reason(error))]) from None
        kept = None if can_be_read_again else content
        where = path if can_be_read_again else None
        self.opened[uri] = Resource(uri, label, self._read(content, label), where, kept)
        return self.opened[uri]

    def open_value(self, value: Json) -> Resource:
        """Take a value that is already in memory. Raises `DocumentError` when it is not JSON."""
        self.opened[MEMORY_URI] = Resource(MEMORY_URI, "<document>", plain(value, "<document>"))
        return self.opened[MEMORY_URI]

    def open_url(self, uri: str) -> Resource:
        """Fetch a URL. Raises `DocumentError` when it cannot be had."""
        final, content = fetch(uri, self.access.max_bytes)
        # Where a redirect led is what its references start from (RFC 3986, section 5.1.3).
        resource = Resource(final, final, self._read(content, final), content=content)
        self.opened[uri] = self.opened[final] = resource
        return resource

    def open_published(self, uri: str, path: Path) -> Resource:
        """A meta-schema by its address; an installed package has it."""
        content = path.read_bytes()
        self.opened[uri] = Resource(uri, uri, self._read(content, uri), content=content)
        return self.opened[uri]

    def is_readable(self, uri: str) -> bool:
        """Is it the address of a file within the roots?"""
        try:
            real = _path(uri).resolve() if uri.startswith("file:") else None
            return real is not None and any(map(real.is_relative_to, self.roots)) and real.is_file()
        except (OSError, RuntimeError, ValueError):
            return False

    def open_reference(self, uri: str, where: Location) -> Resource:
        """Open what a `$ref` points at; `where` is the place of the `$ref`, for the finding."""
        if uri in self.opened:
            return self.opened[uri]
        if uri in self.failed:
            raise self.failed[uri]
        try:
            return self._open(uri, where)
        except DocumentError as error:
            told = DocumentError([_reached_from(finding, where) for finding in error.findings])
            if told.findings != error.findings:  # it is the file that is wrong, not this reference
                self.failed[uri] = told
            raise told from None

    def _open(self, uri: str, where: Location) -> Resource:
        try:
            scheme = urlsplit(uri).scheme
        except ValueError as error:
            raise DocumentError([_not_found(uri, where, f"that is no address: {error}")]) from None
        if scheme == "file":
            return self._open_within_roots(_path(uri), where)
        if scheme in ("http", "https"):
            published = specification_file(uri)
            if published is not None:
                return self.open_published(uri, published)
            if not self.access.remote:
                raise DocumentError([_remote_refused(uri, where)])
            return self.open_url(uri)
        raise DocumentError(
            [_not_found(uri, where, f"`{scheme or uri}` is not a kind of address that can be read")]
        )

    def _open_within_roots(self, path: Path, where: Location) -> Resource:
        try:
            real = path.resolve()
            is_inside = any(real.is_relative_to(root) for root in self.roots)
            is_file = is_inside and real.is_file()
        except (OSError, RuntimeError, ValueError) as error:  # a name too long, a loop of links, a null
            raise DocumentError([_not_found(label_of(path), where, _reason(error))]) from None
        if not is_inside:
            raise DocumentError([_outside_roots(path, self.roots, where)])
        if not is_file:
            raise DocumentError([_not_found(label_of(path), where, "there is no such file")])
        return self.open_path(path)

    def _read(self, content: bytes, label: str) -> Json:
        return read(content, label, max_bytes=self.access.max_bytes)

    def _bytes(self, path: Path, label: str) -> tuple[bytes, bool]:
        """The content, and whether it can be read again: a pipe gives it once, a device without end."""
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            check_size(status.st_size, label, self.access.max_bytes)
            content = file.read(self.access.max_bytes + 1)
        check_size(len(content), label, self.access.max_bytes)
        return content, stat.S_ISREG(status.st_mode)


def join_reference(base: str, reference: str) -> str:
    """The absolute URI of a reference (RFC 3986, section 5); what is no URI at all stays as written."""
    if base.startswith("file:///") and _PLAIN_PATH.fullmatch(reference):  # as below, in a tenth of the time
        return "file://" + posixpath.normpath(f"{base[7 : base.rindex('/')]}/{reference}")
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference


def absolute(path: Path) -> Path:
    """The path from the root, without `..`: two names of one file must be one URI. Links are not followed."""
    return Path(os.path.normpath(path.absolute()))


def split_reference(base: str, reference: str) -> tuple[str, str]:
    """The absolute URI and the decoded fragment of a reference against its base (RFC 3986, section 5).

    `#/` is in use for the whole document; what it says, a member without a name, no document has.
    """
    address, _, fragment = reference.partition("#")
    fragment = "" if fragment == "/" else fragment
    return (join_reference(base, address) if address else base.partition("#")[0]), unquote(fragment)


def value_at(data: Json, pointer: str) -> Json:
    """The value a JSON Pointer names. Raises `LookupError` when there is none (RFC 6901)."""
    if pointer and not pointer.startswith("/"):
        raise LookupError(pointer)
    for part in path_of(pointer):
        if isinstance(data, dict):
            data = data[part]
        elif isinstance(data, list) and part.isascii() and part.isdigit() and len(part) <= _INDEX_DIGITS:
            data = data[int(part)]
        else:
            raise LookupError(part)
    return data


def _reached_from(finding: Finding, where: Location) -> Finding:
    """The finding with the `$ref` that led to it: beside its line or, where it has none, as its place."""
    if finding.location == where:
        return finding
    if finding.location is None or not finding.location.line:
        return replace(finding, location=where)
    return replace(finding, related=(*finding.related, where))


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _path(uri: str) -> Path:
    path = urlsplit(uri).path
    if os.name != "nt":
        return Path(unquote(path))
    from urllib.request import url2pathname  # here, because it brings a whole HTTP client with it

    return Path(url2pathname(path))


def label_of(path: Path) -> str:
    """The path as people would type it: relative where it is below the current folder."""
    whole = absolute(path)
    try:
        return str(whole.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(whole)


def _unreadable(label: str, why: str) -> Finding:
    return Finding(
        "unreadable",
        f"cannot read {label}: {why}",
        location=Location(label),
        expected="a readable OpenAPI document in YAML or JSON",
        hint="check the path and its permissions",
    )


def _not_found(target: str, where: Location, why: str) -> Finding:
    return Finding(
        "reference-not-found",
        f"`$ref` leads to {target}, but {why}",
        location=where,
        hint="a relative `$ref` starts from the file it stands in",
    )


def _outside_roots(path: Path, roots: tuple[Path, ...], where: Location) -> Finding:
    allowed = ", ".join(str(root) for root in roots) or "none"
    return Finding(
        "reference-outside-roots",
        f"`$ref` leads to {path}, outside the folders that may be read",
        location=where,
        expected=f"a file below {allowed}",
        hint="move the file, or allow its folder with --allow-root",
    )


def _remote_refused(uri: str, where: Location) -> Finding:
    return Finding(
        "remote-reference",
        f"`$ref` leads to {uri}, and nothing is fetched from the network unasked",
        location=where,
        expected="a file beside the document",
        hint="allow it with --allow-remote-refs, or keep a copy of the file",
    )
