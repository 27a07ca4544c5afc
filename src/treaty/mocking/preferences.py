"""What a client prefers the mock to answer: the `Prefer` header (RFC 7240)."""

from __future__ import annotations

from dataclasses import dataclass

from treaty.exchange.messages import Request


@dataclass(frozen=True, slots=True)
class Preferences:
    """`code`: a status; `example`: a named example; `dynamic`: generated data rather than examples, or not."""

    code: int | None = None
    example: str | None = None
    dynamic: bool | None = None


NONE = Preferences()


def read_preferences(request: Request) -> Preferences:
    """The preferences of a request. What is not known, or not of its form, is ignored (RFC 7240, section 2)."""
    stated: dict[str, str] = {}
    for name, value in request.headers:
        if name == "prefer":
            stated |= _stated(value)
    if not stated:
        return NONE
    code = stated.get("code", "")
    return Preferences(
        int(code) if len(code) == 3 and code.isascii() and code.isdigit() else None,
        stated.get("example"),
        {"true": True, "false": False}.get(stated.get("dynamic", "")),
    )


def _stated(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in value.replace(";", ",").split(","):
        name, equals, token = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), token.strip().strip('"'))
    return found
