"""Texts: one function for each kind, from the dice of the moment.

Members of one object belong together: the person and the place follow from the object, so its
first name, full name and e-mail address are those of one person, its city and country one place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from treaty.mocking.generate.dice import mixed, salt_of
from treaty.mocking.generate.vocabulary import (
    ALPHANUMERIC,
    LETTERS,
    MATERIALS,
    PLACES,
    QUALITIES,
    SENTENCES,
    STREETS,
    TITLE_QUALITIES,
    TITLE_THINGS,
    TITLES,
    TRADES,
    WARES,
    WORDS,
    Location,
)

if TYPE_CHECKING:
    from treaty.mocking.generate.session import Session

Text: TypeAlias = "Callable[[Session], str]"


@dataclass(frozen=True, slots=True)
class OfSubject:
    """A text that follows from the object it stands in, not from the dice."""

    make: Text

    def __call__(self, session: Session) -> str:
        """The text for the subject."""
        return self.make(session)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A text of which there are too many to be picked from some: no two things have the same."""

    make: Text

    def __call__(self, session: Session) -> str:
        """Another text each time."""
        return self.make(session)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def __call__(self, session: Session) -> str:
        """One of the words."""
        return self.words[session.dice.below(len(self.words))]


@OfSubject
def first_name(session: Session) -> str:
    return session.words.same("first name", session.subject)


@OfSubject
def last_name(session: Session) -> str:
    return session.words.same("surname", session.subject)


@OfSubject
def full_name(session: Session) -> str:
    return f"{first_name(session)} {last_name(session)}"


@OfSubject
def initials(session: Session) -> str:
    return f"{first_name(session)[0]}{last_name(session)[0]}".upper()


def plain(text: str) -> str:
    """A text in lower-case ASCII letters and digits, words joined by a hyphen; empty where it has none."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.replace("'", "")).strip("-")


@OfSubject
def handle(session: Session) -> str:
    name = plain(first_name(session)) or WORDS[session.subject % len(WORDS)]
    return f"{name}{mixed(session.subject, salt_of('handle')) % 90 + 10}"


@OfSubject
def email(session: Session) -> str:
    names = [each for each in (plain(first_name(session)), plain(last_name(session))) if each]
    return f"{'.'.join(names) or handle(session)}@example.com"


def phone(session: Session) -> str:
    if not session.words.is_english:
        return session.words.one("phone", session.dice)
    return f"+1 202-555-01{session.dice.below(100):02}"  # numbers kept free for fiction


def job(session: Session) -> str:
    return session.words.one("job", session.dice)


def place(session: Session) -> Location:
    """The place of an object."""
    return PLACES[mixed(session.subject, _PLACE) % len(PLACES)]


_PLACE = salt_of("place")


def _local(kind: str, attribute: str) -> Text:
    """A part of the object's place; elsewhere than in English, a word of the locale."""

    def make(session: Session) -> str:
        if session.words.is_english:
            return str(getattr(place(session), attribute))
        return session.words.same(kind, session.subject)

    return OfSubject(make)


def of_place(attribute: str) -> Text:
    """A part of the object's place."""
    return OfSubject(lambda session: str(getattr(place(session), attribute)))


city = _local("city", "city")
region = _local("region", "region")
country = _local("country", "country")
postcode = _local("postcode", "postcode")
currency = _local("currency", "currency")
timezone = of_place("timezone")
country_code = of_place("alpha2")
country_code3 = of_place("alpha3")


@OfSubject
def locale(session: Session) -> str:
    return f"{place(session).language}-{place(session).alpha2}"


def street(session: Session) -> str:
    if session.words.is_english:
        return f"{session.dice.randint(1, 200)} {session.dice.choice(STREETS)}"
    return session.words.one("address", session.dice)


@OfSubject
def address(session: Session) -> str:
    return f"{street(session)}, {postcode(session)} {city(session)}"


@OfSubject
def town(session: Session) -> str:
    return f"{city(session)}, {country(session)}"


@OfSubject
def station(session: Session) -> str:
    return f"{city(session)} {'Central' if session.words.is_english else session.dice.randint(1, 9)}"


@OfSubject
def company(session: Session) -> str:
    name = session.words.same("surname", session.subject)
    if session.words.is_english:
        return f"{name} {TRADES[mixed(session.subject, salt_of('trade')) % len(TRADES)]}"
    return f"{name} {session.words.same('company type', session.subject)}"


def word(session: Session) -> str:
    return session.dice.choice(WORDS) if session.words.is_english else session.words.one("word", session.dice)


def two_words(session: Session) -> str:
    return f"{word(session)}-{word(session)}"


@OfSubject
def title(session: Session) -> str:
    if session.words.is_english:
        state = mixed(session.subject, _TITLE)
        quality, thing = state % len(TITLE_QUALITIES), state // 1000 % len(TITLE_THINGS)
        form = TITLES[state // 1_000_000 % len(TITLES)]
        return form.format(TITLE_QUALITIES[quality], TITLE_THINGS[thing])
    return session.words.same("word", session.subject).capitalize()


_TITLE = salt_of("title")


def sentence(session: Session) -> str:
    if session.words.is_english:
        return session.dice.choice(SENTENCES)
    return session.words.one("sentence", session.dice)


def sentences(session: Session) -> str:
    if session.words.is_english:
        return " ".join(session.dice.sample(SENTENCES, session.dice.randint(1, 2)))
    return sentence(session)


@OfSubject
def product(session: Session) -> str:
    state = mixed(session.subject, salt_of("product"))
    quality, material = QUALITIES[state % 10], MATERIALS[state // 10 % 10]
    return f"{quality} {material} {WARES[state // 100 % len(WARES)]}"


@OfSubject
def slug(session: Session) -> str:
    return plain(title(session)) or two_words(session)


def url(session: Session) -> str:
    return f"https://example.com/{session.dice.choice(WORDS)}/{session.dice.randint(1, 999)}"


def image(session: Session) -> str:
    return f"https://example.com/images/{session.dice.choice(WORDS)}.png"


@OfSubject
def avatar(session: Session) -> str:
    return f"https://example.com/avatars/{handle(session)}.png"


def host(session: Session) -> str:
    return f"{session.dice.choice(WORDS)}.example.com"


def ipv4(session: Session) -> str:
    return f"203.0.113.{session.dice.randint(1, 254)}"  # set aside for documentation (RFC 5737)


def ipv6(session: Session) -> str:
    return f"2001:db8::{session.dice.randint(1, 0xFFFF):x}"  # set aside for documentation (RFC 3849)


def mac(session: Session) -> str:
    return "00:00:5e:00:53:" + hexadecimal(2)(session)  # set aside for documentation (RFC 7042)


def instant(session: Session) -> str:
    dice = session.dice
    day = f"{dice.randint(2024, 2025)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
    return f"{day}T{dice.randint(0, 23):02}:{dice.randint(0, 59):02}:{dice.randint(0, 59):02}Z"


def day(session: Session) -> str:
    return instant(session)[:10]


def birthday(session: Session) -> str:
    dice = session.dice
    return f"{dice.randint(1950, 2005)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"


@Fresh
def uuid(session: Session) -> str:
    bits = f"{session.dice.getrandbits(128) & _UUID_BITS | _UUID_FORM:032x}"
    return f"{bits[:8]}-{bits[8:12]}-{bits[12:16]}-{bits[16:20]}-{bits[20:]}"


# A random UUID has version 4 and variant 10 (RFC 9562, section 5.4).
_UUID_BITS = ~(0xF << 76 | 0x3 << 62)
_UUID_FORM = 0x4 << 76 | 0x2 << 62


def hexadecimal(count: int) -> Text:
    """So many hexadecimal digits."""
    return Fresh(lambda session: f"{session.dice.getrandbits(4 * count):0{count}x}")


def digits(count: int) -> Text:
    """So many decimal digits."""
    return Fresh(lambda session: f"{session.dice.below(10**count):0{count}}")


@Fresh
def token(session: Session) -> str:
    return "".join(session.dice.choices(ALPHANUMERIC, k=32))


def money(session: Session) -> str:
    return f"{session.dice.randint(1, 500)}.{session.dice.below(100):02}"


def semantic_version(session: Session) -> str:
    dice = session.dice
    return f"{dice.randint(1, 4)}.{dice.randint(0, 9)}.{dice.randint(0, 9)}"


def hex_colour(session: Session) -> str:
    return f"#{session.dice.below(0x1000000):06x}"


def barcode(prefix: str) -> Text:
    """Thirteen digits with their check digit (EAN-13, ISBN-13)."""

    def make(session: Session) -> str:
        text = prefix + digits(12 - len(prefix))(session)
        total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(text))
        return f"{text}{-total % 10}"

    return Fresh(make)


@Fresh
def card_number(session: Session) -> str:
    text = "400000" + digits(9)(session)
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in text[::2])
    return f"{text}{-(doubled + sum(map(int, text[1::2]))) % 10}"


@Fresh
def iban(session: Session) -> str:
    account = digits(18)(session)
    return f"DE{98 - int(account + '131400') % 97:02}{account}"  # the check digits of ISO 13616


@Fresh
def sku(session: Session) -> str:
    return f"{''.join(session.dice.choices(LETTERS.upper(), k=3))}-{digits(4)(session)}"


@Fresh
def reference(session: Session) -> str:
    return f"{session.dice.choice(WORDS)[:3].upper()}-{digits(5)(session)}"


def pooled(kind: str) -> Text:
    """A word of a kind of the locale's words."""
    return lambda session: session.words.one(kind, session.dice)
