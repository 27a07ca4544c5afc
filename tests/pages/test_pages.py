from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from treaty.pages import ASSET_NAMES, ASSETS_DIRECTORY, CONTENT_SECURITY_POLICY, asset, reference_page
from treaty.pages.renew import COMPRESSED, renew

RECORD = json.loads((ASSETS_DIRECTORY / "VERSION.json").read_text("utf-8"))


class Tags(HTMLParser):
    """Start tags with their attributes, and the text of each element by its tag."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        tag = self.found[-1][0] if self.found else ""
        self.text[tag] = self.text.get(tag, "") + data


def published(name: str) -> bytes:
    """The content as published, before our compression."""
    if name in COMPRESSED:
        return gzip.decompress((ASSETS_DIRECTORY / f"{name}.gz").read_bytes())
    return (ASSETS_DIRECTORY / name).read_bytes()


def test_title_and_paths_are_escaped() -> None:
    hostile = "</title><script>alert(1)</script>&\"'"
    tags = Tags(reference_page(hostile, document_path='a"><script>', assets_path="x\"onload='"))
    assert tags.text["title"].startswith(hostile)
    scripts = [attributes for tag, attributes in tags.found if tag == "script"]
    assert [list(attributes) for attributes in scripts] == [["src"], ["src"]]
    assert ("main", {"id": "reference", "data-document": 'a"><script>'}) in tags.found


def test_title_that_utf8_cannot_hold_does_not_break_the_page() -> None:
    assert b"<title>a?b</title>" in reference_page("a\ud800b")


def test_page_has_no_inline_script_or_style_and_carries_the_policy() -> None:
    tags = Tags(reference_page("Shelf"))
    assert all(attributes.get("src") for tag, attributes in tags.found if tag == "script")
    assert not tags.text.get("script", "").strip()
    assert not any(tag == "style" or "style" in attributes for tag, attributes in tags.found)
    assert not any(name.startswith("on") for _, attributes in tags.found for name in attributes)
    assert CONTENT_SECURITY_POLICY in [attributes.get("content") for _, attributes in tags.found]
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


def test_every_url_of_the_page_is_relative_and_known() -> None:
    tags = Tags(reference_page("Shelf"))
    urls = {
        attributes[key] or "" for _, attributes in tags.found for key in ("src", "href") if key in attributes
    }
    names = {url.removeprefix("docs/assets/") for url in urls - {"openapi.json"}}
    assert names <= ASSET_NAMES
    assert {"start.js", "start.css", "swagger-ui-bundle.js", "swagger-ui.css"} <= names


@pytest.mark.parametrize("name", ["start.js", "start.css"])
def test_our_own_files_name_no_host(name: str) -> None:
    found = asset(name)
    assert found
    assert not re.search(rb"https?:|\bwss?:|[\"'(]//", found.content)
    assert not re.search(rb"https?:|[\"']//", reference_page("Shelf"))


@pytest.mark.parametrize("name", sorted(ASSET_NAMES))
def test_each_name_of_the_table_gives_its_content(name: str) -> None:
    found = asset(name)
    assert found
    plain = gzip.decompress(found.content) if found.encoding == "gzip" else found.content
    assert plain == published(name)
    kinds = {".js": "text/javascript", ".css": "text/css", ".png": "image/png", ".txt": "text/plain"}
    assert found.content_type.startswith(kinds[Path(name).suffix])
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.encoding = None  # type: ignore[misc]  # that it is refused is the point


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../__init__.py", "..%2f__init__.py", "/etc/passwd", "VERSION.json", "start.js/",
     "START.JS", "start.js\0", "./start.js", "swagger-ui-bundle.js.gz"],
)  # fmt: skip
def test_other_names_give_nothing(name: str) -> None:
    assert asset(name) is None


def test_files_are_those_of_the_recorded_version() -> None:
    assert RECORD["name"] == "swagger-ui-dist"
    for name, expected in RECORD["sha256"].items():
        assert hashlib.sha256(published(name)).hexdigest() == expected, name
    assert f'"{RECORD["version"]}"'.encode() in published("swagger-ui-bundle.js")
    ours = {"start.js", "start.css"}
    assert ASSET_NAMES - ours <= set(RECORD["sha256"])


def test_licences_are_kept_and_the_package_stays_small() -> None:
    assert b"Apache License" in published("LICENSE")
    assert b"SmartBear" in published("NOTICE")
    assert sum(file.stat().st_size for file in ASSETS_DIRECTORY.iterdir()) < 600_000


def test_renew_is_reproducible(tmp_path: Path) -> None:
    package, target = tmp_path / "package", tmp_path / "target"
    package.mkdir()
    target.mkdir()
    about = {key: RECORD[key] for key in ("name", "version", "license")}
    (package / "package.json").write_text(json.dumps(about))
    for name in RECORD["sha256"]:
        (package / name).write_bytes(published(name))
    assert renew(package, target) == RECORD["version"]
    assert json.loads((target / "VERSION.json").read_text()) == RECORD
    for name in COMPRESSED:
        assert gzip.decompress((target / f"{name}.gz").read_bytes()) == published(name)


def test_renew_refuses_another_package(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "other", "version": "1"}')
    with pytest.raises(ValueError, match="expected swagger-ui-dist"):
        renew(tmp_path, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["package.json"]
