"""Faults on request: how slow answers are, how often they are errors, whether connections may break."""

from __future__ import annotations

from dataclasses import dataclass

from treaty.contract.model import Operation
from treaty.mocking.choose import Chosen, status_of
from treaty.mocking.delays import Delay

TRANSPORT = ("drop", "truncate", "drip")


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong: `latency` for every answer that has no delay of its own, `error_rate` from 0 to 1.

    With `transport` a client may ask for what no contract has: `Prefer: fault=drop`.
    """

    latency: Delay | None = None
    error_rate: float = 0.0
    transport: bool = False


def read_rate(text: str) -> float:
    """A share such as `5%` or `0.05`. Raises `ValueError` for what is none."""
    number = text.strip().removesuffix("%")
    try:
        rate = float(number) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        rate = -1.0
    if 0 <= rate <= 1:
        return rate
    raise ValueError(f"`{text}` is no rate: write 5% or 0.05")


def declared_errors(operation: Operation) -> list[Chosen]:
    """The declared responses that are errors, each with a status of its own."""
    statuses = ((status_of(operation, response), response) for response in operation.responses)
    return [
        Chosen(status, response, "drawn error")
        for status, response in statuses
        if status is not None and status >= 400
    ]
