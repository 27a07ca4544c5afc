"""Runs against small applications: what keeps the contract passes, what breaks it is found and named."""

from __future__ import annotations

import copy
import json
import signal
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from exercise.bookshop import Bookshop, allowed, contract

from treaty.exercise.events import (
    Event,
    Failure,
    OperationFinished,
    OperationStarted,
    RunFinished,
    RunStarted,
    RunWarning,
    Status,
    Stop,
)
from treaty.exercise.inprocess import LifespanError
from treaty.exercise.options import OptionError, Options
from treaty.exercise.patience import UnreachableError
from treaty.exercise.runner import SEQUENCES, run
from treaty.findings import DocumentError, Json

if TYPE_CHECKING:
    from collections.abc import Iterator

QUICK = Options(seed=3, max_examples=10)


def events_of(
    app: Bookshop, options: Options = QUICK, document: dict[str, Json] | None = None
) -> list[Event]:
    return list(run(document or contract(), app=app, options=options))


def failures_of(events: list[Event]) -> dict[str, Failure]:
    return {event.check: event for event in events if isinstance(event, Failure)}


def finish_of(events: list[Event]) -> RunFinished:
    last = events[-1]
    assert isinstance(last, RunFinished)
    return last


@pytest.mark.parametrize("version", ["2.0", "3.0.3", "3.1.0", "3.2.0"])
def test_an_application_that_keeps_its_contract_passes_in_every_version(version: str) -> None:
    app = Bookshop()
    document = contract(version)
    untouched = copy.deepcopy(document)
    events = events_of(app, document=document)
    assert events[0] == RunStarted(3, 3, ("examples", "coverage", "fuzzing"))
    assert failures_of(events) == {}
    finish = finish_of(events)
    assert (finish.passed, finish.failed, finish.skipped, finish.stop) == (3, 0, 0, Stop.COMPLETED)
    assert finish.cases == sum(event.cases for event in events if isinstance(event, OperationFinished)) > 60
    assert {"GET /v1/books", "POST /v1/books"} <= set(app.seen)
    assert document == untouched


def test_each_operation_starts_and_finishes_in_each_phase() -> None:
    events = events_of(Bookshop())
    labels = {"GET /books", "POST /books", "GET /books/{id}"}
    expected = {(label, phase) for label in labels for phase in ("examples", "coverage", "fuzzing")}
    assert {(e.operation, e.phase) for e in events if isinstance(e, OperationStarted)} == expected
    assert {(e.operation, e.phase) for e in events if isinstance(e, OperationFinished)} == expected


def test_a_wrong_type_in_a_response_is_found_and_shown() -> None:
    events = events_of(Bookshop(frozenset({"wrong-type"})))
    failures = failures_of(events)
    assert list(failures) == ["response_schema_conformance"]
    failure = failures["response_schema_conformance"]
    assert failure.operation == "GET /books/{id}"
    assert failure.pointer == "/paths/~1books~1{id}/get"
    assert '"0" is not of type "integer"' in failure.message
    assert failure.curl == "curl -X GET http://127.0.0.1:4010/v1/books/0"
    assert failure.request == "GET http://127.0.0.1:4010/v1/books/0"
    assert failure.response == '200 OK application/json\n{"id": "0", "title": "Emma"}'
    finish = finish_of(events)
    assert (finish.passed, finish.failed) == (2, 1)
    failed = {e.operation for e in events if isinstance(e, OperationFinished) and e.status is Status.FAILED}
    assert failed == {"GET /books/{id}"}


def test_an_undeclared_status_is_found() -> None:
    failure = failures_of(events_of(Bookshop(frozenset({"undeclared-status"}))))["status_code_conformance"]
    assert "Received: 410" in failure.message
    assert "Documented: 200, 400, 404" in failure.message


def test_an_exception_on_an_edge_value_is_a_500_shrunk_to_the_edge() -> None:
    failure = failures_of(events_of(Bookshop(frozenset({"edge-value"}))))["not_a_server_error"]
    assert failure.curl == "curl -X GET http://127.0.0.1:4010/v1/books/9001"
    assert "OverflowError: id out of range" in failure.response


def test_the_same_seed_sends_the_same_requests() -> None:
    first, second = Bookshop(), Bookshop()
    events_of(first)
    events_of(second)
    assert first.seen == second.seen


def test_without_a_seed_one_is_drawn_and_told() -> None:
    events = events_of(Bookshop(), Options(max_examples=1, phases=("fuzzing",)))
    started = events[0]
    assert isinstance(started, RunStarted)
    again = events_of(Bookshop(), Options(seed=started.seed, max_examples=1, phases=("fuzzing",)))
    assert again[0] == started


def test_the_lifespan_runs_once_around_the_tests() -> None:
    app = Bookshop()
    events_of(app)
    assert app.seen[0] == "startup"
    assert app.seen[-1] == "shutdown"
    assert [app.seen.count(step) for step in ("startup", "shutdown")] == [1, 1]


def test_a_failing_startup_stops_before_any_test() -> None:
    app = Bookshop(frozenset({"startup"}))
    with pytest.raises(LifespanError, match="did not start: no startup today"):
        events_of(app)
    assert app.seen == ["startup"]


def test_a_failing_shutdown_comes_after_the_result() -> None:
    told: list[Event] = []
    events = run(contract(), app=Bookshop(frozenset({"shutdown"})), options=QUICK)
    with pytest.raises(LifespanError, match="did not shut down: no shutdown today"):
        told.extend(events)
    assert finish_of(told).passed == 3


def test_an_application_without_a_lifespan_is_tested() -> None:
    shop = Bookshop()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError(scope["type"])
        await shop(scope, receive, send)

    assert finish_of(list(run(contract(), app=app, options=QUICK))).passed == 3


def test_ctrl_c_ends_the_run_with_its_result() -> None:
    finish, app = interrupted_run()
    assert finish.interrupted
    assert finish.cases < 60
    assert app.seen[-1] == "shutdown"


def interrupted_run() -> tuple[RunFinished, Bookshop]:
    main = threading.main_thread().ident
    assert main is not None
    app = Bookshop()

    def interrupt_each_tenth() -> None:
        # An interrupt within a destructor is lost (Python prints it and goes on): one of several arrives.
        if len(app.seen) % 10 == 0:
            signal.pthread_kill(main, signal.SIGINT)

    app.on_request = interrupt_each_tenth
    # What a shell has started in the background ignores interrupts, and so would the tests.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return finish_of(events_of(app)), app
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_run_that_is_abandoned_shuts_the_application_down() -> None:
    app = Bookshop()
    events = run(contract(), app=app, options=QUICK)
    assert isinstance(next(events), RunStarted)
    events.close()
    assert app.seen == ["startup", "shutdown"]


def test_operations_are_chosen_by_operation_id_or_label() -> None:
    app = Bookshop()
    options = Options(
        seed=3, max_examples=2, include=("list_books", "GET /books/{id}"), exclude=("get_book",)
    )
    finish = finish_of(events_of(app, options))
    assert finish.passed == 1
    assert {path for path in app.seen if path.startswith("GET")} == {"GET /v1/books"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(include=("list_boks",)), "unknown operation 'list_boks'; did you mean 'list_books'?"),
        (Options(phases=("load",)), "unknown phase 'load'; known: examples, coverage, fuzzing, stateful"),
        (Options(checks=("status",)), "unknown check 'status'; known: "),
        (Options(max_examples=0), "max_examples must be greater than 0, not 0"),
    ],
)
def test_an_option_that_names_nothing_is_refused(options: Options, message: str) -> None:
    with pytest.raises(OptionError) as refusal:
        run(contract(), app=Bookshop(), options=options)
    assert str(refusal.value).startswith(message)


def test_either_an_application_or_a_url_is_needed() -> None:
    with pytest.raises(OptionError, match="either an application or a URL"):
        run(contract(), options=QUICK)
    with pytest.raises(OptionError, match="base URL is invalid"):
        run(contract(), url="not a URL", options=QUICK)


def test_a_document_of_another_version_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"Open API 4\.0\.0"):
        run(contract("4.0.0"), app=Bookshop(), options=QUICK)


def test_only_the_chosen_checks_are_made() -> None:
    options = Options(seed=3, max_examples=5, checks=("not_a_server_error",))
    assert failures_of(events_of(Bookshop(frozenset({"wrong-type", "undeclared-status"})), options)) == {}


def test_headers_are_sent_and_their_secrets_masked() -> None:
    options = Options(seed=3, max_examples=2, headers={"Authorization": "Bearer s3cret", "X-Shop": "main"})
    failure = failures_of(events_of(Bookshop(frozenset({"wrong-type"})), options))[
        "response_schema_conformance"
    ]
    assert "X-Shop: main" in failure.curl
    assert "Authorization: [Filtered]" in failure.curl
    assert "s3cret" not in repr(failure)


def test_a_path_in_the_base_url_replaces_the_declared_one() -> None:
    app = Bookshop(frozenset({"wrong-type"}))
    options = Options(seed=3, max_examples=2, include=("list_books",), base_url="http://127.0.0.1:9/shop")
    events_of(app, options)
    assert {path for path in app.seen if path.startswith("GET")} == {"GET /shop/books"}


def test_additional_operations_are_warned_about() -> None:
    document = contract("3.2.0")
    document["paths"]["/books"]["additionalOperations"] = {
        "COPY": {"responses": {"200": {"description": "ok"}}}
    }
    events = events_of(Bookshop(), Options(seed=3, max_examples=1, phases=("fuzzing",)), document)
    warnings = [event for event in events if isinstance(event, RunWarning)]
    assert [(warning.code, warning.operation) for warning in warnings] == [
        ("additional-operation-untested", "COPY /books")
    ]
    assert finish_of(events).warnings == 1


def test_the_failure_limit_stops_the_run() -> None:
    options = Options(seed=3, max_examples=5, max_failures=1, phases=("fuzzing",))
    finish = finish_of(events_of(Bookshop(frozenset({"wrong-type", "undeclared-status"})), options))
    assert finish.stop is Stop.FAILURE_LIMIT
    assert finish.failed == 1


def test_a_time_limit_is_an_upper_bound_and_not_a_quota() -> None:
    options = Options(seed=3, max_examples=2, max_time_seconds=600)
    finish = finish_of(events_of(Bookshop(), options))
    assert finish.stop is Stop.COMPLETED
    assert finish.passed == 3


def test_sequences_of_operations_are_one_line_of_progress() -> None:
    options = Options(seed=3, max_examples=3, phases=("stateful",), checks=("not_a_server_error",))
    events = events_of(Bookshop(), options)
    finished = [event for event in events if isinstance(event, OperationFinished)]
    assert [(event.operation, event.status) for event in finished] == [(SEQUENCES, Status.PASSED)]
    assert finished[0].cases == finish_of(events).cases > 0


def test_where_nothing_leads_to_anything_sequences_are_skipped() -> None:
    options = Options(
        seed=3, max_examples=3, phases=("fuzzing", "stateful"), include=("list_books", "add_book")
    )
    document = contract()
    link = {"operationId": "get_book", "parameters": {"id": "$response.body#/id"}}
    document["paths"]["/books"]["post"]["responses"]["201"]["links"] = {"read": link}
    events = events_of(Bookshop(), options, document)
    assert failures_of(events) == {}
    assert [event.code for event in events if isinstance(event, RunWarning)] == ["no-sequences"]
    finished = [event for event in events if isinstance(event, OperationFinished)]
    assert (finished[-1].operation, finished[-1].status) == (SEQUENCES, Status.SKIPPED)
    assert finish_of(events).passed == 2


def test_a_reference_to_nothing_is_warned_about() -> None:
    document = contract()
    document["paths"]["/books"]["get"]["parameters"][0]["schema"] = {"$ref": "#/components/schemas/Missing"}
    events = events_of(Bookshop(), Options(seed=3, max_examples=1, phases=("fuzzing",)), document)
    warnings = [event for event in events if isinstance(event, RunWarning)]
    assert [(warning.code, warning.operation) for warning in warnings] == [
        ("unresolvable-reference", "GET /books")
    ]
    assert warnings[0].message.startswith("unresolvable reference: ")
    assert "#/components/schemas/Missing" in warnings[0].message


@pytest.fixture
def shop_url() -> Iterator[str]:
    """A bookshop behind a socket, that answers an undeclared status."""
    with serving(ShopHandler) as url:
        yield url


def test_a_url_is_tested_like_an_application(shop_url: str) -> None:
    options = Options(seed=3, max_examples=5)
    events = list(run(contract(), url=shop_url, options=options))
    failure = failures_of(events)["status_code_conformance"]
    assert failure.curl == f"curl -X GET {shop_url}/books/0"
    assert finish_of(events).failed == 1


def test_a_url_where_nothing_listens_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}/v1"
    with pytest.raises(UnreachableError, match=f"nothing answers at {url}: Connection refused"):
        list(run(contract(), url=url, options=QUICK))


def test_a_server_that_only_sends_elsewhere_was_reached() -> None:
    with serving(ElsewhereHandler) as url:
        events = list(run(contract(), url=url, options=Options(seed=3, max_examples=1, phases=("fuzzing",))))
    assert "status_code_conformance" in failures_of(events)


@pytest.fixture
def silent_url() -> Iterator[str]:
    """A server that takes connections and requests, and answers none."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"


def test_a_time_limit_bounds_the_wait_for_an_answer(silent_url: str) -> None:
    begun = time.monotonic()
    with pytest.raises(UnreachableError, match="takes requests, and no answer came in time"):
        list(run(contract(), url=silent_url, options=replace(QUICK, max_time_seconds=2)))
    assert time.monotonic() - begun < 5


def test_a_silent_server_is_given_up_after_the_first_operation(silent_url: str) -> None:
    begun = time.monotonic()
    with pytest.raises(UnreachableError, match="no answer came in time"):
        list(run(contract(), url=silent_url, options=replace(QUICK, request_timeout_seconds=0.1)))
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("phase", ["coverage", "fuzzing"])
def test_what_was_not_waited_for_is_no_failure(phase: str) -> None:
    options = Options(seed=3, max_examples=2, max_time_seconds=1, phases=(phase,))
    begun = time.monotonic()
    with serving(SlowHandler) as url:
        events = list(run(contract(), url=url, options=options))
    assert time.monotonic() - begun < 5
    assert failures_of(events) == {}
    skipped = [each for each in events if isinstance(each, OperationFinished) and each.cases]
    assert {(each.status, each.reason) for each in skipped} == {(Status.SKIPPED, "Time limit reached")}
    finish = finish_of(events)
    assert (finish.passed, finish.failed, finish.skipped, finish.stop) == (0, 0, 3, Stop.TIME_LIMIT)


def test_an_application_is_tested_without_asking_whoever_listens_where_curl_lines_point() -> None:
    """Their answers would decide which cases are made, so that the same seed sends others."""
    with serving(RefusingHandler) as url:
        events_of(Bookshop(), replace(QUICK, base_url=url))
    assert RefusingHandler.asked == []


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server at a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class QuietHandler(BaseHTTPRequestHandler):
    """One line for a server that does the same whatever it is asked."""

    def do_GET(self) -> None:
        raise NotImplementedError

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: Any) -> None: ...

    def answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()


class ElsewhereHandler(QuietHandler):
    """Sends to where nothing listens."""

    def do_GET(self) -> None:
        self.answer(307, Location="http://127.0.0.1:9/")


class SlowHandler(QuietHandler):
    """Answers the probes, and takes longer than there is time for all else."""

    def do_GET(self) -> None:
        if "X-Schemathesis-Probe" not in self.headers:
            time.sleep(2)
        self.answer(404)


class RefusingHandler(QuietHandler):
    """Refuses all, and keeps what it was asked."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.answer(400)


class ShopHandler(BaseHTTPRequestHandler):
    """`Bookshop` over HTTP/1.1."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]
        scope = {"method": self.command, "path": path, "query_string": query.encode(), "headers": headers}
        status, value = Bookshop(frozenset({"undeclared-status"})).answer(scope, body)
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.send_header("allow", allowed(path))
        self.end_headers()
        self.wfile.write(content if self.command != "HEAD" else b"")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """Quiet."""
