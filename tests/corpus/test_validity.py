"""The fast check at load agrees with openapi-spec-validator, the authority on validity."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from oracle.corpus import DOCUMENTS, INVALID
from oracle.reading import Library, parse
from oracle.variants import variants
from oracle.verdict import finding_expected, judge

import treaty

if TYPE_CHECKING:
    from pathlib import Path

# The validator ends with an exception on this one: it has `$ref` for Operations and whole maps of properties.
_WITHOUT_VERDICT = "digitalocean/DigitalOcean-public.v2.yaml"
_CALLED_INVALID = "openai.yaml"
# Variants for each mutation: fewer where one judgement takes the validator half a second.
_BASES = {
    "petstore20.json": 3,
    "petstore-swagger30.yaml": 3,
    "tictactoe31.yaml": 3,
    "train-travel31.yaml": 2,
    "spotify.yaml": 1,
    INVALID: 3,
}


def _mended(text: str) -> str:
    """The wrong document without its faults."""
    kept = "\n".join(line for line in text.splitlines() if not re.match(r"\s*wrong:", line))
    kept = re.sub(r"# scopes: Scopes are required.*", "scopes: {}", kept)
    return kept.replace("tags:\n", "tags:\n  - name: products\n", 1)


def _base(corpus: Path, name: str) -> Any:
    text = (corpus / name).read_text(encoding="utf-8")
    return parse(_mended(text) if name == INVALID else text, is_json=name.endswith(".json"))


def _findings(document: Any) -> list[str]:
    try:
        found = treaty.load(document).findings
    except treaty.DocumentError as error:
        found = error.findings
    # What only informs (a path that clashes in no method, a format nobody knows) calls nothing invalid.
    wrong = [finding for finding in found if finding.severity is not treaty.Severity.INFO]
    return [f"{finding.code}: {finding.message}" for finding in wrong]


@pytest.mark.parametrize(
    "name", [name for name in DOCUMENTS if name not in (_WITHOUT_VERDICT, _CALLED_INVALID)]
)
def test_what_the_validator_calls_valid_is_loaded_without_errors(corpus: Path, name: str) -> None:
    library = Library(corpus / name)
    assert judge(library.root.value).word == "valid"
    errors = [each for each in treaty.load(corpus / name).findings if each.severity == treaty.Severity.ERROR]
    assert errors == []


def test_a_document_without_a_verdict_is_loaded(corpus: Path) -> None:
    assert judge(Library(corpus / _WITHOUT_VERDICT).root.value).word not in ("valid", "invalid")
    assert treaty.load(corpus / _WITHOUT_VERDICT).operations


def test_faults_within_schemas_are_told_and_do_not_stop_a_server(corpus: Path) -> None:
    assert judge(Library(corpus / _CALLED_INVALID).root.value).word == "invalid"
    contract = treaty.load(corpus / _CALLED_INVALID)
    assert contract.findings
    assert all(finding.location and finding.location.line for finding in contract.findings)


@pytest.mark.parametrize("name", _BASES)
def test_broken_variants_are_found_as_the_validator_finds_them(corpus: Path, name: str) -> None:
    base = _base(corpus, name)
    assert judge(base).word == "valid"
    assert _findings(base) == []
    disagreements = []
    count = 0
    for variant in variants(base, _BASES[name]):
        count += 1
        verdict = judge(variant.document)
        expected = finding_expected(variant, verdict)
        found = _findings(variant.document)
        if expected is not None and expected != bool(found):
            said = found[0] if found else "nothing"
            judged = f"validator {verdict.word} {verdict.first}; load finds {said}"
            disagreements.append(f"{variant.mutation}, {variant.what}: {judged}")
    print(f"{name}: {count - len(disagreements)} / {count} variants agree")
    assert not disagreements, "\n".join([f"{len(disagreements)} of {count} disagree:", *disagreements])
