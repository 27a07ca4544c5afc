"""One readable line per exchange, and below it what was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import click

from treaty.asgi import App
from treaty.cli.places import Places, shown
from treaty.contract.model import SecurityScheme
from treaty.enforcing import Exchange
from treaty.exchange.secrets import mask_query
from treaty.findings import Finding
from treaty.mounting import Answering
from treaty.problems import reason

MAX_FINDINGS = 10
_COLOURS = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}


@dataclass(slots=True)
class ExchangeLog:
    """Prints a line for each exchange of an application, whose contracts may be replaced as it runs."""

    app: App
    engine: Answering | None = None  # which all that follows is of
    places: dict[int, Places] = field(default_factory=dict)  # by the identity of an operation
    schemes: tuple[SecurityScheme, ...] = ()

    def __call__(self, exchange: Exchange, seconds: float) -> None:
        """Print the lines of an exchange."""
        if self.app.engine is not self.engine:
            self._learn(self.app.engine)
        places = self.places.get(id(exchange.operation))
        click.echo(exchange_lines(exchange, seconds, places, self.schemes))

    def _learn(self, engine: Answering) -> None:
        self.engine = engine
        self.schemes = tuple(scheme for each in engine.engines for scheme in each.judge.schemes)
        self.places = {}
        for each in engine.engines:
            places = Places(each.contract.document.sources)
            self.places |= dict.fromkeys(map(id, each.contract.operations), places)


def exchange_lines(
    exchange: Exchange, seconds: float, places: Places | None, schemes: Iterable[SecurityScheme]
) -> str:
    """The text for one exchange, styled; `click.echo` takes the style off where there is no terminal.

    Credentials of the schemes are masked. Without `places` no line of the document is named.
    """
    request, response = exchange.request, exchange.response
    status = click.style(
        f"{response.status} {reason(response.status)}".strip(), fg=_COLOURS.get(response.status // 100)
    )
    target = request.path + (f"?{mask_query(request.query, schemes)}" if request.query else "")
    known = exchange.operation.operation_id if exchange.operation else ""
    named = click.style(f"  {known}", dim=True) if known else ""
    lines = [f"{request.method} {_printable(target)} → {status}  {seconds * 1000:.1f} ms{named}"]
    lines += [_finding_line(finding, places) for finding in exchange.findings[:MAX_FINDINGS]]
    if len(exchange.findings) > MAX_FINDINGS:
        lines.append(f"    and {len(exchange.findings) - MAX_FINDINGS} more")
    return "\n".join(lines)


def _finding_line(finding: Finding, places: Places | None) -> str:
    place = f"{finding.place}: " if finding.place else ""
    where = f"  ({shown(places.of(finding.location.pointer))})" if finding.location and places else ""
    expected = f"; expected {finding.expected}" if finding.expected else ""
    said = _printable(place + finding.message + expected)
    return f"    {click.style('✗', fg='red')} {said}{click.style(where, dim=True)}"


def _printable(text: str) -> str:
    """A client's text must not steer the terminal."""
    return "".join(each if each.isprintable() else "?" for each in text)
