"""What a property's value is like, by its name: what makes an answer look like data.

`TEXTS` says which text suits which names, `NUMBERS` which range. To teach the mock another
name, add it to a row there, or add a row.
"""

from __future__ import annotations

import functools
import re

from treaty.mocking.generate.naming import endings, known_as, tail, tokens
from treaty.mocking.generate.texts import (
    OfSubject,
    OneOf,
    Text,
    address,
    avatar,
    barcode,
    birthday,
    card_number,
    city,
    company,
    country,
    country_code,
    country_code3,
    currency,
    day,
    digits,
    email,
    first_name,
    full_name,
    handle,
    hex_colour,
    hexadecimal,
    host,
    iban,
    image,
    initials,
    instant,
    ipv4,
    ipv6,
    job,
    last_name,
    locale,
    mac,
    money,
    of_place,
    phone,
    plain,
    pooled,
    postcode,
    product,
    reference,
    region,
    semantic_version,
    sentences,
    sku,
    slug,
    station,
    street,
    timezone,
    title,
    token,
    town,
    two_words,
    url,
    uuid,
    word,
)
from treaty.mocking.generate.vocabulary import (
    AGENTS,
    CATEGORIES,
    COLOURS,
    DEPARTMENTS,
    FEATURES,
    FILES,
    GENRES,
    LANGUAGES,
    MEDIA_TYPES,
    METHODS,
    MONTHS,
    PETS,
    PLANS,
    SPECIES,
    STATES,
    WEEKDAYS,
    WORDS,
)

# The realistic range of a number, by the last word or two of the property's name.
_NUMBERS_OF: tuple[tuple[str, int, int], ...] = (
    ("id number", 1, 99_999),
    ("price cost fee", 1, 500),
    ("pricehourly hourly hourlyrate", 0, 20),
    ("amount total subtotal", 1, 5000),
    ("salary income revenue budget", 20_000, 120_000),
    ("tax discount percent percentage progress score popularity", 0, 100),
    ("balance", 0, 10_000),
    ("quantity qty", 1, 20),
    ("count likes comments votes", 0, 50),
    ("age", 18, 80),
    ("year", 1990, 2026),
    ("birthyear", 1950, 2005),
    ("month", 1, 12),
    ("day", 1, 28),
    ("hour", 0, 23),
    ("minute second", 0, 59),
    ("latitude lat", -60, 70),
    ("longitude lng lon", -170, 170),
    ("altitude elevation", 0, 2500),
    ("temperature", -10, 35),
    ("humidity", 20, 95),
    ("rating stars", 1, 5),
    ("port", 1024, 49_151),
    ("page", 1, 10),
    ("limit perpage pagesize", 10, 100),
    ("offset", 0, 100),
    ("size", 1, 5000),
    ("bytes filesize", 1_000, 5_000_000),
    ("width height", 100, 2000),
    ("stock inventory", 0, 200),
    ("duration", 1, 600),
    ("distance", 1, 500),
    ("weight", 1, 100),
    ("capacity seats", 1, 200),
    ("version revision", 1, 9),
    ("position order index rank priority", 1, 10),
    ("expyear expiryyear", 2027, 2031),
    ("vcpus cpus cores", 1, 16),
    ("timestamp created updated at date time deadline", 1_704_067_200, 1_767_225_600),
    ("createdat updatedat epoch", 1_704_067_200, 1_767_225_600),
    ("expires expiresat", 1_767_225_600, 1_830_297_600),
    ("expiresin ttl", 300, 86_400),
    ("status statuscode", 200, 204),
    ("code", 100, 999),
)
NUMBERS: dict[str, tuple[int, int]] = {
    name: (low, high) for names, low, high in _NUMBERS_OF for name in names.split()
}
# Days counted in seconds, when the description says so.
EPOCH = (1_704_067_200, 1_767_225_600)


# Which text for which names, by the last word or two of a name without regard to how they are joined.
_TEXTS_OF: tuple[tuple[str, Text], ...] = (
    ("firstname givenname forename", first_name),
    ("lastname surname familyname secondname", last_name),
    ("middlename", pooled("first name")),
    ("fullname realname legalname author owner contact recipient sender customer", full_name),
    ("passengername customername guestname authorname ownername contactname membername", full_name),
    (
        "personname employeename studentname drivername recipientname sendername cardholder holdername",
        full_name,
    ),
    ("assignee creator reviewer manager approver", full_name),
    ("initials", initials),
    ("username login nickname nick handle user screenname", handle),
    ("email mail emailaddress mailaddress", email),
    ("gender sex", OneOf(("female", "male", "other"))),
    ("salutation honorific", OneOf(("Ms", "Mr", "Mx", "Dr"))),
    ("nationality", pooled("nationality")),
    ("job occupation profession jobtitle", job),
    ("role", OneOf(("admin", "editor", "member", "viewer"))),
    ("department team division", OneOf(DEPARTMENTS)),
    ("university college school", pooled("university")),
    ("company organization organisation employer publisher companyname brand vendor supplier", company),
    ("operator carrier airline agency provider", company),
    ("merchant manufacturer organizationname brandname merchantname accountname businessname", company),
    ("storename shopname vendorname suppliername", company),
    ("billingname shippingname nameoncard", full_name),
    ("city town locality cityname", city),
    ("region province county stateprovince regionname", region),
    ("country countryname", country),
    ("countrycode countryiso isocountry alpha2 market", country_code),
    ("alpha3 countrycode3", country_code3),
    ("currency currencycode", currency),
    ("locale languagetag", locale),
    ("language lang languagecode", OneOf(LANGUAGES)),
    ("timezone tz timezoneid", timezone),
    ("street line1 streetaddress addressline streetname", street),
    ("address fulladdress formattedaddress", address),
    ("line2", lambda session: f"Floor {session.dice.randint(1, 9)}"),
    ("zip postcode postalcode zipcode", postcode),
    ("latitude lat", of_place("latitude")),
    ("longitude lng lon", of_place("longitude")),
    ("name title headline subject displayname", title),
    ("productname product itemname article", product),
    ("petname", OneOf(PETS)),
    ("species", OneOf(SPECIES)),
    ("filename file", OneOf(FILES)),
    ("extension fileextension", OneOf(("pdf", "png", "csv", "txt"))),
    ("contenttype mimetype mediatype mime", OneOf(MEDIA_TYPES)),
    ("description summary text body comment message note notes content bio details detail reason", sentences),
    (
        "about biography caption excerpt review feedback instructions abstract tagline footer header",
        sentences,
    ),
    ("url uri link href website homepage webpage site blog pdf", url),
    ("image photo picture thumbnail icon logo imageurl photourl thumbnailurl logourl iconurl banner", image),
    ("avatar avatarurl profileimage profilepicture", avatar),
    ("phone mobile fax phonenumber telephone tel cell mobilenumber", phone),
    ("at timestamp datetime created updated modified expires oflife", instant),
    ("period", lambda session: day(session)[:7]),
    ("hour", lambda session: f"{session.dice.randint(0, 23):02}:00"),
    ("feature capability", OneOf(FEATURES)),
    ("date day deadline", day),
    ("birthday birthdate dob dateofbirth", birthday),
    ("time", lambda session: instant(session)[11:19]),
    ("month", OneOf(MONTHS)),
    ("weekday dayofweek", OneOf(WEEKDAYS)),
    ("uuid guid", uuid),
    ("id identifier key etag", hexadecimal(12)),
    ("sha commit sha1 revision", hexadecimal(40)),
    ("hash checksum sha256 digest fingerprint", hexadecimal(64)),
    ("md5", hexadecimal(32)),
    ("token secret apikey accesstoken refreshtoken cursor nonce signature", token),
    ("slug permalink", slug),
    ("path", lambda session: f"/{session.dice.choice(WORDS)}/{session.dice.choice(WORDS)}"),
    ("sku partnumber", sku),
    ("reference ref ordernumber invoicenumber trackingnumber confirmation", reference),
    ("color colour colorname", OneOf(COLOURS)),
    ("hex hexcolor colorhex colorcode backgroundcolor textcolor", hex_colour),
    ("status state phase", OneOf(STATES)),
    ("price amount total cost balance subtotal fee", money),
    ("isbn isbn13", barcode("978")),
    ("ean gtin barcode upc", barcode("40")),
    ("iban", iban),
    ("bic swift", OneOf(("EXAMDEFFXXX", "EXAMFRPPXXX", "EXAMGB2LXXX"))),
    ("accountnumber", digits(10)),
    ("routingnumber", digits(9)),
    ("cardnumber pan", card_number),
    ("last4 lastfour", digits(4)),
    ("cvc cvv", digits(3)),
    ("pin otp", digits(4)),
    ("paymentmethod", OneOf(METHODS)),
    ("version", semantic_version),
    ("ip ipaddress ipv4 clientip remoteip", ipv4),
    ("ipv6", ipv6),
    ("mac macaddress", mac),
    ("host hostname domain domainname fqdn", host),
    ("agent useragent", OneOf(AGENTS)),
    ("category categoryname", OneOf(CATEGORIES)),
    ("genre", OneOf(GENRES)),
    ("location place venue", town),
    ("plan tier", OneOf(PLANS)),
    ("tag label type kind group topic word keyword", word),
    ("dish meal recipe", pooled("dish")),
    ("fruit", pooled("fruit")),
    ("drink beverage", pooled("drink")),
    ("car vehicle", pooled("car")),
    ("bank bankname", pooled("bank")),
    ("os platform operatingsystem", pooled("operating system")),
    ("programminglanguage", pooled("programming language")),
)
TEXTS: dict[str, Text] = {name: make for names, make in _TEXTS_OF for name in names.split()}

# The same for names that say little by themselves: what is called `name` within a user is another's.
_OWNED_OF: tuple[tuple[str, str, Text], ...] = (
    (
        "user author owner customer person contact member employee student teacher guest passenger driver",
        "name",
        full_name,
    ),
    (
        "patient doctor assignee creator recipient sender reviewer player attendee participant account",
        "name",
        full_name,
    ),
    ("applicant candidate lead client subscriber tenant artist", "name", full_name),
    ("user account profile member person contact employee owner author", "displayname", full_name),
    ("shipping billing holder cardholder", "name", full_name),
    ("repository repo", "fullname", lambda session: f"{handle(session)}/{two_words(session)}"),
    ("image photo picture thumbnail logo icon banner", "url href src uri", image),
    ("avatar", "url href src uri", avatar),
    ("pet animal dog cat", "name", OneOf(PETS)),
    (
        "company organization organisation employer publisher brand vendor supplier merchant store shop",
        "name",
        company,
    ),
    ("product item article good ware", "name title", product),
    ("category genre department", "name title", OneOf(CATEGORIES)),
    ("tag label topic keyword", "name title", word),
    ("city town place location", "name", city),
    ("country", "name", country),
    ("country", "code", country_code),
    ("currency", "code", currency),
    ("language", "code", OneOf(LANGUAGES)),
    ("region state province", "name", region),
    ("file attachment document upload asset", "name", OneOf(FILES)),
    ("domain host site website zone", "name", host),
    ("station stop", "name", station),
    ("plan tier subscription", "name", OneOf(PLANS)),
    ("role", "name", OneOf(("admin", "editor", "member", "viewer"))),
    ("team group", "name", OneOf(DEPARTMENTS)),
    ("color colour", "name", OneOf(COLOURS)),
    ("repository repo project bucket cluster droplet volume branch server instance", "name", two_words),
    ("machine image kernel snapshot database queue table workflow job runner", "name", two_words),
    ("name", "first given", first_name),
    ("name", "last family", last_name),
    ("name", "full display", full_name),
    ("address", "state", region),
    ("address", "name", full_name),
)
OWNED: dict[str, Text] = {
    f"{owner}.{name}": make
    for owners, names, make in _OWNED_OF
    for owner in owners.split()
    for name in names.split()
}

# What a description, or a title, says where the name does not; the first that is found counts.
_DESCRIBED: tuple[tuple[str, Text], ...] = (
    (r"ISO[ -]?4217|currency code", currency),
    (r"ISO[ -]?3166[^.]*alpha-?3|three-letter country", country_code3),
    (r"ISO[ -]?3166|country code", country_code),
    (r"BCP[ -]?47|IETF language", locale),
    (r"ISO[ -]?639|language code", OneOf(LANGUAGES)),
    (r"e-?mail address", email),
    (r"phone number|E\.164", phone),
    (r"\bUUID\b|\bGUID\b", uuid),
    (r"ISO[ -]?8601|RFC[ -]?3339", instant),
    (r"\bIANA time ?zone|tz database", timezone),
    (r"IP(v4)? address", ipv4),
    (r"hex(adecimal)? colou?r", hex_colour),
    (r"\bURL\b|\bURI\b", url),
    (r"full name", full_name),
    (r"first name", first_name),
    (r"last name|surname", last_name),
)
DESCRIBED = tuple((re.compile(pattern, re.IGNORECASE), make) for pattern, make in _DESCRIBED)
SECONDS = re.compile(r"\bunix\b|\bepoch\b", re.IGNORECASE)


# What may be written in full or as a code: then the description says which.
CODED = frozenset({country, TEXTS["language"], TEXTS["locale"]})
# What an object of a kind says of itself, and what is made of its name.
KINDS = frozenset({"type", "kind", "object", "resourcetype"})
SLUGS = frozenset({"slug", "permalink"})


@functools.lru_cache(maxsize=1024)
def _slug_of(name: Text | None) -> Text:
    """The slug of an object whose name is made so."""
    if not isinstance(name, OfSubject):
        return slug
    return OfSubject(lambda session: plain(name(session)) or two_words(session))


@functools.lru_cache(maxsize=8192)
def text_for(name: str, owner: str = "", hints: tuple[str, ...] = (), description: str = "") -> Text | None:
    """What makes a text that suits a property of a name, of an object called `owner`; None when nothing says.

    `hints` are other names it goes by: that of its schema, its title.
    """
    told = next((make for pattern, make in DESCRIBED if pattern.search(description)), None)
    for each in (name, *hints):
        found = _named(each, owner if each == name else "")
        if found is not None:
            return told if told is not None and found in CODED else found
    return told


def _named(name: str, owner: str) -> Text | None:
    last, known = tail(name), known_as(name)
    if owner and known in KINDS:
        return OneOf((owner.replace(" ", "_"),))
    if owner and known in SLUGS:
        return _slug_of(_named("name", owner))
    for whose in (owner.replace(" ", ""), owner.rpartition(" ")[2]) if owner else ():
        found = OWNED.get(f"{whose}.{known}") or (
            OWNED.get(f"{whose}.{last}") if len(tokens(name)) == 1 else None
        )
        if found is not None:
            return found
    return next((TEXTS[ending] for ending in endings(name) if ending in TEXTS), None)
