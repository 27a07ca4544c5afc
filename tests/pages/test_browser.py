"""The page in a real browser, which can resolve no name, so nothing leaves 127.0.0.1. Its network
log tells which requests a page caused (they have an initiator; the browser's own errands have none)."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from treaty.pages import asset, reference_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-dev-shm-usage",
    "--virtual-time-budget=15000",
    "--dump-dom",
)

OK = {"200": {"description": "ok"}}
DOCUMENT = {
    "openapi": "3.2.0",
    "$self": "https://foreign.example/openapi.json",
    "info": {
        "title": "Shelf",
        "version": "1.0.0",
        "description": "![track](http://foreign.example/markdown.png) <img src='http://foreign.example/html.png'>",
    },
    "servers": [{"url": "http://foreign.example/v1", "name": "production"}],
    "tags": [{"name": "books", "kind": "nav"}, {"name": "rare", "parent": "books"}],
    "paths": {
        "/books": {
            "get": {"operationId": "list_books", "summary": "List the books", "responses": OK},
            "query": {"operationId": "query_books", "summary": "Query the books", "responses": OK},
            "additionalOperations": {
                "COPY": {"operationId": "copy_books", "summary": "Copy the books", "responses": OK}
            },
        },
    },
}
FOREIGN_IMAGE = b"<!doctype html><img src='http://foreign.example/control.png'>"


@contextmanager
def serving(routes: dict[str, tuple[bytes, str, str | None]], asked: list[str]) -> Iterator[int]:
    """A server on a free port of 127.0.0.1 that records every path asked for."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            content, content_type, encoding = routes.get(self.path, (b"", "text/plain", None))
            self.send_response(200 if self.path in routes else 404)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(content)))
            if encoding:
                self.send_header("Content-Encoding", encoding)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- as in the base class
            """Say nothing: `asked` is the record."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def routes(prefix: str) -> dict[str, tuple[bytes, str, str | None]]:
    table: dict[str, tuple[bytes, str, str | None]] = {
        f"{prefix}/docs": (reference_page("Shelf reference"), "text/html", None),
        f"{prefix}/openapi.json": (json.dumps(DOCUMENT).encode(), "application/json", None),
        "/control": (FOREIGN_IMAGE, "text/html", None),
    }
    for name in ("start.js", "start.css", "swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"):
        found = asset(name)
        assert found
        table[f"{prefix}/docs/assets/{name}"] = (found.content, found.content_type, found.encoding)
    return table


def rendered(url: str, directory: Path) -> tuple[str, set[str]]:
    """The DOM of `url` after its scripts have run, and the URLs that the page asked for."""
    assert CHROMIUM
    log = directory / "network.json"
    own = [f"--user-data-dir={directory / 'profile'}", f"--log-net-log={log}"]
    command = [CHROMIUM, *SWITCHES, *own, url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    events = [event.get("params", {}) for event in json.loads(log.read_text("utf-8"))["events"]]
    caused = [params for params in events if str(params.get("initiator", "")).startswith("http")]
    return done.stdout, {params["url"] for params in caused}


@pytest.mark.parametrize("prefix", ["", "/tools/shelf"])
def test_reference_shows_the_operations_and_asks_no_other_host(prefix: str, tmp_path: Path) -> None:
    asked: list[str] = []
    table = routes(prefix)
    with serving(table, asked) as port:
        dom, caused = rendered(f"http://127.0.0.1:{port}{prefix}/docs", tmp_path)
    for shown in ("List the books", "Query the books", "Copy the books", "OAS 3.2"):
        assert shown in dom
    assert f"http://127.0.0.1:{port}{prefix}/openapi.json" in caused
    assert [url for url in caused if not url.startswith((f"http://127.0.0.1:{port}/", "data:"))] == []
    assert set(asked) <= set(table)


def test_a_request_to_another_host_would_be_seen(tmp_path: Path) -> None:
    with serving(routes(""), []) as port:
        _, caused = rendered(f"http://127.0.0.1:{port}/control", tmp_path)
    assert "http://foreign.example/control.png" in caused
