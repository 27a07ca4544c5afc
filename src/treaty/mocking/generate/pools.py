"""Names, places and words of a locale: drawn once from mimesis, then picked by our own dice.

Mimesis takes a tenth of a second to import, so that is left until the first of its words
is needed. Each kind is drawn with a seed of its own: what is in a pool, and where, depends
on the locale alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from treaty.mocking.generate.dice import Dice, mixed, salt_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mimesis import Generic

DRAWN = 160

# Where each kind of word comes from. Extend it here: any method of mimesis that gives a text.
KINDS: dict[str, Callable[[Generic], str]] = {
    "first name": lambda mimesis: mimesis.person.first_name(),
    "surname": lambda mimesis: mimesis.person.last_name(),
    "phone": lambda mimesis: mimesis.person.telephone(),
    "job": lambda mimesis: mimesis.person.occupation(),
    "university": lambda mimesis: mimesis.person.university(),
    "nationality": lambda mimesis: str(mimesis.person.nationality()),
    "language": lambda mimesis: mimesis.person.language(),
    "gender": lambda mimesis: mimesis.person.gender(),
    "degree": lambda mimesis: mimesis.person.academic_degree(),
    "city": lambda mimesis: mimesis.address.city(),
    "region": lambda mimesis: mimesis.address.state(),
    "street": lambda mimesis: mimesis.address.street_name(),
    "address": lambda mimesis: mimesis.address.address(),
    "postcode": lambda mimesis: mimesis.address.postal_code(),
    "country": lambda mimesis: mimesis.address.default_country(),
    "currency": lambda mimesis: mimesis.finance.currency_iso_code(),
    "company type": lambda mimesis: mimesis.finance.company_type(abbr=True),
    "bank": lambda mimesis: mimesis.finance.bank(),
    "colour": lambda mimesis: mimesis.text.color(),
    "word": lambda mimesis: mimesis.text.word(),
    "sentence": lambda mimesis: mimesis.text.sentence(),
    "dish": lambda mimesis: mimesis.food.dish(),
    "fruit": lambda mimesis: mimesis.food.fruit(),
    "vegetable": lambda mimesis: mimesis.food.vegetable(),
    "drink": lambda mimesis: mimesis.food.drink(),
    "car": lambda mimesis: mimesis.transport.car(),
    "airplane": lambda mimesis: mimesis.transport.airplane(),
    "programming language": lambda mimesis: mimesis.development.programming_language(),
    "operating system": lambda mimesis: mimesis.development.os(),
    "month": lambda mimesis: mimesis.datetime.month(),
    "weekday": lambda mimesis: mimesis.datetime.day_of_week(),
}


def locales() -> list[str]:
    """The locales there are words of, as they are written in `--locale`."""
    from mimesis.locales import Locale  # here: see above

    return sorted(each.value for each in Locale)


@dataclass(slots=True)
class Pools:
    """The words of one locale, by kind."""

    locale: str = "en"
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    source: Generic | None = None

    @property
    def is_english(self) -> bool:
        """Are the words of the tables in `words.py` of this locale?"""
        return self.locale.partition("-")[0] == "en"

    def pool(self, kind: str) -> tuple[str, ...]:
        """The words of a kind, without repeats."""
        found = self.known.get(kind)
        if found is None:
            found = self.known[kind] = tuple(dict.fromkeys(self.drawn(kind)))
        return found

    def drawn(self, kind: str) -> list[str]:
        """Words of a kind as mimesis gives them."""
        if self.source is None:
            from mimesis import Generic  # here: see above
            from mimesis.locales import Locale

            self.source = Generic(Locale(self.locale))
        self.source.reseed(salt_of(kind) >> 32)
        return [KINDS[kind](self.source) for _ in range(DRAWN)]

    def one(self, kind: str, dice: Dice) -> str:
        """One word of a kind."""
        words = self.pool(kind)
        return words[dice.below(len(words))]

    def same(self, kind: str, subject: int) -> str:
        """The word of a kind for a subject: the same whenever it is asked for."""
        words = self.pool(kind)
        return words[mixed(subject, salt_of(kind)) % len(words)]
