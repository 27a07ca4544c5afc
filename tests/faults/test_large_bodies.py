"""What a few bytes, or sixteen million, may cost: bounded time and memory for the worst that is known."""

from __future__ import annotations

import asyncio
import gzip
import multiprocessing
import resource
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from fuzz_targets import answer

# Of processor time; far more than is needed, far less than any of these took without a bound.
MOST_SECONDS = 10.0
MOST_BYTES = 500 * 1024 * 1024
FULL = 15 * 1024 * 1024
FORM = b"application/x-www-form-urlencoded"
MULTIPART = b"multipart/form-data; boundary=b"
EVENTS = b"text/event-stream"
PART = b'--b\r\ncontent-disposition: form-data; name="name"\r\n\r\n'


def body(kind: bytes, content: bytes, coding: bytes = b"identity") -> bytes:
    return b"POST /bodies\ncontent-type: %b\ncontent-encoding: %b\n\n%b" % (kind, coding, content)


def json(content: bytes, coding: bytes = b"identity") -> bytes:
    return body(b"application/json", content, coding)


def xml(content: bytes) -> bytes:
    return body(b"application/xml", content)


def listed(item: bytes, size: int = FULL) -> bytes:
    return b"[" + b",".join([item] * (size // (len(item) + 1))) + b"]"


def keys(number: int, pair: bytes = b'"k%d":1') -> bytes:
    return b",".join(pair % index for index in range(number))


def members(number: int) -> bytes:
    return gzip.compress(b"", mtime=0) * number


Case = tuple[Callable[[], bytes], int]
CASES: dict[str, Case] = {
    "json, ten million levels": (lambda: json(b"[" * 10_000_000), 400),
    "json, levels of objects": (lambda: json(b'{"a":' * 2_000_000), 400),
    "json, millions of errors": (lambda: json(listed(b"{}")), 422),
    "json, errors below a choice": (
        lambda: json(b'{"kind":"cat","lives":1,"friends":%b}' % listed(b'{"kind":"cat","lives":10}')),
        422,
    ),
    "json, equal items": (lambda: json(b'{"kind":"cat","lives":1,"friends":%b}' % listed(b"[1]")), 422),
    "json, many names": (lambda: json(b'{"kind":"cat","lives":1,%b}' % keys(1_000_000)), 422),
    "json, names that break a pattern": (
        lambda: json(b'{"kind":"dog","name":1,"tags":{%b}}' % keys(500_000)),
        422,
    ),
    "json, a pattern that backtracks": (lambda: json(b'"%b!"' % (b"a" * 100_000)), 422),
    "json, many that backtrack": (lambda: json(listed(b'"%b!"' % (b"a" * 40), 4_000_000)), 422),
    "json, a long number": (lambda: json(b"9" * FULL), 400),
    "json, a long string": (lambda: json(b'"%b"' % (b"a" * FULL)), 422),
    "json, a name again and again": (lambda: json(b"{%b}" % b",".join([b'"a":1'] * 2_000_000)), 400),
    "form, millions of fields": (lambda: body(FORM, b"a&" * (FULL // 2)), 400),
    "form, many names": (lambda: body(FORM, keys(100_000, b"k%d=1").replace(b",", b"&")), 400),
    "form, deep names": (
        lambda: body(FORM, b"name=a&" + keys(9_000, b"point[k%d]=1").replace(b",", b"&")),
        422,
    ),
    "form, a list of nothing": (lambda: body(FORM, b"name=a&tags=" + b"|" * FULL), 400),
    "form, percent-encoded": (lambda: body(FORM, b"name=" + b"%61" * (FULL // 3)), 200),
    "form, not encoded": (lambda: body(FORM, b"name=" + b"\xff" * FULL), 400),
    "multipart, many parts": (lambda: body(MULTIPART, (PART + b"\r\n") * (FULL // 60)), 400),
    "multipart, almost boundaries": (
        lambda: body(MULTIPART, PART + b"\r\n--" * 3_000_000 + b"\r\n--b--\r\n"),
        200,
    ),
    "multipart, a header without end": (lambda: body(MULTIPART, b"--b\r\n" + b"a" * FULL), 400),
    "xml, depth": (lambda: xml(b"<a>" * (FULL // 3)), 400),
    "xml, elements": (lambda: xml(b"<tree xmlns='urn:trees'>%b</tree>" % (b"<a/>" * 3_000_000)), 400),
    "xml, attributes": (lambda: xml(b"<tree %b/>" % keys(1_000_000, b"a%d=''").replace(b",", b" ")), 400),
    "xml, namespaces in all elements": (
        lambda: xml(
            b"<tree xmlns='urn:trees' %b>%b</tree>"
            % (keys(40_000, b"xmlns:a%d='u'").replace(b",", b" "), b"<a xmlns:b='u'/>" * 25_000)
        ),
        422,
    ),
    "xml, a bomb of entities": (
        lambda: xml(
            b"<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>"
            + b"".join(b"<!ENTITY %c '%b'>" % (98 + at, b"&%c;" % (97 + at) * 10) for at in range(12))
            + b"]><a>&m;</a>"
        ),
        400,
    ),
    "xml, an external entity": (
        lambda: xml(b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
        400,
    ),
    "lines, more than are read": (lambda: body(b"application/jsonl", b"1\n" * (FULL // 2)), 400),
    "events, one of millions of lines": (lambda: body(EVENTS, b"data:\n" * (FULL // 6)), 200),
    "events, lines of nothing": (lambda: body(EVENTS, b":\n" * (FULL // 2)), 200),
    "gzip, a bomb": (lambda: json(gzip.compress(b" " * 200_000_000, 1), b"gzip"), 413),
    "deflate, a bomb": (lambda: json(zlib.compress(b" " * 200_000_000, 1), b"deflate"), 413),
    "gzip, a bomb within a bomb": (
        lambda: json(gzip.compress(gzip.compress(b" " * 200_000_000, 9), 9), b"gzip, gzip"),
        413,
    ),
    "gzip, members of nothing": (lambda: json(members(100_000), b"gzip"), 400),
    "codings, very many": (lambda: json(b"1", b"gzip," * 10_000), 415),
    "header, a list of nothing": (lambda: b"GET /headers\nx-list: %b\n\n" % (b"," * 64_000), 422),
    "header, quotes without end": (lambda: body(b"text/plain" + b';a="\\"' * 10_000, b"1"), 200),
    "header, preferences": (lambda: b"GET /headers\nprefer: %b\n\n" % (b"a=b," * 16_000), 200),
    "cookies": (lambda: b"GET /headers\ncookie: %b\n\n" % (b"a=b;" * 16_000), 422),
    "path, a pattern that backtracks": (lambda: b"GET /plain/1/%b!.x\n\n" % (b"a" * 60_000), 422),
    "path, segments": (lambda: b"GET %b\n\n" % (b"/" * 60_000), 404),
    "query, deep names": (lambda: b"GET /query?deep%b=1\n\n" % (b"[a]" * 20_000), 422),
    "query, many names": (lambda: b"GET /query?%b\n\n" % keys(8_000, b"k%d=1").replace(b",", b"&"), 200),
}  # fmt: skip


def measure(connection: Any, name: str) -> None:
    make, _ = CASES[name]
    data = make()
    answer(b"GET /query\n\n")  # what is made once is not the request's doing
    before, started = _peak(), time.process_time()
    status = answer(data, run=asyncio.run)  # a large body is written to a file, which takes a thread
    connection.send((status, time.process_time() - started, _peak() - before))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("name", CASES)
def test_the_cost_is_bounded(name: str) -> None:
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=measure, args=(sending, name))
    process.start()
    try:
        assert receiving.poll(60), "no answer within a minute"
        status, seconds, grown = receiving.recv()
    finally:
        process.kill()
        process.join()
    assert status == CASES[name][1]
    assert seconds < MOST_SECONDS
    assert grown < MOST_BYTES
