"""Values look like what their names say, and what belongs together agrees."""

from __future__ import annotations

import re
from typing import Any

import pytest
from mocking.making import made

from treaty.mocking.generate.naming import singular, tokens
from treaty.mocking.generate.nouns import noun_in

TEXT = {"type": "string"}


def of(names: str, seed: int = 1, schema: Any = TEXT, **more: Any) -> dict[str, Any]:
    properties = dict.fromkeys(names.split(), schema)
    value: dict[str, Any] = made(
        {"type": "object", "required": list(properties), "properties": properties, **more}, seed
    )
    return value


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("email", r".+@example\.com"),
        ("contactEmail", r".+@example\.com"),
        ("phone_number", r"\+1 202-555-01\d\d"),
        ("country_code", "[A-Z]{2}"),
        ("currency", "[A-Z]{3}"),
        ("avatar", r"https://example\.com/.+"),
        ("homepage_url", r"https://example\.com/.+"),
        ("slug", r"[a-z0-9]+(-[a-z0-9]+)*"),
        ("iban", r"DE\d{20}"),
        ("clientIp", r"203\.0\.113\.\d+"),
        ("user_agent", "Mozilla/5.0 .+"),
        ("timezone", r"\w+/\w+"),
        ("locale", "[a-z]{2}-[A-Z]{2}"),
        ("isbn", r"978\d{10}"),
        ("commit_sha", "[0-9a-f]{40}"),
        ("createdAt", r"\d{4}-\d\d-\d\dT.*Z"),
        ("birth_date", r"(19[5-9]|200)\d-\d\d-\d\d"),
        ("price", r"\d+\.\d\d"),
        ("access_token", "[A-Za-z0-9]{32}"),
        ("version", r"\d+\.\d+\.\d+"),
        ("hexColor", "#[0-9a-f]{6}"),
    ],
)
def test_a_name_says_what_a_text_is_like(name: str, pattern: str) -> None:
    for seed in range(4):
        value = of(name, seed)[name]
        assert re.fullmatch(pattern, value), value


@pytest.mark.parametrize(
    ("more", "pattern"),
    [
        ({"title": "E-mail address"}, r".+@example\.com"),
        ({"description": "ISO 4217 code"}, "[A-Z]{3}"),
        ({"description": "Three-letter country, ISO 3166-1 alpha-3"}, "[A-Z]{3}"),
        ({"description": "When it was sold, as ISO 8601"}, r"\d{4}-.*"),
    ],
)
def test_title_and_description_say_it_where_the_name_does_not(more: Any, pattern: str) -> None:
    assert re.fullmatch(pattern, of("xyz", schema=TEXT | more)["xyz"])


def test_seconds_since_the_epoch() -> None:
    schema = {"type": "integer", "description": "Time of the event, in seconds of the Unix epoch"}
    assert of("happened", schema=schema)["happened"] > 1_600_000_000


def test_a_person_and_a_place_are_one() -> None:
    for seed in range(6):
        value = of("first_name lastName full_name email country country_code", seed)
        assert value["full_name"] == f"{value['first_name']} {value['lastName']}"
        first = re.sub("[^a-z]", "", value["first_name"].lower())
        assert value["email"].startswith(first[:3])
        codes = {"Germany": "DE", "France": "FR", "Italy": "IT"}
        assert codes.get(value["country"], value["country_code"]) == value["country_code"]


def test_a_name_is_that_of_what_has_it() -> None:
    schema = {
        "$defs": {"Company": {"type": "object", "required": ["name"], "properties": {"name": TEXT}}},
        "type": "object",
        "required": ["user", "pet", "company"],
        "properties": {
            "user": {
                "type": "object",
                "required": ["name", "email"],
                "properties": {"name": TEXT, "email": TEXT},
            },
            "pet": {"type": "object", "required": ["name"], "properties": {"name": TEXT}},
            "company": {"$ref": "#/$defs/Company"},
        },
    }
    value = made(schema)
    assert value["user"]["email"].split(".")[0] in value["user"]["name"].lower()
    assert " " not in value["pet"]["name"]
    assert " " in value["company"]["name"]


def test_earlier_is_before_later_and_least_below_most() -> None:
    for seed in range(10):
        value = of("created_at updated_at startDate endDate", seed, {"type": "string", "format": "date-time"})
        assert value["created_at"] <= value["updated_at"]
        assert value["startDate"] <= value["endDate"]
        numbers = of("min_price max_price", seed, {"type": "number"})
        assert numbers["min_price"] <= numbers["max_price"]


def test_another_locale_has_other_words() -> None:
    schema = {
        "type": "object",
        "required": ["city", "country"],
        "properties": {"city": TEXT, "country": TEXT},
    }
    value = made(schema, locale="de")
    assert value["country"] == "Deutschland"
    assert value == made(schema, locale="de") != made(schema, locale="fr")


def test_what_one_property_gets_does_not_hang_on_the_others() -> None:
    few, more = of("title note"), of("title subtitle color note")
    assert {name: more[name] for name in few} == few


def test_words_of_names() -> None:
    assert tokens("HTTPServer_id2") == ("http", "server", "id", "2")
    assert [singular(each) for each in ("cities", "boxes", "status", "users", "address")] == [
        "city", "box", "status", "user", "address",
    ]  # fmt: skip
    assert noun_in("PublicUserResponse") == noun_in("users") == "user"
