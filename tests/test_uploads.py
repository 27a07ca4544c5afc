"""Uploads through every mode: large ones arrive whole and are never whole in memory."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import re
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import flask
import httpx
import pytest
import starlette.applications
from respond.projects import imports_undone, operation, write_handlers
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import treaty
from treaty.asgi import App
from treaty.exchange.spool import MAX_BODY_BYTES, SPOOL_BYTES

RESPONSES = {"default": {"description": "What came", "content": {"application/json": {}}}}


def taking(
    operation_id: str, media_type: str, schema: dict[str, Any], field: str = "schema"
) -> dict[str, Any]:
    body = {"required": True, "content": {media_type: {field: schema}}}
    return {"post": operation(operation_id, requestBody=body, responses=RESPONSES)}


FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "maxLength": 1_000_000_000},
        "title": {"type": "string", "maxLength": 10},
    },
}
ITEM = {"type": "object", "required": ["n"], "properties": {"n": {"maximum": 1}}}
PART = {"type": "string", "contentMediaType": "image/png", "maxLength": 30_000_000}
DOCUMENT = {
    "openapi": "3.2.0",
    "info": {"title": "Files", "version": "1"},
    "paths": {
        "/form": taking("take_form", "multipart/form-data", FORM),
        "/image": taking("take_image", "image/*", {}),
        "/bytes": taking("take_bytes", "application/octet-stream", {}),
        "/json": taking("take_json", "application/json", {}),
        "/lines": taking("take_lines", "application/jsonl", ITEM),
        "/parts": taking("take_parts", "multipart/mixed", PART, "itemSchema"),
    },
}
HANDLERS = """
    import hashlib
    import treaty

    def said(file):
        digest = hashlib.sha256()
        while piece := file.read(100_000):
            digest.update(piece)
        return {"type": type(file).__name__, "size": file.size, "digest": digest.hexdigest()}

    def take_form(body):
        return {**said(body["file"]), "filename": body["file"].filename, "title": body.get("title")}

    async def take_image(body: "treaty.Upload | None"):
        return {**said(body), "content_type": body.content_type}

    def take_bytes(body):
        return {"type": type(body).__name__, "size": len(body)}

    def take_lines(body):
        return {"type": type(body).__name__, "size": len(body), "sum": sum(each["n"] for each in body)}

    def take_parts(body):
        return {"type": type(body).__name__, "sizes": [each.size for each in body]}

    def take_json(body):
        return {"size": len(body)}
"""
LARGE = bytes(range(256)) * (3 * SPOOL_BYTES // 256)
DIGEST = hashlib.sha256(LARGE).hexdigest()


@pytest.fixture(autouse=True)
def _imports_undone() -> Iterator[None]:
    with imports_undone():
        yield


@pytest.fixture(params=["async", "flask"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> App:
    handlers = write_handlers(tmp_path, things=HANDLERS)
    return treaty.serve(treaty.load(DOCUMENT), handlers, framework=request.param, max_upload_bytes=40_000_000)


def guarded_starlette() -> Any:
    async def take_form(request: Request) -> JSONResponse:
        async with request.form() as form:
            file: Any = form["file"]
            content = await file.read()
            return JSONResponse(
                {"size": len(content), "digest": hashlib.sha256(content).hexdigest(), "title": form["title"]}
            )

    return starlette.applications.Starlette(routes=[Route("/form", take_form, methods=["POST"])])


def guarded_flask() -> Any:
    app = flask.Flask(__name__)

    @app.post("/form")
    def take_form() -> dict[str, Any]:
        content = flask.request.files["file"].read()
        return {
            "size": len(content),
            "digest": hashlib.sha256(content).hexdigest(),
            "title": flask.request.form["title"],
        }

    return app


async def in_chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 60_000):
        yield content[start : start + 60_000]


def post(app: App, path: str, **more: Any) -> httpx.Response:
    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
            if "content" in more:
                more["content"] = in_chunks(more["content"])
            return await client.post(path, **more)

    return asyncio.run(send())


def test_a_file_of_a_form(served: App) -> None:
    for content in (LARGE, b"small"):
        files = {"file": ("a b.bin", content)}
        answer = post(served, "/form", files=files, data={"title": "A title"})
        assert answer.json() == {
            "type": "Upload",
            "size": len(content),
            "digest": hashlib.sha256(content).hexdigest(),
            "filename": "a b.bin",
            "title": "A title",
        }


def test_a_large_form_is_judged(served: App) -> None:
    answer = post(served, "/form", files={"file": LARGE}, data={"title": "A title too long"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/title")
    answer = post(served, "/form", files={"other": LARGE})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "schema-required")
    cut = {"content-type": "multipart/form-data; boundary=B"}
    answer = post(
        served,
        "/form",
        content=b'--B\r\ncontent-disposition: form-data; name="file"\r\n\r\n' + LARGE,
        headers=cut,
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "malformed-body")


def test_a_value_in_a_form_is_not_large(served: App) -> None:
    answer = post(served, "/form", files={"file": b"1"}, data={"title": "x" * (MAX_BODY_BYTES + 1)})
    assert answer.status_code == 413
    assert answer.json()["errors"][0] == {
        "detail": "the part `title` is too large",
        "code": "content-too-large",
        "location": "body",
        "pointer": "/title",
        "expected": f"at most {MAX_BODY_BYTES} bytes",
    }


def test_a_body_that_is_a_file(served: App) -> None:
    for content in (LARGE, b"small"):
        answer = post(served, "/image", content=content, headers={"content-type": "image/png"})
        assert answer.json() == {
            "type": "Upload",
            "size": len(content),
            "digest": hashlib.sha256(content).hexdigest(),
            "content_type": "image/png",
        }


def test_a_coded_file(served: App) -> None:
    coded = gzip.compress(LARGE, 0)
    headers = {"content-type": "image/png", "content-encoding": "gzip"}
    assert post(served, "/image", content=coded, headers=headers).json()["digest"] == DIGEST
    answer = post(served, "/image", content=gzip.compress(bytes(50_000_000), 0), headers=headers)
    assert answer.status_code == 413  # as it is sent
    bomb = gzip.compress(bytes(50_000_000)) + gzip.compress(LARGE, 0)
    answer = post(served, "/image", content=bomb, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (413, "content-too-large")


def test_a_function_that_takes_bytes_gets_bytes_within_bounds(served: App) -> None:
    kind = {"content-type": "application/octet-stream"}
    for content in (LARGE, b"small"):
        answer = post(served, "/bytes", content=content, headers=kind)
        assert answer.json() == {"type": "bytes", "size": len(content)}
    answer = post(served, "/bytes", content=bytes(MAX_BODY_BYTES + 1), headers=kind)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("path", "kind", "size"),
    [("/json", "application/json", MAX_BODY_BYTES + 1), ("/image", "image/png", 40_000_001)],
    ids=["no file", "larger than a file may be"],
)
def test_what_is_too_large(served: App, path: str, kind: str, size: int) -> None:
    answer = post(served, path, content=bytes(size), headers={"content-type": kind})
    most = 40_000_000 if size > 40_000_000 else MAX_BODY_BYTES
    assert (answer.status_code, answer.json()["detail"]) == (413, f"A body may have {most} bytes.")


def test_a_large_sequence_is_judged_item_by_item(served: App) -> None:
    kind = {"content-type": "application/jsonl"}
    line = b'{"n": 1, "more": "' + b"x" * 1000 + b'"}\n'
    for count, name in ((2000, "list"), (20_000, "Items")):
        answer = post(served, "/lines", content=line * count, headers=kind)
        assert answer.json() == {"type": name, "size": count, "sum": count}
    answer = post(served, "/lines", content=line * 20_000 + b'{"n": 2}', headers=kind)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (422, "/20000/n", "schema-maximum")
    answer = post(served, "/lines", content=b'{"n": 2}\n' * 3_000_000, headers=kind)
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 50)
    answer = post(served, "/lines", content=line * 20_000 + b'{"n": ', headers=kind)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "malformed-body")
    coded = gzip.compress(line * 40_000)
    answer = post(served, "/lines", content=coded, headers={**kind, "content-encoding": "gzip"})
    assert answer.status_code == 413


def test_large_parts_are_judged_one_by_one(served: App) -> None:
    kind = {"content-type": "multipart/mixed; boundary=B"}
    part = b"--B\r\ncontent-type: image/png\r\n\r\n"
    for count, name in ((2, "list"), (10, "Items")):
        content = (part + LARGE + b"\r\n") * count + b"--B--\r\n"
        assert post(served, "/parts", content=content, headers=kind).json() == {
            "type": name,
            "sizes": [len(LARGE)] * count,
        }
    content = part + LARGE + b"\r\n" + part + bytes(30_000_001) + b"\r\n--B--"
    answer = post(served, "/parts", content=content, headers=kind)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (422, "/1", "schema-maxLength")


@pytest.mark.parametrize("application", [guarded_starlette, guarded_flask])
def test_the_application_behind_a_guard_gets_it(application: Any) -> None:
    app = treaty.guard(treaty.load(DOCUMENT), application())
    answer = post(app, "/form", files={"file": ("a", LARGE)}, data={"title": "t"})
    assert answer.json() == {"size": len(LARGE), "digest": DIGEST, "title": "t"}
    assert post(app, "/form", files={"other": LARGE}).status_code == 422


def test_a_mock_takes_it() -> None:
    app = treaty.mock(treaty.load(DOCUMENT))
    assert post(app, "/image", content=LARGE, headers={"content-type": "image/png"}).status_code == 200


SERVER = """
    import sys, uvicorn, treaty
    app = treaty.serve(treaty.load("doc.yaml"), "handlers", framework=sys.argv[1])
    uvicorn.run(app, port=int(sys.argv[2]), log_level="error")
"""


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="memory is told by Linux's /proc")
@pytest.mark.parametrize("framework", ["async", "flask"])
def test_a_large_upload_costs_little_memory(framework: str, tmp_path: Path) -> None:
    import json

    (tmp_path / "doc.yaml").write_text(json.dumps(DOCUMENT))
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "__init__.py").write_text("")
    (tmp_path / "handlers" / "things.py").write_text(textwrap.dedent(HANDLERS))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", textwrap.dedent(SERVER), framework, str(port)]
    with (
        subprocess.Popen(command, cwd=tmp_path) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):
        try:
            _wait(client)
            client.post("/form", files={"file": b"1"}, data={"title": "t"})
            before = _peak(server.pid)
            with _zeros(100_000_000) as file:
                answer = client.post("/form", files={"file": file}, data={"title": "t"})
            assert answer.json()["size"] == 100_000_000
            assert _peak(server.pid) - before < 16_000
        finally:
            server.terminate()


@contextlib.contextmanager
def _zeros(size: int) -> Iterator[Any]:
    import tempfile

    with tempfile.TemporaryFile() as file:
        file.truncate(size)
        yield file


def _wait(client: httpx.Client) -> None:
    for _ in range(200):
        with contextlib.suppress(httpx.TransportError):
            client.get("/nowhere")
            return
        time.sleep(0.05)
    raise AssertionError("the server does not answer")


def _peak(pid: int) -> int:
    """The most memory that a process has had, in KiB."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1])
