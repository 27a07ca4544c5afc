"""Treaty's own mock of the document, held to the same contract: what it answers is never a lie."""

from __future__ import annotations

from pathlib import Path

import schemathesis

import treaty
import treaty.testing

PROJECT = Path(__file__).parents[1]
OPTIONS = treaty.testing.Options(max_examples=25)

contract = treaty.load(PROJECT / "specs" / "newsdesk")
static = treaty.testing.schema(contract, app=treaty.mock(contract), options=OPTIONS)
dynamic = treaty.testing.schema(contract, app=treaty.mock(contract, dynamic=True, seed=7), options=OPTIONS)


@static.parametrize()
def test_the_mock_keeps_its_contract_with_examples(case: schemathesis.Case) -> None:
    case.call_and_validate()


@dynamic.parametrize()
def test_the_mock_keeps_its_contract_with_generated_data(case: schemathesis.Case) -> None:
    case.call_and_validate()
