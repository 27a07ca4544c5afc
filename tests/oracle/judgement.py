"""The judgement of a request: is there a reading of what was sent that the document allows?"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_plus

from .alternatives import accepted
from .operations import is_json
from .wire import as_lists, bracketed, in_pairs, in_text, pairs_of, read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .operations import Media, Operation, Parameter
    from .schemas import Schemas
    from .wire import Pairs, Sent

FORM = "application/x-www-form-urlencoded"
# OpenAPI 3.0.3 to 3.2.0, Parameter Object, `name`: a header of these names is not a parameter.
NO_PARAMETERS = frozenset({"accept", "content-type", "authorization"})


@dataclass
class Verdict:
    """`wrong` is what no reading allows, `open` what this oracle does not settle; valid without both."""

    wrong: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    @property
    def word(self) -> str:
        return "invalid" if self.wrong else "open" if self.open else "valid"

    def note(self, what: str, taken: bool | None) -> None:
        if taken is None:
            self.open.append(what)
        elif not taken:
            self.wrong.append(what)


class RequestJudge:
    """Judges requests of one document."""

    def __init__(self, schemas: Schemas, operations: Iterable[Operation]) -> None:
        self._schemas = schemas
        self._routes: dict[int, list[tuple[re.Pattern[str], Operation]]] = {}
        for operation in operations:
            route = operation.path.partition("?")[0]
            self._routes.setdefault(route.count("/"), []).append((_pattern(route), operation))

    def verdict(self, operation: Operation, sent: Sent) -> Verdict | None:
        """The verdict on a request meant for an operation; None when it may be one for another."""
        routes = self._routes.get(sent.path.count("/"), ())
        found = [(each.fullmatch(sent.path), owner) for each, owner in routes if owner.method == sent.method]
        paths = {owner.path for matched, owner in found if matched}
        mine = next((matched for matched, owner in found if matched and owner is operation), None)
        shared = len(paths) > 1 and "{" in operation.path  # what is written out is matched first
        if mine is None or shared:
            return None
        verdict = Verdict()
        names = [parameter.name for parameter in operation.parameters if parameter.location == "path"]
        values = dict(zip(_expressions(operation.path), mine.groups(), strict=True))
        for parameter in operation.parameters:
            text = values.get(parameter.name) if parameter.name in names else None
            self._parameter(operation, parameter, sent, text, verdict)
        self._body(operation, sent, verdict)
        return verdict

    def _parameter(
        self, operation: Operation, parameter: Parameter, sent: Sent, text: str | None, verdict: Verdict
    ) -> None:
        where = f"{parameter.location} {parameter.name}"
        if parameter.location == "header" and parameter.name.lower() in NO_PARAMETERS:
            if self._schemas.version.startswith("2"):
                verdict.open.append(where)
            return
        try:
            readings = list(_readings(operation, parameter, sent, text))
        except ValueError as error:
            verdict.wrong.append(f"{where}: {error}")
            return
        if not readings:
            verdict.note(f"{where} is missing", not parameter.required)
        elif parameter.media.schema is not None:
            taken = self._takes(parameter.media, readings, decided=bool(parameter.media_type))
            if not taken and _is_spread(parameter):
                taken = self._spread(parameter, readings)
            verdict.note(f"{where}: {readings[:2]}", taken)

    def _spread(self, parameter: Parameter, readings: list[Any]) -> bool | None:
        """Whether a value among the other pairs is right: an object is there when a property of it is."""
        assert parameter.media.schema is not None
        names = self._schemas.property_names(parameter.media.schema)
        found = readings[-1] if isinstance(readings[-1], dict) else {}
        own = {name: value for name, value in found.items() if name in names}
        if own:
            return self._takes(parameter.media, [own])
        if len(readings) > 1 or not found:
            return False
        return not parameter.required or (None if names else False)

    def _takes(self, media: Media, readings: Iterable[Any], *, decided: bool = False) -> bool | None:
        """Whether the schema takes a reading; a value that is `decided` has no texts to read."""
        if media.schema is None:
            return True
        unknown = False
        validator = self._schemas.validator(self._schemas.named(media.schema))
        for value in readings:
            if decided:
                taken: bool | None = next(validator.iter_errors(value), None) is None
            else:
                taken = accepted(value, validator.iter_errors, single=isinstance(value, dict))
            if taken:
                return True
            unknown = unknown or taken is None
        return None if unknown else False

    def _body(self, operation: Operation, sent: Sent, verdict: Verdict) -> None:
        if not operation.bodies:
            return
        if not sent.body:
            verdict.note("no body", not operation.body_required)
            return
        kind = sent.header("content-type")
        if kind is None:
            verdict.open.append("a body without a content type")
            return
        media = _declared(operation.bodies, kind)
        if media is None:
            verdict.wrong.append(f"content type {kind}")
            return
        try:
            taken = self._content(media, kind, sent.body)
        except ValueError as error:
            verdict.wrong.append(f"body: {error}")
            return
        verdict.note(f"body {sent.body[:200]!r}", taken)

    def _content(self, media: Media, kind: str, body: bytes) -> bool | None:
        essence = _essence(kind)
        if is_json(kind):
            return self._takes(media, [read_json(body)], decided=True)
        if media.encoding and any(set(each) - {"style", "explode"} for each in media.encoding.values()):
            return None
        if essence == FORM:
            pairs = [(name, unquote_plus(value)) for name, value in pairs_of(body.decode("ascii"))]
            return self._form(media, pairs)
        if essence == "multipart/form-data":
            parts = _parts(kind, body)
            return None if parts is None else self._form(media, parts)
        if essence.startswith("text/") and essence not in ("text/event-stream", "text/xml"):
            return self._takes(media, _texts(body.decode()))
        return None

    def _form(self, media: Media, pairs: Pairs) -> bool | None:
        tree = bracketed(pairs)
        readings = [tree, as_lists(tree)]
        listed = self._takes(media, readings)
        # What an encoding joins with commas, or nests in other ways, this oracle does not take apart.
        return None if not listed and media.encoding else listed


def _readings(operation: Operation, parameter: Parameter, sent: Sent, text: str | None) -> Iterator[Any]:
    if parameter.location == "path":
        return in_text(parameter, text or "", unquote)
    if parameter.location == "header":
        value = sent.header(parameter.name)
        return iter(()) if value is None else in_text(parameter, value.strip(), str.strip)
    if parameter.location == "cookie":
        cookies = [part.strip().partition("=") for part in (sent.header("cookie") or "").split(";")]
        pairs = [(name, value.strip('"')) for name, equals, value in cookies if equals]
        return in_pairs(parameter, pairs, _others(operation, parameter), unquote)
    return in_pairs(parameter, pairs_of(sent.query), _others(operation, parameter))


def _texts(text: str) -> list[Any]:
    """What a text may stand for: OpenAPI has no rule for a schema of another type, so JSON is one reading."""
    try:
        return [text, json.loads(text)]
    except ValueError:
        return [text]


def _is_spread(parameter: Parameter) -> bool:
    return parameter.explode and parameter.style in ("form", "cookie") and not parameter.media_type


def _others(operation: Operation, parameter: Parameter) -> frozenset[str]:
    same = [each for each in operation.parameters if each.location == parameter.location]
    return frozenset(each.name for each in same if each is not parameter)


def _declared(bodies: Mapping[str, Media], kind: str) -> Media | None:
    """The most specific of the media ranges that a content type is in (RFC 9110, section 12.5.1)."""
    essence = _essence(kind)
    for wanted in (essence, essence.partition("/")[0] + "/*", "*/*"):
        for name, media in bodies.items():
            if _essence(name) == wanted:
                return media
    return None


def _essence(kind: str) -> str:
    return kind.partition(";")[0].strip().lower()


def _parts(kind: str, body: bytes) -> Pairs | None:
    """The texts of a multipart body (RFC 7578); None where a part is something else."""
    message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    found: Pairs = []
    for part in message.get_payload() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        if is_json(part.get_content_type()) or not isinstance(name, str):
            return None
        found.append((name, part.get_payload(decode=True).decode("latin-1")))
    return found


def _expressions(path: str) -> list[str]:
    return re.findall(r"\{([^{}]+)\}", path.partition("?")[0])


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^{}]+\}", path)
    return re.compile("([^/]+)".join(re.escape(part) for part in parts))
