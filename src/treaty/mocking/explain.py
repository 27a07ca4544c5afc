"""Explain: the reasons of an answer in full, as JSON, for `Prefer: explain`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from treaty import problems
from treaty.contract.model import Operation
from treaty.exchange.call import Call
from treaty.exchange.codecs.json_text import write_json
from treaty.exchange.media_types import rated
from treaty.exchange.messages import Response
from treaty.exchange.prepared_media import item_of, properties_of, schemas_of
from treaty.exchange.values import Shape
from treaty.findings import Json, pointer_of
from treaty.mocking.preferences import Preferences, understood
from treaty.mocking.reasons import OF_THE_TRANSPORT, Answer
from treaty.mocking.values import Values

MEDIA_TYPE = "application/vnd.treaty.explanation+json"
MAX_PARTS = 500
_KEYWORDS = {"const": "const", "example": "schema example", "default": "default"}
MAX_DEPTH = 12


def explained(
    call: Call, answer: Answer, accept: str | None, preferences: Preferences, values: Values
) -> Response:
    """The reasons in place of the answer: 200, whatever the answer is."""
    explanation: dict[str, Json] = {
        "route": _route(call),
        "findings": [problems.error_of(finding) for finding in call.findings],
        "preferences": _preferences(answer, preferences),
        "negotiation": _negotiation(call.operation, answer, accept),
        "answer": _answer(call, answer, values),
    }
    headers = [("content-type", MEDIA_TYPE), ("preference-applied", "explain")]
    return Response(200, headers, write_json(explanation))


def _route(call: Call) -> dict[str, Json]:
    operation = call.operation
    return {
        "operation": operation.operation_id or None,
        "method": operation.method,
        "path": operation.path,
        "pointer": "#" + operation.pointer,
        "parameters": {
            "path": call.path,
            "query": call.query,
            "header": call.headers,
            "cookie": call.cookies,
        },
        "media_type": call.media_type.name if call.media_type else None,
    }


def _preferences(answer: Answer, preferences: Preferences) -> dict[str, Json]:
    honoured = understood(preferences) - answer.reasons.ignored - OF_THE_TRANSPORT
    return {
        "stated": dict(preferences.stated),
        "applied": [name for name, _ in preferences.stated if name in honoured],
    }


def _negotiation(operation: Operation, answer: Answer, accept: str | None) -> dict[str, Json]:
    reasons = answer.reasons
    declared = next((each for each in operation.responses if each.pointer == reasons.pointer), None)
    return {
        "accept": accept,
        "candidates": [
            {"media_type": media.name, "quality": quality}
            for quality, media in rated(declared.content if declared else (), accept)
        ],
        "chosen": reasons.media_type or None,
    }


def _answer(call: Call, answer: Answer, values: Values) -> dict[str, Json]:
    reasons, response = answer.reasons, answer.response
    source, is_file = reasons.source or None, isinstance(reasons.value, bytes)
    parts: list[Json] = [{"pointer": "", "source": source}] if source else []
    if source == "generated" and reasons.media is not None:
        schema = values.schema_of(reasons.media)
        if schema is not None:
            shape = Shape(values.contract.schemas, schema, "response")
            parts = [
                {"pointer": each.pointer, "source": each.source}
                for each in Parts(call).of(shape, reasons.value, (), "")
            ][:MAX_PARTS]
    return {
        "status": response.status,
        "why": reasons.status,
        "declared": reasons.declared or None,
        "pointer": "#" + reasons.pointer if reasons.pointer else None,
        "headers": [{"name": name, "value": value} for name, value in response.headers],
        "delay": response.delay,
        "body": {"source": source, "parts": parts, "value": None if is_file else reasons.value},
    }


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a body, by its JSON Pointer, and where its value comes from."""

    pointer: str
    source: str


@dataclass(frozen=True, slots=True)
class Parts:
    """Tells for each value of a generated body what of the request or schema it repeats."""

    call: Call

    def of(self, shape: Shape | None, value: Json, path: tuple[str | int, ...], name: str) -> Iterator[Part]:
        """The parts of a value; `name` is that of the property it is under."""
        if isinstance(value, dict) and value and len(path) < MAX_DEPTH:
            below = properties_of(shape) if shape else {}
            for key, each in value.items():
                yield from self.of(below.get(key), each, (*path, key), key)
        elif isinstance(value, list) and value and len(path) < MAX_DEPTH:
            for index, each in enumerate(value):
                yield from self.of(item_of(shape, index) if shape else None, each, (*path, index), name)
        else:
            yield Part(pointer_of(path), self.echoed(value, name) or _from_schema(shape, value))

    def echoed(self, value: Json, name: str) -> str:
        """The parameter or field of the request that a value repeats."""
        sources = (("path", self.call.path), ("query", self.call.query), ("body", self.call.body))
        for location, sent in sources:
            for key, each in sent.items() if isinstance(sent, dict) else ():
                if each == value and type(each) is type(value) and _is_named(key, name):
                    return f"request {location} {key}"
        return ""


def _is_named(parameter: str, name: str) -> bool:
    """Does a parameter go by the name of a property: `id`, or `userId` and `user_id` for `id`?"""
    short, long = (each.lower().replace("_", "").replace("-", "") for each in (name, parameter))
    return bool(short) and (long == short or (short == "id" and long.endswith("id")))


def _from_schema(shape: Shape | None, value: Json) -> str:
    for schema in schemas_of(shape) if shape else ():
        for keyword, source in _KEYWORDS.items():
            if keyword in schema and schema[keyword] == value:
                return source
        if value in schema.get("examples", ()):
            return "schema example"
        if value in schema.get("enum", ()):
            return "enum"
    return "generated"
