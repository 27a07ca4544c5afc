"""Law 1 on real documents: exchanges by Schemathesis get the same findings in every mode."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path

import pytest
from laws.test_one_verdict import exchange_of, proxy, stub
from oracle.corpus import opened
from oracle.generator import Generator

import treaty

DOCUMENTS = ("train-travel31.yaml", "petstore20.json", "adyen-checkout71.yaml", "spotify.yaml")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_one_verdict(corpus: Path, name: str) -> None:
    contract = treaty.load(corpus / name)
    _, operations = opened(corpus / name)
    generator = Generator(copy.deepcopy(contract.document.data))
    answers: list[treaty.Response] = []
    mock = treaty.mock(contract)
    others = [treaty.guard(contract, stub(answers)), proxy(contract, stub(answers))]
    seen: Counter[str] = Counter()
    wrong = treaty.Response(200, [("content-type", "application/json")], b'{"never": [')
    for operation in operations:
        for index, sent in enumerate(generator.requests(operation, named=3, right=1, wrong=0)):
            request = treaty.Request(sent.method, sent.path, sent.query, list(sent.headers), sent.body)
            mocked = exchange_of(mock, request)
            answers.append(wrong if index % 2 else mocked.response)
            guarded, passed = (exchange_of(other, request) for other in others)
            assert guarded.findings == passed.findings
            assert guarded.response == passed.response
            assert {guarded.refused, passed.refused} == {mocked.refused}
            judged = contract.check(request, None if mocked.refused else answers[-1])
            assert judged == contract.placed(guarded.findings)
            if mocked.refused:
                assert mocked.findings == guarded.findings
            seen["refused" if mocked.refused else "broken" if guarded.findings else "good"] += 1
    assert min(seen["refused"], seen["broken"], seen["good"]) >= 5, seen
