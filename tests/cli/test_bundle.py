"""`treaty bundle`: one document from several, and nothing overwritten."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from treaty.cli import treaty

ROOT = Path(__file__).parents[2]


def test_the_bundle_has_internal_references_only() -> None:
    done = CliRunner().invoke(treaty, ["bundle", str(ROOT / "specs" / "newsdesk")])
    assert done.exit_code == 0, done.stderr
    text = done.stdout
    references = [part.partition('"')[0] for part in text.split('"$ref": "')[1:]]
    assert references
    assert all(reference.startswith("#/") for reference in references)
    assert json.loads(text)["info"]["title"] == "Newsdesk"


def test_a_file_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    output = tmp_path / "openapi.json"
    output.write_text("mine")
    done = CliRunner().invoke(treaty, ["bundle", str(ROOT / "specs" / "newsdesk"), "-o", str(output)])
    assert done.exit_code == 2
    assert output.read_text() == "mine"
    assert "nothing is overwritten" in done.stderr
