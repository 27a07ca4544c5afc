"""Strings: by pattern, by format, or by the name of the property, within the lengths asked for."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from treaty.mocking.generate import texts
from treaty.mocking.generate.blueprints import Stock
from treaty.mocking.generate.dice import SUBJECTS
from treaty.mocking.generate.formats import FORMATS, SHORTEST, VARIANTS
from treaty.mocking.generate.model import EXCLUDED, Place, Unfit
from treaty.mocking.generate.pattern_words import MAX_WORD, matcher, matching_word
from treaty.mocking.generate.stocks import DRAWN, UNCOUNTED, Anew, Drawn
from treaty.mocking.generate.texts import Fresh, OfSubject, OneOf, Text, two_words
from treaty.mocking.generate.vocabulary import LETTERS, WORDS
from treaty.mocking.generate.words import text_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from treaty.mocking.generate.blueprints import Merged, Spot
    from treaty.mocking.generate.dice import Dice
    from treaty.mocking.generate.session import Session

FORMAT_TRIES = 12


def lengths(merged: Merged, least: str = "minLength", most: str = "maxLength") -> tuple[int, float]:
    """The least and the greatest size that the parts agree on (infinite when unbounded)."""
    if least not in merged.keywords and most not in merged.keywords:
        return 0, float("inf")
    low = max((int(value) for value in merged.each(least)), default=0)
    high = min((int(value) for value in merged.each(most)), default=None)
    return low, float("inf") if high is None else high


def fits_string(merged: Merged, value: str) -> bool:
    """Whether a text satisfies lengths and patterns; formats are left to the validator."""
    low, high = lengths(merged)
    return low <= len(value) <= high and all(matcher(pattern)(value) for pattern in merged.each("pattern"))


def wished_text(spot: Spot, merged: Merged) -> Text | None:
    """What makes a text that suits the spot: by its name, its schema's name and title, its description."""
    references = [str(each).rpartition("/")[2].rpartition("~1")[2] for each in merged.each("$ref")]
    titles = [each for each in merged.each("title") if isinstance(each, str) and len(each) < 40]
    description = next((each for each in merged.each("description") if isinstance(each, str)), "")
    return text_for(spot.name, spot.owner, (*references, *titles), description)


def strings(spot: Spot, merged: Merged, session: Session) -> Stock | None:
    """What such texts are picked from, where no pattern has to be met."""
    low, high = lengths(merged)
    if not {"pattern", EXCLUDED, "contentEncoding", "contentMediaType"}.isdisjoint(merged.keywords):
        return None
    formats = [name for name in merged.each("format") if name in FORMATS]
    wish = wished_text(spot, merged)
    limit = int(min(high, MAX_WORD))
    if formats:
        if low or high < MAX_WORD:
            return None
        name = formats[0]
        followed: Text | None = wish if wish in FOLLOWED.get(name, ()) else WRITTEN.get(name)
        if isinstance(followed, Fresh):
            return _anew(followed, session)
        make = FORMATS[name]
        return _stock((*formats, followed), followed or (lambda session: make(session, "")), spot, session)
    if low > limit:
        return None
    text = wish or two_words
    if low == 0 and limit >= MAX_WORD:
        if isinstance(text, OneOf):
            return Stock(text.words, len(text.words))
        return _anew(text, session) if isinstance(text, Fresh) else _stock((text,), text, None, session)

    def sized(session: Session) -> str:
        return _sized(text(session), low, limit, session.dice)

    return (
        _anew(sized, session) if isinstance(text, Fresh) else _stock((text, low, limit), sized, None, session)
    )


def _anew(make: Text, session: Session) -> Stock:
    return Stock(Anew(make, session), UNCOUNTED)


def _stock(about: tuple[object, ...], make: Text, judged: Spot | None, session: Session) -> Stock:
    """A stock of texts, one for all that ask for the same; `judged` is the spot whose format they have."""
    stocks, accepts = session.memory.stocks, session.accepts
    found = stocks.get(about)
    if found is None:
        goal = judged.goal if judged else ()
        shared = any(isinstance(each, OfSubject) for each in about)
        drawn = Drawn(make, session, lambda value: all(accepts(at, value) for at in goal))
        found = stocks[about] = Stock(drawn, SUBJECTS if shared else DRAWN, shared)
    return found


# Texts by name that are of a format too: an avatar is a URL.
FOLLOWED = {
    "uri": (texts.url, texts.image, texts.avatar),
    "url": (texts.url, texts.image, texts.avatar),
    "date": (texts.birthday,),
}
# Formats that are written as a text of that name. A UUID is one by construction.
WRITTEN: dict[str, Text] = {"uuid": texts.uuid, "email": texts.email, "iso-country-code": texts.country_code}


def build_string(spot: Spot, merged: Merged, place: Place, session: Session) -> str:
    """A text for the parts; raises Unfit when none was found."""
    low, high = lengths(merged)
    if low > min(high, MAX_WORD):
        why = "is greater than maxLength" if low > high else f"asks for over {MAX_WORD} characters"
        raise Unfit(f"minLength {why}", place.path)
    excluded = [value for values in merged.each(EXCLUDED) for value in values if isinstance(value, str)]
    limit = int(min(high, MAX_WORD))
    for _ in range(4):
        session.spend(2)
        text = _text(spot, merged, place, session, low, limit)
        if text not in excluded:
            return text
    raise Unfit("every text found is excluded", place.path, chance=True)


def _text(spot: Spot, merged: Merged, place: Place, session: Session, low: int, high: int) -> str:
    patterns = [pattern for pattern in merged.each("pattern") if isinstance(pattern, str)]
    formats = [name for name in merged.each("format") if name in FORMATS]
    wish = wished_text(spot, merged)
    for name in formats[:1]:
        text = _formatted(name, patterns, low, high, session)
        if text is not None:
            return text
    if patterns:
        return _matching(patterns, wish or two_words, low, high, session, place)
    if formats:
        raise Unfit(f"no text of format {formats[0]} has the length asked for", place.path)
    for encoding in merged.each("contentEncoding"):
        if encoding in ("base64", "base64url"):
            return _encoded(low, high, session.dice, place)
    if "application/json" in merged.each("contentMediaType"):
        return _sized('{"ok":true}', low, high, session.dice) if high >= 2 else "1"
    return _sized((wish or two_words)(session), low, high, session.dice)


def _matching(
    patterns: Sequence[str], wish: Text, low: int, high: int, session: Session, place: Place
) -> str:
    """A text that suits the name if the patterns let it, in one case or another; else one made of them."""
    text = wish(session)
    for each in (text, text.lower(), text.upper(), text.title().replace(" ", ""), text.partition(" ")[0]):
        if low <= len(each) <= high and all(matcher(pattern)(each) for pattern in patterns):
            return each
    session.spend(4)
    made = matching_word(patterns, low, high, session.dice)
    if made is None:
        raise Unfit(f"no text was found that matches {' and '.join(patterns)}", place.path, chance=True)
    return made


def _formatted(name: str, patterns: list[str], low: int, high: int, session: Session) -> str | None:
    """A text of a format that also has the right length and matches the patterns; None if none was found."""
    for number in range(FORMAT_TRIES):
        # Beyond the first tries the text is lengthened, which the formats with room for it take up.
        fill = "".join(session.dice.choices(LETTERS, k=max(0, low - 2 * number))) if number and low else ""
        forms = (FORMATS[name], *VARIANTS.get(name, ()))
        text = forms[number % len(forms)](session, fill)
        if number == FORMAT_TRIES - 1:
            text = SHORTEST.get(name, text)
        if low <= len(text) <= high and all(matcher(pattern)(text) for pattern in patterns):
            return text
    return None


def _encoded(low: int, high: int, dice: Dice, place: Place) -> str:
    """Base64 of some bytes; its length is always a multiple of four (RFC 4648, section 4)."""
    groups = max(-(-low // 4), min(4, high // 4))
    if groups * 4 > high:
        raise Unfit("no base64 text has the length asked for", place.path)
    return base64.b64encode(dice.randbytes(groups * 3)).decode()


def _sized(text: str, low: int, high: int, dice: Dice) -> str:
    """A text cut or lengthened with further words to the lengths asked for."""
    if low <= len(text) <= high:
        return text
    while len(text) < low:
        text += (" " if " " in text or low > 20 else "") + dice.choice(WORDS)
    if len(text) > high:
        text = _cut(text, low, high)
        text += "".join(dice.choices(LETTERS, k=max(0, low - len(text))))
    return text


def _cut(text: str, low: int, high: int) -> str:
    """A text cut to a length, between words where that leaves enough of it."""
    cut = text[:high].strip()
    whole = cut.rpartition(" ")[0] if text[len(cut) : len(cut) + 1].isalnum() else cut
    return whole if len(whole) >= max(low, high // 2, 1) else cut
