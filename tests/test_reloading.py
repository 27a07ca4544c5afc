"""An edited document takes the place of the one that is served; a broken one takes the place of nothing."""

from __future__ import annotations

import asyncio
import gc
import json
from pathlib import Path
from typing import Any

import pytest

import treaty
from treaty.api import Contract
from treaty.asgi import App
from treaty.engine import build_engine
from treaty.exchange.call import Call
from treaty.exchange.messages import Request, Response
from treaty.findings import Finding, Location
from treaty.reloading import MAX_NOTICE, Reloader, notice_of
from treaty.site import Site

DOCUMENT = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /NAME:
    get:
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: 'schemas.yaml#/Answer'}}}}
"""
SCHEMAS = "Answer: {const: NAME}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write(tmp_path / "openapi.yaml", "first")
    return tmp_path / "openapi.yaml"


def write(path: Path, name: str) -> None:
    path.write_text(DOCUMENT.replace("NAME", name))
    (path.parent / "schemas.yaml").write_text(SCHEMAS.replace("NAME", name))


def reloader_of(path: Path) -> Reloader:
    def build() -> App:
        return treaty.mock(treaty.load(path))

    return Reloader(build(), build)


def get(app: App, path: str, **headers: str) -> Response:
    return asyncio.run(app.answer(Request("GET", path, headers=list(headers.items())))).response


def test_an_edit_is_served(path: Path) -> None:
    reloader = reloader_of(path)
    assert get(reloader.app, "/first").body == b'"first"'
    write(path, "second")
    assert reloader.reload().findings == ()
    assert get(reloader.app, "/second").body == b'"second"'
    assert get(reloader.app, "/first").status == 404
    assert "/second" in json.loads(get(reloader.app, "/openapi.json").body)["paths"]


def test_a_broken_edit_leaves_the_last_good_document_and_says_so_until_it_is_mended(path: Path) -> None:
    reloader = reloader_of(path)
    path.write_text(path.read_text() + "  - broken\n")
    [finding] = reloader.reload().findings
    assert str(finding.location).endswith("openapi.yaml:8:3")
    answer = get(reloader.app, "/first", origin="http://127.0.0.1:5173")
    assert answer.body == b'"first"'
    notice = answer.header("treaty-reload-error") or ""
    assert notice.startswith(str(finding.location))
    assert "treaty-reload-error" in (answer.header("access-control-expose-headers") or "")
    assert get(reloader.app, "/nowhere").header("treaty-reload-error") == notice
    write(path, "second")
    reloader.reload()
    assert get(reloader.app, "/second").header("treaty-reload-error") is None


def test_a_defect_in_building_ends_nothing(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    reloader = reloader_of(path)

    def broken() -> App:
        raise RuntimeError("a defect")

    reloader.build = broken
    [finding] = reloader.reload().findings
    assert finding.code == "reload-failed"
    assert "Traceback" in caplog.text
    assert get(reloader.app, "/first").status == 200


def test_every_file_of_the_document_counts_and_of_a_broken_one_those_beside_it(path: Path) -> None:
    reloader = reloader_of(path)
    told: list[int] = []
    reloader.tell = lambda reloaded: told.append(len(reloaded.findings))
    watch = reloader.watching()
    (path.parent / "schemas.yaml").write_text("Answer: {const: third}\n")
    watch.look()
    assert get(reloader.app, "/first").body == b'"third"'
    path.write_text(path.read_text().replace("schemas.yaml", "answers.yaml"))
    watch.look()
    assert told == [0, 1]
    (path.parent / "answers.yaml").write_text("Answer: {const: fourth}\n")
    watch.look()
    assert told == [0, 1, 0]
    assert get(reloader.app, "/first").body == b'"fourth"'


def test_a_half_written_file_is_not_told(path: Path) -> None:
    reloader = reloader_of(path)
    told: list[int] = []
    reloader.tell = lambda reloaded: told.append(len(reloaded.findings))
    watch, build, whole = reloader.watching(), reloader.build, path.read_text()

    def build_while_the_editor_goes_on_writing() -> App:
        reloader.build = build
        try:
            return build()
        finally:
            path.write_text(whole.replace("/first", "/whole"))

    reloader.build = build_while_the_editor_goes_on_writing
    path.write_text(whole[:100])
    watch.look()
    assert told == [0]
    assert get(reloader.app, "/whole").status == 200


def test_a_request_in_hand_ends_by_the_contract_it_began_with(path: Path) -> None:
    contract = treaty.load(path)
    began, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Call) -> Response:
        began.set()
        await go_on.wait()
        return Response(200, [("content-type", "application/json")], b'"first"')

    app = App(build_engine(contract, slow, "refuse"), Site(contract))
    reloader = Reloader(app, lambda: treaty.mock(treaty.load(path)))

    async def scenario() -> tuple[Any, Any]:
        task = asyncio.create_task(app.answer(Request("GET", "/first")))
        await began.wait()
        write(path, "second")
        await asyncio.to_thread(reloader.reload)
        new = await app.answer(Request("GET", "/second"))
        go_on.set()
        return await task, new

    old, new = asyncio.run(scenario())
    assert (old.response.body, old.findings) == (b'"first"', [])
    assert new.response.body == b'"second"'


def test_reloads_leave_nothing_behind(path: Path) -> None:
    reloader = reloader_of(path)

    def reload_and_ask(times: int) -> tuple[int, int]:
        """The objects there are then, and the contracts."""
        for number in range(times):
            write(path, f"name{number}")
            reloader.reload()
            assert get(reloader.app, f"/name{number}").status == 200
        gc.collect()
        objects = gc.get_objects()
        return len(objects), sum(isinstance(each, Contract) for each in objects)

    reload_and_ask(3)
    objects, contracts = reload_and_ask(3)
    more_objects, more_contracts = reload_and_ask(30)
    assert more_contracts == contracts
    assert more_objects - objects < 100


def test_the_notice_is_ascii_and_bounded() -> None:
    finding = Finding("x", "café\r\nSet-Cookie: " + "x" * 1_000, location=Location("a\n.yaml", 3, 7))
    assert notice_of([]) == ""
    notice = notice_of([finding, finding, finding])
    assert notice.startswith("a?.yaml:3:7: caf???Set-Cookie: xxx")
    assert notice.endswith("... (and 2 more)")
    assert len(notice) <= MAX_NOTICE + len(" (and 2 more)")
