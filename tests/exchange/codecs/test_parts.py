"""Parts of multipart bodies, taken apart and put together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from treaty.exchange.codecs.codec import UndecodableError
from treaty.exchange.codecs.parts import Part, PartSplitter, join_parts, split_parts
from treaty.exchange.prepared_media import MAX_FIELDS
from treaty.exchange.spool import Spool

KIND = 'multipart/form-data; boundary="B b"'


def body_of(*parts: str) -> bytes:
    return "".join(f"--B b\r\n{part}\r\n" for part in parts).encode() + b"--B b--\r\n"


def test_headers_names_and_content() -> None:
    body = body_of('Content-Disposition: form-data; name="a%22b"; filename="é.txt"\r\nX-A:  1 \r\n\r\nx\r\ny')
    (part,) = split_parts(Spool.holding(body), KIND)
    assert (part.name, part.filename, part.content) == ('a"b', "é.txt", b"x\r\ny")
    assert part.headers["x-a"] == "1"
    assert part.content_type == ""


def test_a_file_without_a_name_is_a_file() -> None:
    body = body_of('content-disposition: form-data; name="f"; filename=""\r\n\r\n')
    (part,) = split_parts(Spool.holding(body), KIND)
    assert part.filename == "f"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", KIND),
        (b"--B b\r\n", KIND),
        (b"text", KIND),
        (b"--B b\r\nno header\r\n\r\n", KIND),
        (body_of("\r\nx"), "multipart/form-data"),
        (body_of("\r\nx"), f"multipart/form-data; boundary={'b' * 300}"),
        (body_of(*["\r\n"] * (MAX_FIELDS + 1)), KIND),
        (body_of("\r\n".join(f"x-{number}: 1" for number in range(50)) + "\r\n\r\n"), KIND),
    ],
    ids=[
        "empty",
        "no end",
        "text",
        "no header",
        "no boundary",
        "long boundary",
        "many parts",
        "many headers",
    ],
)
def test_what_cannot_be_taken_apart(body: bytes, kind: str) -> None:
    with pytest.raises(UndecodableError) as raised:
        split_parts(Spool.holding(body), kind)
    assert raised.value.finding.code == "malformed-body"


@settings(deadline=None)
@given(
    preamble=st.sampled_from([b"", b"\r\n", b"What a mail reader shows.\r\n", b"--\r\n--B\r\n"]),
    contents=st.lists(
        st.lists(st.sampled_from([b"\r\n", b"\r", b"--B", b"--", b"\r\n--B ", b"x"])).map(b"".join),
        max_size=4,
    ),
    cuts=st.lists(st.integers(1, 9)),
    spooled=st.booleans(),
)
def test_cut_anywhere(preamble: bytes, contents: list[bytes], cuts: list[int], *, spooled: bool) -> None:
    body = preamble + b"".join(b"--B b\r\n\r\n" + each + b"\r\n" for each in contents) + b"--B b--\r\nthe end"
    splitter = PartSplitter(KIND, Spool.holding(body) if spooled else None)
    parts, start = [], 0
    for size in [*cuts, len(body)]:
        parts += splitter.feed(body[start : start + size])
        start += size
        assert 0 <= splitter.pending <= len(body)
    splitter.finish()
    assert [part.content for part in parts] == contents
    assert all(part.spool.size == (len(body) if spooled else part.size) for part in parts)


def test_the_same_parts_have_the_same_boundary() -> None:
    parts = [Part({"content-type": "text/plain"}, b"1"), Part({}, b"2")]
    body, kind = join_parts(parts, "multipart/mixed")
    assert (body, kind) == join_parts(parts, "multipart/mixed")
    assert [part.content for part in split_parts(Spool.holding(body), kind)] == [b"1", b"2"]


def test_nothing_of_a_malformed_body_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(UndecodableError):
        split_parts(Spool.holding(b"--b\r\n\xff: x\r\n"), "multipart/form-data; boundary=b")
    assert caplog.records == []
