"""The options for a mock's data: what they take, and what they say to what they do not."""

from __future__ import annotations

import click
import pytest

from treaty.cli.data_options import LocaleName, Percentage, Span


@pytest.mark.parametrize(("text", "share"), [("80%", 0.8), ("0", 0.0), ("12.5 %", 0.125), ("100%", 1.0)])
def test_percentages(text: str, share: float) -> None:
    assert Percentage().convert(text, None, None) == share


@pytest.mark.parametrize(("text", "span"), [("1..5", (1, 5)), ("3", (3, 3)), ("0..0", (0, 0))])
def test_spans(text: str, span: tuple[int, int]) -> None:
    assert Span().convert(text, None, None) == span


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        (Percentage(), "120%", "0% to 100%"),
        (Percentage(), "many", "0% to 100%"),
        (Span(), "5..1", "1..5"),
        (Span(), "-1", "1..5"),
        (LocaleName(), "xx", "there are those of"),
        (LocaleName(), "pt_bx", "pt-br"),
    ],
)
def test_what_they_are_not(kind: click.ParamType[object], text: str, told: str) -> None:
    with pytest.raises(click.BadParameter, match=told):
        kind.convert(text, None, None)


def test_locales_are_found_however_they_are_written() -> None:
    assert LocaleName().convert("pt_BR", None, None) == "pt-br"
    assert LocaleName().convert("en", None, None) == "en"
