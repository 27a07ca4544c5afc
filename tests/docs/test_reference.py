"""The reference pages are what the code says."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_of_commands_is_up_to_date() -> None:
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    assert generate["PAGE"].read_text(encoding="utf-8") == generate["page"](), "run `make docs`"


def test_the_page_of_the_control_api_is_up_to_date() -> None:
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    written = generate["CONTROL_PAGE"].read_text(encoding="utf-8")
    assert written == generate["control_page"](), "run `make docs`"
