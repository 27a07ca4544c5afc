"""Templates: the expressions `{name}` in a path or URL (OpenAPI 3.2, Path Templating)."""

from __future__ import annotations

import re

EXPRESSION = re.compile(r"\{([^{}]*)\}")


def literals_of(template: str) -> tuple[str, ...]:
    """The texts around the expressions of a template, one more than there are expressions."""
    return tuple(EXPRESSION.split(template)[::2])
