"""The library: opens the files and URLs of one document, within the roots it may read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from treaty.document.read import MAX_BYTES, check_size, read
from treaty.document.sources import Resource
from treaty.findings import DocumentError, Finding, Json, Location, path_of

REMOTE_TIMEOUT_SECONDS = 20.0
MEMORY_URI = "memory:///document"


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
    """Opens resources by absolute URI, each once."""

    access: Access
    roots: tuple[Path, ...] = ()
    opened: dict[str, Resource] = field(default_factory=dict)

    def open_path(self, path: Path) -> Resource:
        """Open a local file. Raises `DocumentError` when it is not there, too large or unreadable."""
        uri = path.absolute().as_uri()
        if uri not in self.opened:
            label = _label(path)
            self.opened[uri] = Resource(uri, label, self._read(self._bytes(path, label), label), path)
        return self.opened[uri]

    def open_value(self, value: Json) -> Resource:
        """Take a value that is already in memory."""
        self.opened[MEMORY_URI] = Resource(MEMORY_URI, "<document>", value)
        return self.opened[MEMORY_URI]

    def open_url(self, uri: str) -> Resource:
        """Fetch a URL. Raises `DocumentError` when it cannot be had."""
        if uri not in self.opened:
            content = self._fetch(uri)
            self.opened[uri] = Resource(uri, uri, self._read(content, uri), content=content)
        return self.opened[uri]

    def open_reference(self, uri: str, where: Location) -> Resource:
        """Open what a `$ref` points at; `where` is the place of the `$ref`, for the finding."""
        if uri in self.opened:
            return self.opened[uri]
        scheme = urlsplit(uri).scheme
        if scheme == "file":
            return self._open_within_roots(_path(uri), where)
        if scheme in ("http", "https"):
            if not self.access.remote:
                raise DocumentError([_remote_refused(uri, where)])
            return self.open_url(uri)
        raise DocumentError(
            [_not_found(uri, where, f"`{scheme or uri}` is not a kind of address that can be read")]
        )

    def _open_within_roots(self, path: Path, where: Location) -> Resource:
        real = path.resolve()
        if not any(real.is_relative_to(root) for root in self.roots):
            raise DocumentError([_outside_roots(path, self.roots, where)])
        if not real.is_file():
            raise DocumentError([_not_found(_label(path), where, "there is no such file")])
        return self.open_path(path)

    def _read(self, content: bytes, label: str) -> Json:
        return read(content, label, max_bytes=self.access.max_bytes)

    def _bytes(self, path: Path, label: str) -> bytes:
        try:
            check_size(path.stat().st_size, label, self.access.max_bytes)
            return path.read_bytes()
        except OSError as error:
            raise DocumentError([_unreadable(label, error.strerror or str(error))]) from error

    def _fetch(self, uri: str) -> bytes:
        import httpx  # here, because few documents are remote and it is slow to import

        try:
            with httpx.stream("GET", uri, follow_redirects=True, timeout=REMOTE_TIMEOUT_SECONDS) as response:
                response.raise_for_status()
                content = bytearray()
                for chunk in response.iter_bytes():
                    content += chunk
                    check_size(len(content), uri, self.access.max_bytes)
        except httpx.HTTPError as error:
            raise DocumentError([_unreadable(uri, str(error) or type(error).__name__)]) from error
        return bytes(content)


def split_reference(base: str, reference: str) -> tuple[str, str]:
    """The absolute URI and the decoded fragment of a reference against its base (RFC 3986, section 5)."""
    address, fragment = urldefrag(reference)
    return (urljoin(base, address) if address else urldefrag(base)[0]), unquote(fragment)


def value_at(data: Json, pointer: str) -> Json:
    """The value a JSON Pointer names. Raises `LookupError` when there is none (RFC 6901)."""
    if pointer and not pointer.startswith("/"):
        raise LookupError(pointer)
    for part in path_of(pointer):
        if isinstance(data, dict):
            data = data[part]
        elif isinstance(data, list) and part.isascii() and part.isdigit():
            data = data[int(part)]
        else:
            raise LookupError(part)
    return data


def _path(uri: str) -> Path:
    path = urlsplit(uri).path
    if os.name != "nt":
        return Path(unquote(path))
    from urllib.request import url2pathname  # here, because it brings a whole HTTP client with it

    return Path(url2pathname(path))


def _label(path: Path) -> str:
    """The path as people would type it: relative where it is below the current folder."""
    absolute = path.absolute()
    try:
        return str(absolute.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(absolute)


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
