"""Law 1: the same exchange gets the same findings from serve, guard, mock, a proxy and Contract.check.

A request that is refused is the same problem, to the byte, wherever it is refused.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from respond.projects import imports_undone, write_handlers

import treaty
from treaty import Request, Response
from treaty.asgi import App
from treaty.enforcing import Exchange
from treaty.engine import build_engine
from treaty.exchange.call import Call
from treaty.guarding.guard import Guard
from treaty.site import Site

ROOT = Path(__file__).parents[2]
PETSTORE = "petstore-swagger30.yaml"
BODIES: list[Any] = [
    {"name": "Rex", "photoUrls": ["a"], "status": "sold", "id": 1, "category": {"id": 1, "name": "dogs"}},
    {"id": 1, "petId": 2, "quantity": 3, "shipDate": "2026-01-02T03:04:05Z", "status": "placed"},
    {"id": 1, "username": "ada", "email": "ada@example.com", "userStatus": 1},
    {"author_id": 1, "slug": "a-title", "title": "A title", "content": "Words.", "tags": ["news"]},
    {"title": "Another title"},
    {"name": "Ada Lovelace", "email": "ada@example.com"},
    [],
]
TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["1", "0", "-1", "x", "available", "%", "%ff", "a,b", "true", "null"]),
)
CREDENTIALS = ["Bearer token-123", "Bearer", "Basic dTpw", "bearer a b", "Basic x"]
HEADERS = st.fixed_dictionaries(
    {"content-type": st.sampled_from(["application/json"] * 6 + ["application/xml", "text/plain", ";"])},
    optional={
        "authorization": st.sampled_from(CREDENTIALS),
        "api_key": st.sampled_from(["secret-key", "", "k"]),
        "if-match": st.sampled_from(['"1"', "*", "x"]),
        "if-none-match": st.just('"1"'),
        "range": st.just("bytes=0-1"),
        "accept": st.sampled_from(["application/json", "*/*"]),
    },
)  # fmt: skip
ANSWERS = st.builds(
    Response,
    st.sampled_from([200, 200, 201, 204, 206, 304, 404, 412, 500]),
    st.sampled_from([[("content-type", kind)] for kind in ("application/json", "text/html")] + [[]]),
    st.sampled_from([b"{}", b"[]", b'"x"', b"{", b"", b'{"items": [{"id": "x"}], "total": -1}']),
)


@dataclass
class Modes:
    """One contract in every mode; `answer` is what handlers and the guarded application say."""

    contract: treaty.Contract
    apps: dict[str, App | Guard]
    answer: Callable[[Response], None]


def stub(answers: list[Response]) -> Any:
    """An application that answers everything with the last of `answers`."""

    async def app(_: Any, __: Any, send: Any) -> None:
        answer = answers[-1]
        headers = [(name.encode(), value.encode()) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    return app


def proxy(contract: treaty.Contract, upstream: Any) -> App:
    """The least of a proxy: what the contract allows goes to another application, and is judged."""

    async def forward(call: Call) -> Response:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": call.request.body}

        async def keep(message: Any) -> None:
            sent.append(message)

        await upstream({"type": "http", "path": call.request.path}, receive, keep)
        headers = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
        return Response(sent[0]["status"], headers, sent[1]["body"])

    return App(build_engine(contract, forward, "refuse"), Site(contract))


def handlers(folder: Path, contract: treaty.Contract) -> Path:
    """A function for every operation, that answers with the last of `ANSWERS`."""
    lines = ["ANSWERS = []"]
    for operation in contract.operations:
        lines += [f"async def {operation.operation_id}(**_):", "    return ANSWERS[-1]"]
    return write_handlers(folder, init="\n".join(lines))


@pytest.fixture(params=["newsdesk", PETSTORE])
def modes(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    source = ROOT / "specs" / "newsdesk" if request.param == "newsdesk" else None
    contract = treaty.load(source or request.getfixturevalue("corpus") / request.param)
    with imports_undone():
        package = handlers(tmp_path, contract)
        served = treaty.serve(contract, package)
        answers = sys.modules[package.name].ANSWERS
        apps = {
            "serve": served,
            "flask": treaty.serve(contract, package, framework="flask"),
            "guard": treaty.guard(contract, stub(answers)),
            "proxy": proxy(contract, stub(answers)),
            "mock": treaty.mock(contract),
        }
        yield Modes(contract, apps, answers.append)


@st.composite
def requests(draw: st.DrawFn, operations: tuple[treaty.Operation, ...]) -> Request:
    """A request to one of the operations, or nearly: valid, or wrong in one place or several."""
    operation = draw(st.sampled_from(operations))
    path = operation.path
    pairs = []
    for parameter in operation.parameters:
        if parameter.location == "path":
            value = draw(st.just("1") | st.just("1") | TEXTS)
            path = path.replace("{" + parameter.name + "}", quote(value, safe="%"))
        elif parameter.location == "query" and draw(st.sampled_from([False, False, True])):
            pairs.append((parameter.name, draw(TEXTS)))
    method = draw(st.sampled_from([operation.method] * 19 + ["GET", "PATCH"]))
    path += draw(st.sampled_from([""] * 19 + ["/nowhere"]))
    body = b"" if operation.body is None else draw(bodies())
    return Request(method, path, urlencode(pairs), list(draw(HEADERS).items()), body)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A body that some operation takes, whole or spoiled."""
    body = draw(st.sampled_from(BODIES))
    spoiled = draw(st.sampled_from(["not", "not", "absent", "cut", "less", "other"]))
    if spoiled == "absent":
        return b""
    if spoiled in ("less", "other") and isinstance(body, dict):
        name = draw(st.sampled_from(sorted(body)))
        other = {} if spoiled == "less" else {name: draw(st.one_of(TEXTS, st.integers(-2, 2), st.none()))}
        body = {key: value for key, value in body.items() if key != name} | other
    text = json.dumps(body).encode()
    return text[:-1] if spoiled == "cut" else text


def exchange_of(app: App | Guard, request: Request) -> Exchange:
    """What an application makes of a request that comes by ASGI."""
    seen: list[Exchange] = []
    app.observe = lambda exchange, _: seen.append(exchange)

    async def receive() -> Any:
        return {"type": "http.request", "body": request.body}

    async def send(_: Any) -> None: ...

    scope = {
        "type": "http",
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": request.query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in request.headers],
    }
    asyncio.run(app(scope, receive, send))
    return seen[0]


def test_one_verdict(modes: Modes) -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=250, derandomize=True, deadline=None, database=None)
    @given(requests(modes.contract.operations), ANSWERS | st.none())
    def check(request: Request, drawn: Response | None) -> None:
        mocked = exchange_of(modes.apps["mock"], request)
        answer = mocked.response if drawn is None else drawn
        modes.answer(answer)
        served = exchange_of(modes.apps["serve"], request)
        refused = served.refused
        assert mocked.refused is refused
        for name in ("guard", "proxy", "flask"):
            other = exchange_of(modes.apps[name], request)
            assert other.refused is refused
            assert other.response.status == served.response.status
            # Werkzeug says the length of a body, and takes it from a 204.
            assert other.response == served.response or name == "flask"
            assert other.findings == served.findings, name
        judged = modes.contract.check(request, served.response if refused else answer)
        assert judged == modes.contract.placed(served.findings)
        if refused:
            assert 400 <= mocked.response.status < 500
            if not (mocked.response.header("treaty-why") or "; problem").endswith("; problem"):
                assert mocked.operation is not None
                prepared = modes.contract.judge.prepared.of(mocked.operation)
                assert modes.contract.judge.answered(prepared, request, mocked.response) == []
                seen["declared refusal"] += 1
            assert served.findings == mocked.findings
            assert modes.contract.check(request) == judged
        else:
            assert modes.contract.check(request) == []
        seen["refused" if refused else "broken" if served.findings else "good"] += 1

    check()
    assert min(seen["refused"], seen["broken"], seen["good"]) >= 5, seen
