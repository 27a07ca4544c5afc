"""Forms: application/x-www-form-urlencoded (WHATWG URL, section 5), each property by its Encoding Object."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from urllib.parse import quote_plus

from treaty.contract.model import is_json
from treaty.exchange.codecs.codec import Codec, UndecodableError, UnwritableError, Written, undecodable
from treaty.exchange.codecs.json_text import decode_json, write_json
from treaty.exchange.media_types import essence_of
from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.style_writers import write_pairs
from treaty.exchange.styles import (
    Kind,
    MalformedError,
    Pairs,
    Styled,
    form_decoded,
    key_of,
    property_of,
    read_pairs,
    split_query,
)
from treaty.findings import Json, Place, pointer_of

FORM = "application/x-www-form-urlencoded"
_BEYOND_ASCII = re.compile(b"[\x80-\xff]+")


def _read(body: bytes, sent: str, prepared: PreparedMedia) -> list[Json]:  # noqa: ARG001 - as every codec
    # Bytes that should have been percent-encoded are read as if they were (WHATWG URL, section 5.1).
    encoded = body if body.isascii() else _BEYOND_ASCII.sub(_percent_encoded, body)
    most = prepared.most_fields
    if encoded.count(b"&") >= most:
        raise undecodable(f"the form has more than {most} fields", f"at most {most} fields")
    text = encoded.decode("ascii")
    try:
        return _read_pairs(split_query(text, "surrogateescape"), prepared)
    except MalformedError as error:
        raise _malformed(str(error)) from None


def _percent_encoded(found: re.Match[bytes]) -> bytes:
    return b"%" + found[0].hex("%").encode()


def _read_pairs(pairs: Pairs, prepared: PreparedMedia) -> list[Json]:
    if prepared.shape is None:
        return [{key_of(name): form_decoded(value) for name, value in pairs}]
    readings = _as_written(pairs, prepared, prepared.properties)
    if prepared.shared:
        with suppress(MalformedError):
            readings += _as_written(pairs, prepared, prepared.shared)
    return readings


def _as_written(pairs: Pairs, prepared: PreparedMedia, properties: tuple[Styled, ...]) -> list[Json]:
    found: dict[str, Json] = {}
    whole: dict[str, Json] = {}  # not texts any more
    for styled in properties:
        if _is_json(prepared, styled.name):
            texts = _texts_of(pairs, styled)
            whole |= {styled.name: _read_json(texts, styled.name)} if texts else {}
        else:
            _take_property(pairs, styled, prepared, found, whole)
    known = {name for styled in properties for name in (styled.name, *styled.properties)}
    for name, value in pairs:
        if property_of(name) not in known and name not in known:
            found[key_of(name)] = form_decoded(value)
    readings = prepared.shape.candidates(found) if prepared.shape is not None else [found]
    return [{**each, **whole} if whole else each for each in readings]


def _take_property(
    pairs: Pairs, styled: Styled, prepared: PreparedMedia, found: dict[str, Json], whole: dict[str, Json]
) -> None:
    """Put a property that is there among what was found as texts, or as a `whole`."""
    name = styled.name
    texts = _texts_of(pairs, styled) if name in prepared.complex else []
    if texts and (complex_value := _read_complex(texts, styled.kind)) is not None:
        whole[name] = complex_value
        return
    in_brackets = any(each != name and property_of(each) == name for each, _ in pairs)
    is_deep = in_brackets and styled.kind == "object"
    value = None if is_deep else _read_property(pairs, styled, prepared, whole)
    if name in whole:
        return
    if value is None and in_brackets:
        value = read_pairs(pairs, as_deep(styled))
    if value is None and texts:
        value = _alone([*texts])  # it is neither, which the schema refuses
    if value is not None:
        found[name] = value


def _read_property(pairs: Pairs, styled: Styled, prepared: PreparedMedia, whole: dict[str, Json]) -> Json:
    """The texts of a property, None when it is absent.

    One that may be of several kinds is read as each of them: the first value that its own schema takes is
    put into the `whole` as it is; else what could be read first is what is wrong.
    """
    others = prepared.others.get(styled.name)
    if others is None:
        return read_pairs(pairs, styled)
    own, texts, malformed = prepared.below[styled.name], None, None
    for each, shape in ((styled, own), *others):
        try:
            read = read_pairs(pairs, each)
        except MalformedError as error:
            malformed = malformed or error
            continue
        valid = [] if read is None else [value for value in shape.candidates(read) if own.accepts(value)]
        if valid:
            whole[styled.name] = valid[0]
            return None
        texts = read if texts is None else texts
    if texts is None and malformed is not None:
        raise malformed
    return texts


def _is_json(prepared: PreparedMedia, name: str) -> bool:
    """Is a property a JSON text, by its Encoding Object's `contentType`?"""
    encoding = prepared.media.encoding.get(name)
    return encoding is not None and not encoding.styled and is_json(essence_of(encoding.content_type))


def _texts_of(pairs: Pairs, styled: Styled) -> list[str]:
    return [form_decoded(text) for name, text in pairs if name == styled.name]


def _read_json(texts: list[str], name: str) -> Json:
    try:
        return _alone([decode_json(text.encode()) for text in texts])
    except UndecodableError as error:
        why = error.finding.message.removeprefix("the body ")
        place = Place("body", pointer=pointer_of((name,)))
        raise UndecodableError(
            replace(error.finding, message=f"the field `{name}` {why}", place=place)
        ) from None


def _read_complex(texts: list[str], kind: Kind) -> Json | None:
    """An object, or a list of objects, as JSON; None where it is not, and may be written in a style.

    Each item of a list is a text of its own, but clients send the list as one, too.
    """
    try:
        values = [decode_json(text.encode()) for text in texts]
    except UndecodableError:
        return None
    if kind == "array" and not (len(values) == 1 and isinstance(values[0], list)):
        return values if all(isinstance(each, dict) for each in values) else None
    return values[0] if len(values) == 1 and isinstance(values[0], dict | list) else None


def _alone(values: list[Json]) -> Json:
    return values if len(values) > 1 else values[0]


def as_deep(styled: Styled) -> Styled:
    """The property as `name[key]=value`, whatever its style."""
    return Styled(styled.name, "deepObject", True, styled.kind, styled.properties)


def _malformed(why: str) -> UndecodableError:
    return undecodable(f"the body is not a form: {why}", f"{FORM}: name=value&…")


def _write(value: Json, prepared: PreparedMedia) -> Written:
    if not isinstance(value, dict):
        raise UnwritableError(f"a value of type {type(value).__name__} has no form in {FORM}")
    known = {each.name: each for each in prepared.properties}
    written = (_written(name, each, known.get(name), prepared) for name, each in value.items())
    return Written("&".join(text for text in written if text).encode())


def _written(name: str, value: Json, styled: Styled | None, prepared: PreparedMedia) -> str:
    """A property by its Encoding Object; what that has no form for, or says nothing of, in brackets."""
    if _is_json(prepared, name):
        return f"{quote_plus(name)}={quote_plus(write_json(value))}"
    if styled is not None and name in prepared.media.encoding:
        with suppress(UnwritableError):
            return write_pairs(value, styled)
    indexed = styled is not None and styled.kind != "array"
    pairs = _flat(name, value, indexed)
    return "&".join(f"{quote_plus(key, safe='[]')}={quote_plus(text)}" for key, text in pairs)


def _flat(name: str, value: Json, indexed: bool) -> list[tuple[str, str]]:
    """A value as pairs: lists of texts repeat the name, what is nested or may be no list has brackets."""
    if isinstance(value, dict):
        return [pair for key, each in value.items() for pair in _flat(f"{name}[{key}]", each, True)]
    if isinstance(value, list):
        indexed = indexed or any(isinstance(each, dict | list) for each in value)
        return [
            pair
            for index, each in enumerate(value)
            for pair in _flat(f"{name}[{index}]" if indexed else name, each, indexed)
        ]
    return [(name, form_text(value))]


def form_text(value: Json) -> str:
    """A text as it is; any other value as JSON."""
    return value if isinstance(value, str) else write_json(value).decode()


CODEC = Codec(_read, _write)
