"""The mock: a responder that answers from the contract alone, from its examples or with generated data.

A body is judged before it is sent for the first time: an example that breaks its own
schema is replaced by generated data, and reported.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from treaty import problems
from treaty.contract.contract import Contract
from treaty.contract.model import DeclaredResponse, Example, MediaType, Operation, Parameter
from treaty.contract.schemas import SchemaAt
from treaty.contract.validator import Validator
from treaty.exchange.bodies import UndecodableError, decode_body, is_decodable
from treaty.exchange.judge import judge
from treaty.exchange.media_types import accepted
from treaty.exchange.messages import Response, combined
from treaty.exchange.prepared import PreparedParameter, prepare_parameter
from treaty.exchange.prepared_media import PreparedMedia, prepare_media
from treaty.exchange.request import Call
from treaty.exchange.response import SET_LATER, WITHOUT_CONTENT, check_header
from treaty.findings import Finding, Json, Location, Severity
from treaty.mocking.choose import example_names, find_example, lowest_success, status_with_example
from treaty.mocking.generate.model import CannotGenerate, Settings
from treaty.mocking.kept import Kept
from treaty.mocking.preferences import Preferences, read_preferences
from treaty.mocking.write import UnwritableError, write_body, write_header

MAX_COMPILED = 2_048
# Tries at a header value whose text says what its schema asks for.
MAX_HEADER_TRIES = 4

# The media type decides the first; the others are set by whoever sends the message on.
_NOT_OURS = SET_LATER | {"content-type", "content-encoding"}
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.1


@dataclass(slots=True)
class Mock:
    """Answers calls from a contract. The same call and seed give the same bytes, in every process."""

    contract: Contract
    dynamic: bool = False
    seed: int = 0
    report: Callable[[Finding], None] = lambda _: None
    kept: Kept = field(default_factory=Kept)
    judged: dict[tuple[str, str], bool] = field(default_factory=dict)
    compiled: dict[int, tuple[SchemaAt, Validator]] = field(default_factory=dict)
    headers: dict[str, PreparedParameter] = field(default_factory=dict)
    media: dict[str, PreparedMedia] = field(default_factory=dict)

    async def __call__(self, call: Call) -> Response:
        """A response that the contract declares, or a problem that says why there is none."""
        request, preferences = call.request, read_preferences(call.request)
        accept = combined(request.headers, "accept")
        # All that an answer depends on; HEAD is answered as GET is (RFC 9110, section 9.3.2).
        key = (call.operation.method, request.path, request.query, accept, preferences)
        response = self.kept.get(key)
        if response is None:
            response = self.answer(call, accept, preferences)
            self.kept.put(key, response)
        return Response(response.status, list(response.headers), response.body)

    def answer(self, call: Call, accept: str | None, preferences: Preferences) -> Response:
        """Status, then media type, then body."""
        operation, name = call.operation, preferences.example
        status = preferences.code
        if status is None:
            status = (name and status_with_example(operation, name)) or lowest_success(operation)
        # What is no status, or an interim one, ends no request (RFC 9110, section 15).
        declared = operation.response_for(status) if status and 200 <= status <= 599 else None
        if status is None or declared is None:
            return _no_response(operation, preferences)
        if name and not any(find_example(each, name) for each in declared.content):
            return _unknown_example(operation, declared, preferences)
        headers = self._headers(call, declared, status)
        if not declared.content or status in WITHOUT_CONTENT:
            return Response(status, headers)
        content = accepted(declared.content, accept)
        if not content:
            return _not_acceptable(declared)
        return self._with_body(call, status, headers, content, preferences)

    def _with_body(
        self,
        call: Call,
        status: int,
        headers: list[tuple[str, str]],
        content: list[MediaType],
        preferences: Preferences,
    ) -> Response:
        why = ""
        for media in content:
            if preferences.example and find_example(media, preferences.example) is None:
                continue
            try:
                written = write_body(self.prepared(media), self.value(call, status, media, preferences))
            except (CannotGenerate, UnwritableError) as error:
                why = why or f"{media.name}: {error}"
            else:
                return Response(status, [("content-type", written.content_type), *headers], written.body)
        return _problem(problems.NO_RESPONSE, f"No valid body could be made for {status}: {why}")

    def value(self, call: Call, status: int, media: MediaType, preferences: Preferences) -> Json:
        """The body's value: the example that was asked for, the first valid one, or generated data."""
        dynamic = self.dynamic if preferences.dynamic is None else preferences.dynamic
        if preferences.example:
            named = find_example(media, preferences.example)
            wanted: tuple[Example, ...] = (named,) if named else ()
        else:
            wanted = () if dynamic else media.examples
        for example in wanted:
            if self.is_true(example, media):
                return example.value
        schema, whole = self.schema_of(media), self.prepared(media).validator
        if schema is None or whole is None:
            return media.examples[0].value if media.examples else None
        seed = self._seed(call, str(status), media.name)
        return self.generated(schema, whole, seed, use_examples=not dynamic)

    def prepared(self, media: MediaType) -> PreparedMedia:
        """The media type with its validator and what its bodies are written by, made once."""
        key = f"{media.pointer} {media.name}"
        if key not in self.media:
            self.media[key] = prepare_media(self.contract, media, "response")
        return self.media[key]

    def schema_of(self, media: MediaType) -> SchemaAt | None:
        """The schema of its values, of a sequence that of the list of its items."""
        shape = self.prepared(media).shape
        if shape is not None:
            return shape.at
        return self.contract.schemas.at(media.schema, "response") if media.schema is not None else None

    def is_true(self, example: Example, media: MediaType) -> bool:
        """Is the example valid by its schema? One that is not is reported, once."""
        prepared = self.prepared(media)
        if prepared.validator is None:
            return True
        schema = media.schema or media.item_schema or ""
        key = (example.pointer, schema)  # one example may stand under several schemas
        if key not in self.judged:
            wrong = _judge_written(prepared, prepared.validator, example.value)
            if wrong:
                self._tell_once(example, schema, wrong[0])
            self.judged[key] = not wrong
        return self.judged[key]

    def generated(self, root: SchemaAt, whole: Validator, seed: int, *, use_examples: bool) -> Json:
        """A valid value of a schema, as judged by its validator. Raises `CannotGenerate`."""
        from treaty.mocking.generate import generate  # here, because examples may be all that is asked for

        schemas = self.contract.schemas

        def accepts(at: SchemaAt, value: Json) -> bool:
            return whole.accepts(value) if at is root else self.validator(at).accepts(value)

        return generate(
            root,
            lambda base, reference: schemas.resolve(base, reference, "response"),
            accepts,
            seed,
            Settings(use_examples=use_examples),
        )

    def validator(self, at: SchemaAt) -> Validator:
        """The validator of a part of a schema, compiled once as long as that part lives."""
        found = self.compiled.get(id(at.schema))
        if found is None or found[0].schema is not at.schema:
            found = self.compiled[id(at.schema)] = (at, self.contract.schemas.compile(at, "response"))
            if len(self.compiled) > MAX_COMPILED:
                self.compiled.pop(next(iter(self.compiled)))
        return found[1]

    def _headers(self, call: Call, declared: DeclaredResponse, status: int) -> list[tuple[str, str]]:
        """A value for each declared header; one that cannot be made is left out unless it is required."""
        found = []
        for header in declared.headers:
            name = header.name.lower()
            if name in _NOT_OURS or not _FIELD_NAME.fullmatch(name):
                continue
            value = self._header_value(call, header, status)
            if value is not None:
                found.append((name, value))
        return found

    def _header_value(self, call: Call, header: Parameter, status: int) -> str | None:
        """Its first true example, else generated; judged as text, because as text it is read."""
        if header.pointer not in self.headers:
            self.headers[header.pointer] = prepare_parameter(self.contract, header, "response")
        prepared = self.headers[header.pointer]
        for example in header.examples:
            text = write_header(example.value, style=header.style, explode=header.explode)
            wrong = check_header(prepared, text)
            if not wrong:
                return text
            self._tell_once(example, header.pointer, wrong[0])
        if header.schema is None:
            return None
        schemas = self.contract.schemas
        root, whole = schemas.at(header.schema, "response"), schemas.validator(header.schema, "response")
        for attempt in range(MAX_HEADER_TRIES):
            seed = self._seed(call, str(status), header.name, *["again"] * attempt)
            try:
                value = self.generated(root, whole, seed, use_examples=True)
            except CannotGenerate:
                return None
            text = write_header(value, style=header.style, explode=header.explode)
            if not check_header(prepared, text):
                return text
        return None

    def _tell_once(self, example: Example, schema: str, wrong: Finding) -> None:
        if self.judged.setdefault((example.pointer, schema), True):
            self.judged[example.pointer, schema] = False
            self.report(_untrue_example(example, wrong))

    def _seed(self, call: Call, *parts: str) -> int:
        request = call.request
        text = "\n".join((str(self.seed), call.operation.method, request.path, request.query, *parts))
        return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())


def _judge_written(prepared: PreparedMedia, validator: Validator, value: Json) -> list[Finding]:
    """The findings on a value as it is read from the body that is written of it."""
    if prepared.media.is_json:
        return judge(validator, value, "body")
    try:
        written = write_body(prepared, value)
        if not is_decodable(written.content_type):
            return [] if isinstance(value, str) else judge(validator, value, "body")
        readings = decode_body(written.body, written.content_type, prepared)
    except UnwritableError:
        return judge(validator, value, "body")
    except UndecodableError as error:
        return [error.finding]
    return [] if any(validator.accepts(each) for each in readings) else judge(validator, readings[0], "body")


def _no_response(operation: Operation, preferences: Preferences) -> Response:
    declared = ", ".join(each.status for each in operation.responses) or "none"
    if preferences.code is not None:
        detail = f"{operation.name} declares no response {preferences.code}; it declares {declared}."
        return _problem(problems.UNKNOWN_PREFERENCE, detail)
    return _problem(problems.NO_RESPONSE, f"{operation.name} declares no response that can be sent.")


def _unknown_example(operation: Operation, declared: DeclaredResponse, preferences: Preferences) -> Response:
    asked, who = ([declared], declared.status) if preferences.code else (operation.responses, operation.name)
    names = ", ".join(example_names(asked)) or "none"
    detail = f"{who} has no example `{preferences.example}`; it has {names}."
    return _problem(problems.UNKNOWN_PREFERENCE, detail)


def _not_acceptable(declared: DeclaredResponse) -> Response:
    declares = ", ".join(media.name for media in declared.content)
    return _problem(problems.NOT_ACCEPTABLE, f"{declared.status} declares {declares}.")


def _problem(problem: problems.Problem, detail: str) -> Response:
    body = problems.problem_body(problem, detail)
    return Response(problem.status, [("content-type", problems.MEDIA_TYPE)], body)


def _untrue_example(example: Example, wrong: Finding) -> Finding:
    named = f"the example `{example.name}`" if example.name else "the example"
    return Finding(
        "invalid-example",
        f"{named} breaks its own schema at `{wrong.place.pointer if wrong.place else ''}`: {wrong.message}",
        Severity.WARNING,
        location=Location("", pointer=example.pointer),
        hint="generated data is sent in its place",
    )
