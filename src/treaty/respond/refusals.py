"""Refusals of the mock: the declared response to a wrong request, judged before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from treaty import problems
from treaty.contract.model import MediaType, Operation
from treaty.contract.schemas import SchemaAt
from treaty.exchange.call import Call
from treaty.exchange.codecs.header import check_header
from treaty.exchange.media_types import accepted
from treaty.exchange.messages import Headers, Response, combined
from treaty.exchange.response import WITHOUT_CONTENT
from treaty.exchange.values import Shape
from treaty.findings import Finding, Json
from treaty.mocking.choose import Chosen
from treaty.mocking.generate.model import CannotGenerate
from treaty.mocking.headers import HeaderValues
from treaty.mocking.members import Said
from treaty.mocking.preferences import BODY
from treaty.mocking.reasons import Answer, Reasons
from treaty.mocking.refusals import Body, Part, refusing
from treaty.mocking.values import Made, Values, judge_written, seed_from
from treaty.mocking.write import UnwritableError, write_body
from treaty.refusing import fields_of


@dataclass(slots=True)
class Refusals:
    """Makes the answers to wrong requests. What does not depend on what is wrong is made once."""

    values: Values
    headers: HeaderValues
    seed: str
    plain: bool = False
    bases: dict[tuple[str, str], Made] = field(default_factory=dict)
    choices: dict[tuple[str, int], tuple[Chosen, ...]] = field(default_factory=dict)
    filled: dict[str, Headers] = field(default_factory=dict)  # headers, by the pointer of a response
    parts: dict[str, Part] = field(default_factory=dict)  # by the pointer and name of a media type
    blanks: dict[Part, Json] = field(default_factory=dict)  # items of lists in which nothing is said

    def answer(
        self,
        call: Call,
        findings: Sequence[Finding],
        problem: Callable[[Call], Response],
        accept: str | None,
    ) -> Answer:
        """The nearest declared response that can say what is wrong, else our `problem`."""
        kind = problems.problem_for(findings)
        own = fields_of(call, kind)
        for chosen in () if self.plain else self.chosen(call.operation, kind.status):
            said = Said(kind, chosen.status, call.operation.method, call.request.path, findings)
            answer = self.declared(chosen, said, own, accept)
            if answer is not None:
                return answer
        reasons = Reasons("invalid request", problems.MEDIA_TYPE, "problem", ignored=BODY)
        return Answer(problem(call), reasons)

    def chosen(self, operation: Operation, status: int) -> tuple[Chosen, ...]:
        """The declared responses that may stand for a problem of this status."""
        key = (operation.pointer, status)
        if key not in self.choices:
            self.choices[key] = tuple(refusing(operation, status))
        return self.choices[key]

    def declared(self, chosen: Chosen, said: Said, own: Headers, accept: str | None) -> Answer | None:
        """A declared response; None where no true body can be made for it.

        One without content is sent with our problem: nothing is said against it.
        """
        response, declared = Response(chosen.status, self.fields(chosen, own)), chosen.declared
        reasons = Reasons(chosen.why, declared=declared.status, pointer=declared.pointer, ignored=BODY)
        if chosen.status in WITHOUT_CONTENT:
            return Answer(response, reasons)
        if not declared.content:
            response.body = problems.write(said.document)
            response.headers.insert(0, ("content-type", problems.MEDIA_TYPE))
            reasons.media_type, reasons.source = problems.MEDIA_TYPE, "problem"
            return Answer(response, reasons)
        # What is not acceptable may be sent still (RFC 9110, section 12.4.1): it says what is wrong.
        for media in accepted(declared.content, accept) or declared.content:
            try:
                made = self.body(media, chosen, said)
                written = write_body(self.values.prepared(media), made.value)
            except (CannotGenerate, UnwritableError):
                continue
            response.body = written.body
            response.headers.insert(0, ("content-type", written.content_type))
            reasons.media_type, reasons.source = media.name, made.source
            reasons.value, reasons.media = made.value, media
            return Answer(response, reasons)
        return None

    def body(self, media: MediaType, chosen: Chosen, said: Said) -> Made:
        """A true value that says what is wrong, as far as the schema has room. Raises `CannotGenerate`."""
        prepared, at = self.values.prepared(media), self.values.schema_of(media)
        is_problem = media.essence == problems.MEDIA_TYPE
        if at is None and media.is_json and (is_problem or not media.examples):
            return Made(said.document, "findings")
        base = self.base(media, chosen)
        if at is None and isinstance(base.value, str):
            return base  # the example is all that is known of the body: it has no room for more
        part = None if at is None else self.part(media, at)
        validator = prepared.validator
        body = Body(base.value, said, validator.accepts if validator else lambda _: True, self)
        body.fill(part, is_problem=is_problem)
        if not body.told or judge_written(prepared, body.value):
            return base
        return Made(body.value, f"findings in {base.source}")

    def part(self, media: MediaType, at: SchemaAt) -> Part:
        """The body of a media type, by its schema."""
        key = f"{media.pointer} {media.name}"
        if key not in self.parts:
            self.parts[key] = Part(Shape(self.values.contract.schemas, at, "response"))
        return self.parts[key]

    def base(self, media: MediaType, chosen: Chosen) -> Made:
        """The body before anything is said in it: an example, else generated, whatever the request was."""
        key = (chosen.declared.pointer, media.name)
        if key not in self.bases:
            seed = seed_from(self.seed, *key)
            self.bases[key] = self.values.body(media, media.examples, seed, use_examples=True)
        return self.bases[key]

    def fields(self, chosen: Chosen, own: Headers) -> Headers:
        """Our problem's `own` headers (WWW-Authenticate, Accept), and those that the response declares."""
        pointer = chosen.declared.pointer
        if pointer not in self.filled:
            self.filled[pointer] = self.headers.of(
                chosen.declared, lambda *parts: seed_from(self.seed, pointer, *parts)
            )
        if not own:
            return [*self.filled[pointer]]
        declared = {each.name.lower(): each for each in chosen.declared.headers}
        kept: Headers = []
        for name, value in own:
            header = declared.get(name)
            if header is None or not check_header(self.headers.prepare(header), combined(own, name)):
                kept.append((name, value))
        names = {name for name, _ in kept}
        return kept + [pair for pair in self.filled[pointer] if pair[0] not in names]

    def made(self, part: Part) -> Json:
        """An item of a list, an object; `{}` where none can be made."""
        if part not in self.blanks:
            self.blanks[part] = self.blank(part.shape.at)
        return self.blanks[part]

    def blank(self, at: SchemaAt) -> Json:
        """An object of a schema."""
        try:
            value = self.values.generated(
                at, self.values.validator(at), seed_from(self.seed, "item"), use_examples=True
            )
        except CannotGenerate:
            return {}
        return value if isinstance(value, dict) else {}

    def accepts(self, part: Part, value: Json) -> bool:
        """Is a value true to the schema of a part?"""
        return self.values.validator(part.shape.at).accepts(value)
