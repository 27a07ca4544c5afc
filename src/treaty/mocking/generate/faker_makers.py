"""What the names of Faker.js that take arguments make: numbers, dates, elements, words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from treaty.mocking.generate import texts, vocabulary
from treaty.mocking.generate.pattern_words import matching_word
from treaty.mocking.generate.texts import Text

if TYPE_CHECKING:
    from treaty.findings import Json
    from treaty.mocking.generate.session import Session

# Dates are told from here, as the time of day would give other data to the same request.
TODAY = datetime(2026, 1, 1, tzinfo=UTC)
MOST = 1_000  # elements or characters asked for by an argument


@dataclass(frozen=True, slots=True)
class Arguments:
    """What is written behind a name: values in order, and by name."""

    ordered: tuple[Json, ...] = ()
    named: dict[str, Json] = field(default_factory=dict)

    def get(self, name: str, index: int, default: Json) -> Json:
        """The argument of a name, or at an index."""
        return self.named.get(name, self.ordered[index] if index < len(self.ordered) else default)

    def number(self, name: str, index: int, default: float) -> float:
        """The same, where it is a number."""
        found = self.get(name, index, default)
        return found if isinstance(found, int | float) and not isinstance(found, bool) else default

    def count(self, default: int, name: str = "length", index: int = 0) -> int:
        """How many of something."""
        return min(MOST, max(0, int(self.number(name, index, default))))


Maker: TypeAlias = "Callable[[Session, Arguments], Json]"


def of_text(make: Text) -> Maker:
    return lambda session, _: make(session)


def integer(low: int, high: int) -> Maker:
    def make(session: Session, given: Arguments) -> Json:
        lowest = round(given.number("min", 0, low))
        highest = round(given.number("max", 1, high))
        if len(given.ordered) == 1 and not given.named:  # one number alone is the greatest
            lowest, highest = low, round(given.number("max", 0, high))
        return session.dice.randint(lowest, max(lowest, highest))

    return make


def decimal(session: Session, given: Arguments) -> Json:
    low, high = given.number("min", 0, 0.0), given.number("max", 1, 1.0 if given.named else 100.0)
    digits = int(given.number("fractionDigits", 2, 2))
    step = given.number("multipleOf", 3, given.number("precision", 3, 10**-digits))
    return round(low + session.dice.randint(0, int((high - low) / step)) * step, 10)


def amount(session: Session, given: Arguments) -> Json:
    low, high = given.number("min", 0, 0), given.number("max", 1, 1000)
    digits, symbol = int(given.number("dec", 2, 2)), given.get("symbol", 3, "")
    cents = session.dice.randint(int(low * 10**digits), int(high * 10**digits))
    return f"{symbol}{cents / 10**digits:.{digits}f}"


def price(session: Session, given: Arguments) -> Json:
    low, high = int(given.number("min", 0, 1)), int(given.number("max", 1, 1000))
    return f"{given.get('symbol', 3, '')}{session.dice.randint(low, high)}.{session.dice.below(100):02}"


def within_years(past: bool) -> Maker:
    """A point in time before or after today, within so many years or days."""

    def make(session: Session, given: Arguments) -> Json:
        days = given.number("days", 9, 0) or 365 * max(1, given.number("years", 0, 1))
        seconds = session.dice.below(int(days * 86_400)) + 1
        return _iso(TODAY - timedelta(seconds=seconds) if past else TODAY + timedelta(seconds=seconds))

    return make


def within_days(past: bool) -> Maker:
    def make(session: Session, given: Arguments) -> Json:
        seconds = session.dice.below(int(max(1, given.number("days", 0, 1)) * 86_400)) + 1
        return _iso(TODAY - timedelta(seconds=seconds) if past else TODAY + timedelta(seconds=seconds))

    return make


def date_between(session: Session, given: Arguments) -> Json:
    start, end = _read(given.get("from", 0, None)), _read(given.get("to", 1, None))
    return _iso(start + timedelta(seconds=session.dice.below(max(1, int((end - start).total_seconds())))))


def _read(written: Json) -> datetime:
    found = datetime.fromisoformat(str(written).replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).isoformat()[:19]}.000Z"


def element(session: Session, given: Arguments) -> Json:
    among = given.get("array", 0, ["a", "b", "c"])
    return session.dice.choice(list(among.values()) if isinstance(among, dict) else among)


def elements(session: Session, given: Arguments) -> Json:
    among = given.get("array", 0, ["a", "b", "c"])
    count = given.number("count", 1, session.dice.randint(1, len(among)))
    return session.dice.sample(among, min(len(among), int(count)))


def shuffled(session: Session, given: Arguments) -> Json:
    return session.dice.sample(given.ordered[0], len(given.ordered[0]))


def characters(among: str, default: int = 1) -> Maker:
    def make(session: Session, given: Arguments) -> Json:
        count = given.count(default) if not isinstance(given.get("length", 0, default), dict) else default
        return "".join(session.dice.choices(among, k=count))

    return make


def hexadecimal(session: Session, given: Arguments) -> Json:
    prefix = given.get("prefix", 9, "0x")
    return f"{prefix}{''.join(session.dice.choices(vocabulary.HEXADECIMAL, k=given.count(1)))}"


def several_words(joint: str, low: int, high: int) -> Maker:
    def make(session: Session, given: Arguments) -> Json:
        count = given.count(session.dice.randint(low, high), "wordCount")
        return joint.join(texts.word(session) for _ in range(count))

    return make


def several_sentences(low: int, high: int, joint: str = " ") -> Maker:
    def make(session: Session, given: Arguments) -> Json:
        count = given.count(session.dice.randint(low, high), "sentenceCount")
        return joint.join(texts.sentence(session) for _ in range(count))

    return make


def symbols_replaced(session: Session, given: Arguments) -> Json:
    """`###` and `???`, as digits and letters."""
    digits, letters = texts.OneOf(tuple("0123456789")), texts.OneOf(tuple(vocabulary.LETTERS.upper()))
    text = str(given.get("string", 0, "###"))
    return "".join({"#": digits, "?": letters}.get(each, lambda _, each=each: each)(session) for each in text)


def matching(session: Session, given: Arguments) -> Json:
    pattern = str(given.get("pattern", 0, "")).strip("/")
    return matching_word([f"^(?:{pattern})$"], 0, MOST, session.dice)


def image(session: Session, given: Arguments) -> Json:
    width, height = given.count(640, "width", 0), given.count(480, "height", 1)
    return f"https://example.com/images/{width}x{height}/{session.dice.choice(vocabulary.WORDS)}.png"


def coordinate(name: str, widest: float) -> Maker:
    def make(session: Session, given: Arguments) -> Json:
        if given.ordered:
            low, high = given.number("min", 1, -widest), given.number("max", 0, widest)
            return round(low + session.dice.random() * (high - low), 4)
        return float(getattr(texts.place(session), name))

    return make


def thing(_: Session, __: Arguments) -> Json:
    return {"amber": "basil", "count": 3}
