"""The options of a mock that say how its answers are sent: late, in pieces, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])


def _delay(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    from treaty.mocking.delays import read_delay

    try:
        return text if text is None or read_delay(text) else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _rate(_context: click.Context, _parameter: click.Parameter, text: str) -> float:
    from treaty.mocking.faults import read_rate

    try:
        return read_rate(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _pace(_context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    from treaty.mocking.streams import read_pace

    is_rate = parameter.name == "stream_rate"
    try:
        read_pace(text if is_rate else None, None if is_rate else text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return text


def delivery_options(command: Command) -> Command:
    """Latency and faults, the pace of sequences, and callbacks."""
    for option in reversed(
        (
            click.option(
                "--latency",
                callback=_delay,
                metavar="TIME",
                help="How long answers take: 300ms, 2s, or 50..300ms.",
            ),
            click.option(
                "--error-rate",
                callback=_rate,
                default="0",
                metavar="SHARE",
                help="Answer this share of requests with one of the operation's declared errors: 5%, 0.05.",
            ),
            click.option(
                "--allow-faults",
                is_flag=True,
                help="Let clients ask for what no contract has: Prefer: fault=drop, truncate or drip.",
            ),
            click.option(
                "--stream-rate",
                callback=_pace,
                metavar="RATE",
                help="Send the items of sequences (server-sent events, JSON lines, ...) one by one: "
                "2/s, 30/m.",
            ),
            click.option(
                "--stream-items",
                callback=_pace,
                metavar="NUMBER",
                help="How many items a sequence has: 10, or endless.",
            ),
            click.option(
                "--callbacks/--no-callbacks",
                default=True,
                show_default=True,
                help="Call the callbacks that are declared.",
            ),
            click.option(
                "--callback-host",
                "callback_hosts",
                multiple=True,
                metavar="HOST",
                help="A host that callbacks and webhooks may be sent to, beside this machine; * for all. "
                "Repeatable.",
            ),
        )
    ):
        command = option(command)
    return command
