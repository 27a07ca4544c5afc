"""The protocol on real sockets: every shape of a request, answered in order, within bounds."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import pytest
import uvicorn

import treaty
from treaty.asgi import App
from treaty.engine import build_engine
from treaty.exchange.call import Call
from treaty.exchange.messages import Response
from treaty.server.limits import Limits
from treaty.server.protocol import LIMITS, Protocol

CONTRACT = treaty.load(
    {
        "openapi": "3.1.0",
        "info": {"title": "Echo", "version": "1"},
        "paths": {
            "/echo/{text}": {
                "parameters": [
                    {"name": "text", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "get": {"operationId": "read", "responses": {"200": {"description": "x"}}},
                "post": {
                    "operationId": "write",
                    "requestBody": {"content": {"text/plain": {"schema": {"type": "string"}}}},
                    "responses": {"200": {"description": "x"}},
                },
            }
        },
    }
)


async def echo(call: Call) -> Response:
    """What was asked, in the way that was asked for."""
    text = str(call.path["text"])
    body = text.encode() + (call.body.encode() if isinstance(call.body, str) else b"")
    if text == "late":
        return Response(200, [("content-type", "text/plain")], body, delay=0.05)
    if text == "stream":
        return Response(200, [("content-type", "text/plain")], chunks=_stream())
    if text == "nothing":
        return Response(204)
    if text == "dropped":
        return Response(200, [], body, broken="drop", delay=0.01)
    if text == "cut":
        return Response(200, [("content-type", "text/plain")], b"0123456789", broken="truncate")
    if text == "broken":
        raise ValueError("a defect")
    if text == "long":
        return Response(200, [("content-length", "99")], body)
    if text == "final":
        return Response(200, [("connection", "close")], body)
    if text == "split":
        return Response(200, [("x-a", "1\r\nx-b: 2")], body)
    return Response(200, [("content-type", "text/plain")], body)


async def _stream() -> AsyncIterator[bytes]:
    for part in (b"one ", b"two ", b"three"):
        await asyncio.sleep(0)
        yield part


Connect = Callable[[], socket.socket]


@contextlib.contextmanager
def running(limits: Limits = LIMITS, *, immediate: bool = True) -> Iterator[Connect]:
    """A server in a thread; gives a function that connects to it."""

    class Limited(Protocol):
        pass

    Limited.limits = limits
    app = App(build_engine(CONTRACT, echo, "off", immediate=immediate))
    config = uvicorn.Config(app, http=Limited, log_level="critical", lifespan="off", server_header=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        try:
            yield lambda: socket.create_connection(listening.getsockname(), timeout=5)
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()


@pytest.fixture(scope="module")
def connect() -> Iterator[Connect]:
    """A server with the usual limits."""
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def connect_waiting() -> Iterator[Connect]:
    """A server whose answers may wait, as those of handlers do: a task for each request."""
    with running(immediate=False) as found:
        yield found


def exchange(connect: Connect, sent: bytes) -> str:
    """All that is answered until the server closes, without what differs."""
    with connect() as client:
        client.sendall(sent)
        return read_all(client)


def read_all(client: socket.socket) -> str:
    """What arrives until the end, without dates, and without saying that this is the end."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := client.recv(65536):
            parts.append(part)
    lines = b"".join(parts).decode("latin-1").split("\r\n")
    return "\n".join(line for line in lines if not line.startswith("date: ") and line != "connection: close")


GET = b"GET /echo/%b HTTP/1.1\r\nhost: a\r\n\r\n"
LAST = b"GET /echo/last HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
ANSWER = "HTTP/1.1 200 OK\ncontent-type: text/plain\ncontent-length: {}\n\n{}"
LAST_ANSWER = "HTTP/1.1 200 OK\ncontent-type: text/plain\ncontent-length: 4\n\nlast"


def test_requests_on_one_connection_are_answered_in_order(connect: Connect) -> None:
    found = exchange(connect, GET % b"first" + GET % b"second" + LAST)
    assert found == ANSWER.format(5, "first") + ANSWER.format(6, "second") + LAST_ANSWER


@pytest.mark.parametrize("name", [b"late", b"stream"])
def test_what_takes_its_time_keeps_its_turn(connect: Connect, name: bytes) -> None:
    found = exchange(connect, GET % b"first" + GET % name + GET % b"third" + LAST)
    assert found.index("first") < found.index("late" if name == b"late" else "three") < found.index("third")
    assert "third" in found
    assert "last" in found


def test_a_stream_is_chunked(connect: Connect) -> None:
    found = exchange(connect, GET % b"stream" + LAST)
    assert "transfer-encoding: chunked" in found
    assert "4\none \n4\ntwo \n5\nthree\n0\n" in found


def test_an_answer_that_waits_waits(connect: Connect) -> None:
    started = time.monotonic()
    assert "late" in exchange(connect, GET % b"late" + LAST)
    assert time.monotonic() - started >= 0.05


def test_a_connection_is_dropped(connect: Connect) -> None:
    assert exchange(connect, GET % b"dropped" + GET % b"never") == ""


def test_an_answer_is_cut_off(connect: Connect) -> None:
    found = exchange(connect, GET % b"cut" + GET % b"never")
    assert "content-length: 10" in found
    assert found.endswith("\n\n01234")


def test_every_answer_has_a_date(connect: Connect) -> None:
    with connect() as client:
        client.sendall(LAST)
        assert client.recv(4096).startswith(b"HTTP/1.1 200 OK\r\ndate: ")


def test_head_has_the_length_and_no_body(connect: Connect) -> None:
    found = exchange(connect, b"HEAD /echo/first HTTP/1.1\r\nhost: a\r\n\r\n" + LAST)
    assert found == ANSWER.format(5, "") + LAST_ANSWER


def test_a_status_without_content_has_no_length(connect: Connect) -> None:
    assert exchange(connect, GET % b"nothing" + LAST) == "HTTP/1.1 204 No Content\n\n" + LAST_ANSWER


def test_http_1_0_is_answered_and_closed(connect: Connect) -> None:
    found = exchange(connect, b"GET /echo/a HTTP/1.0\r\n\r\n")
    assert found == "HTTP/1.1 200 OK\ncontent-type: text/plain\ncontent-length: 1\n\na"


POST = b"POST /echo/a HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        POST + b"content-length: 3\r\n\r\nbcd",
        POST + b"transfer-encoding: chunked\r\n\r\n1\r\nb\r\n2\r\ncd\r\n0\r\n\r\n",
    ],
)
def test_a_body_arrives_however_it_is_framed(connect: Connect, sent: bytes) -> None:
    assert exchange(connect, sent + LAST) == ANSWER.format(4, "abcd") + LAST_ANSWER


def test_a_body_in_pieces_is_awaited(connect: Connect) -> None:
    with connect() as client:
        for piece in (POST + b"content-", b"length: 3\r\n\r\nb", b"c", b"d" + LAST):
            client.sendall(piece)
            time.sleep(0.02)
        assert read_all(client) == ANSWER.format(4, "abcd") + LAST_ANSWER


def test_a_large_body_goes_the_other_way(connect: Connect) -> None:
    body = b"b" * 200_000
    found = exchange(connect, POST + b"content-length: %d\r\n\r\n" % len(body) + body + LAST)
    assert found == ANSWER.format(200_001, "a" + body.decode()) + LAST_ANSWER


def test_who_asks_before_sending_is_told_to_go_on(connect: Connect) -> None:
    with connect() as client:
        client.sendall(POST + b"expect: 100-continue\r\ncontent-length: 3\r\n\r\n")
        assert client.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"bcd" + LAST)
        assert read_all(client).endswith(ANSWER.format(4, "abcd") + LAST_ANSWER)


def test_the_target_may_be_absolute(connect: Connect) -> None:
    found = exchange(connect, b"GET http://a/echo/first HTTP/1.1\r\nhost: a\r\n\r\n" + LAST)
    assert found == ANSWER.format(5, "first") + LAST_ANSWER


def test_a_defect_is_a_500_and_the_next_request_is_answered(connect: Connect) -> None:
    found = exchange(connect, GET % b"broken" + LAST)
    assert found.startswith("HTTP/1.1 500 Internal Server Error\ncontent-type: application/problem+json")
    assert "a defect" not in found
    assert found.endswith(LAST_ANSWER)


def test_a_header_cannot_end_early(connect: Connect) -> None:
    found = exchange(connect, GET % b"split")
    assert found.startswith("HTTP/1.1 500 ")
    assert "x-b" not in found


@pytest.mark.parametrize("sent", [b"\x00\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"GET /echo/a HTTP/9.9\r\n\r\n"])
def test_what_is_no_http_is_told_so(connect: Connect, sent: bytes) -> None:
    found = exchange(connect, sent)
    assert found.startswith("HTTP/1.1 400 Bad Request\ncontent-type: application/problem+json")


@pytest.mark.parametrize(
    "host",
    [
        b"",
        b"host: a\r\nhost: a\r\n",
        b"host: a b\r\n",
        b"host: a,b:x\r\n",
        b"host: a/b\r\n",
        b"host: [::1\r\n",
        b"host: u@a\r\n",
    ],
)
def test_a_request_says_whom_it_is_for(connect: Connect, host: bytes) -> None:
    found = exchange(connect, b"GET /echo/a HTTP/1.1\r\n" + host + b"\r\n" + LAST)
    assert found.startswith("HTTP/1.1 400 Bad Request\ncontent-type: application/problem+json")
    assert "last" not in found


@pytest.mark.parametrize(
    "head",
    [b"1.0\r\n", b"1.1\r\nhost:\r\n", b"1.1\r\nHost: [2001:db8::1]:80\r\n", b"1.1\r\nhost: my_a.%41-b:\r\n"],
)
def test_who_it_is_for_may_be_any_host(connect: Connect, head: bytes) -> None:
    close = b"connection: close\r\n\r\n"
    assert exchange(connect, b"GET /echo/a HTTP/" + head + close) == ANSWER.format(1, "a")


@pytest.mark.parametrize(
    "after",
    [b"0\r\n" + b"x: y\r\n" * 1_000, b"0\r\nx: " + b"y" * 5_000, b"1;" + b"x" * 5_000, b"0" * 5_000],
    ids=["fields", "a field", "an extension", "a size"],
)
def test_what_stands_between_and_after_chunks_has_bounds(connect_tightly: Connect, after: bytes) -> None:
    with connect_tightly() as client:
        client.sendall(POST + b"transfer-encoding: chunked\r\n\r\n1\r\na\r\n")
        for start in range(0, len(after), 400):
            time.sleep(0.005)
            with contextlib.suppress(OSError):
                client.sendall(after[start : start + 400])
        assert read_all(client).startswith(("HTTP/1.1 431 ", "HTTP/1.1 400 "))  # an extension is no HTTP


def test_a_target_has_no_fragment(connect: Connect) -> None:
    found = exchange(connect, b"GET /echo/a#b HTTP/1.1\r\nhost: a\r\n\r\n" + LAST)
    assert found.startswith("HTTP/1.1 400 Bad Request\ncontent-type: application/problem+json")


TIGHT = Limits(
    head_bytes=1_000, head_fields=20, head_seconds=0.3, body_seconds=0.3, body_rate=1000, idle_seconds=0.5
)


@pytest.fixture(scope="module", params=[True, False], ids=["direct", "task"])
def connect_tightly(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """A server with small limits."""
    with running(TIGHT, immediate=request.param) as found:
        yield found


@pytest.mark.parametrize(
    "fields",
    [b"x: " + b"a" * 2_000, b"\r\n".join(b"x%d: a" % number for number in range(30)), b"x" * 2_000 + b": a"],
)
def test_a_head_has_bounds(connect_tightly: Connect, fields: bytes) -> None:
    found = exchange(connect_tightly, b"GET /echo/a HTTP/1.1\r\n" + fields + b"\r\n\r\n" + LAST)
    assert found.startswith("HTTP/1.1 431 ")
    assert "last" not in found


def test_a_field_without_end_is_cut_off(connect_tightly: Connect) -> None:
    with connect_tightly() as client:
        client.sendall(b"GET /echo/a HTTP/1.1\r\nx: ")
        for _ in range(30):
            time.sleep(0.005)
            with contextlib.suppress(OSError):
                client.sendall(b"a" * 100)
        assert read_all(client).startswith("HTTP/1.1 431 ")


@pytest.mark.parametrize("begun", [b"GET /echo/a HT", POST + b"content-length: 3\r\n\r\nb"])
def test_who_is_slow_is_cut_off(connect_tightly: Connect, begun: bytes) -> None:
    started = time.monotonic()
    with connect_tightly() as client:
        client.sendall(begun)
        assert read_all(client).startswith("HTTP/1.1 408 ")
    assert 0.2 < time.monotonic() - started < 2


def test_a_slow_body_has_the_time_it_needs(connect_tightly: Connect) -> None:
    with connect_tightly() as client:
        client.sendall(POST + b"content-length: 900\r\n\r\n")
        for _ in range(9):
            client.sendall(b"b" * 100)
            time.sleep(0.05)
        client.sendall(LAST)
        assert "b" * 900 in read_all(client)


@pytest.mark.parametrize("before", [b"", GET % b"a"])
def test_a_connection_without_a_request_is_closed(connect_tightly: Connect, before: bytes) -> None:
    started = time.monotonic()
    with connect_tightly() as client:
        client.sendall(before)
        assert read_all(client) == (ANSWER.format(1, "a") if before else "")
    assert 0.3 < time.monotonic() - started < 7  # uvicorn's own way waits 5 seconds


def test_a_client_that_does_not_read_is_waited_for() -> None:
    limits = replace(LIMITS, idle_seconds=30.0)
    body = b"b" * 60_000
    request = POST + b"content-length: %d\r\n\r\n" % len(body) + body
    with running(limits) as connect, connect() as client:
        sender = threading.Thread(target=lambda: client.sendall(request * 200 + LAST))
        sender.start()
        time.sleep(0.2)
        found = read_all(client)
        sender.join()
    assert found.count("HTTP/1.1 200 OK") == 201
    assert found.endswith(LAST_ANSWER)


ASKED = [
    b"GET /echo/a HTTP/1.1\r\nhost: x\r\n\r\nGET /echo/b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    b"GET /echo/a HTTP/1.1\r\nhost: x\r\n\r\nHEAD /echo/b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    b"HEAD /echo/a HTTP/1.1\r\nhost: x\r\n\r\nGET /echo/b HTTP/1.0\r\nhost: x\r\n\r\n",
    b"GET /echo/nothing HTTP/1.1\r\nhost: x\r\n\r\n"
    b"GET /none HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    b"POST /echo/a HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok"
    b"GET /echo/b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
]


@pytest.mark.parametrize("sent", ASKED)
def test_an_answer_is_the_same_whichever_way_it_goes(
    connect: Connect, connect_waiting: Connect, sent: bytes
) -> None:
    assert exchange(connect_waiting, sent) == exchange(connect, sent)


def test_a_whole_answer_is_one_message_on_the_wire(connect_waiting: Connect) -> None:
    with connect_waiting() as client:
        for text in (b"a", b"b"):
            client.sendall(b"GET /echo/" + text + b" HTTP/1.1\r\nhost: x\r\n\r\n")
            received = client.recv(65536)
            assert received.startswith(b"HTTP/1.1 200 OK\r\n")
            assert received.endswith(b"content-length: 1\r\n\r\n" + text)


def test_an_answer_that_says_its_own_length_is_held_to_it(connect_waiting: Connect) -> None:
    """Else what follows on the connection would be taken for the rest of it."""
    sent = b"GET /echo/long HTTP/1.1\r\nhost: x\r\n\r\nGET /echo/a HTTP/1.1\r\nhost: x\r\n\r\n"
    assert "200 OK" in exchange(connect_waiting, sent)
    assert exchange(connect_waiting, sent).count("HTTP/1.1") == 1


def test_an_answer_may_be_the_last_of_its_connection(connect_waiting: Connect) -> None:
    sent = b"GET /echo/final HTTP/1.1\r\nhost: x\r\n\r\nGET /echo/a HTTP/1.1\r\nhost: x\r\n\r\n"
    assert exchange(connect_waiting, sent).count("HTTP/1.1") == 1


def test_a_header_that_ends_early_is_no_answer_on_either_way(connect_waiting: Connect) -> None:
    answer = exchange(connect_waiting, b"GET /echo/split HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert "x-b" not in answer
    assert " 500 " in answer
