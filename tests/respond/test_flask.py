"""Handlers inside Flask: its contexts, hooks, error handlers and extensions work."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest
from respond.projects import application, document, one, operation, parameter, send, write_handlers

import treaty
from treaty.findings import DocumentError
from treaty.respond.flask import flask_handlers
from treaty.respond.resolve import find_handlers

if TYPE_CHECKING:
    from pathlib import Path

    import httpx


def ask(value: dict[str, Any], handlers: Path, method: str, target: str, **more: Any) -> httpx.Response:
    """The response to one request, not judged."""
    return asyncio.run(send(application(value, handlers, "flask", "report"), method, target, **more))


def test_a_handler_has_the_request_of_flask(tmp_path: Path) -> None:
    source = """
        from flask import current_app, request, session, url_for
        def act(b):
            return [
                request.method, request.path, request.host, request.args.getlist("c"), request.get_json(),
                request.headers["X-Trace"], request.cookies["k"], request.endpoint, request.view_args,
                url_for("act", b="é x"), str(request.url_rule), current_app.import_name, request.full_path,
            ]
    """
    value = one(path="/a/{b}", method="post", parameters=[parameter("b", "path", "integer")])
    handlers = write_handlers(tmp_path, things=source)
    headers = {"X-Trace": "t", "Cookie": "k=v"}
    response = ask(value, handlers, "POST", "/a/7?c=1&c=2", json={"n": 1}, headers=headers)
    assert response.json() == [
        "POST",
        "/a/7",
        "things.example",
        ["1", "2"],
        {"n": 1},
        "t",
        "v",
        "act",
        {"b": 7},
        "/a/%C3%A9%20x",
        "/a/<b>",
        handlers.name,
        "/a/7?c=1&c=2",
    ]


CONFIGURED = """
    import flask

    class Extension:
        def init_app(self, app):
            app.extensions["counter"] = self
            self.count = 0

    extension = Extension()

    def configure_app(app):
        extension.init_app(app)
        app.secret_key = "for tests"

        @app.before_request
        def count():
            extension.count += 1
            flask.g.count = extension.count
            if flask.request.args.get("stop"):
                return {"stopped": True}, 403

        @app.after_request
        def mark(response):
            response.headers["X-Count"] = str(extension.count)
            return response

        @app.errorhandler(KeyError)
        def key_error(error):
            return {"missing": str(error)}, 409

        @app.errorhandler(410)
        def gone(error):
            return {"gone": True}, 410

        @app.teardown_request
        def note(error):
            app.extensions["ended"] = True
"""

ACT = """
    import flask
    def act(how="count"):
        if how == "count":
            flask.session["seen"] = True
            return {"count": flask.g.count, "extension": flask.current_app.extensions["counter"].count}
        if how == "key":
            raise KeyError("a")
        if how == "jsonify":
            return flask.jsonify(a=1), 202
        if how == "file":
            return flask.send_file(__file__, mimetype="text/x-python")
        flask.abort(int(how))
"""


@pytest.mark.parametrize(
    ("query", "status", "body"),
    [
        ("", 200, {"count": 1, "extension": 1}),
        ("?how=key", 409, {"missing": "'a'"}),
        ("?how=410", 410, {"gone": True}),
        ("?how=jsonify", 202, {"a": 1}),
        ("?how=count&stop=1", 403, {"stopped": True}),
    ],
)
def test_hooks_error_handlers_and_extensions_work(query: str, status: int, body: Any, tmp_path: Path) -> None:
    handlers = write_handlers(tmp_path, init=CONFIGURED, things=ACT)
    response = ask(one(parameters=[parameter("how")]), handlers, "GET", f"/act{query}")
    assert (response.status_code, response.json()) == (status, body)
    assert response.headers["x-count"] == "1"
    if not query:
        assert response.headers["set-cookie"].startswith("session=")


def test_hooks_see_problems_too(tmp_path: Path) -> None:
    handlers = write_handlers(tmp_path, init=CONFIGURED, things=ACT)
    response = ask(one(parameters=[parameter("how")]), handlers, "GET", "/act?how=404")
    assert (response.status_code, response.json()["title"]) == (404, "Not Found")
    assert response.headers["x-count"] == "1"


def test_a_file_is_sent(tmp_path: Path) -> None:
    handlers = write_handlers(tmp_path, things=ACT)
    response = ask(one(parameters=[parameter("how")]), handlers, "GET", "/act?how=file")
    assert response.text == (handlers / "things.py").read_text()
    assert response.headers["content-type"].startswith("text/x-python")


def test_an_error_handler_of_the_users_for_500_is_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = """
        def configure_app(app):
            @app.errorhandler(500)
            def failed(error):
                return {"ours": type(error.original_exception).__name__}, 500
    """
    handlers = write_handlers(tmp_path, init=source, things="def act(): raise ValueError")
    with caplog.at_level(logging.ERROR, "treaty"):
        assert ask(one(), handlers, "GET", "/act").json() == {"ours": "ValueError"}
    assert [each.getMessage() for each in caplog.records] == ["the handler of act failed"]


def test_an_error_that_flask_lets_through_is_a_problem(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    init = "def configure_app(app): app.testing = True"
    handlers = write_handlers(tmp_path, init=init, things="def act(): raise ValueError")
    with caplog.at_level(logging.ERROR, "treaty"):
        response = ask(one(), handlers, "GET", "/act")
    assert response.json()["type"] == "urn:treaty:problem:handler-failed"
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("path", "names", "target"),
    [
        ("/a/{x.y}", ["x.y"], "/a/1"),
        ("/a/{$id}", ["$id"], "/a/1"),
        ("/a/{b}", ["b"], "/a/c%2Fd"),
        ("/a/{b}.{c}", ["b", "c"], "/a/1.2"),
        ("/a/{b}:go", ["b"], "/a/1:go"),
        ("/a/<b>/{c}", ["c"], "/a/%3Cb%3E/1"),
        ("/a%20b/{c}", ["c"], "/a%20b/1"),
        ("/a/{b}?kind=c", ["b"], "/a/1?kind=c"),
    ],
)
def test_every_path_a_contract_can_have_works(
    path: str, names: list[str], target: str, tmp_path: Path
) -> None:
    value = one(path=path, parameters=[parameter(name, "path") for name in names])
    handlers = write_handlers(tmp_path, things="def act(**values): return list(values.values())")
    assert len(ask(value, handlers, "GET", target).json()) == len(names)


def test_headers_cannot_pass_for_others(tmp_path: Path) -> None:
    source = "import flask\ndef act(): return flask.request.headers.get('X-User', 'nobody')"
    handlers = write_handlers(tmp_path, things=source)
    assert ask(one(), handlers, "GET", "/act", headers={"x_user": "root"}).text == "nobody"


def test_a_declared_options_or_head_is_the_handlers(tmp_path: Path) -> None:
    value = document({"/act": {"options": operation("ask_options"), "get": operation("act")}})
    source = "def ask_options(): return 'ours'\ndef act(): return 'body'"
    handlers = write_handlers(tmp_path, things=source)
    assert ask(value, handlers, "OPTIONS", "/act").text == "ours"
    head = ask(value, handlers, "HEAD", "/act")
    assert (head.status_code, head.content) == (200, b"")


def test_a_configuration_that_fails_is_said_with_its_line(tmp_path: Path) -> None:
    source = "def configure_app(app):\n    app.no_such_thing()\n"
    handlers = write_handlers(tmp_path, init=source, things="def act(): ...")
    with pytest.raises(DocumentError) as raised:
        application(one(), handlers, "flask")
    (finding,) = raised.value.findings
    assert finding.message.startswith("`configure_app` failed: AttributeError")
    assert str(finding.location).startswith(f"{handlers / '__init__.py'}:2")


def test_a_configuration_for_flask_is_not_passed_over_in_silence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    handlers = write_handlers(tmp_path, init="def configure_app(app): ...", things="def act(): ...")
    application(one(), handlers, "async")
    assert caplog.messages == [f"{handlers.name}.configure_app is for the framework flask, and is not called"]


def test_the_application_is_there_for_the_tools_of_flask(tmp_path: Path) -> None:
    handlers = write_handlers(tmp_path, things="def act(): return 1")
    app = flask_handlers(find_handlers(treaty.load(one()), handlers)).app
    assert [(each.rule, each.endpoint) for each in app.url_map.iter_rules()] == [("/act", "act")]


def test_a_folder_without_an_init_is_a_package_too(tmp_path: Path) -> None:
    source = "import flask\n\ndef act():\n    return flask.current_app.root_path\n"
    handlers = write_handlers(tmp_path, things=source)
    (handlers / "__init__.py").unlink()
    assert ask(one(), handlers, "GET", "/act").text == str(handlers)
