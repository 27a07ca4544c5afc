"""HAR: recordings of every kind become requests and responses; odd ones never break the reader."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from treaty.findings import DocumentError
from treaty.har import Entry, read_har

OK = {"status": 200, "headers": [], "content": {"size": 2, "mimeType": "application/json", "text": "{}"}}


def recording(*entries: Any) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


def read(request: Any, response: Any = OK) -> Entry:
    [entry] = read_har(recording({"request": request, "response": response}), "traffic.har")
    return entry


def get(url: str = "https://books.example/books?x=1", **more: Any) -> dict[str, Any]:
    return {"method": "GET", "url": url, "headers": [], **more}


def test_an_entry() -> None:
    headers = [{"name": ":authority", "value": "books.example"}, {"name": "X-Key", "value": "k"}]
    posted = {"mimeType": "application/json", "text": '{"é": 1}'}
    request = get(headers=headers, postData=posted)
    entry = read({**request, "method": "post"})
    assert (entry.number, entry.problem, entry.whole_request, entry.whole_response) == (1, "", True, True)
    assert (entry.request.method, entry.request.path, entry.request.query) == ("POST", "/books", "x=1")
    assert entry.request.headers == [("x-key", "k"), ("content-type", "application/json")]
    assert entry.request.body == '{"é": 1}'.encode()
    assert entry.response is not None
    assert (entry.response.status, entry.response.body) == (200, b"{}")
    assert entry.response.headers == [("content-type", "application/json")]


def test_bodies_in_base64() -> None:
    coded = base64.b64encode(b"\xff\x00").decode()
    content = {"mimeType": "image/png", "text": coded, "encoding": "base64"}
    assert read(get(), {"status": 200, "content": content}).response.body == b"\xff\x00"  # type: ignore[union-attr]
    assert "base64" in read(get(), {"status": 200, "content": {**content, "text": "a"}}).problem


def test_a_form_that_was_taken_apart() -> None:
    posted = {
        "mimeType": "application/x-www-form-urlencoded",
        "params": [{"name": "a b", "value": "1"}, {"name": "c"}],
    }
    assert read(get(postData=posted)).request.body == b"a+b=1&c="


def test_cookies_and_query_that_were_taken_apart() -> None:
    entry = read(
        get(
            "https://books.example/books",
            cookies=[{"name": "sid", "value": "1"}, {"name": "b", "value": "2"}],
            queryString=[{"name": "q", "value": "a b"}],
        )
    )
    assert (entry.request.header("cookie"), entry.request.query) == ("sid=1; b=2", "q=a+b")


@pytest.mark.parametrize(
    ("request_", "response", "whole"),
    [
        (get(bodySize=5), OK, (False, True)),
        (get(headers=[{"name": "Content-Length", "value": "5"}]), OK, (False, True)),
        (get(postData={"mimeType": "multipart/form-data", "params": [{"name": "a"}]}), OK, (False, True)),
        (get(bodySize=-1), {"status": 200, "content": {"size": 9, "mimeType": "text/css"}}, (True, False)),
        (get(), {"status": 200, "bodySize": 9}, (True, False)),
        (get(), {"status": 204, "headers": [{"name": "content-length", "value": "0"}]}, (True, True)),
    ],
)
def test_bodies_that_were_left_out(request_: Any, response: Any, whole: tuple[bool, bool]) -> None:
    entry = read(request_, response)
    assert (entry.whole_request, entry.whole_response) == whole


@pytest.mark.parametrize("response", [None, {}, {"status": 0}, {"status": -1}, {"status": None}, "x"])
def test_no_response_came(response: Any) -> None:
    entry = read(get(), response)
    assert (entry.response, entry.problem) == (None, "")


def test_what_was_coded_for_the_way_is_plain() -> None:
    headers = [{"name": "Content-Encoding", "value": "br"}, {"name": "ETag", "value": "1"}]
    entry = read(get(), {"status": 200, "headers": headers, "content": {"text": "{}"}})
    assert entry.response is not None
    assert entry.response.headers == [("etag", "1")]


def test_a_url_for_people() -> None:
    assert read(get("https://books.example/bücher?q=ä b")).request.path == "/b%C3%BCcher"


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ({}, "no `method` or no `url`"),
        ([], "no `method` or no `url`"),
        (None, "no `method` or no `url`"),
        ({"request": {"method": 5, "url": "/"}}, "no `method` or no `url`"),
        ({"request": get("http://[::1/")}, "`url` cannot be read"),
        ({"request": get(), "response": {"status": "200"}}, "status '200'"),
        ({"request": get(), "response": {"status": 1000}}, "status '1000'"),
    ],
)
def test_an_entry_that_cannot_be_read_is_one_problem(node: Any, said: str) -> None:
    good = {"request": get(), "response": OK}
    first, second = read_har(recording(node, good), "traffic.har")
    assert said in first.problem
    assert (second.number, second.problem) == (2, "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON"),
        (b'{"log": {\n"entries": [}', "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no list `log.entries`"),
        (b'{"log": {"entries": {}}}', "no list `log.entries`"),
    ],
    ids=range(6),
)
def test_what_is_no_recording(content: bytes, said: str) -> None:
    with pytest.raises(DocumentError, match=said) as raised:
        read_har(content, "traffic.har")
    assert str(raised.value.findings[0].location).startswith("traffic.har")


def test_a_byte_order_mark_is_no_harm() -> None:
    assert read_har(b"\xef\xbb\xbf" + recording(), "traffic.har") == []


NAMES = [
    "method",
    "url",
    "headers",
    "cookies",
    "queryString",
    "postData",
    "status",
    "content",
    "text",
    "name",
]
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, "value", "encoding", "size", "params", "mimeType"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(ODD, ODD, st.dictionaries(st.sampled_from(NAMES), ODD))
def test_whatever_is_in_an_entry_is_read_or_a_problem(request: Any, response: Any, more: Any) -> None:
    wrapped = {**more, "method": "GET", "url": "/x"}
    entries = read_har(
        recording({"request": request, "response": response}, {"request": wrapped, "response": more}), "t.har"
    )
    assert [entry.number for entry in entries] == [1, 2]
    assert all(entry.problem or entry.request.path.startswith("/") or entry.request.path for entry in entries)
