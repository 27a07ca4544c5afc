"""What operations do to items: list, read, create, replace, merge, delete them; each shown by its bodies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from treaty.contract.model import Operation
from treaty.contract.schemas import SchemaAt
from treaty.mocking.memory.answers import Answers
from treaty.mocking.memory.bodies import find_list
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.files import takes_file
from treaty.mocking.memory.queries import read_listing
from treaty.mocking.memory.resources import Action, Answer, Identity, Verb, Way

Operations = dict[str, Operation]  # of a path, by method


@dataclass(frozen=True, slots=True)
class Verbs:
    """Reads operations as what is done to the items of a collection, which a path calls by its `segment`."""

    facts: Facts
    answers: Answers

    def listed(self, operation: Operation | None, segment: str) -> tuple[Answer, Way, SchemaAt] | None:
        """The answer of a GET that lists objects, with the way to the list and the schema of its items."""
        if operation is None:
            return None
        success = self.answers.success(operation)
        at = self.facts.of_media(success.media, "response") if success and success.media else None
        found = find_list(self.facts, at, segment) if at is not None else None
        return (success, *found) if success and found else None

    def list_action(
        self,
        operation: Operation,
        answer: Answer,
        way: Way,
        item: SchemaAt,
        schema: SchemaAt,
    ) -> Action:
        where = f"the list is in `{'.'.join(way)}`" if way else "the answer is the list"
        listing = read_listing(self.facts, operation, schema)
        return Action("list", operation, replace(answer, way=way, schema=item), (), listing, where)

    def creating(self, operation: Operation | None, segment: str, known: SchemaAt | None) -> Action | None:
        """A POST that takes an object or a file, and answers with an object or with nothing."""
        if operation is None:
            return None
        if not self.answers.takes_object(operation) and not takes_file(self.facts, operation):
            return None
        answer = self.answers.answer(operation, segment, known, preferred=201)
        if answer is None:
            return None
        if answer.schema is None and answer.media is not None:
            return None
        why = f"answers {answer.status}" + (" with the item" if answer.schema else "")
        return Action(
            "create", operation, answer, self.answers.body_way(operation, segment, answer.way), why=why
        )

    def at_items(
        self, below: Operations, segment: str, reading: Answer | None, schema: SchemaAt
    ) -> Iterator[Action]:
        """What can be done to one item."""
        if reading is not None and reading.schema is not None:
            why = f"the item is in `{'.'.join(reading.way)}`" if reading.way else "the answer is the item"
            yield Action("read", below["GET"], reading, why=why)
        written = False
        verbs: tuple[tuple[str, Verb], ...] = (("PUT", "replace"), ("PATCH", "merge"))
        for method, verb in verbs:
            operation = below.get(method)
            if operation is not None and (found := self.changing(verb, operation, segment, schema)):
                written = True
                yield found
        posted = below.get("POST")
        if posted is not None and not written:
            found = self.changing("merge", posted, segment, schema)
            if found is not None and self.facts.same(found.answer.schema, schema):
                yield replace(found, why="no PUT or PATCH is declared, and POST answers with the item")
        if "DELETE" in below:
            answer = self.answers.answer(below["DELETE"], segment, schema)
            if answer is not None:
                yield Action("delete", below["DELETE"], answer, why=f"answers {answer.status}")

    def changing(self, verb: Verb, operation: Operation, segment: str, schema: SchemaAt) -> Action | None:
        """An operation that replaces or merges an item."""
        answer = self.answers.answer(operation, segment, schema)
        if answer is None or (operation.body is None and operation.method != "POST"):
            return None
        way = self.answers.body_way(operation, segment, answer.way)
        found = Action(verb, operation, answer, way, why=f"answers {answer.status}")
        return replace(found, writes=self.answers.writable([found])) if verb == "replace" else found

    def upsert(
        self, operation: Operation | None, segment: str, identity: Identity, schema: SchemaAt
    ) -> Action | None:
        """A PUT on the collection, of an item that holds its identity."""
        if operation is None or identity.property is None or not self.answers.takes_object(operation):
            return None
        answer, at = self.answers.answer(operation, segment, schema), self.answers.body_schema(operation)
        holds = at is not None and identity.property in self.facts.properties(at, "request")
        if answer is None or not holds:
            return None
        why = f"the body holds `{identity.property}`"
        return Action(
            "upsert", operation, answer, self.answers.body_way(operation, segment, answer.way), why=why
        )
