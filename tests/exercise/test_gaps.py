"""What the document leaves out is a warning; what the implementation does wrong is a failure."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

import treaty
from treaty.exercise.events import Event, Failure, RunFinished, RunWarning
from treaty.exercise.options import Options
from treaty.exercise.runner import run
from treaty.findings import Json, Severity

QUICK = Options(seed=3, max_examples=5, phases=("coverage", "fuzzing"))
LIMIT = {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer", "minimum": 1}}
OK = {"description": "ok", "content": {"application/json": {"schema": {"type": "integer"}}}}
ERROR = {"description": "no", "content": {"application/json": {"schema": {"type": "string"}}}}
SCHEMES = {
    "key": {"type": "apiKey", "name": "x-key", "in": "header"},
    "login": {"type": "oauth2", "flows": {}},
    "user": {"type": "http", "scheme": "basic"},
}


def document(security: str = "", **responses: Json) -> dict[str, Json]:
    operation: dict[str, Json] = {"parameters": [LIMIT], "responses": responses or {"200": OK}}
    if security:
        operation["security"] = [{security: []}]
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/count": {"get": operation}},
        "components": {"securitySchemes": SCHEMES},
    }


class Counting:
    """An application that refuses a wrong limit with a status and a body, and counts what it let through."""

    def __init__(self, refusal: int, value: Json = "no", media_type: str = "application/json") -> None:
        self.refusal, self.value, self.media_type = refusal, value, media_type
        self.successes = 0

    async def __call__(self, scope: Any, _: Any, send: Any) -> None:
        status, value, media_type = self.refusal, self.value, self.media_type
        name, _, limit = scope["query_string"].decode().partition("=")
        if scope["method"] != "GET":
            status, value = 405, "no"
        elif name == "limit" and limit.isdecimal() and limit.isascii() and int(limit) > 0:
            status, value, media_type = 200, 1, "application/json"
            self.successes += 1
        headers = [(b"content-type", media_type.encode()), (b"allow", b"GET")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(value).encode()})


def told(app: Any, described: dict[str, Json], options: Options = QUICK) -> tuple[list[str], list[str]]:
    """The checks that failed, and the codes of the warnings with the first number said."""
    events: list[Event] = list(run(described, app=app, options=options))
    warnings = [event for event in events if isinstance(event, RunWarning)]
    finish = events[-1]
    assert isinstance(finish, RunFinished)
    assert finish.warnings == len([each for each in warnings if each.severity is Severity.WARNING])
    failures = [f"{event.check} {event.response[:3]}" for event in events if isinstance(event, Failure)]
    return failures, [f"{each.code}: {each.message}" for each in warnings]


UNDECLARED_400 = "undeclared-refusal: refuses with 400, undeclared: declare it, `4XX` or `default`"


def test_a_refusal_that_is_not_declared_is_a_gap_of_the_document() -> None:
    assert told(Counting(400), document()) == ([], [UNDECLARED_400])


def test_the_same_is_a_failure_where_warnings_are() -> None:
    failures, warnings = told(Counting(400), document(), replace(QUICK, fail_on_warnings=True))
    assert (failures, warnings) == (["status_code_conformance 400"], [])


@pytest.mark.parametrize("declared", ["400", "4XX", "default"])
def test_a_refusal_that_is_declared_is_none(declared: str) -> None:
    assert told(Counting(400), document(**{"200": OK, declared: ERROR})) == ([], [])


def test_a_server_error_stays_a_failure() -> None:
    failures, warnings = told(Counting(503), document())
    assert (failures, warnings) == (["not_a_server_error 503", "status_code_conformance 503"], [])


def test_a_declared_refusal_with_a_wrong_body_stays_a_failure() -> None:
    failures, warnings = told(Counting(400, {"oh": "no"}), document(**{"200": OK, "400": ERROR}))
    assert (failures, warnings) == (["response_schema_conformance 400"], [])


def test_a_problem_in_the_place_of_a_declared_body_is_a_gap() -> None:
    app = Counting(400, {"title": "no"}, "application/problem+json")
    assert told(app, document(**{"200": OK, "400": ERROR})) == (
        [],
        ["undeclared-problem: refuses with 400 as application/problem+json, which is not declared for it"],
    )


def test_a_refusal_of_a_valid_request_stays_a_failure() -> None:
    class Refusing(Counting):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await super().__call__({**scope, "query_string": b""}, receive, send)

    failures, _ = told(Refusing(410), document())
    assert {"positive_data_acceptance 410", "status_code_conformance 410"} <= set(failures)


def test_an_answer_that_is_nowhere_declared_to_be_a_success_is_a_gap() -> None:
    assert told(Counting(400), document(**{"400": ERROR})) == (
        [],
        ["no-success-declared: declares no response that is a success"],
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_credentials_are_made_up_for_an_application_in_this_process(scheme: str) -> None:
    described = document(scheme, **{"200": OK, "default": ERROR})
    app = treaty.mock(treaty.load(described))
    failures, warnings = told(app, described, replace(QUICK, presence_only=True))
    assert failures == []
    presence = "unverified-credentials: any credential is accepted: the mock looks at presence only"
    assert warnings == ([] if scheme == "login" else [presence])


def test_that_any_credential_is_accepted_is_a_failure_of_what_should_verify() -> None:
    described = document("key", **{"200": OK, "default": ERROR})
    failures, _ = told(treaty.mock(treaty.load(described)), described)
    assert failures == ["ignored_auth 200"]


def test_where_no_valid_request_is_let_in_that_is_said() -> None:
    class Closed(Counting):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await super().__call__({**scope, "query_string": b""}, receive, send)

    described = document("login", **{"200": OK, "401": ERROR})
    assert told(Closed(401), described) == (
        [],
        ["no-success-seen: no valid request was let in (401): give credentials with --header"],
    )


def test_a_response_of_swagger_without_a_schema_needs_no_content_type() -> None:
    described = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "produces": ["application/json"],
        "paths": {"/ping": {"get": {"responses": {"200": {"description": "ok"}}}}},
    }
    failures, warnings = told(treaty.mock(treaty.load(described)), described)
    assert failures == []
    assert len(warnings) == 1
    assert warnings[0].startswith("excluded-check: content_type_conformance: a response without a schema")


def test_a_path_with_a_fragment_is_a_gap_of_the_document() -> None:
    described = document(**{"200": OK, "4XX": ERROR})
    described["paths"]["/count#by=name"] = {
        "get": {"parameters": [{**LIMIT, "name": "name"}], "responses": {"200": OK, "4XX": ERROR}}
    }
    failures, warnings = told(Counting(400), described)
    assert failures == []
    assert [each.partition(":")[0] for each in warnings] == ["path-with-fragment", "no-success-seen"]
