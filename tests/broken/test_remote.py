"""References to the network: refused unasked, and within bounds when allowed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

import treaty
from broken.asking import codes, is_unreadable, lines, placed, refused, run, text, write
from treaty.document import remote

if TYPE_CHECKING:
    from pathlib import Path

SCHEMAS = b"S: {type: string}\nR: {$ref: 'more/other.yaml#/O'}\n"
OTHER = b"O: {type: integer}\n"
ENTRY = text(
    "paths: {}\ncomponents:\n  schemas:\n    S: {$ref: 'schemas.yaml#/S'}\n", version="3.1.0"
).encode()

PAGES = {
    "/schemas.yaml": SCHEMAS,
    "/more/other.yaml": OTHER,
    "/openapi.yaml": ENTRY,
    "/alone.yaml": text("paths: {}\n").encode(),
    "/wrong.yaml": text("paths: []\n").encode(),
    "/deep/schemas.yaml": b"R: {$ref: 'more/other.yaml#/O'}\n",
    "/broken.yaml": b"S: [\n",
    "/big.yaml": b"#" * 100_000,
}
REDIRECTS = {
    "/moved.yaml": "/schemas.yaml",
    "/round.yaml": "/round.yaml",
    "/out.yaml": "file:///etc/hosts",
}


class _Handler(BaseHTTPRequestHandler):
    released = threading.Event()

    def do_GET(self) -> None:
        if self.path == "/hangs.yaml":
            self.released.wait()
            self.close_connection = True
        elif self.path in REDIRECTS:
            self.answer(302, b"", REDIRECTS[self.path])
        elif self.path in PAGES:
            self.answer(200, PAGES[self.path])
        elif self.path == "/endless.yaml":
            self.answer_without_end()
        else:
            self.answer(404, b"")

    def answer(self, status: int, body: bytes, location: str = "") -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        if location:
            self.send_header("location", location)
        self.end_headers()
        self.wfile.write(body)

    def answer_without_end(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while not self.released.is_set():
                self.wfile.write(b"# more\n" * 1_000)
        except OSError:  # the other side has read enough
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    _Handler.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def entry(folder: Path, reference: str) -> Path:
    body = f"paths: {{}}\ncomponents:\n  schemas:\n    A:\n      $ref: '{reference}'\n"
    return write(folder, {"openapi.yaml": text(body, "3.1.0")})


def test_nothing_is_fetched_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("treaty.document.library.fetch", lambda *_: pytest.fail("it was fetched"))
    path = entry(tmp_path, "http://127.0.0.1:9/schemas.yaml#/S")
    findings = placed(refused(path))
    assert (codes(findings), lines(findings)) == (["remote-reference"], [("openapi.yaml", 7)])
    assert "--allow-remote-refs" in findings[0].hint
    is_unreadable(path, "remote-reference")


def test_a_remote_schema_when_allowed(host: str, tmp_path: Path) -> None:
    path = entry(tmp_path, f"{host}/schemas.yaml#/S")
    data = treaty.load(path, remote_references=True).document.data
    assert data["components"]["schemas"]["A"] == {"type": "string"}
    assert run("check", path, "--allow-remote-refs")[0] == 0


def test_a_remote_file_refers_to_what_is_beside_it(host: str, tmp_path: Path) -> None:
    path = entry(tmp_path, f"{host}/deep/schemas.yaml#/R")
    assert codes(placed(refused(path, remote_references=True))) == ["unreachable"]
    path = entry(tmp_path, f"{host}/schemas.yaml#/R")
    schemas = treaty.load(path, remote_references=True).document.data["components"]["schemas"]
    assert schemas == {"A": {"$ref": "#/components/schemas/O"}, "O": {"type": "integer"}}


def test_a_redirect_is_followed_and_references_start_from_its_end(host: str, tmp_path: Path) -> None:
    contract = treaty.load(entry(tmp_path, f"{host}/moved.yaml#/R"), remote_references=True)
    assert contract.document.data["components"]["schemas"]["O"] == {"type": "integer"}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none.yaml", "404"),
        ("round.yaml", "redirects"),
        ("out.yaml", "file"),
        ("hangs.yaml", "no answer within"),
    ],
)
def test_what_cannot_be_had(
    host: str, name: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "WAIT_SECONDS", 0.2)
    path = entry(tmp_path, f"{host}/{name}#/S")
    findings = placed(refused(path, remote_references=True))
    assert (codes(findings), lines(findings)) == (["unreachable"], [("openapi.yaml", 7)])
    assert why in findings[0].message.lower()
    is_unreadable(path, "unreachable", "--allow-remote-refs")


def test_an_address_where_nobody_listens(tmp_path: Path) -> None:
    path = entry(tmp_path, "http://127.0.0.1:1/a.yaml")
    assert codes(placed(refused(path, remote_references=True))) == ["unreachable"]


@pytest.mark.parametrize("name", ["big.yaml", "endless.yaml"])
def test_a_remote_file_is_bounded_in_size(host: str, name: str, tmp_path: Path) -> None:
    path = entry(tmp_path, f"{host}/{name}")
    findings = placed(refused(path, remote_references=True, max_bytes=50_000))
    assert codes(findings) == ["too-large"]
    assert [each.line for each in findings[0].related] == [7]


def test_a_remote_file_is_bounded_in_time(host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "TOTAL_SECONDS", 0.0)
    path = entry(tmp_path, f"{host}/endless.yaml")
    assert "longer than" in placed(refused(path, remote_references=True))[0].message


def test_a_broken_remote_file_has_lines(host: str, tmp_path: Path) -> None:
    findings = placed(refused(entry(tmp_path, f"{host}/broken.yaml"), remote_references=True))
    assert codes(findings) == ["yaml-syntax"]
    assert lines(findings)[0][0] == "broken.yaml"


def test_the_entry_document_may_be_a_url(host: str) -> None:
    assert treaty.load(f"{host}/alone.yaml").version == "1"
    assert lines(placed(refused(f"{host}/wrong.yaml"))) == [("wrong.yaml", 3)]
    assert codes(placed(refused(f"{host}/openapi.yaml"))) == ["remote-reference"]
    schemas = treaty.load(f"{host}/openapi.yaml", remote_references=True).document.data["components"][
        "schemas"
    ]
    assert schemas == {"S": {"type": "string"}}
    assert codes(refused(f"{host}/none.yaml")) == ["unreachable"]
    is_unreadable(f"{host}/none.yaml", "unreachable")
