"""Functions that know credentials, as a project for Connexion names them; and verifiers that wait."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from respond.projects import application, document, operation, send, write_handlers

import treaty
from treaty.contract.model import Requirement
from treaty.exchange.security import Credential, Granted, Verdict
from treaty.findings import DocumentError

both = pytest.mark.parametrize("framework", ["async", "flask"])

AUTH = """
    from connexion.exceptions import OAuthProblem
    def key(apikey, required_scopes=None): return {"uid": "k-" + apikey} if apikey == "good" else None
    def basic(username, password, required_scopes=None):
        return {"sub": username} if password == "secret" else None
    async def bearer(token): return {"sub": token} if token != "bad" else None
    def token(token, request):
        if token == "ended": raise OAuthProblem("the token has ended")
        if token == "broken": raise RuntimeError("no database")
        return {"sub": request.headers["x-name"], "scope": token.split("-")}
    def scopes(required_scopes, token_scopes): return "all" in token_scopes
"""
ACT = "def act(user, token_info): return {'user': user, 'info': token_info}"


def service(tmp_path: Path, framework: str = "async", auth: str = AUTH, act: str = ACT, **scheme: Any) -> Any:
    """A service whose one operation wants a credential of one scheme; `scopes` are those it needs."""
    needed = scheme.pop("scopes", [])
    function = scheme.pop("function")
    handlers = write_handlers(tmp_path, things=act, auth=auth)
    named = {name: f"{handlers.name}.auth.{each}" for name, each in function.items()}
    value = document(
        {"/act": {"get": operation("act", security=[{"s": needed}])}},
        components={"securitySchemes": {"s": {**scheme, **named}}},
    )
    return application(value, handlers, framework)


def ask(app: Any, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return asyncio.run(send(app, "GET", "/act", headers=named))


@both
def test_an_api_key(framework: str, tmp_path: Path) -> None:
    scheme = {"type": "apiKey", "in": "header", "name": "X-Key", "function": {"x-apikeyInfoFunc": "key"}}
    app = service(tmp_path, framework, **scheme)
    assert ask(app, x_key="good").json() == {"user": "k-good", "info": {"uid": "k-good"}}
    refused = ask(app, x_key="wrong")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'ApiKey realm="s"')
    assert ask(app).status_code == 401


@both
def test_user_and_password(framework: str, tmp_path: Path) -> None:
    app = service(tmp_path, framework, type="http", scheme="basic", function={"x-basicInfoFunc": "basic"})
    assert ask(app, authorization="Basic YWRhOnNlY3JldA==").json()["user"] == "ada"
    assert ask(app, authorization="Basic YWRhOndyb25n").status_code == 401


@both
def test_a_bearer_token_and_a_function_that_waits(framework: str, tmp_path: Path) -> None:
    app = service(tmp_path, framework, type="http", scheme="bearer", function={"x-bearerInfoFunc": "bearer"})
    assert ask(app, authorization="Bearer ada").json() == {"user": "ada", "info": {"sub": "ada"}}
    refused = ask(app, authorization="Bearer bad")
    assert refused.headers["www-authenticate"] == 'Bearer realm="s", error="invalid_token"'


def oauth(tmp_path: Path, **function: str) -> Any:
    flow = {"tokenUrl": "https://id.example/token", "scopes": {"read": "", "write": ""}}
    functions = {"x-tokenInfoFunc": "token", **function}
    flows = {"clientCredentials": flow}
    return service(tmp_path, type="oauth2", flows=flows, function=functions, scopes=["read", "write"])


def test_scopes_of_a_token(tmp_path: Path) -> None:
    app = oauth(tmp_path)
    assert ask(app, authorization="Bearer read-write", x_name="ada").json()["user"] == "ada"
    lacking = ask(app, authorization="Bearer read", x_name="ada")
    assert (lacking.status_code, 'scope="read write"' in lacking.headers["www-authenticate"]) == (403, True)
    assert ask(app, authorization="Bearer ended", x_name="ada").status_code == 401
    assert ask(app, authorization="Bearer broken", x_name="ada").status_code == 500


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Knows the token `good`; to others it says what their name is."""

    answers: ClassVar[dict[str, tuple[int, bytes]]] = {
        "good": (200, b'{"sub": "ada", "scope": "read write"}'),
        "little": (200, b'{"sub": "ada", "scope": "read"}'),
        "ended": (200, b'{"active": false}'),
        "list": (200, b"[]"),
        "long": (200, b" " * 2_000_000),
    }

    def do_GET(self) -> None:
        kind, _, token = (self.headers["authorization"] or "").partition(" ")
        status, body = self.answers.get(token, (401, b""))
        self.send_response(status if kind == "Bearer" else 400)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/info"
        server.shutdown()
        thread.join()


def asking(tmp_path: Path, url: str, *, token_info: bool = True) -> Any:
    handlers = write_handlers(tmp_path, things=ACT.replace("user, token_info", "user=None, token_info=None"))
    flow = {"tokenUrl": "https://id.example/token", "scopes": {"read": "", "write": ""}}
    scheme = {"type": "oauth2", "flows": {"clientCredentials": flow}, "x-tokenInfoUrl": url}
    value = document(
        {"/act": {"get": operation("act", security=[{"s": ["read", "write"]}])}},
        components={"securitySchemes": {"s": scheme}},
    )
    return treaty.serve(treaty.load(value), handlers, token_info=token_info)


def test_a_token_info_endpoint_is_asked(tmp_path: Path, endpoint: str) -> None:
    app = asking(tmp_path, endpoint)
    assert ask(app, authorization="Bearer good").json() == {
        "user": "ada",
        "info": {"sub": "ada", "scope": "read write"},
    }
    statuses = {"little": 403, "ended": 401, "unknown": 401, "list": 500, "long": 500}
    assert {name: ask(app, authorization=f"Bearer {name}").status_code for name in statuses} == statuses
    gone = asking(tmp_path, "http://127.0.0.1:1/info")
    assert ask(gone, authorization="Bearer good").status_code == 500


def test_no_endpoint_is_asked_unless_that_is_said(
    tmp_path: Path, endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    asking(tmp_path, endpoint, token_info=False)
    assert caplog.messages == [f"{endpoint} of the security scheme s is asked only with --token-info"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "https://", "info", "http://[", ""])
def test_what_is_no_endpoint(tmp_path: Path, url: str) -> None:
    if not url:
        asking(tmp_path, url)  # as if it were not there
        return
    with pytest.raises(DocumentError, match="is no URL that can be asked"):
        asking(tmp_path, url)


def test_a_function_of_the_project_judges_scopes(tmp_path: Path) -> None:
    app = oauth(tmp_path, **{"x-scopeValidateFunc": "scopes"})
    assert ask(app, authorization="Bearer all", x_name="ada").status_code == 200
    assert ask(app, authorization="Bearer read-write", x_name="ada").status_code == 403


@both
def test_the_context_of_connexion_has_what_is_known(framework: str, tmp_path: Path) -> None:
    act = """
        from connexion import request
        from connexion.context import context
        def act(context_): return [context["user"], request.context["token_info"], context_["user"]]
    """
    function = {"x-bearerInfoFunc": "bearer"}
    app = service(tmp_path, framework, act=act, type="http", scheme="bearer", function=function)
    assert ask(app, authorization="Bearer ada").json() == ["ada", {"sub": "ada"}, "ada"]


def test_several_credentials_are_known_by_their_schemes(tmp_path: Path) -> None:
    handlers = write_handlers(tmp_path, things=ACT, auth=AUTH)
    value = document(
        {"/act": {"get": operation("act", security=[{"k": [], "b": []}, {"b": []}, {}])}},
        components={
            "securitySchemes": {
                "k": {"type": "apiKey", "in": "header", "name": "X-Key", "x-apikeyInfoFunc": "auth.key"},
                "b": {"type": "http", "scheme": "bearer", "x-bearerInfoFunc": "auth.bearer"},
            }
        },
    )
    app = application(value, handlers)
    both = ask(app, x_key="good", authorization="Bearer ada").json()
    assert both == {"user": None, "info": {"k": {"uid": "k-good"}, "b": {"sub": "ada"}}}
    assert ask(app, x_key="wrong", authorization="Bearer ada").json()["user"] == "ada"
    assert ask(app).json() == {"user": None, "info": {}}


def test_a_scheme_without_a_function_accepts_nothing_beside_one_that_has(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    handlers = write_handlers(tmp_path, things="def act(): return 1", auth=AUTH)
    value = document(
        {"/act": {"get": operation("act", security=[{"k": []}, {"b": []}])}},
        components={
            "securitySchemes": {
                "k": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "b": {"type": "http", "scheme": "bearer", "x-bearerInfoFunc": "auth.bearer"},
            }
        },
    )
    app = application(value, handlers)
    assert "the security scheme k has no x-apikeyInfoFunc" in caplog.text
    assert ask(app, x_key="any").status_code == 401
    assert ask(app, authorization="Bearer ada").status_code == 200


@pytest.mark.parametrize("name", ["auth.none", "os.getenv", "nowhere.at_all", "handlers.database.os.getenv"])
def test_a_function_that_is_not_the_projects_is_refused(name: str, tmp_path: Path) -> None:
    handlers = write_handlers(tmp_path, things="def act(): return 1", auth=AUTH)
    value = document(
        {"/act": {"get": operation("act", security=[{"b": []}])}},
        components={"securitySchemes": {"b": {"type": "http", "scheme": "bearer", "x-bearerInfoFunc": name}}},
    )
    with pytest.raises(DocumentError) as refused:
        application(value, handlers)
    (finding,) = refused.value.findings
    assert finding.code == "security-function-missing"
    assert finding.location is not None
    assert finding.location.pointer == "/components/securitySchemes/b/x-bearerInfoFunc"


def test_the_environment_may_name_a_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEARERINFO_FUNC", "auth.bearer")
    app = service(tmp_path, type="http", scheme="bearer", function={})
    assert ask(app, authorization="Bearer ada").json()["user"] == "ada"
    assert ask(app, authorization="Bearer bad").status_code == 401


def test_without_a_verifier_nothing_is_known_of_a_caller(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as refused:
        service(tmp_path, type="http", scheme="bearer", function={})
    assert {each.code for each in refused.value.findings} == {"handler-arguments"}


SECURED = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {"/act": {"get": {"security": [{"s": []}], "responses": {"default": {"description": "any"}}}}},
    "components": {"securitySchemes": {"s": {"type": "http", "scheme": "bearer"}}},
}


async def ends_in_vain(_: Requirement, credential: Credential) -> Verdict | Granted:
    await asyncio.sleep(0)
    verdicts = {"bad": Verdict.REFUSED, "poor": Verdict.LACKS_SCOPE}
    return verdicts.get(credential.value) or Granted({"sub": credential.value})


class Waiting:
    async def __call__(self, requirement: Requirement, credential: Credential) -> Verdict | Granted:
        return await ends_in_vain(requirement, credential)


@pytest.mark.parametrize("verify", [ends_in_vain, Waiting()])
def test_a_guard_with_a_verifier_that_waits(verify: Any) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    guarded = treaty.guard(treaty.load(SECURED), app, verify=verify)
    found = [ask(guarded, authorization=f"Bearer {each}").status_code for each in ("good", "bad", "poor")]
    assert found == [204, 401, 403]
    assert ask(guarded).status_code == 401


def test_a_service_with_a_verifier_that_answers_at_once_or_later(tmp_path: Path) -> None:
    handlers = write_handlers(tmp_path, things="def act(user): return user")
    value = {**SECURED, "paths": {"/act": {"get": operation("act", security=[{"s": []}])}}}
    contract = treaty.load(value)
    served = treaty.serve(contract, handlers, verify=ends_in_vain)
    assert ask(served, authorization="Bearer ada").text == "ada"

    def known(_: Requirement, credential: Credential) -> Granted:
        return Granted({"uid": credential.value})

    served = treaty.serve(contract, handlers, verify=known)
    assert ask(served, authorization="Bearer eve").text == "eve"
