"""The mock: a responder that answers from the contract alone, from its examples or with generated data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from treaty import problems
from treaty.contract.contract import Contract
from treaty.contract.model import DeclaredResponse, MediaType, Operation
from treaty.exchange.call import Call
from treaty.exchange.kept import Kept
from treaty.exchange.media_types import accepted
from treaty.exchange.messages import Request, Response, combined
from treaty.exchange.prepared_media import PreparedMedia, is_sequential
from treaty.exchange.response import WITHOUT_CONTENT
from treaty.findings import Finding, Json, Place
from treaty.mocking import violations
from treaty.mocking.choose import Chosen, choose_status, example_names, find_example
from treaty.mocking.coherence import sent_with
from treaty.mocking.explain import explained
from treaty.mocking.generate.model import UNENDING, CannotGenerate, Settings
from treaty.mocking.headers import HeaderValues
from treaty.mocking.members import agreeing, texts_for
from treaty.mocking.preferences import (
    BODY,
    TWINS,
    Preferences,
    read_preferences,
    stated_preferences,
    without_twins,
)
from treaty.mocking.reasons import Answer, Reasons
from treaty.mocking.streams import Pace, streamed
from treaty.mocking.values import InvalidExamples, Made, Values, seed_of
from treaty.mocking.write import UnwritableError, Written, write_as_json, write_body
from treaty.repeats import Repeated
from treaty.respond.refusals import Refusals

if TYPE_CHECKING:
    from treaty.mocking.outgoing import Senders
    from treaty.respond.overriding import Overriding

# Of responses and media types: the clients of a mock ask in few ways.
MAX_CHOICES = 4_096
Write: TypeAlias = Callable[[PreparedMedia, Json], Written]


@dataclass(slots=True)
class Mock:
    """Answers calls from a contract. The same call and seed give the same bytes, in every process.

    A wrong request gets the operation's declared response, with `plain_problems` our problem.
    With a `pace` the items of sequences are sent one by one. Callbacks and webhooks are sent to this
    machine, and to `callback_hosts`.
    `mocks` is a folder of overrides; `others` are the operations of other contracts in it.
    """

    contract: Contract
    dynamic: bool = False
    seed: int | str = 0
    report: Callable[[Finding], None] = lambda _: None
    plain_problems: bool = False
    mocks: Path | None = None
    others: frozenset[str] = frozenset()
    settings: Settings = field(default_factory=Settings)
    invalid_examples: InvalidExamples = "repair"
    pace: Pace | None = None
    callback_hosts: frozenset[str] = frozenset()
    kept: Kept[Repeated] = field(default_factory=Kept)
    values: Values = field(init=False)
    headers: HeaderValues = field(init=False)
    refusals: Refusals = field(init=False)
    overriding: Overriding | None = field(init=False, default=None)
    declared_twins: frozenset[str] | None = None
    choices: dict[tuple[object, ...], tuple[Chosen | None, list[MediaType]]] = field(default_factory=dict)
    bodies: dict[tuple[str, str, Write], Written] = field(
        default_factory=dict
    )  # of examples, by their places
    _senders: Senders | None = None

    def __post_init__(self) -> None:
        self.values = Values(
            self.contract, self.report, settings=self.settings, invalid_examples=self.invalid_examples
        )
        self.headers = HeaderValues(self.values)
        self.refusals = Refusals(self.values, self.headers, str(self.seed), self.plain_problems)
        if self.mocks is not None:
            from treaty.respond.overriding import load_overrides  # here: most mocks have none

            self.overriding = load_overrides(
                self.mocks, self.contract.operations, self.headers, str(self.seed), self.report, self.others
            )

    @property
    def immediate(self) -> bool:
        """Is nothing waited for?"""
        return True

    async def __call__(self, call: Call) -> Response:
        """A response that the contract declares, or a problem that says why there is none."""
        request = call.request
        accept, preferred = combined(request.headers, "accept"), stated_preferences(request)
        return self.respond(call, accept, read_preferences(preferred))

    def steady(self, operation: Operation) -> bool:
        """Does the same request to an operation get the same answer each time?"""
        return self.overriding is None or self.overriding.steady(operation)

    def rewrite(self, request: Request) -> Request:
        """The request with the preferences that are in its query (`__code`, …) in its header instead."""
        if "__" not in request.query:
            return request
        if self.declared_twins is None:
            parameters = (each for operation in self.contract.operations for each in operation.parameters)
            self.declared_twins = frozenset(
                each.name for each in parameters if each.location == "query" and each.name in TWINS
            )
        return without_twins(request, self.declared_twins)

    def refuse(self, call: Call, problem: Callable[[Call], Response]) -> Response:
        """What a wrong request gets: the declared response, else `problem`, which makes ours."""
        request = call.request
        accept, preferred = combined(request.headers, "accept"), stated_preferences(request)
        preferences = read_preferences(preferred)
        answer = self.refusals.answer(call, call.findings, problem, accept)
        response = self.finished(call, accept, preferences, answer)
        if not preferences.explain:
            response.headers.append((violations.NAME, violations.violations(call.findings)))
        return response

    def respond(
        self, call: Call, accept: str | None, preferences: Preferences, *, why: str | None = None
    ) -> Response:
        """The answer with its reasons in a header, or the reasons in full in its place.

        `why` is why it is this status, where it is not the mock that chose it.
        """
        answer = self.overridden(call, accept, preferences) or self.answer(call, accept, preferences)
        answer.reasons.status = why or answer.reasons.status
        return self.finished(call, accept, preferences, answer)

    @property
    def senders(self) -> Senders:
        """What makes the requests of callbacks and webhooks."""
        if self._senders is None:
            from treaty.mocking.outgoing import Senders  # here: most mocks send nothing

            self._senders = Senders(self.contract, str(self.seed), self.callback_hosts, self.report)
        return self._senders

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of the scenarios there are."""
        return tuple(self.overriding.overrides.scenarios) if self.overriding else ()

    @property
    def scenario(self) -> str | None:
        """The scenario that is on."""
        return self.overriding.overrides.scenario if self.overriding else None

    def use_scenario(self, name: str | None) -> None:
        """Switch a scenario on, or with None all of them off.

        Raises `LookupError` for one that is not there.
        """
        if name is not None and name not in self.scenarios:
            raise LookupError(
                f"there is no scenario `{name}`; there is {', '.join(self.scenarios) or 'none'}"
            )
        if self.overriding is not None:
            self.overriding.overrides.scenario = name
            self.kept.clear()

    def overridden(self, call: Call, accept: str | None, preferences: Preferences) -> Answer | None:
        """What `mocks/` says to a request; None where it says nothing."""
        if preferences.scenario is not None and preferences.scenario not in self.scenarios:
            there = ", ".join(self.scenarios) or "none"
            detail = f"There is no scenario `{preferences.scenario}`; there is {there}."
            return _problem(problems.UNKNOWN_PREFERENCE, detail)
        if self.overriding is None:
            return None
        return self.overriding.answer(
            call, accept, preferences, lambda asked: self.answer(call, accept, asked)
        )

    def finished(self, call: Call, accept: str | None, preferences: Preferences, answer: Answer) -> Response:
        """The answer with what holds for every one."""
        if preferences.wait:
            answer.response.delay = preferences.wait
        if preferences.explain:
            return explained(call, answer, accept, preferences, self.values)
        if self.pace is not None:
            self.stream(call, answer, preferences, self.pace)
        return answer.signed(preferences)

    def stream(self, call: Call, answer: Answer, preferences: Preferences, pace: Pace) -> None:
        """Let the items of a sequence come one by one: further ones are generated, or the same again."""
        reasons, response = answer.reasons, answer.response
        media, items = reasons.media, reasons.value
        if media is None or not is_sequential(media) or not isinstance(items, list):
            return
        is_made = reasons.source == "generated"

        def more(number: int) -> list[Json]:
            if not is_made:
                return items
            seed = str(self.seed) if preferences.seed is None else preferences.seed
            made = self.values.body(
                media, (), seed_of(seed, call, str(response.status), str(number)), use_examples=False
            )
            return made.value if isinstance(made.value, list) else items

        answer.response = streamed(response, items, self.values.prepared(media), pace, more)

    def answer(self, call: Call, accept: str | None, preferences: Preferences) -> Answer:
        """Status, then media type, then body."""
        chosen, content = self.choice(call.operation, accept, preferences)
        if chosen is None:
            return _no_response(call.operation, preferences)
        declared, name = chosen.declared, preferences.example
        if name and not any(find_example(each, name) for each in declared.content):
            return _unknown_example(call.operation, declared, preferences)
        if not declared.content or chosen.status in WITHOUT_CONTENT:
            headers = self.headers.of(declared, partial(self.seed_of, call, chosen, preferences))
            return Answer(Response(chosen.status, headers), _reasons(chosen, "", "no content"))
        if not content:
            return self.not_acceptable(call, declared, accept)
        return self.with_body(call, chosen, content, preferences)

    def choice(
        self, operation: Operation, accept: str | None, preferences: Preferences
    ) -> tuple[Chosen | None, list[MediaType]]:
        """The response to send, and its media types that are accepted, best first."""
        key = (operation.pointer, accept, preferences.code, preferences.example)
        found = self.choices.get(key)
        if found is None:
            chosen = choose_status(operation, preferences.code, preferences.example)
            found = (chosen, accepted(chosen.declared.content, accept) if chosen else [])
            if len(self.choices) >= MAX_CHOICES:
                self.choices.clear()
            self.choices[key] = found
        return found

    def not_acceptable(self, call: Call, declared: DeclaredResponse, accept: str | None) -> Answer:
        """406, as the operation declares it, else our problem (RFC 9110, section 15.5.7)."""
        declares = ", ".join(media.name for media in declared.content)
        detail = f"{declared.status} declares {declares}."
        body = problems.problem_body(problems.NOT_ACCEPTABLE, detail)
        problem = Response(problems.NOT_ACCEPTABLE.status, [("content-type", problems.MEDIA_TYPE)], body)
        finding = Finding("not-acceptable", detail, place=Place("header", "accept"), expected=declares)
        return self.refusals.answer(call, [finding], lambda _: problem, accept)

    def with_body(
        self,
        call: Call,
        chosen: Chosen,
        content: list[MediaType],
        preferences: Preferences,
    ) -> Answer:
        """The first of the media types that a valid body can be made and written for.

        Where none has a form for what its schema describes, the first that takes it as JSON.
        """
        wrong = ""
        for write in (write_body, write_as_json):
            for media in content:
                if preferences.example and find_example(media, preferences.example) is None:
                    continue
                try:
                    made = self.made(call, chosen, media, preferences)
                    written = self.written(write, media, made)
                except (CannotGenerate, UnwritableError) as error:
                    wrong = wrong or f"{media.name}: {error}"
                else:
                    seed = partial(self.seed_of, call, chosen, preferences)
                    headers = self.headers.of(chosen.declared, seed, made.value)
                    headers.insert(0, ("content-type", written.content_type))
                    reasons = _reasons(chosen, media.name, made.source)
                    reasons.value, reasons.media = made.value, media
                    return Answer(Response(chosen.status, headers, written.body), reasons)
        if UNENDING in wrong and self.contract.document.version.name == "3.0":
            wrong += (
                "; `nullable` adds null to the `type` beside it, not to a `$ref` or `allOf` (OpenAPI 3.0.3)"
            )
        return _problem(problems.NO_RESPONSE, f"No valid body could be made for {chosen.status}: {wrong}")

    def written(self, write: Write, media: MediaType, made: Made) -> Written:
        """A value as a body; an example is written once. Raises `UnwritableError`."""
        if not made.key:
            return write(self.values.prepared(media), made.value)
        key = (made.key, media.name, write)
        found = self.bodies.get(key)
        if found is None:
            found = self.bodies[key] = write(self.values.prepared(media), made.value)
        return found

    def made(self, call: Call, chosen: Chosen, media: MediaType, preferences: Preferences) -> Made:
        """The body's value: the example that was asked for, the first valid one, or generated data."""
        dynamic = self.dynamic if preferences.dynamic is None else preferences.dynamic
        named = find_example(media, preferences.example) if preferences.example else None
        wanted = (named,) if named else () if dynamic else media.examples
        seed = self.seed_of(call, chosen, preferences, media.name, sent_with(call))
        made = self.values.body(
            media,
            wanted,
            seed,
            use_examples=not dynamic,
            call=call if 200 <= chosen.status < 300 else None,
            wish=texts_for(chosen.status, media.name) if chosen.status >= 400 else None,
            world=str(self.seed) if preferences.seed is None else preferences.seed,
        )
        if chosen.status < 400 or made.source != "generated":
            return made
        validator = self.values.prepared(media).validator
        agreed = agreeing(made.value, chosen.status, validator.accepts if validator else lambda _: True)
        return made._replace(value=agreed)

    def seed_of(self, call: Call, chosen: Chosen, preferences: Preferences, *parts: str) -> int:
        """What a part of an answer is generated from."""
        seed = str(self.seed) if preferences.seed is None else preferences.seed
        return seed_of(seed, call, str(chosen.status), *parts)


def _reasons(chosen: Chosen, media_type: str, source: str) -> Reasons:
    declared = chosen.declared
    return Reasons(chosen.why, media_type, source, declared=declared.status, pointer=declared.pointer)


def _no_response(operation: Operation, preferences: Preferences) -> Answer:
    declared = ", ".join(each.status for each in operation.responses) or "none"
    if preferences.code is not None:
        detail = f"{operation.name} declares no response {preferences.code}; it declares {declared}."
        return _problem(problems.UNKNOWN_PREFERENCE, detail)
    return _problem(problems.NO_RESPONSE, f"{operation.name} declares no response that can be sent.")


def _unknown_example(operation: Operation, declared: DeclaredResponse, preferences: Preferences) -> Answer:
    asked, who = ([declared], declared.status) if preferences.code else (operation.responses, operation.name)
    names = ", ".join(example_names(asked)) or "none"
    detail = f"{who} has no example `{preferences.example}`; it has {names}."
    return _problem(problems.UNKNOWN_PREFERENCE, detail)


def _problem(problem: problems.Problem, detail: str) -> Answer:
    """A problem of ours; no preference was followed."""
    body = problems.problem_body(problem, detail)
    response = Response(problem.status, [("content-type", problems.MEDIA_TYPE)], body)
    return Answer(response, Reasons(problem.type, problems.MEDIA_TYPE, "problem", ignored=BODY))
