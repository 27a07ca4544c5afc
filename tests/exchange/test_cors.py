"""What a browser is told; whole paths are in tests/cases/cors-*.txt."""

from __future__ import annotations

import pytest

from treaty.exchange.cors import shared
from treaty.exchange.messages import Request, Response

PAGE = "http://127.0.0.1:5173"


def test_the_response_itself_is_left_alone_because_it_may_be_kept() -> None:
    response = Response(200, [("x-total", "2")], b"[]")
    told = shared(Request("GET", "/"), response, PAGE, declared=True)
    assert response.headers == [("x-total", "2")]
    assert told.body == b"[]"
    assert told.header("access-control-allow-origin") == PAGE


def test_only_headers_that_a_page_cannot_read_anyway_are_exposed_and_cookies_never() -> None:
    plain = [
        ("content-type", "text/plain"),
        ("set-cookie", "a=b"),
        ("etag", "1"),
        ("link", "a"),
        ("link", "b"),
    ]
    told = shared(Request("GET", "/"), Response(200, plain), PAGE, declared=True)
    assert told.header("access-control-expose-headers") == "etag, link"
    nothing = shared(Request("GET", "/"), Response(200, plain[:2]), PAGE, declared=True)
    assert nothing.header("access-control-expose-headers") is None


@pytest.mark.parametrize("own", ["*", "null", "https://app.example", "http://localhost:3000"])
def test_an_origin_that_the_contract_names_stands(own: str) -> None:
    response = Response(200, [("access-control-allow-origin", own)])
    assert shared(Request("GET", "/"), response, PAGE, declared=True) is response


@pytest.mark.parametrize("own", ["lorem", "", "https://", "* *", "app.example"])
def test_what_names_no_origin_does_not(own: str) -> None:
    response = Response(200, [("access-control-allow-origin", own)])
    told = shared(Request("GET", "/"), response, PAGE, declared=True)
    assert [value for name, value in told.headers if name == "access-control-allow-origin"] == [PAGE]
