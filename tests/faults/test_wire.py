"""Whatever arrives on a connection: a 4xx or its end, soon and in little memory; the next is answered."""

from __future__ import annotations

import gzip
import random
import socket
import time
import zlib
from collections.abc import Iterator

import pytest
import zstandard
from faults.wire import API, GOOD, Server, running, split

DOCUMENT = """
openapi: 3.1.0
info: {title: Served, version: "1"}
paths:
  /query:
    get:
      tags: [things]
      operationId: read
      parameters: [{name: number, in: query, schema: {type: number}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {type: object}}}}}
  /bodies:
    post:
      tags: [things]
      operationId: write
      requestBody:
        required: true
        content:
          application/json: {schema: {type: object, additionalProperties: {type: integer}}}
          application/xml: {schema: {type: object}}
          application/x-www-form-urlencoded: {schema: {type: object, additionalProperties: {type: integer}}}
          text/plain: {schema: {type: string, pattern: "^(a+)+$"}}
      responses: {"200": {description: ok, content: {application/json: {schema: {type: object}}}}}
"""
HANDLERS = """
async def read(number=None):
    return {}

async def write(body):
    return {}
"""
MEGABYTE = 1024 * 1024
MOST_MEGABYTES = 450.0  # that one case may add
MOST_SECONDS = 20.0


@pytest.fixture(scope="module", params=["mock", "serve"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp(request.param)
    arguments = ["mock", str(API)]
    if request.param == "serve":
        (folder / "api.yaml").write_text(DOCUMENT)
        (folder / "handlers").mkdir()
        (folder / "handlers" / "things.py").write_text(HANDLERS)
        arguments = ["serve", "api.yaml", "--handlers", "handlers"]
    with running(*arguments, "--quiet", folder=folder, cwd=folder) as found:
        assert found.is_well()
        yield found
        assert "Traceback" not in found.log.read_text()


def post(content: bytes, *fields: bytes, kind: bytes = b"application/json", length: bool = True) -> bytes:
    lines = [b"POST /bodies HTTP/1.1", b"Host: a", b"Content-Type: " + kind, *fields]
    if length:
        lines.append(b"Content-Length: %d" % len(content))
    return b"\r\n".join(lines) + b"\r\n\r\n" + content


def get(target: bytes, *fields: bytes) -> bytes:
    return b"\r\n".join((b"GET " + target + b" HTTP/1.1", b"Host: a", *fields)) + b"\r\n\r\n"


def chunked(*chunks: bytes, te: bytes = b"Transfer-Encoding: chunked") -> bytes:
    return post(b"".join(chunks), te, kind=b"text/plain", length=False)


# What is smuggled must never be answered: one answer at most, and that a refusal.
SMUGGLED = b"GET /query?number=2 HTTP/1.1\r\nHost: a\r\n\r\n"
END = b"0\r\n\r\n"
SHAPES = {
    "length and chunks": post(END + SMUGGLED, b"Transfer-Encoding: chunked", kind=b"text/plain"),
    "two lengths": post(b"aaaaa" + SMUGGLED, b"Content-Length: 5", kind=b"text/plain"),
    "a list of lengths": post(b"a" + SMUGGLED, b"Content-Length: 1, 1", kind=b"text/plain", length=False),
    "a signed length": post(b"a" + SMUGGLED, b"Content-Length: +1", kind=b"text/plain", length=False),
    "a negative length": post(b"a" + SMUGGLED, b"Content-Length: -1", kind=b"text/plain", length=False),
    "a hexadecimal length": post(b"a" + SMUGGLED, b"Content-Length: 0x1", kind=b"text/plain", length=False),
    "no length in the length": post(SMUGGLED, b"Content-Length: ", kind=b"text/plain", length=False),
    "a length of 40 digits": post(b"a", b"Content-Length: " + b"9" * 40, kind=b"text/plain", length=False),
    "a space before the colon": chunked(END, SMUGGLED, te=b"Transfer-Encoding : chunked"),
    "a folded field": chunked(END, SMUGGLED, te=b"Transfer-Encoding:\r\n chunked"),
    "another coding last": chunked(END, SMUGGLED, te=b"Transfer-Encoding: chunked, identity"),
    "an unknown coding": chunked(END, SMUGGLED, te=b"Transfer-Encoding: xchunked"),
    "a coding with a vertical tab": chunked(END, SMUGGLED, te=b"Transfer-Encoding: \x0bchunked"),
    "a bare line feed": SMUGGLED.replace(b"\r\n", b"\n").replace(b"\n\n", b"\nX: y\n\n"),
    "a bare carriage return": GOOD.replace(b"Host: a", b"X: a\rContent-Length: 40"),
    "a null": GOOD.replace(b"Host: a", b"Host: a\0b"),
    "a chunk size with a sign": chunked(b"+1\r\na\r\n", END, SMUGGLED),
    "a chunk size in 0x": chunked(b"0x1\r\na\r\n", END, SMUGGLED),
    "a chunk size of 17 digits": chunked(b"10000000000000001\r\na\r\n", END, SMUGGLED),
    "a chunk longer than its size": chunked(b"1\r\naa\r\n", END, SMUGGLED),
    "a chunk extension with a line feed": chunked(b"1;a\nb\r\na\r\n", END, SMUGGLED),
    "a field without a name": get(b"/query", b": x"),
    "a field without a colon": get(b"/query", b"x"),
    "a field name that is no token": get(b"/query", b"x y: z"),
    "a tab in the request line": b"GET\t/query HTTP/1.1\r\nHost: a\r\n\r\n",
    "another version": b"GET /query HTTP/9.9\r\nHost: a\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "random bytes": random.Random(1).randbytes(100_000),  # noqa: S311
    "line feeds": b"\n" * 200_000,
}  # fmt: skip
FLOODS = {
    "ten thousand fields": get(b"/query", *[b"x%d: 1" % number for number in range(10_000)]),
    "a field of ten megabytes": get(b"/query", b"x: " + b"a" * 10 * MEGABYTE),
    "a field name of ten megabytes": get(b"/query", b"a" * 10 * MEGABYTE + b": x"),
    "a target of ten megabytes": get(b"/query?" + b"a" * 10 * MEGABYTE),
    "a method of ten megabytes": b"A" * 10 * MEGABYTE,
    "a head without end": b"GET /query HTTP/1.1\r\n" + b"x: 1\r\n" * 2_000_000,
}  # fmt: skip
NAMES = b",".join(b'"k%d":"x"' % number for number in range(100_000))
FIELDS = b"&".join(b"k%d=x" % number for number in range(100_000))
ENTITY = b"<!DOCTYPE a [<!ENTITY %b>]><a>&c;</a>"
BOMB = b" " * 200 * MEGABYTE
BODIES = {
    "ten megabytes of nesting": post(b"[" * 10 * MEGABYTE),
    "a hundred thousand names": post(b"{%b}" % NAMES),
    "a hundred thousand fields": post(FIELDS, kind=b"application/x-www-form-urlencoded"),
    "not UTF-8": post(b'{"\xff": 1}'),
    "half a pair of surrogates": post(b'{"\\ud800": 1}'),
    "more than may be": post(b" " * 17 * MEGABYTE),
    "chunks without end": chunked((b"10000\r\n" + b"a" * 65536 + b"\r\n") * 400),
    "chunks of one byte": chunked(b"1\r\na\r\n" * 100_000, b"1\r\n!\r\n", END),
    "a bomb of gzip": post(gzip.compress(BOMB, 1), b"Content-Encoding: gzip"),
    "a bomb of deflate": post(zlib.compress(BOMB, 1), b"Content-Encoding: deflate"),
    "a bomb of zstd": post(zstandard.ZstdCompressor(1).compress(BOMB), b"Content-Encoding: zstd"),
    "an unknown coding": post(b"{}", b"Content-Encoding: compress"),
    "entities of entities": post(ENTITY % b"b 'b'><!ENTITY c '&b;&b;'", kind=b"application/xml"),
    "an external entity": post(ENTITY % b"c SYSTEM 'file:///etc/passwd'", kind=b"application/xml"),
    "a pattern that backtracks": post(b"a" * 100_000 + b"!", kind=b"text/plain"),
    "no charset": post(b"a", kind=b"text/plain; charset=nul"),
}  # fmt: skip
TARGETS = (
    b"/..%2f..%2fetc/passwd", b"/../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd", b"//etc/passwd",
    b"/docs/../../x", b"/docs/..%5c..%5cx", b"/openapi.json%00.html", b"/docs/%252e%252e/x", b"/query%00",
    b"/%c3%28", b"/%", b"/%f", b"/%ff%fe", b"/\xff", b"/query/%2f", b"/query;a=b", b"/" + b"a/" * 30_000,
    b"/" + b"%61" * 20_000, b"/query?number=%ff", b"/query?%ff=1&number=x", b"/query?number=1&number=2",
    b"/query?number=" + b"9" * 60_000,
)  # fmt: skip


def refused(server: Server, data: bytes) -> None:
    """At most one answer, a refusal; soon, in little memory, and the next request is answered."""
    before, started = server.megabytes, time.monotonic()
    statuses = server.statuses(data)
    assert time.monotonic() - started < MOST_SECONDS
    assert [status for status in statuses if status != 100][1:] == [], statuses
    assert all(400 <= status < 500 for status in statuses), statuses
    assert server.megabytes - before < MOST_MEGABYTES
    assert server.is_well()


@pytest.mark.parametrize("name", SHAPES)
def test_what_two_might_read_differently_is_refused(server: Server, name: str) -> None:
    refused(server, SHAPES[name])


@pytest.mark.parametrize("name", FLOODS)
def test_a_head_is_bounded(server: Server, name: str) -> None:
    before = server.megabytes
    refused(server, FLOODS[name])
    assert server.megabytes - before < 50


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_bounded(server: Server, name: str) -> None:
    refused(server, BODIES[name])


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_leads_nowhere_else(server: Server, target: bytes) -> None:
    received = server.exchange(get(target))
    assert all(status in (400, 404, 422, 431) for status in split(received)), received[:500]
    assert b"root:" not in received
    assert server.is_well()


@pytest.mark.parametrize("size", [0, 1, 7, 60, 100, 120])
def test_who_stops_in_the_middle_is_forgotten(server: Server, size: int) -> None:
    before = server.descriptors
    for _ in range(20):
        with server.connect() as connection:
            connection.sendall(post(b'{"a": 1}')[:size])
    assert server.is_well()
    assert server.descriptors <= before + 5


def test_a_chunk_extension_is_ignored(server: Server) -> None:
    assert server.statuses(chunked(b"1;a=b\r\na\r\n", END) + GOOD, 2) == [200, 200]


def test_ten_thousand_requests_at_once_are_answered_in_turn(server: Server) -> None:
    assert server.statuses(GOOD * 10_000, 10_000) == [200] * 10_000
    wrong = get(b"/query?number=x")
    assert server.statuses((GOOD + wrong) * 100, 200) == [200, 422] * 100


def test_a_thousand_connections_that_ask_nothing(server: Server) -> None:
    before = server.megabytes
    connections: list[socket.socket] = []
    try:
        connections += [server.connect() for _ in range(1_000)]
        assert server.is_well()
        assert server.megabytes - before < 50
    finally:
        for each in connections:
            each.close()
    assert server.is_well()


def test_who_is_slow_is_cut_off(server: Server) -> None:
    """A head, a body and a chunk that trickle, one that stops, a connection without a request: at once."""
    begun = {
        "a head": b"GET /query HTTP/1.1\r\nX: ",
        "a body": post(b"", b"Content-Length: 100000", kind=b"text/plain", length=False),
        "a chunk": chunked(b"fffff\r\n"),
        "half a head": b"GET /qu",
        "nothing": b"",
    }
    trickle = {"a head", "a body", "a chunk"}
    connections = {name: server.connect() for name in begun}
    ended: dict[str, bytes] = {}
    for name, data in begun.items():
        connections[name].sendall(data)
    end = time.monotonic() + 45
    while len(ended) < len(begun) and time.monotonic() < end:
        time.sleep(0.5)
        for name in begun.keys() - ended.keys():
            ended |= poll(name, connections[name], b"a" if name in trickle else b"")
        assert time.monotonic() < end, begun.keys() - ended.keys()
    assert ended.pop("nothing") == b""
    for name, received in ended.items():
        assert split(received) in ([408], []), name
    assert server.is_well()


def poll(name: str, connection: socket.socket, more: bytes) -> dict[str, bytes]:
    """Send a byte; what was received when the connection ended."""
    connection.settimeout(0.01)
    try:
        connection.sendall(more)
        received = connection.recv(65536)
    except TimeoutError:
        return {}
    except OSError:
        received = b""
    connection.close()
    return {name: received}


def test_who_does_not_read_does_not_fill_the_memory(server: Server) -> None:
    before = server.megabytes
    with server.connect() as connection:
        connection.setblocking(False)
        left, end = memoryview(GOOD * 400_000), time.monotonic() + 5
        while left and time.monotonic() < end:
            try:
                left = left[connection.send(left[:65536]) :]
            except BlockingIOError:
                time.sleep(0.01)
        assert left, "it was read on, whatever was not"
        assert server.is_well()
        assert server.megabytes - before < 100
