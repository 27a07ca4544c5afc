"""For contract tests in pytest: a document bound to an application, to generate cases from.

    import treaty.testing

    contract = treaty.load("specs")
    schema = treaty.testing.schema(contract, app=treaty.serve(contract, "handlers"))

    @schema.parametrize()
    def test_contract(case):
        case.call_and_validate()

What comes back is a Schemathesis schema: all that its pytest plugin offers works with it.

For tests of whatever calls the API: a mock that runs in a thread of the test's own process.

    with treaty.testing.running_mock("specs") as mock:
        my_client(mock.url).list_users()
        assert [each.request.path for each in mock.exchanges] == ["/users"]
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from treaty.exercise.binding import bind
from treaty.exercise.gaps import Gaps
from treaty.exercise.operations import chosen, operations
from treaty.exercise.options import OptionError, Options
from treaty.exercise.rules import rules_for

if TYPE_CHECKING:
    from schemathesis.schemas import BaseSchema

    from treaty.contract.contract import Contract
    from treaty.control.control import Control
    from treaty.enforcing import Exchange
    from treaty.exercise.inprocess import ASGIApp
    from treaty.findings import Json

__all__ = ["OptionError", "Options", "RunningMock", "running_mock", "schema"]

START_SECONDS = 30.0


def schema(
    contract: Contract | dict[str, Json],
    *,
    app: ASGIApp | None = None,
    url: str | None = None,
    options: Options | None = None,
) -> BaseSchema:
    """The operations of a contract, each case of which is sent to `app` or to the API at `url`.

    A dict is one OpenAPI document (2.0 to 3.2) with internal references only. Exceptions
    of `app` reach the test with their traceback. Of `options`, the limits of a whole run
    (`max_failures`, `max_time_seconds`, `workers`) do not apply: pytest has its own.

    Raises `OptionError` for options that name nothing, `DocumentError` for a document that
    Schemathesis refuses.
    """
    options = options or Options()
    document = contract if isinstance(contract, dict) else contract.document.bundle()
    return bind(
        document,
        chosen(list(operations(document)), options),
        options,
        app=app,
        url=url,
        gaps=Gaps(rules_for(options)),
    )


@dataclass(frozen=True, slots=True)
class RunningMock:
    """A mock that is being served; `url` has no slash at its end."""

    url: str
    _control: Control
    _loop: asyncio.AbstractEventLoop

    @property
    def exchanges(self) -> list[Exchange]:
        """The exchanges since the start or the last reset, oldest first; the newest 1,000."""
        # Whoever has an answer may be here before the server has noted it: this waits its turn.
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self._loop).result()
        return [record.exchange for record in list(self._control.log.records)]

    def reset(self) -> None:
        """Forget the exchanges, and what a stateful mock remembers."""
        asyncio.run_coroutine_threadsafe(self._control.reset(), self._loop).result()


@contextmanager
def running_mock(
    spec: Contract | str | Path | dict[str, Json],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    **options: Any,
) -> Iterator[RunningMock]:
    """A mock on a free port of this machine, in a thread, for as long as the block lasts.

    `spec` is what `treaty.load` takes, a contract, or several contracts by name; `options` are
    those of `treaty.mock`. Its control API is at `/__treaty`. Raises `DocumentError` for a
    document that cannot be used, and `OSError` when the port is taken.
    """
    import uvicorn  # here: who only tests a contract has no use for a server

    import treaty
    from treaty.control.control import Control
    from treaty.server.protocol import Protocol

    app = treaty.mock(spec, **options)
    control = Control(app).attach()
    loops: list[asyncio.AbstractEventLoop] = []
    has_started = threading.Event()

    def note() -> None:
        loops.append(asyncio.get_running_loop())
        has_started.set()

    app.started.append(note)
    with socket.create_server((host, port)) as listening:
        config = uvicorn.Config(
            app, http=Protocol, log_config=None, lifespan="on", ws="none", access_log=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, name="treaty-mock", daemon=True
        )
        thread.start()
        if not has_started.wait(START_SECONDS):
            raise TimeoutError("the mock did not start")
        try:
            yield RunningMock(f"http://{host}:{listening.getsockname()[1]}", control, loops[0])
        finally:
            server.should_exit = True
            thread.join()
