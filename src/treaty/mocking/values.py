"""The values of a mock's answers: examples that are true by their schema, else generated data.

What is sent is judged first: an example that breaks its own schema is replaced by
generated data, and reported once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from treaty.contract.contract import Contract
from treaty.contract.model import Example, MediaType
from treaty.contract.schemas import SchemaAt
from treaty.contract.validator import Validator
from treaty.exchange.bodies import UndecodableError, decode_body, is_decodable
from treaty.exchange.judge import judge
from treaty.exchange.prepared_media import PreparedMedia, prepare_media
from treaty.exchange.request import Call
from treaty.findings import Finding, Json, Location, Severity
from treaty.mocking.generate.model import Settings, Wish
from treaty.mocking.write import UnwritableError, write_body

if TYPE_CHECKING:
    from treaty.mocking.generate import Generator

MAX_COMPILED = 2_048


@dataclass(frozen=True, slots=True)
class Made:
    """A value, and where it comes from: `example NAME`, `example`, `generated`, `nothing`."""

    value: Json
    source: str


@dataclass(slots=True)
class Values:
    """Makes values by the schemas of a contract. `report` is told of each untrue example, once."""

    contract: Contract
    report: Callable[[Finding], None] = lambda _: None
    judged: dict[tuple[str, str], bool] = field(default_factory=dict)
    compiled: dict[int, tuple[SchemaAt, Validator]] = field(default_factory=dict)
    media: dict[str, PreparedMedia] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    generator: Generator | None = None

    def body(self, media: MediaType, wanted: Sequence[Example], seed: int, *, use_examples: bool) -> Made:
        """The first wanted example that is true, else generated data. Raises `CannotGenerate`."""
        for example in wanted:
            if self.is_true(example, media):
                return _told(example)
        schema, whole = self.schema_of(media), self.prepared(media).validator
        if schema is None or whole is None:
            return _told(media.examples[0]) if media.examples else Made(None, "nothing")
        return Made(self.generated(schema, whole, seed, use_examples=use_examples), "generated")

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
            wrong = judge_written(prepared, example.value)
            if wrong:
                self.tell_once(example, schema, wrong[0])
            self.judged[key] = not wrong
        return self.judged[key]

    def generated(
        self, root: SchemaAt, whole: Validator, seed: int, *, use_examples: bool, wish: Wish | None = None
    ) -> Json:
        """A valid value of a schema, as judged by its validator, as wished if possible.

        Raises `CannotGenerate`.
        """
        if self.generator is None:
            # Here, because examples may be all that is asked for.
            from treaty.mocking.generate import Generator, Memory

            schemas = self.contract.schemas
            memory = Memory(lambda base, reference: schemas.resolve(base, reference, "response"))
            self.generator = Generator(memory, lambda at, value: self.validator(at).accepts(value))
        settings = replace(self.settings, use_examples=use_examples)
        return self.generator.make(root, seed, settings, wish, whole.accepts)

    def validator(self, at: SchemaAt) -> Validator:
        """The validator of a part of a schema, compiled once as long as that part lives."""
        found = self.compiled.get(id(at.schema))
        if found is None or found[0].schema is not at.schema:
            found = self.compiled[id(at.schema)] = (at, self.contract.schemas.compile(at, "response"))
            if len(self.compiled) > MAX_COMPILED:
                self.compiled.pop(next(iter(self.compiled)))
        return found[1]

    def tell_once(self, example: Example, schema: str, wrong: Finding) -> None:
        """Report an example that breaks the schema it stands under."""
        if self.judged.setdefault((example.pointer, schema), True):
            self.judged[example.pointer, schema] = False
            self.report(_untrue_example(example, wrong))


def seed_of(seed: str, call: Call, *parts: str) -> int:
    """What the data of an answer grows from: the same request and seed, the same number, everywhere."""
    request = call.request
    return seed_from(seed, call.operation.method, request.path, request.query, *parts)


def seed_from(*parts: str) -> int:
    """A number of these texts, the same everywhere."""
    text = "\n".join(parts)
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())


def judge_written(prepared: PreparedMedia, value: Json) -> list[Finding]:
    """The findings on a value as it is read from the body that is written of it."""
    validator = prepared.validator
    if validator is None:
        return []
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


def _told(example: Example) -> Made:
    return Made(example.value, f"example {example.name}".rstrip())


def _untrue_example(example: Example, wrong: Finding) -> Finding:
    named = f"the example `{example.name}`" if example.name else "the example"
    return Finding(
        "invalid-example",
        f"{named} breaks its own schema at `{wrong.place.pointer if wrong.place else ''}`: {wrong.message}",
        Severity.WARNING,
        location=Location("", pointer=example.pointer),
        hint="generated data is sent in its place",
    )
