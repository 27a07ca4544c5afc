"""`treaty check --har`: a recording judged by a document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from treaty.cli import treaty

DOCUMENT = """\
openapi: 3.1.0
info: {title: Books, version: '1'}
servers: [{url: https://books.example/v1}]
security: [{key: []}]
paths:
  /books:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      responses:
        '200': {description: ok, content: {application/json: {schema: {type: array}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object}}}}
      responses: {'201': {description: made}}
components:
  securitySchemes:
    key: {type: apiKey, in: query, name: key}
"""
KEY = "correct-horse"


def entry(
    method: str = "GET",
    url: str = f"https://books.example/v1/books?key={KEY}",
    status: int = 200,
    **more: Any,
) -> dict[str, Any]:
    content = {"mimeType": "application/json", "text": "[]"} if status == 200 else {}
    response = {"status": status, "headers": [], "content": content} | more.pop("response", {})
    return {"request": {"method": method, "url": url, "headers": [], **more}, "response": response}


def check(folder: Path, *entries: Any, options: tuple[str, ...] = ()) -> Result:
    spec, recording = folder / "books.yaml", folder / "traffic.har"
    spec.write_text(DOCUMENT)
    recording.write_text(json.dumps({"log": {"entries": entries}}))
    return CliRunner().invoke(treaty, ["check", str(spec), "--har", str(recording), *options])


def test_good_traffic_is_exit_code_0(tmp_path: Path) -> None:
    elsewhere = entry(url="https://other.example/logo.png")
    done = check(tmp_path, entry(), elsewhere)
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith(
        "traffic.har: 2 exchanges, 1 judged, 0 not in the contract, 1 with other hosts: no findings\n"
        "other hosts: other.example (1); --host judges them\n"
    )


def test_traffic_of_another_host_alone_is_judged(tmp_path: Path) -> None:
    done = check(tmp_path, entry(url=f"http://localhost:8000/books?limit=x&key={KEY}"))
    assert done.exit_code == 1
    assert "1 exchange, 1 judged, 0 not in the contract: 1 error" in done.stdout


def test_the_hosts_to_judge_are_chosen(tmp_path: Path) -> None:
    stage = entry(url=f"http://Stage.example:8000/books?limit=x&key={KEY}")
    asset = entry(url="https://cdn.example/logo.png")
    done = check(tmp_path, entry(), stage, asset)
    assert (done.exit_code, "other hosts: stage.example:8000 (1), cdn.example (1)" in done.stdout) == (
        0,
        True,
    )
    for name in ("stage.example:8000", "http://STAGE.example:8000"):
        done = check(tmp_path, entry(), stage, asset, options=("--host", name))
        assert done.exit_code == 1
        assert "3 exchanges, 1 judged, 0 not in the contract, 2 with other hosts: 1 error" in done.stdout
    both = ("--host", "books.example", "--host", "cdn.example")
    done = check(tmp_path, entry(), stage, asset, options=both)
    assert done.stdout.endswith(
        "3 exchanges, 1 judged, 1 not in the contract, 1 with other hosts: no findings\n"
        "not in the contract: 3: GET /logo.png → 200\n"
        "other hosts: stage.example:8000 (1); --host judges them\n"
    )
    value = json.loads(check(tmp_path, entry(), stage, asset, options=(*both, "--format", "json")).stdout)
    assert [value[name] for name in ("judged", "unknown", "other_hosts")] == [1, 1, {"stage.example:8000": 1}]
    assert value["not_in_contract"] == [{"entry": 3, "method": "GET", "target": "/logo.png", "status": 200}]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--host", "none.example"), "nothing in the recording went there; its hosts: books.example"),
        (("--host", "[::"), "--host: Invalid IPv6 URL"),
    ],
)
def test_a_host_that_is_not_in_the_recording(tmp_path: Path, options: tuple[str, ...], expected: str) -> None:
    done = check(tmp_path, entry(), options=options)
    assert done.exit_code == 2
    assert expected in " ".join(done.stderr.replace("│", " ").split())


def test_a_host_is_of_a_recording(tmp_path: Path) -> None:
    (tmp_path / "books.yaml").write_text(DOCUMENT)
    done = CliRunner().invoke(treaty, ["check", str(tmp_path / "books.yaml"), "--host", "a"])
    assert (done.exit_code, "--har" in done.stderr) == (2, True)


def test_findings_have_entry_and_place_and_no_secret(tmp_path: Path) -> None:
    wrong = {"content": {"mimeType": "application/json", "text": json.dumps(KEY)}}
    done = check(
        tmp_path,
        entry(),
        entry(url=f"https://books.example/v1/books?limit=x&key={KEY}"),
        entry(response=wrong),
        {"request": {}},
    )
    assert done.exit_code == 1
    said = done.stdout.replace("\n", " ")
    assert "2: GET /v1/books?limit=x&key=*** → 200" in said
    assert "books.yaml:8:" in said
    assert "error[schema-type] request: " in said
    assert "3: GET /v1/books?key=*** → 200" in said
    assert 'error[schema-type] response: "***" is not of type "array"' in said
    assert "error[unreadable-entry] entry 4 cannot be read" in said
    assert "4 exchanges, 4 judged, 0 not in the contract: 3 errors" in said
    assert KEY not in done.output


def test_a_body_that_was_not_recorded_is_not_called_missing(tmp_path: Path) -> None:
    done = check(tmp_path, entry("POST", status=201, bodySize=20), entry("POST", status=201, bodySize=0))
    assert done.exit_code == 1
    assert done.stdout.count("error[") == 1
    assert "2: POST" in done.stdout
    assert "error[body-missing] request: " in done.stdout


def test_as_json(tmp_path: Path) -> None:
    done = check(tmp_path, entry(status=500), entry(), entry("GET", "/none"), options=("--format", "json"))
    assert done.exit_code == 1
    value = json.loads(done.stdout)
    assert [value[name] for name in ("exchanges", "judged", "unknown")] == [3, 2, 0]
    [wrong] = value["entries"]
    assert [wrong[name] for name in ("entry", "method", "target", "status")] == [
        1,
        "GET",
        "/v1/books?key=***",
        500,
    ]
    assert [finding["code"] for finding in wrong["findings"]] == ["undeclared-status"]
    assert wrong["findings"][0]["location"]["line"] == 9


@pytest.mark.parametrize("content", ["", "{}", "[", '{"log": 5}'])
def test_what_is_no_recording_is_exit_code_3(tmp_path: Path, content: str) -> None:
    (tmp_path / "books.yaml").write_text(DOCUMENT)
    (tmp_path / "traffic.har").write_text(content)
    done = CliRunner().invoke(
        treaty, ["check", str(tmp_path / "books.yaml"), "--har", str(tmp_path / "traffic.har")]
    )
    assert done.exit_code == 3
    assert "error[not-a-recording]" in done.stderr


def test_a_recording_that_is_too_large_is_exit_code_3(tmp_path: Path) -> None:
    done = check(tmp_path, *[entry()] * 20, options=("--max-bytes", "2000"))
    assert done.exit_code == 3
    assert "more than 2,000 bytes" in done.stderr
    assert "--max-bytes" in done.stderr


def test_text_of_a_recording_does_not_steer_the_terminal(tmp_path: Path) -> None:
    done = check(tmp_path, entry("G\x1b[2J", status=200), entry(url="/books?a=\x1b[31m"))
    assert "\x1b" not in done.output
