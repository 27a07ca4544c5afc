"""What is fuzzed: each target takes bytes, and raises nothing that is not an answer of ours.

A request is written as in HTTP, with line feeds; how it is split is the target's own affair, so that
every byte may stand everywhere.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import zlib
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import brotli
import uvicorn
import yaml
import zstandard
from fuzz_seeds import ALIASES, BODIES, CAT, GETS, HEADERS, POINT, QUERIES, SWAGGER, WIRE
from uvicorn.server import ServerState

import treaty
from treaty.api import Contract
from treaty.asgi import App
from treaty.document.positions import locate_all
from treaty.document.read import read
from treaty.exchange.codecs.codec import UndecodableError, UnwritableError
from treaty.exchange.codecs.table import find_codec
from treaty.exchange.media_types import concrete, essence_of, find_media_type
from treaty.exchange.messages import Request, Response
from treaty.exchange.prepared_media import PreparedMedia, prepare_media
from treaty.findings import DocumentError

API = Path(__file__).with_name("fuzz_api.yaml")


@dataclass(frozen=True)
class Target:
    """Something that takes bytes from outside, and what such bytes look like when they are right."""

    name: str
    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    prepare: Callable[[Random, bytes], bytes] = lambda _, data: data  # the last step of a mutant


@cache
def contract() -> Contract:
    """The document that requests are for, compiled once."""
    return treaty.load(API)


@cache
def mock() -> App:
    """Its mock."""
    return treaty.mock(contract(), strict=True)


def finished(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run what never waits."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise AssertionError("it waits")


def split_message(data: bytes) -> tuple[bytes, list[tuple[bytes, bytes]], bytes]:
    """The first line, the headers and the body; whatever is missing is empty."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    pairs = (line.partition(b":") for line in lines)
    return first, [(name.strip().lower(), value.strip()) for name, _, value in pairs], body


def answer(
    data: bytes, app: App | None = None, run: Callable[[Coroutine[Any, Any, None]], None] = finished
) -> int:
    """The status of the answer to a request; anything above 499 is a failure of ours."""
    first, headers, body = split_message(data)
    method, _, target = first.partition(b" ")
    path, _, query = target.partition(b"?")
    scope = {
        "type": "http", "method": method.decode("latin-1"), "path": "", "raw_path": path,
        "query_string": query, "headers": headers, "root_path": "",
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    run((app or mock())(scope, receive, send))
    status: int = sent[0]["status"]
    if status >= 500:
        raise AssertionError(f"answered {status}: {sent[-1]['body'][:300]!r}")
    return status


def run_request(data: bytes) -> None:
    """A request to the mock: the router, the styles, the codings, the codecs, the validators, the answer."""
    answer(data)


def compress(random: Random, data: bytes) -> bytes:
    """Compress the body of a request, as its Content-Encoding says, mostly; then harm it, at times."""
    head, gap, body = data.partition(b"\n\n")
    codings: dict[bytes, Callable[[bytes], bytes]] = {
        b"gzip": lambda each: gzip.compress(each, 1, mtime=0),
        b"deflate": lambda each: zlib.compress(each, 1),
        b"br": lambda each: brotli.compress(each, quality=1),
        b"zstd": lambda each: zstandard.ZstdCompressor(1).compress(each),
    }
    for name in [
        each.strip() for each in head.partition(b"content-encoding:")[2].partition(b"\n")[0].split(b",")
    ]:
        if name in codings and len(body) < 1_000_000:
            body = codings[name](body)
    if random.random() < 0.4 and body:
        at = random.randrange(len(body))
        body = random.choice((body[:at], body[:at] + b"\xff" + body[at + 1 :], body + body, body + b"x"))
    return head + gap + body


class Sink(asyncio.Transport):
    """A connection to nowhere, which keeps what is written."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.written = bytearray()
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def set_protocol(self, _: Any) -> None:
        self.closed = True  # a WebSocket, which the server library serves from here on


@cache
def connections() -> tuple[asyncio.AbstractEventLoop, uvicorn.Config, list[Any]]:
    """A loop, the server's configuration as the command line has it, and what went wrong in tasks."""
    from treaty.server.protocol import Protocol

    wrong: list[Any] = []
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _, context: wrong.append(context))
    config = uvicorn.Config(mock(), http=Protocol, log_level="critical", lifespan="off", server_header=False)
    config.load()
    return loop, config, wrong


def run_wire(data: bytes) -> None:
    """What arrives on a connection: answers, or its end; nothing above 499, and no task that fails."""
    loop, config, wrong = connections()
    sink = Sink()

    async def serve() -> None:
        protocol = config.http_protocol_class(config, ServerState(), {})  # type: ignore[call-arg, arg-type]
        protocol.connection_made(sink)
        for piece in data.split(b"\\|"):
            if not sink.closed:
                protocol.data_received(piece)
                await asyncio.sleep(0)
        for _ in range(5):
            await asyncio.sleep(0)
        protocol.connection_lost(None)
        await asyncio.sleep(0)

    loop.run_until_complete(serve())
    if wrong:
        raise AssertionError(f"a task failed: {wrong.pop()}")
    if sink.written and not sink.written.startswith(b"HTTP/1.1 "):
        raise AssertionError(f"answered {bytes(sink.written[:100])!r}")
    if re.search(rb"(?m)^HTTP/1\.1 5", sink.written):
        raise AssertionError(f"answered {bytes(sink.written[:1000])!r}")


def run_response(data: bytes) -> None:
    """A recorded exchange: what `contract.check` says of a response."""
    first, headers, body = split_message(data)
    status = int(first) if first.isdigit() and len(first) == 3 else 200
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    for finding in contract().check(Request("GET", "/query"), Response(status, pairs, body)):
        str(finding)


def run_reader(data: bytes) -> None:
    """A file of JSON or YAML, named by the first line; then the places of what is in it."""
    label, _, content = data.partition(b"\n")
    name = label.decode("latin-1")
    try:
        value = read(content, name)
        locate_all(content, _pointers(value), name)
    except DocumentError as error:
        str(error)


def _pointers(value: Any) -> Iterator[str]:
    yield ""
    yield "/nowhere/0"
    if isinstance(value, dict):
        yield from (f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in list(value)[:5])


def run_document(data: bytes) -> None:
    """A document from the reader to its first answers: bundle, survey, checks, compile, mock."""
    try:
        value = read(data, "openapi.json")
        loaded = treaty.load(value if isinstance(value, dict) else {})
    except DocumentError as error:
        str(error)
        return
    app = treaty.mock(loaded)
    for operation in loaded.operations[:3]:
        path = operation.path.partition("?")[0].replace("{", "").replace("}", "").encode("utf-8", "replace")
        for headers in (b"", b"\nprefer: dynamic=true", b"\nprefer: code=404"):
            request = operation.method.encode("utf-8", "replace") + b" " + path + headers + b"\n\n"
            _answer_of_any_document(request, app)


def _answer_of_any_document(data: bytes, app: App) -> None:
    """A document may declare no response that can be sent; that is the one failure that is its own."""
    try:
        answer(data, app)
    except AssertionError as error:
        if "answered 501" not in str(error) or b"no-response" not in str(error).encode():
            raise


@cache
def media_types() -> tuple[PreparedMedia, ...]:
    """Every media type of the document's bodies, prepared."""
    body = contract().operation("POST /bodies").body
    assert body is not None
    return tuple(prepare_media(contract(), media, "request") for media in body.content)


def run_codec(data: bytes) -> None:
    """A body, its Content-Type in the first line, read by its codec; and each reading written."""
    first, _, body = data.partition(b"\n")
    sent = first.decode("latin-1")
    codec = find_codec(essence_of(sent))
    if codec is None:
        return
    named = find_media_type([each.media for each in media_types()], sent)
    prepared = next((each for each in media_types() if each.media is named), media_types()[0])
    try:
        readings = codec.read(body, sent, prepared)
    except UndecodableError:
        return
    for value in readings:
        if prepared.validator is not None and not prepared.validator.accepts(value):
            continue  # what the schema does not allow need not be written
        try:
            written = codec.write(value, prepared)
        except UnwritableError:
            continue
        codec.read(written.body, written.content_type or concrete(prepared.media.name), prepared)


def _requests() -> Iterator[Target]:
    bodies = tuple(b"POST /bodies\ncontent-type: %b\n\n%b" % pair for pair in BODIES.items())
    yield Target("paths", run_request, tuple(each + b"\n\n" for each in GETS))
    yield Target(
        "queries",
        run_request,
        tuple(b"GET /%b?%b\n\n" % (path, each) for each in QUERIES for path in (b"query", b"querystring")),
    )
    yield Target("headers", run_request, tuple(b"GET /headers\n%b\n\n" % each for each in HEADERS))
    yield Target("bodies", run_request, bodies)
    coded = tuple(
        each.replace(b"\n\n", b"\ncontent-encoding: %b\n\n" % coding, 1)
        for each in bodies
        for coding in (b"gzip", b"deflate", b"gzip, deflate, identity", b"br", b"zstd")
    )
    yield Target("content-codings", run_request, coded, compress)


def _documents() -> Iterator[Target]:
    text = API.read_bytes()
    data = yaml.safe_load(text)
    small = {
        **data,
        "openapi": "3.0.3",
        "paths": {key: data["paths"][key] for key in list(data["paths"])[:2]},
    }
    written = [json.dumps(each).encode() for each in (data, small, SWAGGER)]
    files = (
        b"a.yaml\n" + text,
        b"a.yaml\n" + ALIASES,
        b"a.json\n" + written[1],
        b"a\n" + written[2],
        b"a.yaml\n" + CAT,
    )
    yield Target("reader", run_reader, files)
    yield Target("documents", run_document, tuple(written))


def targets() -> tuple[Target, ...]:
    """All of them."""
    answers = (
        b"200\ncontent-type: application/json\nx-rate: 5\n\n" + POINT,
        b"200\ncontent-type: application/xml\n\n<Point x='1'/>",
        b"404\n\nx",
    )
    codecs = tuple(kind + b"\n" + body for kind, body in BODIES.items())
    return (
        *_documents(),
        *_requests(),
        Target("wire", run_wire, WIRE),
        Target("responses", run_response, answers),
        Target("codecs", run_codec, codecs),
    )
