"""References that lead nowhere, in circles, or where nothing may be read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

import treaty
from broken.asking import (
    codes,
    is_invalid,
    is_unreadable,
    is_used_all_the_same,
    lines,
    placed,
    refused,
    run,
    text,
    told,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path


def schemas(body: str, version: str = "3.1.0") -> str:
    return text("paths: {}\ncomponents:\n  schemas:\n" + body, version)


NOWHERE = {
    "local": schemas("    A:\n      $ref: '#/components/schemas/B'\n"),
    "anchor": schemas("    A:\n      $ref: '#b'\n"),
    "dynamic": schemas("    A:\n      $dynamicRef: '#b'\n"),
    "nested": schemas("    A:\n      properties: {b: {$ref: '#/components/schemas/B'}}\n"),
    "long index": schemas("    A:\n      $ref: '#/tags/" + "9" * 5000 + "'\n"),
    "no index": schemas("    A:\n      $ref: '#/tags/-'\n"),
    "no address": schemas("    A:\n      $ref: 'http://[b'\n"),
    "no kind of address": schemas("    A:\n      $ref: 'mailto:b@example.com'\n"),
    "file": schemas("    A:\n      $ref: 'none.yaml'\n"),
    "file with a null": schemas("    A:\n      $ref: 'none%00.yaml'\n"),
    "file of a long name": schemas("    A:\n      $ref: '" + "n" * 300 + ".yaml'\n"),
    "folder": schemas("    A:\n      $ref: './'\n"),
    "below a text": schemas("    A:\n      $ref: '#/openapi/0'\n"),
}


@pytest.mark.parametrize("name", NOWHERE)
def test_a_reference_to_nowhere(name: str, tmp_path: Path) -> None:
    entry = write(tmp_path, {"openapi.yaml": NOWHERE[name]})
    findings = placed(refused(entry))
    assert set(codes(findings)) == {"reference-not-found"}
    assert lines(findings)[0] in [("openapi.yaml", 7)]
    assert run("mock", entry)[0] == 3
    assert run("check", entry)[0] in (1, 3)


def test_a_reference_into_another_file_that_lacks_the_target(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        {
            "openapi.yaml": schemas("    A:\n      $ref: 'b.yaml#/B'\n    C:\n      $ref: 'b.yaml#c'\n"),
            "b.yaml": "X: {}\n",
        },
    )
    assert lines(placed(refused(entry))) == [("openapi.yaml", 7), ("openapi.yaml", 9)]
    is_invalid(entry, "reference-not-found")


def test_references_of_several_files_to_nowhere_cost_only_what_they_are_about(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        {
            "openapi.yaml": text("paths:\n  /a: {$ref: 'api/a.yaml'}\n  /b: {$ref: 'api/a.yaml#/none'}\n"),
            "api/a.yaml": "get:\n  responses:\n"
            "    '200': {description: d, content: {application/json: {schema: {$ref: '../b.yaml#/B'}}}}\n"
            "    '404': {$ref: '#/none'}\n",
            "b.yaml": "B:\n  properties:\n    x: {$ref: '#/none'}\n    y: {type: integer}\n",
        },
    )
    assert lines(placed(told(entry))) == [("a.yaml", 4), ("b.yaml", 3), ("openapi.yaml", 5)]
    is_used_all_the_same(entry, "reference-not-found")
    contract = treaty.load(entry)
    (operation,) = contract.operations
    schema = operation.responses[0].content[0].schema
    assert schema is not None
    validator = contract.schemas.validator(schema, "response")
    assert validator.accepts({"x": 1, "y": 1})
    assert not validator.accepts({"y": "1"})


def test_a_broken_file_is_told_once_with_the_reference_that_leads_to_it(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        {
            "openapi.yaml": schemas("    A:\n      $ref: 'b.yaml#/B'\n    C:\n      $ref: 'b.yaml#/C'\n"),
            "b.yaml": "B: {}\nC: [\n",
        },
    )
    (finding,) = placed(refused(entry))
    assert finding.code == "yaml-syntax"
    assert lines((finding,))[0][0] == "b.yaml"
    assert (finding.related[-1].file.endswith("openapi.yaml"), finding.related[-1].line) == (True, 7)


CYCLES = {
    "itself": schemas("    A: {$ref: '#/components/schemas/A'}\n"),
    "pair": schemas(
        "    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n", "3.0.3"
    ),
    "into itself": schemas("    A: {properties: {x: {$ref: '#/components/schemas/A/properties/x'}}}\n"),
    "parameters": text(
        "paths: {}\ncomponents:\n  parameters:\n"
        "    A: {$ref: '#/components/parameters/B'}\n    B: {$ref: '#/components/parameters/A'}\n"
    ),
    "responses": text("paths: {}\ncomponents: {responses: {A: {$ref: '#/components/responses/A'}}}\n"),
    "path items": text("paths: {/a: {$ref: '#/paths/~1b'}, /b: {$ref: '#/paths/~1a'}}\n", "3.1.0"),
}


@pytest.mark.parametrize("name", CYCLES)
def test_a_cycle_of_references_alone(name: str, tmp_path: Path) -> None:
    entry = write(tmp_path, {"openapi.yaml": CYCLES[name]})
    assert set(codes(placed(refused(entry)))) == {"reference-cycle"}
    is_invalid(entry, "reference-cycle")


def test_a_cycle_across_files(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        {
            "openapi.yaml": schemas("    A: {$ref: 'b.yaml#/B'}\n"),
            "b.yaml": "B: {$ref: 'openapi.yaml#/components/schemas/A'}\n",
        },
    )
    assert set(codes(placed(refused(entry)))) == {"reference-cycle"}


def test_a_cycle_of_files_put_in_place(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        {
            "openapi.yaml": text("paths: {/a: {$ref: 'a.yaml'}}\n"),
            "a.yaml": "$ref: b.yaml\n",
            "b.yaml": "$ref: a.yaml\n",
        },
    )
    findings = refused(entry)
    assert set(codes(findings)) == {"reference-cycle"}
    is_unreadable(entry, "reference-cycle")


def test_references_that_multiply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("treaty.document.bundle.MAX_INLINED_OBJECTS", 1_000)
    item = "get: {responses: {'200': {description: d}}, callbacks: {c: {x: {$ref: '%s'}, y: {$ref: '%s'}}}}\n"
    files = {"openapi.yaml": text("paths: {/a: {$ref: p0.yaml}}\n")}
    files |= {f"p{n}.yaml": item % ((f"p{n + 1}.yaml",) * 2) for n in range(20)}
    entry = write(tmp_path, {**files, "p20.yaml": "{}\n"})
    assert codes(placed(refused(entry))) == ["too-many-objects"]


def test_files_in_files_are_bounded_in_depth(tmp_path: Path) -> None:
    nested = "{items: " * 150 + "{properties: {$ref: '%s'}}" + "}" * 150
    body = schemas("    A: {properties: {$ref: p0.yaml}}\n", "3.0.3")
    files = {f"p{n}.yaml": f"a: {nested}\n" % f"p{n + 1}.yaml" for n in range(10)}
    entry = write(tmp_path, {"openapi.yaml": body, **files, "p10.yaml": "{}\n"})
    assert "too-deep" in codes(placed(refused(entry)))


OUTSIDE = {
    "beside": "../secret.yaml",
    "encoded": "%2e%2e/secret.yaml",
    "encoded slash": "..%2fsecret.yaml",
    "link": "link.yaml",
    "linked folder": "folder/secret.yaml",
    "absolute": "{path}",
    "url": "file://{path}",
    "url with a host": "file://localhost{path}",
    "in and out": "in/../../secret.yaml",
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder `api` with links out of it, beside a file that must not be read."""
    write(tmp_path, {"secret.yaml": "S: {type: string}\n", "api/in/x.yaml": "{}"})
    (tmp_path / "api/link.yaml").symlink_to(tmp_path / "secret.yaml")
    (tmp_path / "api/folder").symlink_to(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_outside_the_roots_is_read(name: str, house: Path) -> None:
    reference = OUTSIDE[name].format(path=quote(str(house / "secret.yaml"))) + "#/S"
    body = schemas(f"    A:\n      $ref: '{reference}'\n")
    entry = write(house / "api", {"openapi.yaml": body})
    findings = placed(refused(entry))
    assert codes(findings) == ["reference-outside-roots"]
    assert "--allow-root" in findings[0].hint
    is_unreadable(entry, "reference-outside-roots")
    assert treaty.load(entry, roots=(house,)).document.data["components"]["schemas"]["A"] == {
        "type": "string"
    }
    assert run("check", entry, "--allow-root", str(house))[0] == 0


def test_a_loop_of_links(tmp_path: Path) -> None:
    entry = write(tmp_path, {"openapi.yaml": schemas("    A:\n      $ref: 'loop.yaml'\n")})
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    assert codes(placed(refused(entry))) == ["reference-not-found"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_pipe_behind_a_reference_is_not_waited_for(tmp_path: Path) -> None:
    entry = write(tmp_path, {"openapi.yaml": schemas("    A:\n      $ref: 'pipe'\n")})
    os.mkfifo(tmp_path / "pipe")
    assert codes(placed(refused(entry))) == ["reference-not-found"]


def test_a_large_file_behind_a_reference(tmp_path: Path) -> None:
    entry = write(tmp_path, {"openapi.yaml": schemas("    A:\n      $ref: 'big.yaml'\n")})
    with (tmp_path / "big.yaml").open("wb") as file:
        file.truncate(100_000_000)
    findings = placed(refused(entry))
    assert codes(findings) == ["too-large"]
    assert [each.line for each in findings[0].related] == [7]


@pytest.mark.parametrize("value", ["7", "[x]", "null", "{a: b}", "true"])
def test_a_reference_that_is_no_text(value: str, tmp_path: Path) -> None:
    body = text(
        "paths:\n  /a:\n    get:\n      responses:\n        '200':\n"
        f"          $ref: {value}\n          description: d\n"
    )
    entry = write(tmp_path, {"openapi.yaml": body})
    findings = placed(told(entry))
    assert all(8 <= line <= 9 for _, line in lines(findings))
    assert run("check", entry)[0] == 1


def test_components_that_cannot_take_a_part_of_another_file(tmp_path: Path) -> None:
    body = text(
        "components: []\npaths:\n  /a:\n    get:\n      responses:\n        '200':\n          $ref: b.yaml\n"
    )
    entry = write(tmp_path, {"openapi.yaml": body, "b.yaml": "description: d\n"})
    findings = placed(refused(entry))
    assert (codes(findings), lines(findings)) == (["wrong-type"], [("openapi.yaml", 3)])


EMBEDDED = {
    "fragment": "    A: {$id: 'https://example.com/a#b'}\n",
    "of the document": "    A: {$id: ''}\n",
    "twice": "    A: {$id: 'https://example.com/a'}\n    B: {$id: 'https://example.com/a'}\n",
    "no URI": "    A: {$id: 'http://[a'}\n",
}


@pytest.mark.parametrize("name", EMBEDDED)
def test_an_identifier_that_identifies_nothing(name: str, tmp_path: Path) -> None:
    entry = write(tmp_path, {"openapi.yaml": schemas(EMBEDDED[name])})
    assert "invalid-identifier" in codes(placed(refused(entry)))


def test_a_reference_that_starts_from_an_embedded_schema_says_so(tmp_path: Path) -> None:
    body = schemas(
        "    A:\n      $id: https://example.com/a\n      items: {$ref: '#/components/schemas/B'}\n    B: {}\n"
    )
    (finding,) = placed(refused(write(tmp_path, {"openapi.yaml": body})))
    assert finding.code == "reference-not-found"
    assert "https://example.com/a" in finding.hint
