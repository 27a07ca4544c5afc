"""`x-faker`: the data a schema asks for by the name that Faker.js has for it, older or newer.

Written as a name, or as an object of a name and its arguments:

    x-faker: person.firstName
    x-faker: {number.int: {min: 1, max: 10}}
    x-faker: {helpers.arrayElement: [[red, green]]}
    x-faker: "{{person.lastName}}, {{person.firstName}}"

`FAKER` says what makes each. To teach the mock another name, add a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from treaty.mocking.generate import texts, vocabulary
from treaty.mocking.generate.faker_makers import (
    Arguments,
    Maker,
    amount,
    characters,
    coordinate,
    date_between,
    decimal,
    element,
    elements,
    hexadecimal,
    image,
    integer,
    matching,
    of_text,
    price,
    several_sentences,
    several_words,
    shuffled,
    symbols_replaced,
    thing,
    within_days,
    within_years,
)

if TYPE_CHECKING:
    from treaty.findings import Json
    from treaty.mocking.generate.session import Session

TEMPLATE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


def fake(asked: Json, session: Session) -> Iterator[Json]:
    """The values that an `x-faker` asks for; none where its name is not known, which is told."""
    if isinstance(asked, str) and TEMPLATE.search(asked):
        yield _filled(asked, session)
        return
    for name, written in asked.items() if isinstance(asked, dict) else ((asked, None),):
        if not isinstance(name, str):
            continue
        maker = FAKER.get(_plain(name))
        if maker is None:
            session.settings.unknown_faker(name)
            continue
        try:
            yield maker(session, _arguments(written))
        except (ArithmeticError, LookupError, TypeError, ValueError):
            continue  # arguments that make no sense: the schema decides


def nearest(name: str) -> list[str]:
    """The names that are most like one that is not known."""
    return get_close_matches(name, SPELLED, 3, 0.6)


def _plain(name: str) -> str:
    return name.strip().removeprefix("faker.").removesuffix("()").lower()


def _arguments(written: Json) -> Arguments:
    if isinstance(written, list):
        named = written[0] if written and isinstance(written[0], dict) else {}
        return Arguments(tuple(written), named)
    if isinstance(written, dict):
        return Arguments((written,), written)
    return Arguments() if written is None else Arguments((written,))


def _filled(template: str, session: Session) -> str:
    def replaced(match: re.Match[str]) -> str:
        maker = FAKER.get(_plain(match[1]))
        if maker is None:
            session.settings.unknown_faker(match[1])
            return match[0]
        return str(maker(session, Arguments()))

    return TEMPLATE.sub(replaced, template)


_ELEMENTS = ("Carbon", "Copper", "Gold", "Helium", "Iron", "Neon", "Oxygen", "Silver", "Tin", "Zinc")
_GENRES = ("Blues", "Classical", "Folk", "Funk", "Jazz", "Pop", "Reggae", "Rock", "Soul", "Swing")
_BODIES = ("Cargo Van", "Convertible", "Coupe", "Estate", "Hatchback", "Minivan", "Sedan", "SUV")
_PHRASES = ("Sounds that travel", "Small steps, long roads", "Made to be used", "Simple by design")
_BRANCHES = ("main", "develop", "feature/search", "fix/login")
_VERBS = ("build", "carry", "draw", "gather", "mend", "open", "plant", "sail", "sort", "weave")
_ADJECTIVES = ("brief", "bright", "calm", "early", "gentle", "plain", "quick", "quiet", "warm", "wide")

# What makes what Faker.js calls so; names of older versions stand beside those of newer ones.
_FAKER: tuple[tuple[str, Maker], ...] = (
    ("person.firstName name.firstName", of_text(texts.first_name)),
    ("person.lastName name.lastName", of_text(texts.last_name)),
    ("person.middleName name.middleName", of_text(texts.pooled("first name"))),
    ("person.fullName name.fullName name.findName", of_text(texts.full_name)),
    ("name.title", of_text(texts.job)),
    ("person.jobTitle person.jobType name.jobTitle name.jobType", of_text(texts.job)),
    ("person.jobArea name.jobArea commerce.department", of_text(texts.OneOf(vocabulary.DEPARTMENTS))),
    ("person.jobDescriptor name.jobDescriptor word.adjective", of_text(texts.OneOf(_ADJECTIVES))),
    ("person.gender person.sex person.sexType name.gender", of_text(texts.OneOf(("female", "male")))),
    ("person.prefix name.prefix", of_text(texts.OneOf(("Ms.", "Mr.", "Dr.")))),
    ("person.suffix name.suffix", of_text(texts.OneOf(("Jr.", "Sr.", "PhD")))),
    ("person.bio", of_text(texts.sentence)),
    ("internet.email internet.exampleEmail", of_text(texts.email)),
    ("internet.userName internet.username internet.displayName", of_text(texts.handle)),
    ("internet.url", of_text(texts.url)),
    ("internet.domainName", of_text(texts.host)),
    ("internet.domainWord", of_text(texts.word)),
    ("internet.domainSuffix", of_text(texts.OneOf(("com", "org", "net")))),
    ("internet.protocol", of_text(texts.OneOf(("https", "http")))),
    ("internet.httpMethod", of_text(texts.OneOf(("GET", "POST", "PUT", "PATCH", "DELETE")))),
    ("internet.httpStatusCode", lambda session, _: session.dice.choice((200, 201, 204, 400, 404))),
    ("internet.ip internet.ipv4", of_text(texts.ipv4)),
    ("internet.ipv6", of_text(texts.ipv6)),
    ("internet.mac", of_text(texts.mac)),
    ("internet.port", integer(1024, 49_151)),
    ("internet.userAgent", of_text(texts.OneOf(vocabulary.AGENTS))),
    ("internet.avatar image.avatar image.avatarGitHub", of_text(texts.avatar)),
    ("internet.password", lambda session, given: texts.token(session)[: given.count(15)]),
    ("internet.color color.rgb", of_text(texts.hex_colour)),
    ("internet.emoji", of_text(texts.OneOf(("🌱", "🚲", "📚", "☕")))),
    ("internet.jwt", lambda session, _: ".".join(texts.token(session) for _ in range(3))),
    ("color.human commerce.color vehicle.color", of_text(texts.OneOf(vocabulary.COLOURS))),
    ("image.url image.imageUrl image.image image.cats image.city image.food image.nature", image),
    ("image.people image.animals image.business image.abstract image.urlLoremFlickr", image),
    ("image.urlPicsumPhotos image.dataUri image.dataUrl image.placeholder", image),
    ("phone.number phone.phoneNumber phone.phoneNumberFormat", of_text(texts.phone)),
    ("phone.imei", characters("0123456789", 15)),
    ("location.city address.city address.cityName", of_text(texts.city)),
    ("location.country address.country", of_text(texts.country)),
    ("location.countryCode address.countryCode", of_text(texts.country_code)),
    ("location.state location.county address.state address.county", of_text(texts.region)),
    ("address.stateAbbr", of_text(texts.OneOf(("CA", "NY", "OR", "TX", "WA", "WI")))),
    ("location.streetAddress address.streetAddress", of_text(texts.street)),
    ("location.street location.streetName address.streetName", of_text(texts.pooled("street"))),
    ("location.secondaryAddress address.secondaryAddress", lambda s, _: f"Apt. {s.dice.randint(1, 99)}"),
    ("location.buildingNumber address.buildingNumber", lambda s, _: str(s.dice.randint(1, 200))),
    ("location.zipCode address.zipCode address.zipCodeByState", of_text(texts.postcode)),
    ("location.latitude address.latitude", coordinate("latitude", 90)),
    ("location.longitude address.longitude", coordinate("longitude", 180)),
    ("location.timeZone address.timeZone", of_text(texts.timezone)),
    ("location.direction address.direction", of_text(texts.OneOf(("North", "East", "South", "West")))),
    ("company.name company.companyName", of_text(texts.company)),
    ("company.companySuffix", of_text(texts.pooled("company type"))),
    ("company.catchPhrase company.bs company.buzzPhrase hacker.phrase", of_text(texts.OneOf(_PHRASES))),
    ("commerce.productName commerce.product", of_text(texts.product)),
    ("commerce.productAdjective", of_text(texts.OneOf(vocabulary.QUALITIES))),
    ("commerce.productMaterial", of_text(texts.OneOf(vocabulary.MATERIALS))),
    ("commerce.productDescription", of_text(texts.sentence)),
    ("commerce.price", price),
    ("commerce.isbn", of_text(texts.barcode("978"))),
    ("finance.amount", amount),
    ("finance.account finance.accountNumber", characters("0123456789", 8)),
    ("finance.routingNumber", characters("0123456789", 9)),
    ("finance.creditCardNumber", of_text(texts.card_number)),
    ("finance.creditCardCVV finance.pin", of_text(texts.digits(3))),
    ("finance.creditCardIssuer", of_text(texts.OneOf(("visa", "mastercard", "maestro")))),
    ("finance.currencyCode", of_text(texts.currency)),
    ("finance.currencyName", of_text(texts.OneOf(("Euro", "Swiss Franc", "US Dollar", "Yen")))),
    ("finance.currencySymbol", of_text(texts.OneOf(("€", "$", "£", "¥")))),
    ("finance.iban", of_text(texts.iban)),
    ("finance.bic", of_text(texts.OneOf(("EXAMDEFFXXX", "EXAMFRPPXXX", "EXAMGB2LXXX")))),
    ("finance.bitcoinAddress finance.ethereumAddress", of_text(texts.hexadecimal(34))),
    ("finance.transactionType", of_text(texts.OneOf(("deposit", "invoice", "payment", "withdrawal")))),
    ("finance.transactionDescription", of_text(texts.sentence)),
    ("date.past", within_years(past=True)),
    ("date.future", within_years(past=False)),
    ("date.recent", within_days(past=True)),
    ("date.soon", within_days(past=False)),
    ("date.anytime", within_years(past=True)),
    ("date.between", date_between),
    ("date.birthdate", lambda session, _: f"{texts.birthday(session)}T00:00:00.000Z"),
    ("date.month", of_text(texts.OneOf(vocabulary.MONTHS))),
    ("date.weekday", of_text(texts.OneOf(vocabulary.WEEKDAYS))),
    ("date.timeZone", of_text(texts.timezone)),
    ("number.int datatype.number random.number", integer(0, 99_999)),
    ("datatype.bigInt number.bigInt", integer(0, 10**15)),
    ("number.float datatype.float random.float", decimal),
    ("number.hex", lambda session, given: f"{integer(0, 15)(session, given):x}"),
    ("number.binary", lambda session, given: f"{integer(0, 1)(session, given):b}"),
    ("datatype.boolean random.boolean", lambda session, _: session.dice.below(2) == 1),
    ("string.uuid datatype.uuid random.uuid", of_text(texts.uuid)),
    ("string.alpha random.alpha", characters(vocabulary.LETTERS)),
    ("string.alphanumeric random.alphaNumeric datatype.string", characters(vocabulary.ALPHANUMERIC, 10)),
    ("string.numeric random.numeric", characters("0123456789")),
    ("string.nanoid", lambda session, given: texts.token(session)[: given.count(21)]),
    ("string.hexadecimal datatype.hexadecimal random.hexaDecimal", hexadecimal),
    ("string.sample", characters(vocabulary.ALPHANUMERIC, 10)),
    ("datatype.datetime", within_years(past=True)),
    ("datatype.json datatype.object", thing),
    ("random.word word.sample word.noun lorem.word hacker.noun", of_text(texts.word)),
    ("random.words word.words lorem.words", several_words(" ", 2, 3)),
    ("word.verb hacker.verb hacker.ingverb", of_text(texts.OneOf(_VERBS))),
    ("word.adverb hacker.adjective", of_text(texts.OneOf(_ADJECTIVES))),
    ("random.locale", of_text(texts.OneOf(("en", "de", "fr", "ja")))),
    ("lorem.sentence hacker.abbreviation", of_text(texts.sentence)),
    ("lorem.sentences lorem.text lorem.paragraph", several_sentences(2, 4)),
    ("lorem.paragraphs", several_sentences(3, 6, "\n")),
    ("lorem.lines", several_sentences(1, 3, "\n")),
    ("lorem.slug helpers.slugify", several_words("-", 3, 3)),
    ("helpers.arrayElement random.arrayElement helpers.objectValue random.objectElement", element),
    ("helpers.arrayElements random.arrayElements", elements),
    ("helpers.shuffle", shuffled),
    ("helpers.replaceSymbols helpers.replaceSymbolWithNumber", symbols_replaced),
    ("helpers.fromRegExp helpers.regexpStyleStringParse", matching),
    ("system.fileName system.commonFileName", of_text(texts.OneOf(vocabulary.FILES))),
    ("system.fileExt system.commonFileExt", of_text(texts.OneOf(("pdf", "png", "csv", "txt")))),
    ("system.mimeType", of_text(texts.OneOf(vocabulary.MEDIA_TYPES))),
    ("system.filePath", lambda s, _: f"/srv/{s.dice.choice(vocabulary.FILES)}"),
    ("system.directoryPath", lambda s, _: f"/srv/{s.dice.choice(vocabulary.WORDS)}"),
    ("system.semver", of_text(texts.semantic_version)),
    ("git.branch", of_text(texts.OneOf(_BRANCHES))),
    ("git.commitSha", of_text(texts.hexadecimal(40))),
    ("git.shortSha", of_text(texts.hexadecimal(7))),
    ("git.commitMessage", of_text(texts.sentence)),
    ("database.mongodbObjectId", of_text(texts.hexadecimal(24))),
    ("database.column", of_text(texts.OneOf(("id", "title", "name", "email", "status", "createdAt")))),
    ("database.type", of_text(texts.OneOf(("int", "varchar", "text", "boolean", "timestamp")))),
    ("vehicle.vehicle vehicle.model", of_text(texts.pooled("car"))),
    ("vehicle.manufacturer", lambda s, _: texts.pooled("car")(s).partition(" ")[0]),
    ("vehicle.type", of_text(texts.OneOf(_BODIES))),
    ("vehicle.fuel", of_text(texts.OneOf(("Diesel", "Electric", "Gasoline", "Hybrid")))),
    ("vehicle.vin", characters("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", 17)),
    ("vehicle.vrm", lambda s, _: f"{s.dice.choice('ABCDE')}{s.dice.below(10_000):04}XYZ"),
    ("animal.type", of_text(texts.OneOf(vocabulary.SPECIES))),
    ("animal.cat animal.dog animal.petName", of_text(texts.OneOf(vocabulary.PETS))),
    ("music.genre", of_text(texts.OneOf(_GENRES))),
    ("music.songName book.title", of_text(texts.title)),
    ("book.author music.artist", of_text(texts.full_name)),
    ("food.dish", of_text(texts.pooled("dish"))),
    ("food.fruit", of_text(texts.pooled("fruit"))),
    ("food.vegetable", of_text(texts.pooled("vegetable"))),
    ("science.chemicalElement", of_text(texts.OneOf(_ELEMENTS))),
    ("airline.flightNumber", of_text(texts.digits(4))),
)  # fmt: skip
SPELLED = tuple(name for names, _ in _FAKER for name in names.split())
FAKER: dict[str, Maker] = {name.lower(): make for names, make in _FAKER for name in names.split()}
