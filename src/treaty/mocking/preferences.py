"""What a client prefers the mock to answer: the `Prefer` header (RFC 7240), or its twins in the query.

`?__code=404` says what `Prefer: code=404` does. Twins are for whoever cannot set a header;
they become the last of the preferences, so that a header counts before them.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, field, replace
from urllib.parse import unquote_plus

from treaty.exchange.messages import Request, combined
from treaty.mocking.write import field_text

_NAMES = ("code", "example", "dynamic", "seed", "wait", "scenario", "explain", "fault")
TWINS = frozenset(f"__{name}" for name in _NAMES)
# Those that say which response is sent, and what its body holds.
BODY = frozenset({"code", "example", "dynamic", "seed", "scenario"})
MAX_WAIT = 60.0  # seconds: no client may hold a connection for longer

_FLAGS = {"true": True, "": True, "false": False}


@dataclass(frozen=True, slots=True)
class Preferences:
    """What is asked for; each is None, or its neutral value, where nothing is.

    `code` is a status, or the key of a declared response: `4XX`, `default`. `example` is a named
    example, `dynamic` asks for generated data rather than examples, `seed` for other data.
    `wait` are seconds before the answer, `scenario` a set of overrides, `fault` a transport
    fault. `explain` asks for the reasons in place of the answer. `stated` are all of them as sent.
    """

    code: int | str | None = None
    example: str | None = None
    dynamic: bool | None = None
    seed: str | None = None
    wait: float = 0.0
    scenario: str | None = None
    explain: bool = False
    fault: str | None = None
    stated: tuple[tuple[str, str], ...] = field(default=(), compare=False)


NONE = Preferences()
_PREFERENCE = re.compile(
    r"""([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*(?:=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^,;"]*)))?"""
)
_ESCAPED = re.compile(r"\\(.)")
_CODE = re.compile(r"[0-9]{3}", re.ASCII)
_KEY = re.compile(r"[1-5]XX|DEFAULT", re.IGNORECASE)
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|)", re.ASCII)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)


def stated_preferences(request: Request) -> str | None:
    """The text of all `Prefer` headers of a request: what an answer depends on."""
    return combined(request.headers, "prefer")


def read_preferences(text: str | None) -> Preferences:
    """The preferences that a `Prefer` header states.

    Those that are not known, or not of their form, are ignored (RFC 7240, section 2).
    """
    stated = _stated(text) if text else {}
    if not stated:
        return NONE
    waits = seconds(stated.get("wait", ""))
    return Preferences(
        _code(stated.get("code", "")),
        stated.get("example") or None,
        _FLAGS.get(stated.get("dynamic", "unstated").lower()),
        stated.get("seed") or None,
        # Beside `respond-async` it says how long a client is ready to wait (RFC 7240, section 4.3).
        0.0 if waits is None or "respond-async" in stated else min(waits, MAX_WAIT),
        stated.get("scenario") or None,
        _FLAGS.get(stated.get("explain", "unstated").lower(), False),
        stated.get("fault") or None,
        tuple(stated.items()),
    )


def applied(preferences: Preferences, names: Set[str]) -> str:
    """The value of `Preference-Applied` (RFC 7240, section 3) for those of the stated that were honoured."""
    return ", ".join(
        name + (f"={_written(value)}" if value else "") for name, value in preferences.stated if name in names
    )


def understood(preferences: Preferences) -> frozenset[str]:
    """The names of those that say something: an answer follows them where nothing stands against it."""
    return frozenset(name for name in _NAMES if getattr(preferences, name) != getattr(NONE, name))


def seconds(text: str) -> float | None:
    """A duration such as `300ms`, `2s`, or in seconds `0.5`; None for what is none."""
    found = _DURATION.fullmatch(text)
    return None if found is None else float(found[1]) / (1000 if found[2] == "ms" else 1)


def without_twins(request: Request, declared: Set[str] = frozenset()) -> Request:
    """The request with the preferences of its query in its `Prefer` header instead.

    Names that the contract itself declares for a query are none of ours.
    """
    kept: list[str] = []
    preferred: list[str] = []
    for part in request.query.split("&"):
        name, equals, value = part.partition("=")
        name = unquote_plus(name)
        if name in TWINS and name not in declared:
            preferred.append(name[2:] + (f"={_quoted(unquote_plus(value))}" if equals else ""))
        else:
            kept.append(part)
    if not preferred:
        return request
    headers = [*request.headers, ("prefer", ", ".join(preferred))]
    return replace(request, query="&".join(kept), headers=headers)


def _stated(text: str) -> dict[str, str]:
    """Each preference with its value; the first counts where one is stated twice (RFC 7240, section 2)."""
    found: dict[str, str] = {}
    for name, quoted, token in _PREFERENCE.findall(text):
        found.setdefault(name.lower(), _ESCAPED.sub(r"\1", quoted) if quoted else token.strip())
    return found


def _code(text: str) -> int | str | None:
    if _CODE.fullmatch(text):
        return int(text)
    return text.upper() if _KEY.fullmatch(text) else None


def _written(value: str) -> str:
    """A value as it may stand in a header (RFC 9110, section 5.5), whatever was percent-encoded in it."""
    return value if _TOKEN.fullmatch(value) else _quoted(field_text(value))


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
