"""Why a mock answered what it did: in a word for a header, in full for whoever asks."""

from __future__ import annotations

import functools
from collections.abc import Set
from dataclasses import dataclass

from treaty.contract.model import MediaType
from treaty.exchange.messages import Response
from treaty.findings import Json
from treaty.mocking.preferences import Preferences, applied, understood
from treaty.mocking.write import field_text

MAX_CHARACTERS = 200
# What an answer itself cannot honour.
OF_THE_TRANSPORT = frozenset({"fault"})


@dataclass(slots=True)
class Reasons:
    """What led to an answer.

    `status` says why it is this status, `source` where the body comes from (empty: it has
    none), `value` is that body's value. `ignored` names the preferences that were not followed.
    """

    status: str
    media_type: str = ""
    source: str = ""
    value: Json = None
    declared: str = ""  # the key of the declared response: a status, `4XX`, `default`
    pointer: str = ""  # where that is declared
    media: MediaType | None = None  # of the body
    ignored: Set[str] = frozenset()


@dataclass(slots=True)
class Answer:
    """A response and what led to it; `steady`: the same request gets the same again."""

    response: Response
    reasons: Reasons
    steady: bool = True

    def signed(self, preferences: Preferences) -> Response:
        """The response with the reasons in `Treaty-Why`, and what was honoured in `Preference-Applied`."""
        headers = self.response.headers
        headers.append(("treaty-why", why(self.response.status, self.reasons)))
        if preferences.stated:
            honoured = applied(preferences, understood(preferences) - self.reasons.ignored - OF_THE_TRANSPORT)
            if honoured:
                headers.append(("preference-applied", honoured))
        return self.response


def why(status: int, reasons: Reasons) -> str:
    """`200 lowest success; application/json; example fluffy`: printable ASCII of bounded length."""
    return _why(status, reasons.status, reasons.media_type, reasons.source)


@functools.lru_cache(maxsize=1024)
def _why(status: int, chosen: str, media_type: str, source: str) -> str:
    text = field_text("; ".join(filter(None, (f"{status} {chosen}", media_type, source))))
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 3] + "..."
