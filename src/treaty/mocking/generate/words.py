"""Words and ranges by the name of a property: what makes an answer look like data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

LETTERS = "abcdefghijklmnopqrstuvwxyz"
FIRST_NAMES = (
    "Ada", "Amara", "Ben", "Carlos", "Chidi", "Elif", "Hana", "Ines", "Jonas", "Kofi", "Lena",
    "Luca", "Maya", "Nadia", "Noor", "Oscar", "Priya", "Rosa", "Sven", "Tomás", "Yuki", "Zoe",
)  # fmt: skip
LAST_NAMES = (
    "Adeyemi", "Becker", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad", "Ito",
    "Jensen", "Kaya", "Lindgren", "Moreau", "Novak", "Okafor", "Patel", "Rossi", "Silva", "Tanaka",
    "Weber",
)  # fmt: skip
CITIES = (
    "Accra", "Bergen", "Bologna", "Cusco", "Freiburg", "Graz", "Hobart", "Kyoto", "Leiden", "Lyon",
    "Nairobi", "Porto", "Quito", "Tartu", "Utrecht", "Valencia", "Wellington", "York",
)  # fmt: skip
COUNTRIES = (
    "Austria", "Brazil", "Chile", "Estonia", "France", "Ghana", "Italy", "Japan", "Kenya", "Norway",
    "Peru", "Portugal", "Spain",
)  # fmt: skip
COUNTRY_CODES = ("AT", "BR", "CL", "EE", "FR", "GH", "IT", "JP", "KE", "NO", "PE", "PT", "ES")
CURRENCIES = ("EUR", "USD", "GBP", "JPY", "CHF", "BRL", "KES", "SEK")
LANGUAGES = ("en", "de", "fr", "es", "pt", "ja", "it", "sw")
STREETS = ("Mill Lane", "Harbour Street", "Station Road", "Garden Way", "High Street", "River Walk")
COMPANIES = (
    "Northwind Bakery", "Blue Heron Books", "Copperfield Tools", "Lantern Travel", "Juniper Foods",
    "Quarry Studio", "Tidewater Press",
)  # fmt: skip
COLOURS = ("red", "amber", "green", "teal", "blue", "violet", "grey")
STATES = ("active", "pending", "ready", "done")
JOBS = ("baker", "botanist", "carpenter", "editor", "engineer", "nurse", "pilot", "teacher")
TITLES = (
    "A Quiet Harbour", "Notes on Rivers", "The Paper Garden", "Winter Trains", "Seven Small Islands",
    "The Clockmaker's Map", "Salt and Cedar", "Morning in Leiden",
)  # fmt: skip
SENTENCES = (
    "Handmade from reclaimed oak.", "Delivered within three working days.",
    "Open daily from nine to five.", "A short walk from the old market.",
    "Updated after the last review.", "Includes everything needed to begin.",
    "Please handle with care.",
)  # fmt: skip
WORDS = (
    "amber", "basil", "cedar", "delta", "ember", "fern", "garnet", "harbor", "indigo", "juniper",
    "kelp", "lumen", "maple", "nimbus", "opal", "pebble", "quartz", "river", "sable", "thistle",
    "umber", "velvet", "willow", "zephyr",
)  # fmt: skip

# The realistic range of a number, by the last word or two of the property's name.
NUMBERS: dict[str, tuple[int, int]] = {
    "id": (1, 99_999), "price": (1, 500), "amount": (1, 5000), "total": (1, 5000), "cost": (1, 500),
    "subtotal": (1, 5000), "tax": (0, 100), "balance": (0, 10_000), "quantity": (1, 20),
    "count": (0, 50), "age": (18, 80), "year": (1990, 2026), "month": (1, 12), "day": (1, 28),
    "hour": (0, 23), "minute": (0, 59), "latitude": (-60, 70), "lat": (-60, 70),
    "longitude": (-170, 170), "lng": (-170, 170), "lon": (-170, 170), "rating": (1, 5),
    "score": (0, 100), "percent": (0, 100), "percentage": (0, 100), "port": (1024, 49_151),
    "page": (1, 10), "limit": (10, 100), "offset": (0, 100), "size": (1, 5000),
    "width": (100, 2000), "height": (100, 2000), "stock": (0, 200), "duration": (1, 600),
    "weight": (1, 100), "version": (1, 9), "timestamp": (1_704_067_200, 1_767_225_600),
    "created": (1_704_067_200, 1_767_225_600), "updated": (1_704_067_200, 1_767_225_600),
    "expires": (1_767_225_600, 1_830_297_600), "at": (1_704_067_200, 1_767_225_600),
    "status": (200, 204), "code": (100, 999),
}  # fmt: skip


def tokens(name: str) -> list[str]:
    """The words of a property name in snake, kebab or camel case, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def tail(name: str) -> str:
    """The last word of a property name."""
    return next(reversed(tokens(name)), "")


def singular(name: str) -> str:
    """The name of one element of an array, roughly: `cities` holds a `city`."""
    if name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def text_for(name: str, rng: random.Random) -> str:
    """A text that suits a property name; one or two plain words when the name says nothing."""
    words = tokens(name)
    for ending in ("".join(words[-2:]), words[-1] if words else ""):
        if ending in TEXTS:
            return TEXTS[ending](rng)
    return f"{rng.choice(WORDS)}-{rng.choice(WORDS)}"


def _from(words: Sequence[str]) -> Callable[[random.Random], str]:
    return lambda rng: rng.choice(words)


def _person(rng: random.Random) -> str:
    return f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"


def _handle(rng: random.Random) -> str:
    return f"{rng.choice(WORDS)}{rng.randint(10, 99)}"


def _email(rng: random.Random) -> str:
    return f"{_handle(rng)}@example.com"


def _url(rng: random.Random) -> str:
    return f"https://example.com/{rng.choice(WORDS)}/{rng.randint(1, 999)}"


def _image(rng: random.Random) -> str:
    return f"https://example.com/images/{rng.choice(WORDS)}.png"


def _phone(rng: random.Random) -> str:
    return f"+1 202-555-01{rng.randint(0, 99):02}"  # numbers kept free for fiction


def _street(rng: random.Random) -> str:
    return f"{rng.randint(1, 200)} {rng.choice(STREETS)}"


def _instant(rng: random.Random) -> str:
    day = f"{rng.choice((2024, 2025))}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return f"{day}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:00Z"


def _identifier(rng: random.Random) -> str:
    return f"{rng.getrandbits(48):012x}"


def _sentence(rng: random.Random) -> str:
    return " ".join(rng.sample(SENTENCES, rng.randint(1, 2)))


def _slug(rng: random.Random) -> str:
    return "-".join(rng.sample(WORDS, 2))


def _digits(count: int) -> Callable[[random.Random], str]:
    return lambda rng: "".join(str(rng.randint(0, 9)) for _ in range(count))


_TEXTS_OF: tuple[tuple[str, Callable[[random.Random], str]], ...] = (
    ("firstname givenname forename", _from(FIRST_NAMES)),
    ("lastname surname familyname", _from(LAST_NAMES)),
    ("fullname displayname author owner contact recipient sender customer", _person),
    ("passengername customername guestname authorname ownername contactname membername", _person),
    ("personname employeename studentname drivername recipientname sendername", _person),
    ("username login nickname handle user", _handle),
    ("email mail emailaddress", _email),
    ("city town locality", _from(CITIES)),
    ("country countryname", _from(COUNTRIES)),
    ("countrycode", _from(COUNTRY_CODES)),
    ("currency currencycode", _from(CURRENCIES)),
    ("language locale lang languagecode", _from(LANGUAGES)),
    ("street address line1 streetaddress addressline", _street),
    ("zip postcode postalcode zipcode", _digits(5)),
    ("company organization organisation employer publisher companyname brand", _from(COMPANIES)),
    ("name title headline subject label", _from(TITLES)),
    ("description summary text body comment message note notes content bio details detail reason", _sentence),
    ("url uri link href website homepage", _url),
    ("image avatar photo picture thumbnail icon logo imageurl avatarurl", _image),
    ("phone mobile fax phonenumber telephone", _phone),
    ("at timestamp datetime created updated modified", _instant),
    ("date birthday birthdate dob", lambda rng: _instant(rng)[:10]),
    ("id uuid guid key identifier token sha hash etag cursor", _identifier),
    ("slug path filename file sku reference ref", _slug),
    ("color colour", _from(COLOURS)),
    ("status state phase", _from(STATES)),
    ("job occupation profession role", _from(JOBS)),
    ("price amount total cost balance", lambda rng: f"{rng.randint(1, 500)}.{rng.randint(0, 99):02}"),
    ("isbn", lambda rng: "978" + _digits(10)(rng)),
    ("version", lambda rng: f"{rng.randint(1, 4)}.{rng.randint(0, 9)}.{rng.randint(0, 9)}"),
    ("timezone tz", _from(("Europe/Lisbon", "Asia/Tokyo", "America/Lima", "Africa/Nairobi"))),
    ("tag category genre type kind group topic word", _from(WORDS)),
)
TEXTS: dict[str, Callable[[random.Random], str]] = {
    name: make for names, make in _TEXTS_OF for name in names.split()
}
