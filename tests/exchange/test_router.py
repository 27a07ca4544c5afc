"""Routes, without a document: the cases in tests/cases show the whole path."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treaty.contract.model import Operation
from treaty.exchange import router as module
from treaty.exchange.router import Router, build_router
from treaty.exchange.segments import MAX_SPLITS, other_splits


def router(*routes: str, base_paths: tuple[str, ...] = (), base_path: str | None = None) -> Router:
    operations = []
    for route in routes:
        method, path = route.split()
        operations.append(Operation(route, method, path, ""))
    return build_router(operations, base_paths, base_path)


def found(routes: Router, method: str, path: str, query: str = "") -> str | tuple[str, ...]:
    matched = routes.match(method, path, query)
    return matched.operation.operation_id if matched.operation else matched.allowed


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a", "GET /a"),
        ("/b", "GET /{x}"),
        ("/a/b", "GET /a/{y}"),
        ("/b/c", "GET /{x}/c"),
        ("/a/c", "GET /a/{y}"),
        ("/b/b", ()),
        ("/a/", ()),
        ("/", ()),
        ("", ()),
        ("*", ()),
        ("/a//", ()),
        ("/%61", "GET /a"),
        ("/a%2Fb", "GET /{x}"),
    ],
)
def test_the_most_particular_path_wins(path: str, expected: str | tuple[str, ...]) -> None:
    assert found(router("GET /{x}", "GET /a", "GET /{x}/c", "GET /a/{y}"), "GET", path) == expected


def test_a_path_that_has_the_method_wins_over_a_more_particular_one() -> None:
    routes = router("GET /a/b", "PUT /a/{x}", "DELETE /{y}/b")
    assert found(routes, "PUT", "/a/b") == "PUT /a/{x}"
    assert found(routes, "DELETE", "/a/b") == "DELETE /{y}/b"
    assert found(routes, "POST", "/a/b") == ("DELETE", "GET", "HEAD", "PUT")


def test_what_may_be_below_a_base_path_is() -> None:
    routes = router(
        "GET /{tenant}/users", "GET /users", "POST /{tenant}/pets", "GET /pets", base_paths=("/v1",)
    )
    assert found(routes, "GET", "/v1/users") == "GET /users"
    assert found(routes, "GET", "/v2/users") == "GET /{tenant}/users"
    assert found(routes, "GET", "/v1/v1/users") == "GET /{tenant}/users"
    assert found(routes, "GET", "/users") == "GET /users"
    assert found(routes, "POST", "/v1/pets") == "POST /{tenant}/pets"
    assert found(routes, "PUT", "/v1/pets") == ("GET", "HEAD")
    assert found(routes, "PUT", "/v2/pets") == ("POST",)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a%2Fb", True),
        ("/a%2fc", True),  # there is such a path, though without the method
        ("/v1%2Fc%2Fd", True),
        ("/a%2Fz", False),
        ("/a%252Fb", False),
        ("/a/b", False),
        ("/a%20b", False),
    ],
)
def test_encoded_slashes_that_would_lead_to_another_path(path: str, expected: bool) -> None:
    routes = router("GET /{x}", "GET /a/b", "PUT /a/c", "GET /c/d", base_paths=("/v1",))
    assert routes.leads_elsewhere("GET", path) is expected


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("/{a}.{b}", "/x.y", {"a": "x", "b": "y"}),
        ("/{a}.{b}", "/x.y.z", {"a": "x.y", "b": "z"}),
        ("/{a}.{b}", "/.y", None),
        ("/{a}.{b}", "/x.", None),
        ("/{a}{b}", "/xyz", {"a": "xy", "b": "z"}),
        ("/{a}.{b}", "/x.y.", {"a": "x", "b": "y."}),
        ("/{a}.{b}", "/x%2Ey%2ez", {"a": "x%2Ey", "b": "z"}),
        ("/{a}.{b}.{c}", "/w.x.y.z", {"a": "w.x", "b": "y", "c": "z"}),
        ("/{a}{b}", "/x", None),
        ("/v{a}-{b}.json", "/v1-2.json", {"a": "1", "b": "2"}),
        ("/v{a}-{b}.json", "/v1-.json", None),
        ("/v{a}-{b}.json", "/v1-2.xml", None),
        ("/pre{a}", "/pre", None),
        ("/{a}post", "/%20post", {"a": "%20"}),
        ("/{a}:go", "/1%3Ago", {"a": "1"}),
        ("/{a}:go", "/1%3a%67o", {"a": "1"}),
        ("/{a}:go", "/%3Ago", None),
        ("/{a}:go", "/1%3Ago%20", None),
        ("/é{a}.{b}", "/%C3%A9%2F%2Ey", {"a": "%2F", "b": "y"}),
        ("/x%20{a}", "/x%20y", {"a": "y"}),
        ("/{a}-{b}aa", "/1%2D2aaa", {"a": "1", "b": "2a"}),
    ],
)
def test_several_expressions_in_a_segment(template: str, path: str, values: dict[str, str] | None) -> None:
    matched = router(f"GET {template}").match("GET", path)
    assert (matched.path_values if matched.operation else None) == values


def test_a_segment_with_more_text_around_its_expressions_is_tried_first() -> None:
    routes = router("GET /{a}", "GET /{a}.json", "GET /{a}.schema.json")
    assert found(routes, "GET", "/x.schema.json") == "GET /{a}.schema.json"
    assert found(routes, "GET", "/x.json") == "GET /{a}.json"


def test_a_long_segment_costs_no_more_than_its_length() -> None:
    routes = router("GET /{a}.{b}.{c}.{d}!")
    started = time.process_time()
    assert found(routes, "GET", "/" + "x." * 100_000) == ()
    assert time.process_time() - started < 2  # with backtracking it would be years


def test_the_other_splits_of_a_path() -> None:
    values = {"a": "w.x", "b": "y", "c": "z", "d": "1"}
    splits = [tuple(each.values()) for each in other_splits("/{d}/{a}.{b}.{c}!", values)]
    assert splits == [("w.x", "y", "z", "1"), ("w", "x.y", "z", "1"), ("w", "x", "y.z", "1")]
    assert list(other_splits("/{d}/{a}!", values)) == []
    both = [
        tuple(each.values())
        for each in other_splits("/{a}.{b}/{c}-{d}", {"a": "1.2", "b": "3", "c": "4", "d": "5-6"})
    ]
    assert both == [
        ("1.2", "3", "4-5", "6"),
        ("1.2", "3", "4", "5-6"),
        ("1", "2.3", "4-5", "6"),
        ("1", "2.3", "4", "5-6"),
    ]


def test_the_other_splits_of_a_long_path_are_bounded() -> None:
    started = time.process_time()
    long = {"a": "x." * 30_000, "b": "-" + "y." * 3_000, "c": "z"}
    assert len(list(other_splits("/{a}{b}.{c}", long))) == MAX_SPLITS
    assert len(list(other_splits("/{a}-{b}.{c}", {**long, "b": "y"}))) == 1
    assert time.process_time() - started < 2


def test_base_paths() -> None:
    routes = router("GET /a", "GET /v1/b", base_paths=("/v1", "/v1/x"))
    assert found(routes, "GET", "/v1/a") == found(routes, "GET", "/a") == "GET /a"
    assert found(routes, "GET", "/v1/x/a") == "GET /a"
    assert found(routes, "GET", "/v1/b") == "GET /v1/b"
    assert found(routes, "GET", "/v1/v1/b") == "GET /v1/b"
    assert found(routes, "GET", "/v12/a") == ()
    assert found(routes, "PUT", "/v1/a") == ("GET", "HEAD")


def test_a_base_path_may_come_percent_encoded() -> None:
    routes = router("GET /a/{b}", base_paths=("/x y/z",))
    assert found(routes, "GET", "/x%20y/z/a/1%2F2") == "GET /a/{b}"
    assert routes.match("GET", "/x%20y/%7A/a/1%2F2").path_values == {"b": "1%2F2"}
    assert found(routes, "GET", "/x%20y/a/1") == ()


@pytest.mark.parametrize("base", ["/api", "api", "/api/"])
def test_one_base_path_in_place_of_the_servers(base: str) -> None:
    routes = router("GET /a", base_paths=("/v1",), base_path=base)
    assert found(routes, "GET", "/api/a") == "GET /a"
    assert found(routes, "PUT", "/api/a") == ("GET", "HEAD")
    assert found(routes, "GET", "/a") == found(routes, "GET", "/v1/a") == found(routes, "GET", "/api") == ()


@pytest.mark.parametrize("base", ["", "/"])
def test_no_base_path(base: str) -> None:
    routes = router("GET /a", base_paths=("/v1",), base_path=base)
    assert found(routes, "GET", "/a") == "GET /a"
    assert found(routes, "GET", "/v1/a") == ()


@pytest.mark.parametrize("order", [1, -1])
def test_queries_in_paths(order: int) -> None:
    routes = router(*["GET /x", "GET /x?a=1", "GET /x?a=1&b=2", "PUT /x?a=1"][::order])
    assert found(routes, "GET", "/x") == "GET /x"
    assert found(routes, "GET", "/x", "a=2") == "GET /x"
    assert found(routes, "GET", "/x", "z=0&a=1") == "GET /x?a=1"
    assert found(routes, "GET", "/x", "b=2&a=1") == "GET /x?a=1&b=2"
    assert found(routes, "HEAD", "/x", "a=1") == "GET /x?a=1"
    assert found(routes, "PUT", "/x") == "PUT /x?a=1"


def test_head() -> None:
    assert found(router("GET /a"), "HEAD", "/a") == "GET /a"
    assert found(router("GET /a", "HEAD /a"), "HEAD", "/a") == "HEAD /a"
    assert found(router("PUT /a"), "HEAD", "/a") == ("PUT",)


SEGMENTS = st.sampled_from(["a", "b", "", "{x}", "{x}.{y}", "a{x}", "{x}:b"])
TEXTS = st.sampled_from(["a", "b", "ab", "a.b", "b:b", "", ".", "a.b:b"])


def paths(segments: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(segments, min_size=1, max_size=4).map(lambda found: "/" + "/".join(found))


@given(
    st.lists(st.tuples(st.sampled_from(["GET", "PUT"]), paths(SEGMENTS)), max_size=8),
    paths(TEXTS),
    st.sampled_from(["GET", "PUT", "HEAD"]),
)
def test_the_short_way_leads_where_the_long_one_does(
    routes: list[tuple[str, str]], path: str, method: str
) -> None:
    routed = router(*(f"{verb} {_named_apart(route)}" for verb, route in routes))
    short = routed.match(method, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_follow", lambda *_: None)
        assert short == routed.match(method, path)


def _named_apart(path: str) -> str:
    """Each expression with a name of its own, as a document must have them."""
    parts = path.replace("{y}", "{x}").split("{x}")
    return "".join(f"{part}{{p{number}}}" for number, part in enumerate(parts[:-1])) + parts[-1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("city=Bergen", "GET /now?city={city}"),
        ("lat=60&lon=5", "GET /now?lat={lat}&lon={y}"),
        ("lon=5&units=m&lat=60", "GET /now?lat={lat}&lon={y}"),
        ("lat=60", "GET /now?city={city}"),
        ("cities=Bergen", "GET /now?city={city}"),
        ("", "GET /now?city={city}"),
    ],
)
def test_expressions_in_a_query_ask_for_a_parameter(query: str, expected: str) -> None:
    routes = router("GET /now?city={city}", "GET /now?lat={lat}&lon={y}")
    assert found(routes, "GET", "/now", query) == expected


@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        ("", [("x-target", "A.List")], "POST /#X-Target=A.List"),
        ("", [("x-target", "A.Make")], "POST /#X-Target=A.Make"),
        ("Action=Drop", [], "POST /#Action=Drop"),
        ("Action=Other", [], "POST /#X-Target=A.List"),
    ],
)
def test_a_fragment_is_not_sent_and_what_it_says_is_in_the_request(
    query: str, headers: list[tuple[str, str]], expected: str
) -> None:
    routes = router("POST /#X-Target=A.List", "POST /#X-Target=A.Make", "POST /#Action=Drop")
    matched = routes.match("POST", "/", query, headers)
    assert matched.operation is not None
    assert matched.operation.operation_id == expected


@pytest.mark.parametrize("order", [1, -1])
def test_a_fragment_that_is_a_name_is_that_of_a_parameter(order: int) -> None:
    routes = router(*["GET /tags/{a}", "GET /tags/{a}#keys"][::order])
    assert found(routes, "GET", "/tags/1") == "GET /tags/{a}"
    assert found(routes, "GET", "/tags/1", "keys=x") == "GET /tags/{a}#keys"
    assert found(routes, "GET", "/tags/1%23keys") == "GET /tags/{a}#keys"
