"""The values of a mock's answers: examples that are true by their schema, else generated data.

What is sent is judged first: an example that breaks its own schema is repaired, or replaced
by generated data, and reported once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from treaty.contract.contract import Contract
from treaty.contract.lowering import Direction
from treaty.contract.model import Example, MediaType
from treaty.contract.schemas import SchemaAt
from treaty.contract.validator import Validator
from treaty.exchange.bodies import UndecodableError, decode_body, is_decodable
from treaty.exchange.call import Call
from treaty.exchange.judge import judge
from treaty.exchange.lengths import judge_length
from treaty.exchange.media_types import concrete, essence_of
from treaty.exchange.prepared_media import PreparedMedia, prepare_media
from treaty.findings import Finding, Json, Location, Severity, pointer_of
from treaty.mocking.coherence import Coherence
from treaty.mocking.coherence import whole as wish_for_whole
from treaty.mocking.files import file_of
from treaty.mocking.generate.dice import salt_of
from treaty.mocking.generate.model import CannotGenerate, Settings, Wish
from treaty.mocking.write import UnwritableError, write_body

if TYPE_CHECKING:
    from treaty.mocking.generate import Generator
    from treaty.mocking.generate.pools import Pools

# What becomes of an example that breaks its own schema: what is right of it is kept and the rest
# generated; all is generated; or it is sent as it is.
InvalidExamples: TypeAlias = Literal["repair", "skip", "send"]
_INSTEAD: dict[InvalidExamples, str] = {
    "repair": "what breaks the schema is replaced by generated data",
    "skip": "generated data is sent in its place",
    "send": "it is sent as it is",
}
MAX_COMPILED = 2_048
MAX_VARIANTS = 256


class Made(NamedTuple):
    """A value, and where it comes from: `example NAME`, `example`, `generated`, `file`, `nothing`.

    By its `key` an example is known that is the same each time, as it stands or repaired.
    """

    value: Json
    source: str
    key: str = ""


@dataclass(slots=True)
class Values:
    """Makes values by the schemas of a contract. `report` is told of each untrue example, once.

    `direction` is that of the bodies: of responses, or of requests that the mock itself sends.
    """

    contract: Contract
    report: Callable[[Finding], None] = lambda _: None
    judged: dict[tuple[str, str], bool] = field(default_factory=dict)
    compiled: dict[int, tuple[SchemaAt, Validator]] = field(default_factory=dict)
    media: dict[tuple[str, str], PreparedMedia] = field(default_factory=dict)
    schemas: dict[tuple[str, str], SchemaAt | None] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    invalid_examples: InvalidExamples = "repair"
    direction: Direction = "response"
    coherence: Coherence = field(init=False)
    generators: dict[bool, Generator] = field(default_factory=dict)
    pools: Pools | None = None
    variants: dict[tuple[bool, str], Settings] = field(default_factory=dict)
    repairs: dict[tuple[str, str], Made | None] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    headers_of_parts: Callable[[PreparedMedia], dict[int, dict[str, str]]] = lambda _: {}

    def __post_init__(self) -> None:
        self.coherence = Coherence(self.contract.operations)

    def body(
        self,
        media: MediaType,
        wanted: Sequence[Example],
        seed: int,
        *,
        use_examples: bool,
        call: Call | None = None,
        wish: Wish | None = None,
        world: str = "",
    ) -> Made:
        """The first wanted example that is true, else one repaired, else generated data.

        Generated data is coherent with the `call` it answers, or as is wished for otherwise; things with
        an identity are the same throughout a `world`. Raises `CannotGenerate`.
        """
        for example in wanted:
            if self.is_true(example, media) or self.invalid_examples == "send":
                return _told(example)
        schema, whole = self.schema_of(media), self.prepared(media).validator
        if (file := self.file(media, whole, seed)) is not None:
            return file
        if schema is None or whole is None:
            return _told(media.examples[0]) if media.examples else Made(None, "nothing")
        if self.invalid_examples == "repair":
            for example in wanted:
                repaired = self.repaired(example, media, schema, whole)
                if repaired is not None:
                    return repaired
        wish = wish if call is None else self.coherence.wish(call, schema)
        name = "" if call is None else self.coherence.subject(call.operation).name
        value = self.generated(
            schema, whole, seed, use_examples=use_examples, wish=wish, name=name, world=world
        )
        if isinstance(value, str) and not value.isascii():
            value = _fitting(self.prepared(media), value)
        return Made(value, "generated")

    def file(self, media: MediaType, whole: Validator | None, seed: int) -> Made | None:
        """A file of the type that is declared; None where the schema wants another, or values of its own."""
        essence = essence_of(concrete(media.name))
        if (whole is None and media.examples) or (whole is not None and is_decodable(essence)):
            return None
        content = file_of(essence, seed)
        if content is None or not (whole is None or whole.accepts(content.decode("latin-1"))):
            return None
        return Made(content, "file")

    def repaired(self, example: Example, media: MediaType, schema: SchemaAt, whole: Validator) -> Made | None:
        """What is right of an example, the rest generated, made once; None where no valid value has it."""
        key = (example.pointer, media.schema or media.item_schema or "")
        if key not in self.repairs:
            wish = wish_for_whole(example.value)
            try:
                value = self.generated(schema, whole, seed_from(*key), use_examples=True, wish=wish)
            except CannotGenerate:
                self.repairs[key] = None
            else:
                self.repairs[key] = Made(value, f"{_told(example).source}, repaired", " ".join(key))
        return self.repairs[key]

    def prepared(self, media: MediaType) -> PreparedMedia:
        """The media type with its validator and what its bodies are written by, made once."""
        key = (media.pointer, media.name)
        found = self.media.get(key)
        if found is None:
            found = self.media[key] = prepare_media(self.contract, media, self.direction)
            found.written_headers = self.headers_of_parts(found)
        return found

    def schema_of(self, media: MediaType) -> SchemaAt | None:
        """The schema of its values, of a sequence that of the list of its items."""
        key = (media.pointer, media.name)
        if key not in self.schemas:
            shape, written = self.prepared(media).shape, media.schema
            at = None if written is None else self.contract.schemas.at(written, self.direction)
            self.schemas[key] = at if shape is None else shape.at
        return self.schemas[key]

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
        self,
        root: SchemaAt,
        whole: Validator,
        seed: int,
        *,
        use_examples: bool,
        wish: Wish | None = None,
        name: str = "",
        world: str = "",
    ) -> Json:
        """A valid value of a schema, as judged by its validator, as wished if possible.

        `name` is what the value is called. Raises `CannotGenerate`.
        """
        generator = self.generator(use_examples)
        return generator.make(root, seed, self.variant(use_examples, world), wish, whole.accepts, name)

    def generator(self, use_examples: bool) -> Generator:
        """What generates values, with the examples of schemas or without; made when it is first asked for."""
        found = self.generators.get(use_examples)
        if found is not None:
            return found
        # Here, because examples may be all that is asked for.
        from treaty.mocking.generate import Generator, Memory
        from treaty.mocking.generate.pools import Pools

        if self.pools is None:
            self.pools = Pools(self.settings.locale)
            self.settings = replace(self.settings, keys=self.coherence.keys(), unknown_faker=self.tell_faker)
        schemas = self.contract.schemas
        memory = Memory(lambda base, reference: schemas.resolve(base, reference, self.direction), self.pools)
        found = Generator(memory, lambda at, value: self.validator(at).accepts(value))
        self.generators[use_examples] = found
        return found

    def variant(self, use_examples: bool, world: str) -> Settings:
        """The settings for one answer."""
        key = (use_examples, world)
        found = self.variants.get(key)
        if found is None:
            if len(self.variants) > MAX_VARIANTS:
                self.variants.clear()
            found = replace(self.settings, use_examples=use_examples, seed=salt_of(world))
            self.variants[key] = found
        return found

    def tell_faker(self, name: str) -> None:
        """Report an `x-faker` that nothing is known of, once."""
        if name not in self.unknown:
            self.unknown.add(name)
            from treaty.mocking.generate.faker import nearest  # here, because most documents have none

            self.report(_unknown_faker(name, nearest(name), _places_of(name, self.contract.document.data)))

    def validator(self, at: SchemaAt) -> Validator:
        """The validator of a part of a schema, compiled once as long as that part lives."""
        found = self.compiled.get(id(at.schema))
        if found is None or found[0].schema is not at.schema:
            found = self.compiled[id(at.schema)] = (at, self.contract.schemas.compile(at, self.direction))
            if len(self.compiled) > MAX_COMPILED:
                self.compiled.pop(next(iter(self.compiled)))
        return found[1]

    def tell_once(self, example: Example, schema: str, wrong: Finding) -> None:
        """Report an example that breaks the schema it stands under."""
        if self.judged.setdefault((example.pointer, schema), True):
            self.judged[example.pointer, schema] = False
            self.report(_untrue_example(example, wrong, _INSTEAD[self.invalid_examples]))


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
            if isinstance(value, str):
                return judge_length(prepared, written.content_type, written.body)
            return judge(validator, value, "body")
        readings = decode_body(written.body, written.content_type, prepared)
    except UnwritableError:
        return judge(validator, value, "body")
    except UndecodableError as error:
        return [error.finding]
    return [] if any(validator.accepts(each) for each in readings) else judge(validator, readings[0], "body")


def _fitting(prepared: PreparedMedia, text: str) -> str:
    """A text of other letters than ASCII; where its octets are bound, it may have too many."""
    if not (prepared.octets and judge_written(prepared, text)):
        return text
    return text.encode("ascii", "replace").decode()


def _told(example: Example) -> Made:
    return Made(example.value, f"example {example.name}".rstrip(), example.pointer)


def _untrue_example(example: Example, wrong: Finding, instead: str) -> Finding:
    named = f"the example `{example.name}`" if example.name else "the example"
    return Finding(
        "invalid-example",
        f"{named} breaks its own schema at `{wrong.place.pointer if wrong.place else ''}`: {wrong.message}",
        Severity.WARNING,
        location=Location("", pointer=example.pointer),
        hint=instead,
    )


def _unknown_faker(name: str, near: Sequence[str], pointer: str) -> Finding:
    return Finding(
        "unknown-faker",
        f"`x-faker` has the name `{name}`, which is not known",
        Severity.WARNING,
        location=Location("", pointer=pointer),
        expected="a name of Faker.js",
        hint=f"did you mean {' or '.join(f'`{each}`' for each in near)}? " * bool(near)
        + "the schema alone says what is sent",
    )


def _places_of(name: str, document: Json) -> str:
    """Where a document has an `x-faker` of a name first."""
    pending: list[tuple[tuple[str | int, ...], Json]] = [((), document)]
    while pending:
        path, node = pending.pop()
        if isinstance(node, dict):
            asked = node.get("x-faker")
            if asked is not None and name in (asked if isinstance(asked, dict) else str(asked)):
                return pointer_of((*path, "x-faker"))
            pending.extend(((*path, key), each) for key, each in reversed(node.items()))
        elif isinstance(node, list):
            pending.extend(((*path, index), each) for index, each in enumerate(node))
    return ""
