"""What a client prefers the mock to answer: the `Prefer` header (RFC 7240)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from treaty.exchange.messages import Request


@dataclass(frozen=True, slots=True)
class Preferences:
    """`code`: a status; `example`: a named example; `dynamic`: generated data, or the document's examples."""

    code: int | None = None
    example: str | None = None
    dynamic: bool | None = None


NONE = Preferences()
_PREFERENCE = re.compile(
    r"""([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*(?:=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^,;"]*)))?"""
)
_ESCAPED = re.compile(r"\\(.)")


def read_preferences(request: Request) -> Preferences:
    """The preferences of a request.

    Those that are not known, or not of their form, are ignored (RFC 7240, section 2).
    """
    stated: dict[str, str] = {}
    for name, value in request.headers:
        if name == "prefer":
            stated = _stated(value) | stated
    if not stated:
        return NONE
    code = stated.get("code", "")
    return Preferences(
        int(code) if len(code) == 3 and code.isascii() and code.isdigit() else None,
        stated.get("example"),
        {"true": True, "": True, "false": False}.get(stated.get("dynamic", "unstated")),
    )


def _stated(value: str) -> dict[str, str]:
    """Each preference with its value; the first counts where one is stated twice (RFC 7240, section 2)."""
    found: dict[str, str] = {}
    for name, quoted, token in _PREFERENCE.findall(value):
        found.setdefault(name.lower(), _ESCAPED.sub(r"\1", quoted) if quoted else token.strip())
    return found
