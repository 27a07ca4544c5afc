"""A bundle says what its files say, in one document with internal references only."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from oracle.equivalence import Comparison, outward_references
from oracle.reading import Library
from oracle.verdict import complaints
from prance.util.resolver import RefResolver
from prance.util.url import absurl, fetch_url

import treaty

_NEWSDESK = Path(__file__).resolve().parents[2] / "specs" / "newsdesk" / "openapi.yaml"
_DIGITALOCEAN = "digitalocean/DigitalOcean-public.v2.yaml"
# `stop` of a chat completion has the default null, which neither branch of its oneOf allows.
_OWN_FAULTS = {"DigitalOcean-public.v2.yaml": ["None is not valid under any of the given schemas"]}


@cache
def _bundle(entry: Path) -> Any:
    return treaty.load(entry).document.bundle()


@pytest.fixture(params=["newsdesk", "digitalocean"])
def entry(request: pytest.FixtureRequest) -> Path:
    if request.param == "newsdesk":
        return _NEWSDESK
    return Path(request.getfixturevalue("corpus")) / _DIGITALOCEAN


def test_no_reference_leads_out(entry: Path) -> None:
    assert outward_references(_bundle(entry)) == []


def test_it_says_the_same(entry: Path) -> None:
    files = Library(entry)
    # Read as the file `/bundle`: a reference that still leads out finds nothing there.
    one = Library(Path("/bundle/openapi.json"), _bundle(entry))
    keeps_siblings = str(files.root.value["openapi"]) >= "3.1"
    assert Comparison(files, one, keeps_siblings).run(files.root, one.root) == []


def test_it_is_as_valid_as_its_files(entry: Path) -> None:
    assert complaints(_bundle(entry)) == _OWN_FAULTS.get(entry.name, [])


def test_it_says_what_prance_resolves() -> None:
    """A second resolver, since the first is this project's own, though not this package's."""
    address = absurl(_NEWSDESK.as_uri())
    resolver = RefResolver(fetch_url(address), address)
    resolver.resolve_references()
    inlined = Library(_NEWSDESK, resolver.specs)
    one = Library(Path("/bundle/openapi.json"), _bundle(_NEWSDESK))
    assert Comparison(inlined, one, keeps_siblings=False).run(inlined.root, one.root) == []
