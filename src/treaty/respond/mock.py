"""The mock: a responder that answers from the contract alone, from its examples or with generated data.

A body is judged before it is sent for the first time: an example that breaks its own
schema is replaced by generated data, and reported.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from treaty import problems
from treaty.contract.contract import Contract
from treaty.contract.model import DeclaredResponse, Example, MediaType, Parameter
from treaty.contract.schemas import SchemaAt
from treaty.contract.validator import Validator
from treaty.exchange.judge import judge
from treaty.exchange.media_types import accepted, concrete
from treaty.exchange.messages import Response
from treaty.exchange.request import Call
from treaty.exchange.response import WITHOUT_CONTENT
from treaty.findings import Finding, Json, Location, Severity
from treaty.mocking.choose import encodable_first, example_names, find_example, lowest_success
from treaty.mocking.generate.model import CannotGenerate, Settings
from treaty.mocking.preferences import Preferences, read_preferences
from treaty.mocking.write import UnwritableError, write_body, write_header

MAX_KEPT = 2_048

# These describe the message itself and are set by whoever writes it (RFC 9110, sections 8 and 7.6.1).
_NOT_OURS = frozenset(
    {
        "content-type",
        "content-length",
        "content-encoding",
        "transfer-encoding",
        "connection",
        "date",
        "upgrade",
    }
)


@dataclass(slots=True)
class Mock:
    """Answers calls from a contract. The same call and seed give the same bytes, in every process."""

    contract: Contract
    dynamic: bool = False
    seed: int = 0
    report: Callable[[Finding], None] = lambda _: None
    kept: OrderedDict[tuple[str, ...], Response] = field(default_factory=OrderedDict)
    judged: dict[tuple[str, str], bool] = field(default_factory=dict)
    compiled: dict[int, tuple[SchemaAt, Validator]] = field(default_factory=dict)

    async def __call__(self, call: Call) -> Response:
        """A response that the contract declares, or a problem that says why there is none."""
        preferences = read_preferences(call.request)
        key = self._key(call, preferences)
        response = self.kept.get(key)
        if response is None:
            response = self.kept[key] = self.answer(call, preferences)
            if len(self.kept) > MAX_KEPT:
                self.kept.popitem(last=False)
        return Response(response.status, list(response.headers), response.body)

    def _key(self, call: Call, preferences: Preferences) -> tuple[str, ...]:
        request = call.request
        accept = request.header("accept") or ""
        return (request.method, request.path, request.query, accept, repr(preferences))

    def answer(self, call: Call, preferences: Preferences) -> Response:
        """Status, then media type, then body."""
        status = preferences.code or lowest_success(call.operation)
        declared = None if status is None else call.operation.response_for(status)
        if status is None or declared is None:
            return self._no_response(call, preferences)
        if preferences.example and not any(
            find_example(each, preferences.example) for each in declared.content
        ):
            return _unknown_example(declared, preferences.example)
        headers = self._headers(call, declared, status)
        if not declared.content or status in WITHOUT_CONTENT or status < 200:
            return Response(status, headers)
        content = accepted(declared.content, call.request.header("accept"))
        if not content:
            return _not_acceptable(declared)
        return self._with_body(
            call, status, headers, encodable_first(content) if _says_anything(call) else content, preferences
        )

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
                body = write_body(media, self.value(call, status, media, preferences))
            except (CannotGenerate, UnwritableError) as error:
                why = why or f"{media.name}: {error}"
            else:
                return Response(status, [("content-type", concrete(media)), *headers], body)
        return _problem(problems.NO_RESPONSE, f"No valid body could be made for {status}: {why}")

    def value(self, call: Call, status: int, media: MediaType, preferences: Preferences) -> Json:
        """The body's value: the example that was asked for, the first valid one, or generated data."""
        dynamic = self.dynamic if preferences.dynamic is None else preferences.dynamic
        if preferences.example:
            named = find_example(media, preferences.example)
            wanted = (named,) if named else ()
        else:
            wanted = () if dynamic else media.examples
        for example in wanted:
            if self.is_true(example, media):
                return example.value
        if media.schema is None:
            return media.examples[0].value if media.examples else None
        return self.generated(
            media.schema, self._seed(call, str(status), media.name), use_examples=not dynamic
        )

    def is_true(self, example: Example, media: MediaType) -> bool:
        """Is the example valid by its schema? One that is not is reported, once."""
        if media.schema is None:
            return True
        if not media.is_json and isinstance(example.value, str):
            return True  # the body as text; it is not judged as a value
        key = (example.pointer, media.schema)  # one example may stand under several schemas
        if key not in self.judged:
            validator = self.contract.schemas.validator(media.schema, "response")
            wrong = judge(validator, example.value, "body")
            self.judged[key] = not wrong
            if wrong:
                self.report(_untrue_example(example, wrong[0]))
        return self.judged[key]

    def generated(self, schema: str, seed: int, *, use_examples: bool) -> Json:
        """A valid value of the schema at a pointer. Raises `CannotGenerate`."""
        from treaty.mocking.generate import generate  # here, because examples may be all that is asked for

        schemas = self.contract.schemas
        root = schemas.at(schema, "response")
        whole = schemas.validator(schema, "response")

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
            if len(self.compiled) > MAX_KEPT:
                self.compiled.pop(next(iter(self.compiled)))
        return found[1]

    def _headers(self, call: Call, declared: DeclaredResponse, status: int) -> list[tuple[str, str]]:
        """A value for each declared header; one that cannot be made is left out unless it is required."""
        found = []
        for header in declared.headers:
            name = header.name.lower()
            if name in _NOT_OURS:
                continue
            value = self._header_value(call, header, status)
            if value is not None:
                found.append((name, value))
        return found

    def _header_value(self, call: Call, header: Parameter, status: int) -> str | None:
        for example in header.examples:
            return write_header(example.value)
        if header.schema is None:
            return None
        try:
            value = self.generated(
                header.schema, self._seed(call, str(status), header.name), use_examples=True
            )
        except CannotGenerate:
            return None
        return write_header(value)

    def _seed(self, call: Call, *parts: str) -> int:
        request = call.request
        text = "\n".join((str(self.seed), request.method, request.path, request.query, *parts))
        return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())

    def _no_response(self, call: Call, preferences: Preferences) -> Response:
        declared = ", ".join(each.status for each in call.operation.responses) or "none"
        if preferences.code is not None:
            detail = f"{call.operation.name} declares no response {preferences.code}; it declares {declared}."
            return _problem(problems.UNKNOWN_PREFERENCE, detail)
        return _problem(problems.NO_RESPONSE, f"{call.operation.name} declares no response.")


def _says_anything(call: Call) -> bool:
    return (call.request.header("accept") or "*/*").startswith("*/*")


def _unknown_example(declared: DeclaredResponse, name: str) -> Response:
    names = ", ".join(example_names([declared])) or "none"
    return _problem(
        problems.UNKNOWN_PREFERENCE, f"{declared.status} has no example `{name}`; it has {names}."
    )


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
