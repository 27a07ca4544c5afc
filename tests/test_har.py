"""HAR: recordings of every kind become requests and responses; odd ones never break the reader."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import treaty
from treaty.findings import DocumentError
from treaty.har import Entry, judge_entries, read_har

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


# --- as recorders write them


LIBRARY = {
    "openapi": "3.1.0",
    "info": {"title": "Books", "version": "1"},
    "servers": [{"url": "https://api.books.example:8443/v1"}],
    "security": [{"session": []}],
    "paths": {
        "/books": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"type": "object", "required": ["title"]}}},
                },
                "responses": {
                    "201": {
                        "description": "A book",
                        "content": {"application/json": {"schema": {"type": "object", "required": ["id"]}}},
                    }
                },
            }
        }
    },
    "components": {"securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "sid"}}},
}
ADD = {
    "method": "POST",
    "url": "https://api.books.example:8443/v1/books",
    "headers": [{"name": "Content-Type", "value": "application/json"}, {"name": "Cookie", "value": "sid=1"}],
    "bodySize": 15,
    "postData": {"mimeType": "application/json", "text": '{"title": "Emma"}'},
}
ADDED = {
    "status": 201,
    "headers": [{"name": "content-type", "value": "application/json"}],
    "content": {"size": 9, "mimeType": "application/json", "text": '{"id": 1}'},
}


def codes(*entries: Any, creator: str = "a proxy") -> list[tuple[bool, list[str]]]:
    """Of each entry, whether the contract knows it and what was found."""
    log = {"version": "1.2", "creator": {"name": creator, "version": "1"}, "entries": entries}
    judge = treaty.load(LIBRARY).judge
    judged = judge_entries(judge, read_har(json.dumps({"log": log}).encode(), "traffic.har"))
    return [(each.known, [finding.code for finding in each.findings]) for each in judged]


def test_a_right_exchange_and_a_wrong_one() -> None:
    wrong = {**ADDED, "content": {**ADDED["content"], "text": "{}"}}  # type: ignore[dict-item]  # JSON
    assert codes({"request": ADD, "response": ADDED}, {"request": ADD, "response": wrong}) == [
        (True, []),
        (True, ["schema-required"]),
    ]


@pytest.mark.parametrize(
    "content",
    [
        {"size": -1, "mimeType": "application/json"},  # Playwright: `content: "omit"`
        {"size": 9, "mimeType": "application/json", "_file": "0123.json"},  # Playwright: `content: "attach"`
        {
            "size": 9,
            "mimeType": "application/json",
            "comment": "Response bodies are not included.",
        },  # Firefox
        {"mimeType": "application/json"},
        {},
    ],
)
def test_a_response_body_that_was_left_out_is_not_missed(content: Any) -> None:
    assert codes({"request": ADD, "response": {**ADDED, "content": content}}) == [(True, [])]


def test_a_request_body_that_was_left_out_is_not_missed() -> None:
    for posted in (
        {"mimeType": "application/json", "text": "", "params": []},
        {"mimeType": "application/json"},
    ):
        sent = {**ADD, "postData": posted}
        assert codes({"request": sent, "response": ADDED}) == [(True, [])]
        assert codes({"request": {**sent, "bodySize": 0}, "response": ADDED}) == [(True, ["body-missing"])]


def test_what_has_no_type_has_none() -> None:
    """Chrome says `x-unknown` of a response without a body."""
    content = {"size": 0, "mimeType": "x-unknown"}
    entry = read(get(), {"status": 302, "headers": [{"name": "location", "value": "/"}], "content": content})
    assert entry.response is not None
    assert entry.response.headers == [("location", "/")]
    content = {"size": -1, "mimeType": "x-unknown"}
    assert read(get(), {"status": 200, "content": content}).response.headers == []  # type: ignore[union-attr]


def test_a_chrome_recording_without_credentials_is_not_said_to_lack_them() -> None:
    headers = [each for each in ADD["headers"] if each["name"] != "Cookie"]  # type: ignore[union-attr,index]  # JSON
    bare = {"request": {**ADD, "headers": headers}, "response": ADDED}
    assert codes(bare, creator="WebInspector") == [(True, [])]
    assert codes(bare) == [(True, ["unauthorized"])]
    whole = {"request": ADD, "response": ADDED}
    assert codes(bare, whole, creator="WebInspector") == [(True, ["unauthorized"]), (True, [])]


def test_other_hosts_are_not_in_the_contract() -> None:
    other = {**ADD, "url": "https://cdn.example/v1/books"}
    page = {**ADD, "url": "https://api.books.example/v1/books"}
    both = [{"request": each, "response": {**ADDED, "status": 200}} for each in (other, page)]
    assert codes({"request": ADD, "response": ADDED}, *both) == [(True, []), (False, []), (False, [])]
    # Nothing went to a server of the document, so it was recorded elsewhere: all may be its.
    assert codes(*both) == [(True, ["undeclared-status"])] * 2


def test_texts_are_in_the_charset_that_is_said_of_them() -> None:
    kind = {"name": "Content-Type", "value": 'text/plain; Charset="utf-16"'}
    response = {"status": 200, "headers": [kind], "content": {"size": 4, "text": "é"}}
    assert read(get(), response).response.body == "é".encode("utf-16")  # type: ignore[union-attr]
    posted = {"mimeType": "text/plain; charset=latin-1", "text": "é"}
    assert read(get(postData=posted)).request.body == b"\xe9"
    unknown = {"mimeType": "text/plain; charset=klingon", "text": "é"}
    assert read(get(postData=unknown)).request.body == "é".encode()
    beyond = {"mimeType": "text/plain; charset=latin-1", "text": "€"}
    assert read(get(postData=beyond)).request.body == "€".encode()


def test_bytes_that_are_no_text() -> None:
    """mitmproxy writes those of a request as the halves of surrogate pairs (`surrogateescape`)."""
    posted = {"mimeType": "application/octet-stream", "text": b"a\xff\x00".decode("utf-8", "surrogateescape")}
    assert read(get(postData=posted)).request.body == b"a\xff\x00"
    assert read(get(postData={"mimeType": "text/plain", "text": "\ud800"})).request.body == b"\xed\xa0\x80"


@pytest.mark.parametrize(
    "response",
    [
        {"status": 0, "statusText": "", "headers": [], "content": {"size": 0, "mimeType": "x-unknown"}},
        {"status": -1, "statusText": "", "headers": [], "content": {"size": -1}, "_failureText": "net::ERR"},
        {"status": 0, "headers": [], "content": {}, "_error": None},
    ],
)
def test_a_request_that_failed_has_no_response(response: Any) -> None:
    assert codes({"request": ADD, "response": response, "_priority": "High"}) == [(True, [])]


def test_a_preflight_is_no_exchange_of_the_contract() -> None:
    preflight = {"method": "OPTIONS", "url": ADD["url"], "headers": []}
    entry = {"request": preflight, "response": {"status": 204}, "_resourceType": "preflight"}
    assert codes(entry, {"request": get("data:image/png;base64,AA=="), "response": OK}) == [(False, [])] * 2
