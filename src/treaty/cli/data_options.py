"""The options of a mock that say what its generated data is like."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])


class Percentage(click.ParamType[float]):
    """`80%` or `80`, as a share of 1."""

    name = "percent"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The share. Fails with what was expected."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*%?", str(value).strip())
        if not found or float(found[1]) > 100:
            self.fail(f"`{value}` is no percentage: 0% to 100%", param, ctx)
        return float(found[1]) / 100


class Span(click.ParamType[tuple[int, int]]):
    """`1..5` or `3`: the least and the most of something."""

    name = "least..most"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Both numbers. Fails with what was expected."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"(\d{1,4})(?:\.\.(\d{1,4}))?", str(value).strip())
        least, most = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if least > most:
            self.fail(f"`{value}` is no range: write 1..5, or one number", param, ctx)
        return least, most


class LocaleName(click.ParamType[str]):
    """A locale there are words of."""

    name = "locale"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The locale as it is written. Fails with the nearest ones."""
        text = str(value).lower().replace("_", "-")
        if text == "en":
            return text
        from treaty.mocking.generate.pools import locales  # here: they take a tenth of a second to import

        known = locales()
        if text not in known:
            near = get_close_matches(text, known, 3, 0.5) or known
            self.fail(f"there are no words of `{value}`; there are those of {', '.join(near)}", param, ctx)
        return text


def data_options(command: Command) -> Command:
    """What generated data is like, and what becomes of examples that are wrong."""
    for option in reversed(
        (
            click.option(
                "--optional",
                type=Percentage(),
                default="95%",
                show_default=True,
                metavar="PERCENT",
                help="How many of the optional properties generated data has.",
            ),
            click.option(
                "--items",
                type=Span(),
                default="1..3",
                show_default=True,
                metavar="LEAST..MOST",
                help="How many elements arrays of generated data have, where the schema asks for no number.",
            ),
            click.option(
                "--locale",
                type=LocaleName(),
                default="en",
                show_default=True,
                help="Where names, places and words of generated data are from: de, fr, ja, pt-br, …",
            ),
            click.option(
                "--invalid-examples",
                type=click.Choice(["repair", "skip", "send"]),
                default="repair",
                show_default=True,
                help="Keep what is right of an example that breaks its schema, send none of it, or all.",
            ),
        )
    ):
        command = option(command)
    return command
