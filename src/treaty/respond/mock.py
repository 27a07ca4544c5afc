"""The mock: a responder that answers from the contract alone, from its examples or with generated data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from treaty import problems
from treaty.contract.contract import Contract
from treaty.contract.model import DeclaredResponse, Example, MediaType, Operation
from treaty.exchange.media_types import accepted
from treaty.exchange.messages import Response, combined
from treaty.exchange.request import Call
from treaty.exchange.response import WITHOUT_CONTENT
from treaty.findings import Finding
from treaty.mocking.choose import example_names, find_example, lowest_success, status_with_example
from treaty.mocking.generate.model import CannotGenerate
from treaty.mocking.headers import HeaderValues
from treaty.mocking.kept import Kept
from treaty.mocking.preferences import Preferences, read_preferences
from treaty.mocking.values import Made, Values, seed_of
from treaty.mocking.write import UnwritableError, write_body


@dataclass(slots=True)
class Mock:
    """Answers calls from a contract. The same call and seed give the same bytes, in every process."""

    contract: Contract
    dynamic: bool = False
    seed: int = 0
    report: Callable[[Finding], None] = lambda _: None
    kept: Kept = field(default_factory=Kept)
    values: Values = field(init=False)
    headers: HeaderValues = field(init=False)

    def __post_init__(self) -> None:
        self.values = Values(self.contract, self.report)
        self.headers = HeaderValues(self.values)

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
        return response

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
        headers = self.headers.of(declared, lambda *parts: self.seed_of(call, status, *parts))
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
                made = self.made(call, status, media, preferences)
                written = write_body(self.values.prepared(media), made.value)
            except (CannotGenerate, UnwritableError) as error:
                why = why or f"{media.name}: {error}"
            else:
                return Response(status, [("content-type", written.content_type), *headers], written.body)
        return _problem(problems.NO_RESPONSE, f"No valid body could be made for {status}: {why}")

    def made(self, call: Call, status: int, media: MediaType, preferences: Preferences) -> Made:
        """The body's value: the example that was asked for, the first valid one, or generated data."""
        dynamic = self.dynamic if preferences.dynamic is None else preferences.dynamic
        if preferences.example:
            named = find_example(media, preferences.example)
            wanted: tuple[Example, ...] = (named,) if named else ()
        else:
            wanted = () if dynamic else media.examples
        seed = self.seed_of(call, status, media.name)
        return self.values.body(media, wanted, seed, use_examples=not dynamic)

    def seed_of(self, call: Call, status: int, *parts: str) -> int:
        """What a part of an answer is generated from."""
        return seed_of(str(self.seed), call, str(status), *parts)


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
