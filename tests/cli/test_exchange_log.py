"""The line of an exchange: readable, without credentials, unable to steer a terminal."""

from __future__ import annotations

from typing import Any

import click

import treaty
from treaty.cli.exchange_log import exchange_lines
from treaty.cli.places import Places
from treaty.contract.model import SecurityScheme
from treaty.enforcing import Exchange
from treaty.exchange.messages import Request, Response
from treaty.findings import Finding, Place

DOCUMENT: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "Books", "version": "1"}, "paths": {}}
KEY = SecurityScheme("key", "apiKey", "query", "api_key")


def line(request: Request, response: Response, *findings: Finding) -> str:
    places = Places(treaty.load(DOCUMENT).document.sources)
    exchange = Exchange(request, response, None, list(findings))
    return click.unstyle(exchange_lines(exchange, 0.0123, places, [KEY]))


def test_it_says_what_was_asked_and_answered() -> None:
    assert line(Request("GET", "/books", "limit=2"), Response(200)) == "GET /books?limit=2 → 200 OK  12.3 ms"


def test_an_api_key_in_the_query_is_masked() -> None:
    said = line(Request("GET", "/books", "api_key=very-secret&limit=2"), Response(200))
    assert "very-secret" not in said
    assert "limit=2" in said


def test_findings_stand_below_and_not_too_many() -> None:
    found = [Finding("x", f"wrong {number}", place=Place("query", "q")) for number in range(12)]
    lines = line(Request("GET", "/books"), Response(422), *found).splitlines()
    assert lines[1].strip() == "✗ query q: wrong 0"
    assert lines[-1].strip() == "and 2 more"


def test_a_client_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in line(Request("GET", "/\x1b[2J"), Response(404))
