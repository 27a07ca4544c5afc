"""How long an answer takes."""

from __future__ import annotations

import pytest

from treaty.mocking.delays import Delay, read_delay


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("300ms", Delay(0.3, 0.3)),
        ("2", Delay(2.0, 2.0)),
        ("50..300ms", Delay(0.05, 0.3)),
        ("50ms .. 1.5s", Delay(0.05, 1.5)),
        ("0..2s", Delay(0.0, 2.0)),
    ],
)
def test_delays(text: str, expected: Delay) -> None:
    assert read_delay(text) == expected
    assert expected.drawn(0.0) == expected.least
    assert expected.drawn(0.5) == pytest.approx((expected.least + expected.most) / 2)


@pytest.mark.parametrize("text", ["", "soon", "300..50ms", "-1s", "61s", "1..", "..1"])
def test_what_is_no_delay(text: str) -> None:
    with pytest.raises(ValueError, match="is no delay"):
        read_delay(text)
