"""Faults inside the contract and, where allowed, outside it; nothing of it unless it is asked for."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

import treaty
from treaty.asgi import App
from treaty.exchange.messages import Request, Response
from treaty.findings import DocumentError
from treaty.respond.mock import Mock
from treaty.sending import send_response

DOCUMENT = Path(__file__).parents[1] / "cases" / "documents" / "twins.yaml"


def mock(**options: Any) -> App:
    return treaty.mock(treaty.load(DOCUMENT), **options)


def get(app: App, target: str = "/pets", **headers: str) -> Response:
    path, _, query = target.partition("?")
    return asyncio.run(app.answer(Request("GET", path, query, list(headers.items())))).response


def sent(response: Response) -> tuple[list[Any], BaseException | None]:
    """What a server is given of a response, and how that ended."""
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    async def receive() -> Any:
        await asyncio.sleep(60)

    try:
        asyncio.run(send_response(receive, send, "GET", response))
    except ConnectionAbortedError as error:
        return messages, error
    return messages, None


def test_nothing_unless_asked() -> None:
    app = mock()
    assert isinstance(app.engine.engines[0].respond, Mock)
    response = get(app, prefer="fault=drop")
    assert (response.status, response.broken, response.header("preference-applied")) == (200, "", None)


def test_latency_is_drawn_for_every_answer_and_the_same_again() -> None:
    first, second = mock(latency="50..300ms"), mock(latency="50..300ms")
    delays = [get(first).delay for _ in range(20)]
    assert delays == [get(second).delay for _ in range(20)]
    assert len(set(delays)) == 20
    assert min(delays) >= 0.05
    assert max(delays) <= 0.3
    assert 0.05 <= get(first, "/pets?limit=x").delay <= 0.3
    assert get(first, prefer="wait=1s").delay == 1.0


def test_an_operation_has_its_own_latency() -> None:
    document = yaml.safe_load(DOCUMENT.read_text())
    document["paths"]["/pets"]["get"]["x-treaty-latency"] = "20ms"
    app = treaty.mock(treaty.load(document))
    assert (get(app).delay, get(app, "/pets/1").delay) == (0.02, 0.0)
    document["paths"]["/pets"]["get"]["x-treaty-latency"] = "soon"
    with pytest.raises(DocumentError, match="is no delay"):
        treaty.mock(treaty.load(document))


def test_errors_are_drawn_among_the_declared() -> None:
    app, again = mock(error_rate=0.2), mock(error_rate=0.2)
    responses = [get(app) for _ in range(300)]
    statuses = [response.status for response in responses]
    assert statuses == [get(again).status for _ in range(300)]
    counts = Counter(statuses)
    assert set(counts) == {200, 400, 500}
    assert 30 < counts[400] + counts[500] < 90
    failed = next(response for response in responses if response.status == 500)
    assert failed.header("treaty-why") == "500 drawn error; application/json; example"
    assert failed.header("preference-applied") is None
    assert json.loads(failed.body) == {"message": "failed"}
    assert {get(app, "/pets/1").status for _ in range(50)} == {200}  # no error is declared
    assert {get(app, prefer="code=200").status for _ in range(50)} == {200}


def test_a_client_is_told_when_to_come_again() -> None:
    limited = {
        "description": "Slower",
        "headers": {
            "Retry-After": {"schema": {"type": "integer"}},
            "X-RateLimit-Remaining": {"schema": {"type": "integer"}},
        },
    }
    document = yaml.safe_load(DOCUMENT.read_text())
    document["paths"]["/pets/{petId}"]["get"]["responses"]["429"] = limited
    response = get(treaty.mock(treaty.load(document), error_rate=1.0), "/pets/1")
    assert response.status == 429
    assert (response.header("retry-after"), response.header("x-ratelimit-remaining")) == ("1", "0")


def test_a_connection_is_dropped() -> None:
    response = get(mock(allow_faults=True), prefer="fault=drop")
    assert response.broken == "drop"
    messages, error = sent(response)
    assert isinstance(error, ConnectionAbortedError)
    assert [message["type"] for message in messages] == ["http.response.start"]


def test_a_body_is_cut_off() -> None:
    response = get(mock(allow_faults=True), "/pets?__fault=truncate")
    messages, error = sent(response)
    assert isinstance(error, ConnectionAbortedError)
    assert messages[1]["body"] == response.body[: len(response.body) // 2]
    assert (b"content-length", b"%d" % len(response.body)) in messages[0]["headers"]


def test_a_body_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("treaty.respond.faults.DRIP_SECONDS", 0.001)
    app = mock(allow_faults=True)
    for _ in range(2):
        messages, error = sent(get(app, prefer="fault=drip"))
        assert error is None
        pieces = [message["body"] for message in messages[1:]]
        assert len(pieces) > 20
        assert b"".join(pieces) == get(app).body


def test_a_fault_that_is_not_known() -> None:
    response = get(mock(allow_faults=True), prefer="fault=fire")
    assert response.status == 404
    assert b"there is drop, truncate, drip" in response.body
