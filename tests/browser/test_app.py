"""A single-page app of another origin in a real browser, against a mock with no code in mocks/.

It logs in, creates, lists, edits, deletes and follows a stream, as it would the real service.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

HERE = Path(__file__).parent
SECONDS = 60
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-dev-shm-usage",
]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- as in the base class
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """The app, served from a port of its own."""
    handler = partial(Quiet, directory=str(HERE / "app"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def api(tmp_path: Path) -> Iterator[str]:
    """`treaty mock`, as a user starts it, in a folder without mocks/."""
    arguments = ["--stateful", "--seed-items", "0", "--auth", "verify", "--port", "0", "--quiet"]
    streams = ["--stream-rate", "20/s", "--stream-items", "endless"]
    process = subprocess.Popen(
        [sys.executable, "-m", "treaty", "mock", str(HERE / "tasks.yaml"), *arguments, *streams],
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield next(line.split()[1] for line in process.stdout if line.strip().startswith("mock "))
    process.terminate()
    process.communicate(timeout=SECONDS)


@pytest.fixture
def page() -> Iterator[Page]:
    """A page in a browser that can resolve no name."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser.new_page()
        browser.close()


def until(condition: Callable[[], bool], page: Page) -> None:
    ends = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < ends, page.content()
        page.wait_for_timeout(20)


def titles(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        "#tasks li input:not([type=checkbox])", "all => all.map(each => each.value)"
    )
    return found


@contextmanager
def shown_anew(page: Page) -> Iterator[None]:
    """What is done in the block makes the app show its list again."""
    before = page.get_attribute("#tasks", "data-shown")
    yield
    until(lambda: page.get_attribute("#tasks", "data-shown") != before, page)


def test_the_app_does_against_the_mock_all_that_it_does(site: str, api: str, page: Page) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    ready = "body[data-ready]"

    page.goto(f"{site}?api={api}")
    page.wait_for_selector(ready)
    assert page.inner_text("#failure").startswith("401 ")  # a page may read why

    page.click("#login")
    page.get_by_label("User").fill("nellie@news.example")
    page.get_by_role("button", name="Allow").click()
    page.wait_for_selector(ready)
    until(lambda: page.inner_text("#who") == "nellie", page)
    assert page.inner_text("#failure") == ""
    assert titles(page) == []

    for title in ("Write", "Edit", "Print"):
        with shown_anew(page):
            page.get_by_label("Title").fill(title)
            page.get_by_role("button", name="Add").click()
    assert titles(page) == ["Write", "Edit", "Print"]
    location = page.get_attribute("#create", "data-location")
    assert location is not None
    assert location.endswith("/tasks/3")

    with shown_anew(page):
        page.get_by_label("Task").nth(1).fill("Shorten")
        page.get_by_label("Task").nth(1).press("Enter")
    with shown_anew(page):
        page.get_by_role("checkbox").nth(0).click()
    assert titles(page) == ["Write", "Shorten", "Print"]
    with shown_anew(page):
        page.get_by_role("button", name="Delete").nth(2).click()
    assert titles(page) == ["Write", "Shorten"]

    page.get_by_label("Title").fill("")
    page.get_by_role("button", name="Add").click()
    until(lambda: page.inner_text("#failure").startswith("422 "), page)

    page.reload()
    page.wait_for_selector(ready)
    assert titles(page) == ["Write", "Shorten"]
    assert page.get_by_role("checkbox").nth(0).is_checked()

    page.click("#follow")
    until(lambda: int(page.inner_text("#ticks")) >= 5, page)
    page.click("#leave")
    assert complaints == []

    log = httpx.get(f"{api}/__treaty/exchanges?limit=1000").json()["exchanges"]
    wrong = [each for each in log if each["findings"] and each["status"] not in (401, 422)]
    assert wrong == [], json.dumps(wrong)
    assert {"list_tasks", "create_task", "edit_task", "delete_task"} <= {each["operation"] for each in log}
