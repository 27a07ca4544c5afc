"""Files that are uploaded to a stateful mock, and read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from respond.remembered import PATH_ID, answers, ask, body, content, mocked, told

from treaty.asgi import App

BYTES = b"\x89PNG\r\n\x00\xff"
BINARY = {"type": "string", "format": "binary"}
FILE = {
    "type": "object",
    "required": ["id", "filename", "bytes"],
    "properties": {
        "id": {"type": "string"},
        "filename": {"type": "string"},
        "bytes": {"type": "integer"},
        "mime_type": {"type": "string"},
        "purpose": {"type": "string"},
    },
}
FORM = {"type": "object", "properties": {"file": BINARY, "purpose": {"type": "string"}}}
PARTS = (
    b'--B\r\nContent-Disposition: form-data; name="purpose"\r\n\r\ntest\r\n'
    b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    + BYTES
    + b"\r\n--B--\r\n"
)
MULTIPART = "multipart/form-data; boundary=B"


def sent_as(kind: str) -> dict[str, Any]:
    return {"200": {"description": "", "content": content(BINARY, kind)}, "404": {"description": ""}}


def files(suffix: str = "/content", kind: str = "application/octet-stream") -> dict[str, Any]:
    """Files with their own path, whose content is at another or the same."""
    one = {"parameters": [PATH_ID], "delete": {"responses": answers(_204=None, _404=None)}}
    paths = {
        "/files": {
            "get": {"responses": answers(_200={"type": "array", "items": FILE})},
            "post": {"requestBody": body(FORM, "multipart/form-data"), "responses": answers(_201=FILE)},
        },
        "/files/{id}": one,
    }
    if suffix:
        one["get"] = {"responses": answers(_200=FILE, _404=None)}
    paths.setdefault("/files/{id}" + suffix, {"parameters": [PATH_ID]})["get"] = {"responses": sent_as(kind)}
    return paths


def uploaded(app: App) -> str:
    response = ask(app, "POST", "/files", PARTS, content_type=MULTIPART)
    new = told(response)
    assert (new["filename"], new["bytes"], new["purpose"]) == ("a.png", len(BYTES), "test")
    assert new["mime_type"] == "image/png"
    return f"/files/{new['id']}"


@pytest.mark.parametrize("suffix", ["/content", "/download", ""])
def test_what_an_item_was_created_with_is_read_again(suffix: str) -> None:
    app = mocked(files(suffix))
    path = uploaded(app)
    response = ask(app, "GET", path + suffix)
    assert (response.body, response.header("content-type")) == (BYTES, "application/octet-stream")
    assert ask(app, "DELETE", path).status == 204
    assert ask(app, "GET", path + suffix).status == 404


@pytest.mark.parametrize(
    ("declared", "kind"), [("image/*", "image/png"), ("image/png", "image/png"), ("audio/mpeg", None)]
)
def test_a_file_is_sent_as_a_type_that_is_declared_for_it(declared: str, kind: str | None) -> None:
    app = mocked(files(kind=declared))
    response = ask(app, "GET", f"{uploaded(app)}/content")
    assert (response.body == BYTES) is (kind is not None)
    assert response.header("content-type") == (kind or "audio/mpeg")


def avatars(sent: str = "image/png") -> dict[str, Any]:
    schema = FORM if "multipart" in sent else BINARY
    put = {"requestBody": body(schema, sent), "responses": answers(_204=None)}
    return {
        "/users/{id}/avatar": {"parameters": [PATH_ID], "put": put, "get": {"responses": sent_as("image/*")}}
    }


@pytest.mark.parametrize(
    ("declared", "sent", "kind"),
    [("image/png", BYTES, "image/png"), ("multipart/form-data", PARTS, MULTIPART)],
)
def test_a_file_is_sent_and_read_at_one_path(declared: str, sent: bytes, kind: str) -> None:
    app = mocked(avatars(declared))
    assert ask(app, "PUT", "/users/1/avatar", sent, content_type=kind).status == 204
    assert ask(app, "GET", "/users/1/avatar").body == BYTES
    assert ask(app, "GET", "/users/2/avatar").body != BYTES
    assert ask(app, "GET", "/users/1/avatar", treaty_world="other").body != BYTES


def test_files_are_in_the_state_that_is_kept(tmp_path: Path) -> None:
    options = {"state": tmp_path / "state.db"}
    app = mocked(avatars(), **options)

    async def asked(app: App, method: str, value: bytes | None = None) -> bytes:
        from treaty.exchange.messages import Request

        headers = [("content-type", "image/png")] if value else []
        exchange = await app.answer(Request(method, "/users/1/avatar", "", headers, value or b""))
        return exchange.response.body

    import asyncio

    asyncio.run(asked(app, "PUT", BYTES))
    assert asyncio.run(asked(mocked(avatars(), **options), "GET")) == BYTES
