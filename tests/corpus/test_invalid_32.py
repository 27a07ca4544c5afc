"""A wrong document is refused with each of its faults at its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml
from oracle.corpus import INVALID

import treaty

if TYPE_CHECKING:
    from pathlib import Path


def _wrong_keys(text: str) -> set[int]:
    return {number for number, line in enumerate(text.splitlines(), 1) if re.match(r"\s*(- )?wrong:", line)}


def _unknown_parents(text: str) -> set[int]:
    """Lines of `parent:` that name no tag (OpenAPI 3.2, Tag Object)."""
    names = set(re.findall(r"^  - name: (\S+)$", text, re.MULTILINE))
    lines = enumerate(text.splitlines(), 1)
    return {
        number
        for number, line in lines
        if (found := re.match(r"    parent: (\S+)$", line)) and found[1] not in names
    }


def _flow_without_scopes(text: str) -> set[int]:
    """Lines of the deviceAuthorization flow, any of which may bear the missing `scopes`."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    for step in ("components", "securitySchemes", "device_auth", "flows"):
        node = next(value for key, value in node.value if key.value == step)
    key, flow = next(pair for pair in node.value if pair[0].value == "deviceAuthorization")
    assert all(field.value != "scopes" for field, _ in flow.value)
    return set(range(key.start_mark.line + 1, flow.value[-1][0].start_mark.line + 2))


@pytest.fixture(scope="module")
def text(corpus: Path) -> str:
    return (corpus / INVALID).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def findings(corpus: Path) -> list[treaty.Finding]:
    with pytest.raises(treaty.DocumentError) as raised:
        treaty.load(corpus / INVALID)
    return list(raised.value.findings)


def _lines(findings: list[treaty.Finding]) -> set[int]:
    return {finding.location.line for finding in findings if finding.location}


def test_the_faults_are_there_to_be_found(text: str) -> None:
    assert len(_wrong_keys(text)) == 6
    assert len(_unknown_parents(text)) == 3


def test_each_wrong_field_at_its_line(text: str, findings: list[treaty.Finding]) -> None:
    assert _wrong_keys(text) - _lines(findings) == set()


def test_each_unknown_parent_at_its_line(text: str, findings: list[treaty.Finding]) -> None:
    assert _unknown_parents(text) - _lines(findings) == set()


def test_the_flow_without_scopes_at_its_line(text: str, findings: list[treaty.Finding]) -> None:
    assert _flow_without_scopes(text) & _lines(findings)


def test_each_finding_points_into_the_file(findings: list[treaty.Finding]) -> None:
    for finding in findings:
        assert finding.location is not None
        assert finding.location.file.endswith(INVALID)
        assert finding.location.line > 0
        assert finding.location.column > 0


def test_the_full_judgement_finds_the_same_lines(corpus: Path, text: str) -> None:
    lines = _lines(treaty.check(corpus / INVALID))
    assert _wrong_keys(text) - lines == set()
    assert _unknown_parents(text) - lines == set()
