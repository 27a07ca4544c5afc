"""Which rules tell failures from gaps in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.exercise.exclusions import EXCLUDED
from treaty.exercise.undeclared import GAPS, unverified_credentials

if TYPE_CHECKING:
    from treaty.exercise.gaps import Rule
    from treaty.exercise.options import Options


def rules_for(options: Options) -> tuple[Rule, ...]:
    """The rules, as the options have them; what Schemathesis gets wrong is never a failure."""
    if options.fail_on_warnings:
        return EXCLUDED
    credentials = (unverified_credentials,) if options.presence_only else ()
    return (*EXCLUDED, *GAPS, *credentials)
