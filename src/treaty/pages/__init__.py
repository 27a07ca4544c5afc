"""The browsable API reference: one HTML page and its assets, all from this package.

The page is Swagger UI, kept in `assets/`; nothing is fetched from another host, so it
works offline. It is served at `/docs`, its assets below `/docs/assets/`, and reads the
bundled document; every URL in it is relative, so a base path or a proxy needs no setting.
Where several documents are served, another page lists them.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

ASSETS_DIRECTORY = Path(__file__).parent / "assets"

# Sent in the page itself; a server may send it as a header too. Whatever a document or its
# Markdown refers to, the browser asks only the server that the page came from.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'"
)

# name asked for: (file in assets/, media type, content coding)
_TABLE: dict[str, tuple[str, str, str | None]] = {
    "favicon-32x32.png": ("favicon-32x32.png", "image/png", None),
    "start.css": ("start.css", "text/css; charset=utf-8", None),
    "start.js": ("start.js", "text/javascript; charset=utf-8", None),
    "swagger-ui-bundle.js": ("swagger-ui-bundle.js.gz", "text/javascript; charset=utf-8", "gzip"),
    "swagger-ui-bundle.js.LICENSE.txt": (
        "swagger-ui-bundle.js.LICENSE.txt",
        "text/plain; charset=utf-8",
        None,
    ),
    "swagger-ui.css": ("swagger-ui.css.gz", "text/css; charset=utf-8", "gzip"),
}

ASSET_NAMES = frozenset(_TABLE)

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<link rel="icon" type="image/png" href="{assets}/favicon-32x32.png">
<link rel="stylesheet" href="{assets}/swagger-ui.css">
<link rel="stylesheet" href="{assets}/start.css">
</head>
<body>
<p class="note">“Try it out” sends its requests to this server,
whatever the document names under servers. <a href="{document}">Document</a></p>
<main id="reference" data-document="{document}"></main>
<noscript>This page needs JavaScript. The API is described in <a href="{document}">{document}</a>.</noscript>
<script src="{assets}/swagger-ui-bundle.js"></script>
<script src="{assets}/start.js"></script>
</body>
</html>
"""

_INDEX = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>API references</title>
</head>
<body>
<h1>API references</h1>
<ul>
{items}
</ul>
</body>
</html>
"""
_ITEM = """\
<li><a href="{home}/docs">{title}</a> ({count}), <a href="{home}/openapi.json">document</a></li>"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in the list; its pages are below `home` (`/users`)."""

    title: str
    version: str
    operations: int
    home: str


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the page: the bytes to send, Content-Type, Content-Encoding (RFC 9110 §8.4) or None."""

    content: bytes
    content_type: str
    encoding: str | None


def reference_page(
    title: str, document_path: str = "openapi.json", assets_path: str = "docs/assets"
) -> bytes:
    """The HTML of the reference page, UTF-8; the paths are relative to the parent of the page's URL."""
    page = _PAGE.format(
        policy=html.escape(CONTENT_SECURITY_POLICY),
        title=html.escape(title),
        document=html.escape(document_path),
        assets=html.escape(assets_path),
    )
    return page.encode("utf-8", "replace")


def index_page(listed: Iterable[Listed]) -> bytes:
    """The HTML of the list of documents, UTF-8; its links are relative to the root."""
    items = (
        _ITEM.format(
            home=html.escape(quote(each.home.lstrip("/"))),
            title=html.escape(f"{each.title or 'untitled'} {each.version}".strip()),
            count=f"{each.operations:,} operation{'s' * (each.operations != 1)}",
        )
        for each in listed
    )
    return _INDEX.format(items="\n".join(items)).encode("utf-8", "replace")


def asset(name: str) -> Asset | None:
    """The asset of that name, or None; only names of a fixed table are known, no path is followed."""
    entry = _TABLE.get(name)
    if entry is None:
        return None
    file, content_type, encoding = entry
    return Asset(_content(file), content_type, encoding)


@cache  # called with the files of the table only, so it holds at most all of them (0.5 MB)
def _content(file: str) -> bytes:
    return (ASSETS_DIRECTORY / file).read_bytes()
