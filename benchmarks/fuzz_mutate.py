"""Mutants: what a fuzz target is given, made from seeds by a generator that can be repeated.

Half of the mutations know the structure: they change one node of a JSON value, one number, one
pair between separators. The others know nothing, and cut, repeat and join bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeAlias

Mutation: TypeAlias = Callable[[Random, bytes, Sequence[bytes]], bytes]

MAX_BYTES = 64 * 1024
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_SEPARATOR = re.compile(rb"[&;,/=\n\x1e]|\r\n")
_ODD_NUMBERS = (
    b"0", b"-1", b"-0", b"00", b"0.1", b"1e400", b"1E-400", b"NaN", b"Infinity", b"9223372036854775808",
    b"18446744073709551616", b"9" * 4000, b"9" * 5000, b"0."+b"3" * 400, b"0x10", b"1_000", b"\xd9\xa1",
)  # fmt: skip
_TOKENS = (
    b"%", b"%0", b"%00", b"%2F", b"%2f%2e%2e", b"%C3%28", b"%ff", b"%ED%A0%80", b"+", b"[", b"]", b"[]",
    b"[0]", b"[a][b]", b"{", b"}", b"{}", b"../", b"//", b".", b":", b";", b",", b"=", b"&", b"?", b"#",
    b"|", b"\\", b'"', b"'", b'\\"', b"\\u0000", b"\\ud800", b"\\x", b"\x00", b"\x1e", b"\x7f", b"\x80",
    b"\xff", b"\xc3\xa9", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"\xe2\x80\xa8", b"\r", b"\n",
    b"\r\n", b"\r\n\r\n", b"\t", b" ", b"null", b"true", b"~", b"<<: ", b"&a ", b"*a", b"- ", b"? ",
    b"!!int ", b"!!x ", b"--- ", b"...", b"|\n", b">-\n", b"%YAML 1.1\n", b"--b\r\n", b"\r\n--b--\r\n",
    b"--", b"charset=utf-16", b"charset=idna", b"charset=\x00", b"boundary=b", b"boundary=",
    b'boundary="', b"q=nan", b"<", b">", b"</t>", b"<!DOCTYPE t>", b"<![CDATA[", b"<?x?>", b"&lt;",
    b"&#0;", b"&e;", b" xmlns:a='u'", b" xsi:nil='1'", b"data: ", b"event: ", b"retry: 1\n", b"x-",
    b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", b"1970-01-01T00:00:60Z", b"9999-99-99",
    b"2024-02-30T25:61:61+99:99", b"::1", b"http://[", b"xn--\xc3\xa9", b"a@b", b"\xf0\x9f\x92\xa9",
)  # fmt: skip
_ODD_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 0.1, 1e308, 2**63, 2**64, 10**400, "", "\0", "é", "\ud800", "#", "#/",
    "#/components/schemas/Point", "https://e.org/x", "(a+)+$", "[", "(?<=a)b", "\\p{L}", "2024-13-01",
    "integer", ["integer", "null"], "array", [], {}, [[]], [{}], {"": {}}, {"$ref": "#"},
    {"$ref": "#/components/schemas/Tree"}, {"$ref": 5}, {"type": "object"}, "x" * 5000, list(range(50)),
    {"~1/ %": {"a/b": 1}}, {"kind": "cat"}, {"kind": "bird"},
)  # fmt: skip


def mutant(random: Random, seeds: Sequence[bytes]) -> bytes:
    """A seed after one mutation, mostly, or a few."""
    data = random.choice(seeds)
    for _ in range(min(1 + int(random.expovariate(0.7)), 8)):
        data = random.choice(MUTATIONS)(random, data, seeds)[:MAX_BYTES]
    return data


def _span(random: Random, data: bytes) -> tuple[int, int]:
    """The bounds of a piece, mostly a short one."""
    start = random.randint(0, len(data))
    return start, min(len(data), start + int(random.expovariate(1 / 8)))


def _flip(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data)) if data else 0
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _insert(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.choice(_TOKENS) + data[at:]


def _replace(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(random, data)
    return data[:start] + random.choice(_TOKENS) + data[end:]


def _delete(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(random, data)
    return data[:start] + data[end:]


def _repeat(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(random, data)
    return data[:end] + data[start:end] * random.choice((1, 2, 33, 500)) + data[end:]


def _splice(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    other = random.choice(seeds)
    return data[: random.randint(0, len(data))] + other[random.randint(0, len(other)) :]


def _truncate(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    return data[: random.randint(0, len(data))]


def _number(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    found = list(_NUMBER.finditer(data))
    if not found:
        return data
    chosen = random.choice(found)
    return data[: chosen.start()] + random.choice(_ODD_NUMBERS) + data[chosen.end() :]


def _pairs(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Two pieces between separators change places, or one is there twice."""
    ends = [found.end() for found in _SEPARATOR.finditer(data)]
    if len(ends) < 3:
        return data
    first = random.randrange(len(ends) - 2)
    a, b, c = ends[first : first + 3]
    pieces = random.choice(((data[b:c], data[a:b]), (data[a:b], data[a:b], data[b:c]), (data[b:c],)))
    return data[:a] + b"".join(pieces) + data[c:]


def _node(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """One node of the JSON value that follows the last empty line, or is all there is."""
    head, gap, body = data.rpartition(b"\n\n")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return data
    changed = _changed(random, value)
    return (
        head + gap + json.dumps(changed, ensure_ascii=random.random() < 0.8).encode("utf-8", "surrogatepass")
    )


def _changed(random: Random, value: Any) -> Any:
    """The value with one node replaced, removed, wrapped, or put under another name."""
    if isinstance(value, dict | list) and value and random.random() < 0.85:
        key = random.choice(list(value)) if isinstance(value, dict) else random.randrange(len(value))
        choice = random.random()
        if choice < 0.05:
            del value[key]
        elif choice < 0.1 and isinstance(value, dict):
            value[random.choice(("", "x-", "$ref", "a/b", "é", "default", "allOf"))] = value[key]
        elif choice < 0.15 and isinstance(value, dict):
            value[key] = value[random.choice(list(value))]
        else:
            value[key] = _changed(random, value[key])
        return value
    if random.random() < 0.2:
        return random.choice(([value], {"a": value}, [value, value], {"allOf": [value]}, _nested(value)))
    return random.choice(_ODD_VALUES)


def _nested(value: Any) -> Any:
    for _ in range(150):
        value = [value]
    return value


MUTATIONS: tuple[Mutation, ...] = (
    _flip, _insert, _insert, _replace, _replace, _delete, _repeat, _splice, _truncate,
    _number, _number, _pairs, _pairs, _node, _node, _node, _node,
)  # fmt: skip
