"""What the operations of a resource take and answer: where the item is in their bodies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from treaty.contract.model import MediaType, Operation
from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.choose import lowest_success
from treaty.mocking.memory.bodies import find_item, find_list
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.identities import find_given
from treaty.mocking.memory.resources import Action, Answer, Identity, Way
from treaty.mocking.memory.words import singular


@dataclass(frozen=True, slots=True)
class Answers:
    """Reads the bodies of operations."""

    facts: Facts

    def success(self, operation: Operation, preferred: int | None = None) -> Answer | None:
        """Its success: the preferred status if declared, else the lowest 2xx; its JSON, if it has content."""
        codes = {each.status for each in operation.responses}
        status = preferred if preferred is not None and str(preferred) in codes else lowest_success(operation)
        declared = operation.response_for(status) if status else None
        if status is None or declared is None or not 200 <= status < 300:
            return None
        if declared.content and declared.status.lower() == "default" and len(codes) > 1:
            return None  # beside other responses, it is what went wrong
        if not declared.content or status in (204, 205):
            return Answer(status)
        media = _json(declared.content)
        return Answer(status, media) if media else None

    def answer(
        self,
        operation: Operation | None,
        segment: str,
        known: SchemaAt | None,
        preferred: int | None = None,
    ) -> Answer | None:
        """Its success, with the way to the item in it where it holds one."""
        success = self.success(operation, preferred) if operation is not None else None
        if success is None or success.media is None:
            return success
        at = self.facts.of_media(success.media, "response")
        found = find_item(self.facts, at, segment, known) if at is not None else None
        if at is None:
            return success
        # One of several lists, or of an item or a list of such, is an answer with an item in it.
        if found is None or (not found[0] and find_list(self.facts, at, segment) is not None):
            return self.alone(success, at, segment, known, operation) or success
        return replace(success, way=found[0], schema=found[1])

    def alone(
        self, success: Answer, at: SchemaAt, segment: str, known: SchemaAt | None, operation: Operation | None
    ) -> Answer | None:
        """A list of one: what is created, read or changed, in a body that holds several."""
        found = find_list(self.facts, at, segment)
        if found is None or operation is None or not self.facts.same(found[1], known):
            return None
        if operation.method != "GET":
            body = self.body_schema(operation)
            said = self.facts.properties(body, "request") if body is not None else {}
            if not said.keys() & self.facts.properties(found[1]).keys():
                return None  # it may be all that there are
        return replace(success, way=found[0], schema=found[1], is_list=True)

    def identified(self, action: Action, identity: Identity, segment: str) -> Action:
        """An action with what its answer calls the identity, where that is something else."""
        at, name = action.answer.schema, identity.property
        if at is None or name is None or name in self.facts.properties(at):
            return action
        found = find_given(self.facts, [at], segment, identity.parameter, "response")
        return replace(action, answer=replace(action.answer, identity=found)) if found else action

    def body_schema(self, operation: Operation) -> SchemaAt | None:
        media = _written(operation)
        return self.facts.of_media(media, "request") if media else None

    def takes_object(self, operation: Operation) -> bool:
        """Is its body an object, or can it be one?"""
        at = self.body_schema(operation)
        if at is None:
            return operation.body is None and operation.method == "POST"
        return self.facts.is_object(at, "request") or not self.facts.shape(at, "request").types

    def body_way(self, operation: Operation, segment: str, answered: Way) -> Way:
        """The way to the item in the body of a request: an envelope of one member, as in the answer."""
        at = self.body_schema(operation)
        properties = self.facts.properties(at, "request") if at is not None else {}
        for name in {*answered[:1], singular(segment)} & properties.keys():
            if len(properties) == 1 and self.facts.is_object(properties[name], "request"):
                return (name,)
        return ()

    def writable(self, actions: Iterable[Action]) -> dict[str, Json]:
        """The properties that a request may hold, each with its default or None."""
        return self.defaults(self.written(actions))

    def within(self, actions: Iterable[Action]) -> dict[str, dict[str, Json]]:
        """Of the properties that a request may hold, those that are objects, with what they may hold."""
        objects: dict[str, list[SchemaAt]] = {}
        for at in self.written(actions):
            for name, each in self.facts.properties(at, "request").items():
                if self.facts.is_object(each, "request"):
                    objects.setdefault(name, []).append(each)
        return {name: self.defaults(schemas) for name, schemas in objects.items()}

    def written(self, actions: Iterable[Action]) -> list[SchemaAt]:
        """The schemas of items in the bodies of requests."""
        found = []
        for action in actions:
            at = self.body_schema(action.operation)
            for name in action.body_way:
                at = self.facts.properties(at, "request").get(name) if at is not None else None
            found += [at] if at is not None else []
        return found

    def defaults(self, written: Iterable[SchemaAt]) -> dict[str, Json]:
        """The properties that schemas of requests have, but those that are read only, with their defaults."""
        found: dict[str, Json] = {}
        for at in written:
            for name, each in self.facts.properties(at, "request").items():
                if not self.facts.keyword(each, "readOnly"):
                    default = self.facts.keyword(each, "default")
                    found[name] = default if found.get(name) is None else found[name]
        return found


def _written(operation: Operation) -> MediaType | None:
    """The media type a body is usually sent in: JSON, or else a form."""
    content = operation.body.content if operation.body else ()
    return _json(content) or next((each for each in content if each.schema is not None), None)


def _json(content: Iterable[MediaType]) -> MediaType | None:
    """What of a content is JSON and has a schema; anything (`*/*`) may be, too."""
    described = [each for each in content if each.schema is not None]
    anything = (each for each in described if each.essence == "*/*")
    return next((each for each in described if each.is_json), next(anything, None))
