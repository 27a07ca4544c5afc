"""Formats: what each name of the registry lets pass and refuses."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.contract.contract import Contract
from treaty.contract.formats import BUILT_IN, JUDGED, RANGES, TOLD_ONLY, is_known
from treaty.contract.schemas import FAR
from treaty.contract.validator import Validator
from treaty.findings import Severity

# spec.openapis.org/registry/format, as far as the names are of data and not of another registry.
REGISTRY = """
    base64url binary byte char commonmark date-time date-time-local date decimal decimal128 double-int double
    duration email float hostname html http-date idn-email idn-hostname int16 int32 int64 int8 ipv4 ipv6
    ipv4-cidr ipv6-cidr iri-reference iri json-pointer language media-range password regex
    relative-json-pointer sf-binary sf-boolean
    sf-decimal sf-integer sf-string sf-token time-local time uint16 uint32 uint64 uint8 unixtime
    uri-reference uri-template uri uuid
""".split()  # noqa: SIM905  one name after another, as the registry lists them


def contract_of(schema: Any, version: str = "3.1.1") -> Contract:
    return treaty.load(
        {
            "openapi": version,
            "info": {"title": "T", "version": "1"},
            "paths": {},
            "components": {"schemas": {"S": schema}},
        }
    )


def validator(schema: Any, version: str = "3.1.1") -> Validator:
    return contract_of(schema, version).schemas.validator("/components/schemas/S", "request")


@pytest.mark.parametrize("name", REGISTRY)
def test_every_name_of_the_registry_is_known(name: str) -> None:
    assert is_known(name)


def test_nothing_is_known_that_is_in_no_registry() -> None:
    assert {*BUILT_IN, *JUDGED, *RANGES, *TOLD_ONLY} == set(REGISTRY)


@pytest.mark.parametrize("name", sorted(RANGES))
@pytest.mark.parametrize("version", ["3.0.4", "3.1.1"])
def test_the_ends_of_a_range_are_in_it(name: str, version: str) -> None:
    least, most = RANGES[name]
    judge = validator({"type": "number", "format": name}, version)
    assert judge.accepts(least)
    assert judge.accepts(most)
    assert not judge.accepts(int(least) - int(max(abs(least) * 0.001, 1)))
    assert not judge.accepts(int(most) + int(max(most * 0.001, 1)))


TEXTS = {
    "byte": (["", "aGk=", "aGVsbG8h", "+/8="], ["a", "aGk", "aG-=", "aGk=\n", " aGk=", "====", "é==="]),
    "base64url": (["", "aGk", "aGk=", "-_8", "YQ==", "YQ"], ["a", "+/8=", "aGk==", "Y==="]),
    "char": (["a", "é", "😀"], ["", "ab"]),
    "decimal": (["0", "-1.50", "+2", ".5", "1e3", "007"], ["", "1,5", "one", "1.2.3", "٣", "1 ", "inf"]),
    "decimal128": (["1.5", "Infinity", "-inf", "NaN"], ["", "infinite"]),
    "int64": (["0", "-9223372036854775808", "+1"], ["9223372036854775808", "1.0", "", "9" * 5000, "٣"]),
    "uint64": (["18446744073709551615"], ["-1", "18446744073709551616"]),
    "language": (
        [
            "en",
            "de-CH",
            "zh-Hant-TW",
            "sl-rozaj-biske",
            "en-US-u-co-phonebk",
            "x-ours",
            "i-klingon",
            "EN-gb-OED",
        ],
        ["", "e", "en_US", "en-", "de-1", "en-u", "i-none", "abcdefghi", "é"],
    ),
    "ipv4-cidr": (
        ["10.0.0.0/8", "192.0.2.7/32", "0.0.0.0/0"],
        ["10.0.0.0", "10.0.0.0/33", "10.0/8", "/8"],
    ),
    "ipv6-cidr": (
        ["2001:db8::/32", "::1/128", "::/0"],
        ["::1", "::1/129", "fe80::1%eth0/64", "::1/-1"],
    ),
    "http-date": (
        ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"],
        ["Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 31 Feb 1994 08:49:37 GMT", "1994-11-06T08:49:37Z", ""],
    ),
    "time-local": (["00:00:00", "23:59:60", "12:00:00.25"], ["24:00:00", "12:00", "12:00:00Z", "12:60:00"]),
    "date-time-local": (
        ["2024-02-29T12:00:00", "2024-02-29t12:00:00.5"],
        [
            "2024-02-30T12:00:00",
            "2024-02-29",
            "2024-02-29T12:00:00Z",
            "2024-2-29T12:00:00",
            "2024-02-29 12:00:00",
        ],
    ),
    "media-range": (
        ["*/*", "text/*", "text/html", "text/html;q=0.5", "a/b ; c=d"],
        ["", "text", "a/b/c", "a/"],
    ),
    "date-time": (["2024-02-29T12:00:00Z", "2024-01-01T00:00:00.1+01:00"], ["2024-02-30T00:00:00Z", "2024"]),
    "date": (["2024-02-29"], ["2023-02-29", "24-01-01"]),
    "time": (["12:00:00Z"], ["12:00", "25:00:00Z"]),
    "duration": (["P1Y2M3D", "PT1H", "P2W"], ["1D", "P", "PT"]),
    "uuid": (["2f0dbd5c-8b8a-4dc0-a1f0-5a1d6b2b8f1d"], ["2f0dbd5c8b8a4dc0a1f05a1d6b2b8f1d", "x"]),
    "email": (["a@example.com"], ["a", "@example.com"]),
    "uri": (["https://example.com/a?b#c", "urn:a:b"], ["/a", "a b:c"]),
    "uri-reference": (["/a", "?b", "", "https://a"], ["a b", "\\a"]),
    "hostname": (["a.example"], ["-a", "a..b"]),
    "ipv4": (["127.0.0.1"], ["256.0.0.1", "1.2.3"]),
    "ipv6": (["::1"], ["1", ":::"]),
    "regex": (["^a+$"], ["("]),
    "json-pointer": (["", "/a~0b"], ["a", "/~2"]),
}


@pytest.mark.parametrize(
    ("name", "text", "valid"),
    [
        (name, text, valid)
        for name, both in TEXTS.items()
        for valid, texts in zip((True, False), both, strict=True)
        for text in texts
    ],
)
def test_texts(name: str, text: str, valid: bool) -> None:
    judge = validator({"type": "string", "format": name})
    assert judge.accepts(text) is valid
    assert [error.keyword for error in judge.errors(text)] == ([] if valid else ["format"])


@pytest.mark.parametrize("name", sorted(TOLD_ONLY | {"shoe-size"}))
def test_formats_that_leave_every_value_valid(name: str) -> None:
    judge = validator({"format": name})
    assert all(judge.accepts(value) for value in ("", "\x00 é", 5, None, []))


@pytest.mark.parametrize("name", sorted(JUDGED))
def test_a_format_of_texts_says_nothing_of_other_types(name: str) -> None:
    assert all(validator({"format": name}).accepts(value) for value in (1, None, True, [], {}))


@pytest.mark.parametrize("others", [3, FAR + 20])
def test_a_format_behind_references(others: int) -> None:
    """With few schemas behind the first, or so many that they are compiled together."""
    links: Any = {
        f"L{index}": {"items": {"$ref": f"#/components/schemas/L{index + 1}"}} for index in range(others)
    }
    schemas = treaty.load(
        {
            "openapi": "3.1.1",
            "info": {"title": "T", "version": "1"},
            "paths": {},
            "components": {"schemas": {**links, f"L{others}": {"format": "char"}}},
        }
    ).schemas
    value: Any = "a"
    wrong: Any = "ab"
    for _ in range(others):
        value, wrong = [value], [wrong]
    judge = schemas.validator("/components/schemas/L0", "request")
    assert judge.accepts(value)
    assert not judge.accepts(wrong)


def test_bounds_beside_a_format_count() -> None:
    judge = validator({"type": "number", "format": "float", "minimum": 0, "maximum": 1})
    assert judge.accepts(0.5)
    assert not judge.accepts(-1)
    assert not judge.accepts(2)


def test_unknown_formats_are_told_once_where_they_stand_first() -> None:
    schema = {
        "properties": {"a": {"format": "shoe-size"}, "b": {"format": "shoe-size"}, "c": {"format": "html"}}
    }
    [finding] = contract_of(schema).found
    assert finding.code == "unknown-format"
    assert finding.severity is Severity.INFO
    assert "`shoe-size`" in finding.message
    assert finding.location is not None
    assert finding.location.pointer == "/components/schemas/S/properties/a/format"


@pytest.mark.parametrize("value", [3.4028234663852886e38, 3.4028235e38, -3.4028235e38])
def test_a_number_that_rounds_to_a_float_is_one(value: float) -> None:
    assert validator({"type": "number", "format": "float"}).accepts(value)
    assert not validator({"type": "number", "format": "float"}).accepts(value * 1.0000001)
