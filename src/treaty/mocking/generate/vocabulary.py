"""Words of our own, and places with all that goes with them: English, harmless, and free to extend."""

from __future__ import annotations

from typing import NamedTuple

LETTERS = "abcdefghijklmnopqrstuvwxyz"
HEXADECIMAL = "0123456789abcdef"
ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Location(NamedTuple):
    """A city, and what goes with it."""

    city: str
    region: str
    postcode: str
    country: str
    alpha2: str
    alpha3: str
    currency: str
    language: str
    timezone: str
    latitude: float
    longitude: float


# City, region, postcode, country, its codes, currency, language, time zone, latitude, longitude.
_PLACES = """
Vienna, Vienna, 1070, Austria, AT, AUT, EUR, de, Europe/Vienna, 48.2, 16.35
Ghent, East Flanders, 9000, Belgium, BE, BEL, EUR, nl, Europe/Brussels, 51.05, 3.72
Curitiba, Paraná, 80010-010, Brazil, BR, BRA, BRL, pt, America/Sao_Paulo, -25.43, -49.27
Toronto, Ontario, M5V 2T6, Canada, CA, CAN, CAD, en, America/Toronto, 43.65, -79.38
Basel, Basel-Stadt, 4051, Switzerland, CH, CHE, CHF, de, Europe/Zurich, 47.56, 7.59
Prague, Prague, 110 00, Czechia, CZ, CZE, CZK, cs, Europe/Prague, 50.08, 14.43
Freiburg, Baden-Württemberg, 79098, Germany, DE, DEU, EUR, de, Europe/Berlin, 47.99, 7.85
Aarhus, Central Jutland, 8000, Denmark, DK, DNK, DKK, da, Europe/Copenhagen, 56.16, 10.2
Tartu, Tartu County, 51003, Estonia, EE, EST, EUR, et, Europe/Tallinn, 58.38, 26.73
Valencia, Valencia, 46001, Spain, ES, ESP, EUR, es, Europe/Madrid, 39.47, -0.38
Turku, Southwest Finland, 20100, Finland, FI, FIN, EUR, fi, Europe/Helsinki, 60.45, 22.27
Lyon, Auvergne-Rhône-Alpes, 69002, France, FR, FRA, EUR, fr, Europe/Paris, 45.76, 4.84
York, North Yorkshire, YO1 7HH, United Kingdom, GB, GBR, GBP, en, Europe/London, 53.96, -1.08
Accra, Greater Accra, GA-183, Ghana, GH, GHA, GHS, en, Africa/Accra, 5.6, -0.19
Cork, County Cork, T12 X8N6, Ireland, IE, IRL, EUR, en, Europe/Dublin, 51.9, -8.47
Pune, Maharashtra, 411001, India, IN, IND, INR, hi, Asia/Kolkata, 18.52, 73.86
Bologna, Emilia-Romagna, 40121, Italy, IT, ITA, EUR, it, Europe/Rome, 44.49, 11.34
Kyoto, Kyoto, 600-8216, Japan, JP, JPN, JPY, ja, Asia/Tokyo, 35.01, 135.77
Nairobi, Nairobi, 00100, Kenya, KE, KEN, KES, sw, Africa/Nairobi, -1.29, 36.82
Busan, Busan, 48058, South Korea, KR, KOR, KRW, ko, Asia/Seoul, 35.18, 129.08
Mérida, Yucatán, 97000, Mexico, MX, MEX, MXN, es, America/Merida, 20.97, -89.62
Utrecht, Utrecht, 3511 AB, Netherlands, NL, NLD, EUR, nl, Europe/Amsterdam, 52.09, 5.12
Bergen, Vestland, 5003, Norway, NO, NOR, NOK, nb, Europe/Oslo, 60.39, 5.32
Wellington, Wellington, 6011, New Zealand, NZ, NZL, NZD, en, Pacific/Auckland, -41.29, 174.78
Gdańsk, Pomerania, 80-831, Poland, PL, POL, PLN, pl, Europe/Warsaw, 54.35, 18.65
Porto, Porto, 4000-322, Portugal, PT, PRT, EUR, pt, Europe/Lisbon, 41.15, -8.61
Uppsala, Uppsala, 753 10, Sweden, SE, SWE, SEK, sv, Europe/Stockholm, 59.86, 17.64
Portland, Oregon, 97205, United States, US, USA, USD, en, America/Los_Angeles, 45.52, -122.68
Madison, Wisconsin, 53703, United States, US, USA, USD, en, America/Chicago, 43.07, -89.4
Durban, KwaZulu-Natal, 4001, South Africa, ZA, ZAF, ZAR, en, Africa/Johannesburg, -29.86, 31.02
"""


def _location(line: str) -> Location:
    city, region, postcode, country, two, three, currency, language, zone, *point = line.split(", ")
    latitude, longitude = map(float, point)
    return Location(
        city, region, postcode, country, two, three, currency, language, zone, latitude, longitude
    )


PLACES = tuple(map(_location, _PLACES.strip().splitlines()))
TRADES = (
    "Bakery", "Books", "Coffee", "Design", "Foods", "Garden", "Labs", "Logistics", "Media", "Outdoors",
    "Press", "Studio", "Supply", "Systems", "Tools", "Travel",
)  # fmt: skip
COLOURS = ("red", "amber", "green", "teal", "blue", "violet", "grey", "white", "black", "orange")
STATES = ("active", "pending", "ready", "done")
# A title is made of one of each.
TITLES = ("The {} {}", "The {} {}", "Notes on the {} {}", "Return to the {} {}", "Under the {} {}")
TITLE_QUALITIES = (
    "Bright", "Copper", "Distant", "Early", "First", "Gentle", "Hidden", "Last", "Long", "Northern", "Old",
    "Paper", "Patient", "Quiet", "Restless", "Second", "Silver", "Small", "Velvet", "Winter",
)  # fmt: skip
TITLE_THINGS = (
    "Atlas", "Bridge", "Clockmaker", "Compass", "Ferry", "Field", "Garden", "Harbour", "House", "Island",
    "Kettle", "Lantern", "Letter", "Linden", "Map", "Morning", "Orchard", "Promise", "River", "Road", "Room",
    "Season", "Tide", "Train",
)  # fmt: skip
SENTENCES = (
    "Handmade from reclaimed oak.", "Delivered within three working days.",
    "Open daily from nine to five.", "A short walk from the old market.",
    "Updated after the last review.", "Includes everything needed to begin.",
    "Please handle with care.", "Ready when you are.", "Made in small batches.",
    "Agreed with the team on Monday.", "Works best in the morning.", "Free to cancel until the day before.",
)  # fmt: skip
WORDS = (
    "amber", "basil", "cedar", "delta", "ember", "fern", "garnet", "harbor", "indigo", "juniper",
    "kelp", "lumen", "maple", "nimbus", "opal", "pebble", "quartz", "river", "sable", "thistle",
    "umber", "velvet", "willow", "zephyr",
)  # fmt: skip
QUALITIES = (
    "Compact",
    "Foldable",
    "Handmade",
    "Light",
    "Organic",
    "Recycled",
    "Rustic",
    "Silent",
    "Solid",
    "Soft",
)
MATERIALS = ("Bamboo", "Ceramic", "Copper", "Cork", "Cotton", "Linen", "Oak", "Steel", "Walnut", "Wool")
WARES = (
    "Backpack",
    "Blanket",
    "Bottle",
    "Chair",
    "Desk Lamp",
    "Kettle",
    "Mug",
    "Notebook",
    "Scarf",
    "Teapot",
)
CATEGORIES = (
    "Books", "Clothing", "Electronics", "Garden", "Home", "Kitchen", "Music", "Outdoors", "Stationery",
    "Toys",
)  # fmt: skip
PETS = (
    "Bella",
    "Biscuit",
    "Coco",
    "Felix",
    "Ginger",
    "Luna",
    "Milo",
    "Nala",
    "Otto",
    "Pepper",
    "Rex",
    "Simba",
)
SPECIES = ("cat", "dog", "hamster", "parrot", "rabbit", "tortoise")
DEPARTMENTS = ("Engineering", "Finance", "Legal", "Marketing", "Operations", "People", "Sales", "Support")
GENRES = ("Adventure", "Blues", "Comedy", "Drama", "Fantasy", "Folk", "Jazz", "Mystery", "Poetry", "Soul")
PLANS = ("Basic", "Free", "Plus", "Pro", "Team")
METHODS = ("bank_transfer", "card", "cash", "invoice")
LANGUAGES = ("en", "de", "fr", "es", "pt", "ja", "it", "sw")
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36",
)
MEDIA_TYPES = ("application/json", "application/pdf", "image/png", "image/jpeg", "text/csv", "text/plain")
FILES = ("report.pdf", "invoice.pdf", "photo.jpg", "notes.txt", "export.csv", "slides.pptx", "logo.png")
FEATURES = ("backups", "export", "monitoring", "notifications", "search", "sharing", "snapshots", "teams")
STREETS = (
    "Abbey Street", "Bridge Street", "Canal Street", "Castle Road", "Cedar Lane", "Chapel Street",
    "Church Road", "Elm Avenue", "Garden Street", "Harbour Road", "High Street", "Hill Road", "King Street",
    "Lake Avenue", "Linden Street", "Market Square", "Meadow Lane", "Mill Lane", "Oak Street", "Orchard Road",
    "Park Avenue", "River Street", "School Lane", "Station Road",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
