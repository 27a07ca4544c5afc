"""Overrides: what `mocks/` says is answered, and nothing in it breaks the contract unseen."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import treaty
from treaty.asgi import App
from treaty.exchange.messages import Request, Response
from treaty.findings import DocumentError, Finding
from treaty.respond.mock import Mock

DOCUMENT = Path(__file__).parents[1] / "cases" / "documents" / "twins.yaml"
PET = '{"id": 7, "name": "Override"}'


def mocks(folder: Path, **files: str) -> Path:
    """A folder of overrides; `list_pets__200_few` is the file `list_pets/200.few.yaml`."""
    for name, text in files.items():
        operation, _, label = name.partition("__")
        ending = "" if "." in label else ".yaml"
        path = (
            folder / operation / (label.replace("_", ".") + ending) if label else folder / f"{operation}.py"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def app_of(folder: Path, **options: Any) -> App:
    return treaty.mock(treaty.load(DOCUMENT), mocks=folder, **options)


def get(app: App, target: str, **headers: str) -> Response:
    path, _, query = target.partition("?")
    sent = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return asyncio.run(app.answer(Request("GET", path, query, sent))).response


def bodies(app: App, target: str, times: int) -> list[Any]:
    return [json.loads(get(app, target).body) for _ in range(times)]


def wrong(folder: Path) -> list[Finding]:
    with pytest.raises(DocumentError) as caught:
        app_of(folder)
    return list(caught.value.findings)


def test_body_headers_and_delay(tmp_path: Path) -> None:
    text = f"body: [{PET}]\nheaders: {{X-Extra: 5}}\ndelay: 20ms"
    response = get(app_of(mocks(tmp_path, list_pets__200=text)), "/pets")
    assert json.loads(response.body) == [{"id": 7, "name": "Override"}]
    assert (response.header("x-extra"), response.delay) == ("5", 0.02)
    assert response.header("treaty-why") == "200 override 200; application/json; override"


def test_without_a_body_it_is_the_contracts(tmp_path: Path) -> None:
    response = get(app_of(mocks(tmp_path, list_pets__200="headers: {X-Extra: [a, b]}")), "/pets")
    assert json.loads(response.body)[0]["name"] == "Rex"
    assert response.header("x-extra") == "a,b"
    assert response.header("treaty-why") == "200 override 200; application/json; example two"


def test_an_error_waits_to_be_asked_for(tmp_path: Path) -> None:
    folder = mocks(tmp_path, get_pet__404="outside_contract: true\nbody: {gone: true}")
    app = app_of(folder)
    assert get(app, "/pets/1").status == 200
    response = get(app, "/pets/1?__code=404")
    assert (response.status, json.loads(response.body)) == (404, {"gone": True})
    assert (
        response.header("treaty-why") == "404 override 404 outside the contract; application/json; override"
    )


def test_by_name(tmp_path: Path) -> None:
    folder = mocks(tmp_path, list_pets__200_lone=f"body: [{PET}]", list_pets__418_pot="body: {short: true}")
    app = app_of(folder)
    assert len(json.loads(get(app, "/pets").body)) == 2
    assert json.loads(get(app, "/pets", prefer="example=lone").body)[0]["id"] == 7
    assert get(app, "/pets", prefer="example=pot").status == 418
    assert get(app, "/pets", prefer="example=none").body == b"[]"


def test_the_one_with_most_conditions_answers(tmp_path: Path) -> None:
    folder = mocks(
        tmp_path,
        list_pets__200="body: [{id: 1, name: all}]",
        list_pets__200_few="when: {query: {limit: {maximum: 3}}}\nbody: [{id: 2, name: few}]",
        list_pets__200_few_traced=(
            "when: {query: {limit: {maximum: 3}}, header: {X-Trace: yes}}\nbody: [{id: 3, name: traced}]"
        ),
        list_pets__500_worst="when: {query: {limit: 9}}\nbody: {}",
    )
    app = app_of(folder)
    assert json.loads(get(app, "/pets?limit=5").body)[0]["id"] == 1
    assert json.loads(get(app, "/pets?limit=3").body)[0]["id"] == 2
    assert json.loads(get(app, "/pets?limit=3", x_trace="yes").body)[0]["id"] == 3
    assert json.loads(get(app, "/pets?limit=3").body)[0]["id"] == 2
    assert get(app, "/pets?limit=9").status == 500


def test_a_sequence_for_each_target_and_world(tmp_path: Path) -> None:
    text = "sequence:\n- {status: 202, times: 2, body: {state: running}}\n- {body: [], headers: {X-Done: 1}}"
    app = app_of(mocks(tmp_path, list_pets__200=text.replace("202", "418")))
    assert [get(app, "/pets").status for _ in range(5)] == [418, 418, 200, 200, 200]
    assert get(app, "/pets", treaty_world="other").status == 418
    repeating = app_of(mocks(tmp_path, list_pets__200=text.replace("202", "418") + "\nrepeat: true"))
    assert [get(repeating, "/pets").status for _ in range(5)] == [418, 418, 200, 418, 418]


def test_weights_are_drawn_by_the_seed(tmp_path: Path) -> None:
    folder = mocks(
        tmp_path, list_pets__200="weight: 3\nbody: []", list_pets__500="weight: 1\nbody: {message: down}"
    )
    drawn = [[get(app, "/pets").status for _ in range(200)] for app in (app_of(folder), app_of(folder))]
    assert drawn[0] == drawn[1]
    assert 30 < Counter(drawn[0])[500] < 70
    other = app_of(folder, seed=1)
    assert [get(other, "/pets").status for _ in range(200)] != drawn[0]


def test_scenarios(tmp_path: Path) -> None:
    folder = mocks(
        tmp_path,
        list_pets__500_down="body: {message: down}",
        list_pets__200_none="body: []",
        scenarios__outage="list_pets: 500.down",
        scenarios__empty="list_pets: [200.none]",
    )
    app = app_of(folder)
    assert get(app, "/pets").status == 200
    down = get(app, "/pets", prefer="scenario=outage")
    assert (down.status, down.header("preference-applied")) == (500, "scenario=outage")
    assert get(app, "/pets?__scenario=empty").body == b"[]"
    unknown = get(app, "/pets?__scenario=flood")
    assert (unknown.status, unknown.header("preference-applied")) == (404, None)
    assert b"there is empty, outage" in unknown.body
    on = app_of(folder, scenario="outage")
    assert get(on, "/pets").status == 500
    assert get(on, "/pets?__scenario=empty").body == b"[]"
    with pytest.raises(DocumentError, match="there is no scenario `flood`"):
        app_of(folder, scenario="flood")


def test_scenarios_are_switched_while_it_runs(tmp_path: Path) -> None:
    folder = mocks(tmp_path, list_pets__500_down="body: {}", scenarios__outage="list_pets: 500.down")
    app = app_of(folder)
    mock = app.engine.engines[0].respond
    assert isinstance(mock, Mock)
    assert mock.scenarios == ("outage",)
    for scenario, status in ((None, 200), ("outage", 500), (None, 200)):
        mock.use_scenario(scenario)
        assert get(app, "/pets").status == status


@pytest.mark.parametrize(
    ("name", "text", "line", "column", "said"),
    [
        ("list_pets__200", "bodyy: 1", 1, 1, "`bodyy` is not known here"),
        ("list_pets__200", "delay: soon", 1, 1, "`soon` is no delay"),
        ("list_pets__200", "body:\n- {id: 1, name: Rex}\n- {id: x, name: Rex}", 3, 4, '"x" is not of type'),
        ("list_pets__200", "when:\n  query: {limit: {mini: 1}}", 2, 11, "`mini` is no test of a value"),
        ("list_pets__200", "sequence:\n- {}\n- {body: 1}", 3, 4, 'is not of type "array"'),
        ("list_pets__200", "media_type: image/png\nbody: x", 1, 1, "200 does not declare image/png"),
        ("list_pets__200", "weight: 0", 1, 1, "`weight` must be a number above 0"),
        ("list_pets__200", "body: [", 2, 0, ""),
        ("list_pets__200", "[]", 1, 1, "the file must hold an object"),
        ("list_pets__abc", "{}", 0, 0, "names no status"),
        ("get_pet__404", "{}", 1, 1, "get_pet declares no response 404"),
        ("get_pet__200", "when: {path: {id: 1}}", 1, 15, "get_pet has no path parameter `id`"),
        ("get_pett__200", "{}", 1, 1, "the contract has no operation `get_pett`"),
        ("scenarios__outage", "list_pets: 500", 1, 1, "there is no override `500` of `list_pets`"),
        ("list_pets", "def respond(call) return 1", 1, 19, "cannot be run: SyntaxError"),
        ("list_pets", "x = 1", 1, 1, "the file has no plain function `respond`"),
        ("list_pets", "async def respond(call): ...", 1, 1, "the file has no plain function `respond`"),
        ("list_pets", "def respond(): ...", 1, 1, "`respond` does not take one argument, the call"),
    ],
)
def test_what_is_wrong_refuses_the_start(
    tmp_path: Path, name: str, text: str, line: int, column: int, said: str
) -> None:
    finding = wrong(mocks(tmp_path, **{name: text}))[0]
    assert finding.location is not None
    assert said in finding.message
    assert finding.location.line == line
    assert not column or finding.location.column == column
    assert finding.location.file.startswith(str(tmp_path))
    assert treaty.check(DOCUMENT, mocks=tmp_path)


def test_no_file_is_left_out_in_silence(tmp_path: Path) -> None:
    folder = mocks(tmp_path, list_pets__200=f"body: [{PET}]")
    (folder / "get_pet.yaml").write_text("body: {}")
    (folder / "list_pets" / "200.json").write_text("{}")
    (folder / "notes.yaml").write_text("nobody's")
    beside, twice = wrong(folder)
    assert beside.message == "the file stands beside the folder of `get_pet`"
    assert beside.hint == f"move it to {folder}/get_pet/<status>.yaml"
    assert twice.message == f"{folder}/list_pets/200.json is the same answer already"
    assert twice.location is not None
    assert twice.location.file == f"{folder}/list_pets/200.yaml"


@pytest.mark.parametrize("returned", ["({}, 'abc')", "()", "({}, 200, [1])"])
def test_what_a_function_returns_that_is_no_answer_is_told(tmp_path: Path, returned: str) -> None:
    told: list[Finding] = []
    app = app_of(mocks(tmp_path, get_pet=f"def respond(call): return {returned}"), report=told.append)
    response = get(app, "/pets/1")
    assert (response.status, json.loads(response.body)["type"]) == (500, "urn:treaty:problem:handler-failed")
    assert told[0].code == "handler-failed"
    assert told[0].message.startswith("`respond` of get_pet returned what is no answer: ")


def test_a_function_says_what_a_file_cannot(tmp_path: Path) -> None:
    code = (
        "from treaty import Response\n"
        "def respond(call):\n"
        "    n = call.path['petId']\n"
        "    if n == 1: return {'id': n, 'name': 'Function'}\n"
        "    if n == 2: return {'id': n, 'name': 'Function'}, 200, {'X-N': n}\n"
        "    json = [('content-type', 'application/json')]\n"
        '    if n == 3: return Response(200, json, b\'{"id": 3, "name": "Raw"}\')\n'
        "    if n == 4: return {'id': 'four'}\n"
        "    if n == 5: return {'id': n, 'name': 'Gone'}, 404\n"
        "    if n == 6: raise RuntimeError('no')\n"
    )
    told: list[Finding] = []
    app = app_of(mocks(tmp_path, get_pet=code), report=told.append)
    first = get(app, "/pets/1")
    assert json.loads(first.body) == {"id": 1, "name": "Function"}
    assert first.header("treaty-why") == "200 function; application/json; function"
    assert get(app, "/pets/2").header("x-n") == "2"
    assert json.loads(get(app, "/pets/3").body)["name"] == "Raw"
    assert told == []
    for number, kind in ((4, "invalid-response"), (5, "invalid-response"), (6, "handler-failed")):
        response = get(app, f"/pets/{number}")
        assert (response.status, json.loads(response.body)["type"]) == (500, f"urn:treaty:problem:{kind}")
    assert get(app, "/pets/7").header("treaty-why") == "200 lowest success; application/json; generated"
    assert told[-1].location is not None
    assert (Path(told[-1].location.file).name, told[-1].location.line) == ("get_pet.py", 10)


def test_files_of_other_contracts_are_left(tmp_path: Path) -> None:
    folder = mocks(tmp_path, list_pets__200="body: []", other__200="body: 1", scenarios__s="{other: 200}")
    app = treaty.mock({"pets": treaty.load(DOCUMENT), "other": treaty.load(OTHER)}, mocks=folder)
    assert get(app, "/pets").body == b"[]"
    assert get(app, "/other").body == b"1"


OTHER = {
    "openapi": "3.1.0",
    "info": {"title": "O", "version": "1"},
    "paths": {
        "/other": {
            "get": {
                "operationId": "other",
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {"application/json": {"schema": {"type": "integer"}}},
                    }
                },
            }
        }
    },
}
