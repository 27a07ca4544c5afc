"""What the user may choose about a run, and how that reads to Schemathesis."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import ConfigError, SchemathesisConfig

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from treaty.findings import Json

PHASES = ("examples", "coverage", "fuzzing", "stateful")


class OptionError(ValueError):
    """An option names something that does not exist; the message says what does."""


@dataclass(frozen=True, slots=True)
class Options:
    """Choices for one run.

    `seed`: the same seed and document send the same cases; drawn at random when None.
    `max_examples`: generated cases per operation in the phases fuzzing and stateful. `max_cases`: those
    of an operation in the phase coverage, of which there are thousands for some; with `max_time_seconds`
    there are as many as there is time for. The phase examples is always sent whole.
    `phases`: `examples` from the document, `coverage` of boundary values, `fuzzing`,
    `stateful` sequences, which only a service with a memory can pass.
    `include`, `exclude`: operationIds, or `GET /books` for operations without one.
    `max_failures`: stop after so many operations failed. `max_time_seconds`: an upper bound,
    shared out fairly among the operations. `checks`: names of Schemathesis checks, all when empty.
    `headers`: sent with each request; sensitive ones are masked in curl lines.
    `request_timeout_seconds`: how long one response may take.
    `base_url`: where curl lines of an in-process run point; its path, when it has one,
    replaces the base path that the document declares.
    `presence_only`: what is tested accepts any credential, and says so. `fail_on_warnings`: what the
    document leaves out, such as the refusals that it does not declare, is a failure as any other.
    """

    seed: int | None = None
    max_examples: int = 50
    max_cases: int = 1_000
    phases: tuple[str, ...] = ("examples", "coverage", "fuzzing")
    workers: int = 1
    max_failures: int | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_time_seconds: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    request_timeout_seconds: float = 10.0
    base_url: str = "http://127.0.0.1:4010"
    presence_only: bool = False
    fail_on_warnings: bool = False


def configuration(
    options: Options, *, base_url: str | None, credentials: Mapping[str, Mapping[str, str]]
) -> SchemathesisConfig:
    """The options as a Schemathesis configuration; files and caches of Schemathesis stay out of it.

    `credentials` are those sent for each security scheme, by its name.

    Raises `OptionError` for an unknown phase or check, a number that is not positive, a URL or
    a header that cannot be sent.
    """
    refuse_unknown("phase", options.phases, PHASES)
    refuse_not_positive(options)
    data: dict[str, Json] = {
        "seed": options.seed,
        "cache": {"enabled": False},
        # Importing the application's modules to mine their literals costs seconds and runs their top level.
        "analysis": {"constants": {"enabled": False}},
        "generation": {"max-examples": options.max_examples, "database": "none"},
        "phases": {phase: {"enabled": phase in options.phases} for phase in PHASES},
        "checks": check_configuration(options.checks),
        # One failure must not hide the operation's others.
        "continue-on-failure": True,
        "workers": options.workers,
        "request-timeout": options.request_timeout_seconds,
        "headers": dict(options.headers),
        "max-failures": options.max_failures,
        "max-time": options.max_time_seconds,
        "base-url": base_url,
        "auth": {"openapi": credentials} if credentials else None,
    }
    try:
        return SchemathesisConfig.from_dict({key: value for key, value in data.items() if value is not None})
    except ConfigError as error:
        raise OptionError(str(error)) from error


def check_configuration(names: Collection[str]) -> dict[str, Json]:
    """The `checks` table that enables only `names`, or leaves all enabled."""
    if not names:
        return {}
    load_all_checks()
    refuse_unknown("check", names, sorted(CHECKS.get_all_names()))
    return {"enabled": False, **{name: {"enabled": True} for name in names}}


def refuse_unknown(kind: str, names: Collection[str], known: Collection[str]) -> None:
    """Raise `OptionError` for the first of `names` that is not `known`, with the nearest that is."""
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known) or 'none'}"
            raise OptionError(f"unknown {kind} {name!r}; {hint}")


def refuse_not_positive(options: Options) -> None:
    """Raise `OptionError` for a limit below 1: it would test nothing and call that a success."""
    for name in (
        "max_examples",
        "max_cases",
        "workers",
        "max_failures",
        "max_time_seconds",
        "request_timeout_seconds",
    ):
        value = getattr(options, name)
        if value is not None and value <= 0:
            raise OptionError(f"{name} must be greater than 0, not {value}")
