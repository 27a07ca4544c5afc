"""What a stateful mock sends of its memory: items, lists, refusals, each true by the contract."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from treaty import problems
from treaty.contract.model import MediaType
from treaty.contract.schemas import SchemaAt
from treaty.exchange.call import Call
from treaty.exchange.codecs.header import check_header
from treaty.exchange.codecs.json_text import write_json
from treaty.exchange.kept import Kept
from treaty.exchange.messages import Headers, Response
from treaty.findings import Finding, Json, Location, Severity
from treaty.mocking.choose import Chosen, choose_status
from treaty.mocking.members import Said
from treaty.mocking.memory.bulk import counted
from treaty.mocking.memory.envelopes import Asked, address, list_body, origin, page_headers
from treaty.mocking.memory.listing import Page
from treaty.mocking.memory.making import Object
from treaty.mocking.memory.memory import Memory, Place
from treaty.mocking.memory.resources import Action, Resource
from treaty.mocking.memory.stores.model import Outcome, Record
from treaty.mocking.preferences import NONE, Preferences
from treaty.mocking.reasons import Answer, Reasons
from treaty.mocking.refusals import can_refuse, refusing
from treaty.mocking.write import UnwritableError, write_body
from treaty.respond.mock import Mock

# Why an operation that declares no response to what is not there is answered as by a mock without memory.
UNTOLD = "not there, but no 404 is declared"


@dataclass(frozen=True, slots=True)
class Asking:
    """A call, with what it means to the memory."""

    call: Call
    resource: Resource
    action: Action
    media: MediaType | None
    accept: str | None
    world: str
    preferences: Preferences


def etag(record: Record) -> str:
    """The entity tag of a record: another when it says something else (RFC 9110, section 8.8.3)."""
    return f'"{hashlib.blake2b(write_json(record.value), digest_size=8).hexdigest()}"'


def is_tagged(record: Record, field: str) -> bool:
    """Is a record one of those that `If-Match` or `If-None-Match` names?"""
    tags = (each.strip().removeprefix("W/") for each in field.split(","))
    return field.strip() == "*" or etag(record) in tags


@dataclass(slots=True)
class Recalled:
    """Makes responses of records; where nothing true can be made of one, None, and that is reported once."""

    mock: Mock
    memory: Memory
    report: Callable[[Finding], None]
    kept: Kept[Response] = field(default_factory=Kept)
    told: set[str] = field(default_factory=set)

    def items(self, asking: Asking, place: Place, page: Page) -> Response | None:
        """A page of a collection as the answer of an operation."""
        answer, facts = asking.action.answer, self.memory.facts
        whole = facts.of_media(asking.media, "response") if asking.media else None
        if whole is None or answer.schema is None:
            return None
        items = [self.fitted(asking, answer.schema, place, record) for record in page.records]
        if any(each is None for each in items):
            return self.gave_up(asking, "an item does not fit the schema of the list")
        asked = Asked(page, asking.call.request)
        body = list_body(self.memory.maker, whole, answer.way, items, asked, place.collection)
        if body is None:
            return self.gave_up(asking, "the schema of the list lets it hold no such items")
        return self.written(asking, body, page_headers(asked))

    def item(
        self,
        asking: Asking,
        place: Place,
        record: Record,
        location: str | None = None,
        status: int | None = None,
    ) -> Response | None:
        """A record as the answer of an operation; kept, so that a second reading costs nothing."""
        answer = asking.action.answer
        key = None
        if asking.action.verb == "read" and asking.preferences is NONE:
            pointer = asking.action.operation.pointer
            key = (place.world, place.collection, record.key, record.version, pointer, asking.accept)
            kept = self.kept.get(key)
            if kept is not None:
                return kept
        told = {"etag": etag(record)} if asking.action.verb != "delete" else {}
        if asking.media is None:
            return self.written(asking, None, told, location, status)
        if answer.schema is None:
            return self.other(asking, place, record, location, status)
        body = self.enveloped(asking, answer.schema, place, record)
        if body is None:
            return self.gave_up(asking, "the record does not fit the schema of the answer")
        response = self.written(asking, body, told, location, status)
        if response is not None and key is not None:
            self.kept.put(key, response, len(response.body))
        return response

    def enveloped(self, asking: Asking, schema: SchemaAt, place: Place, record: Record) -> Json | None:
        """The whole body that holds a record; None when it cannot be valid."""
        value = self.fitted(asking, schema, place, record)
        way, facts = asking.action.answer.way, self.memory.facts
        whole = facts.of_media(asking.media, "response") if asking.media else None
        if value is None or whole is None:
            return None
        sent: Json = [value] if asking.action.answer.is_list else value
        if not way:
            return sent if facts.accepts(whole, sent) else None
        held = sent
        for name in reversed(way):
            held = {name: held}
        made = held
        if not facts.accepts(whole, held):
            made = self.memory.maker.make(whole, held, place.collection, record.key, asking.action.verb)
        found = made
        for name in way:
            found = found.get(name) if isinstance(found, dict) else None
        return made if found == sent else None

    def fitted(self, asking: Asking, schema: SchemaAt, place: Place, record: Record) -> Object | None:
        """A record by the schema of an answer."""
        known, value, name = asking.resource.schema, record.value, asking.action.answer.identity
        if name is not None:
            at = self.memory.facts.properties(schema)[name]
            value = {**value, name: self.memory.facts.shape(at).read_text(record.key, "values")}
        return self.memory.maker.fit(schema, known, value, place.collection, record.key)

    def other(
        self, asking: Asking, place: Place, record: Record, location: str | None, status: int | None
    ) -> Response | None:
        """An answer that is no item: the mock's, with the identity of the record where it has one."""
        facts = self.memory.facts
        whole = facts.of_media(asking.media, "response") if asking.media else None
        name = asking.resource.identity.property if asking.resource.identity else None
        if whole is None or name is None or name not in facts.properties(whole):
            return self.declared(asking, status or asking.action.answer.status, location)
        held = {name: record.value[name]} | ({"deleted": True} if asking.action.verb == "delete" else {})
        body = self.memory.maker.make(whole, held, place.collection, record.key, asking.action.verb)
        return self.written(asking, body, {}, location, status) if body is not None else None

    def several(self, asking: Asking, place: Place, removed: list[Record]) -> Response | None:
        """An answer to the removal of several: how many, and which, where its schema has members for that."""
        facts, name = self.memory.facts, asking.resource.identity and asking.resource.identity.property
        whole = facts.of_media(asking.media, "response") if asking.media else None
        if whole is None:
            return self.written(asking, None, {})
        which = [each.value[name] if name else each.key for each in removed]
        told = counted(facts, whole, which)
        if told is None:
            return self.declared(asking, asking.action.answer.status)
        body = self.memory.maker.make(whole, told, place.collection, *map(str, which))
        return self.written(asking, body, {}) if body is not None else None

    def written(
        self,
        asking: Asking,
        body: Json,
        told: dict[str, str],
        location: str | None = None,
        status: int | None = None,
    ) -> Response | None:
        """A response with a body and the headers that are declared; those that tell something, truly."""
        status = status or asking.action.answer.status
        headers = self.headers(asking, status, told)
        if location is not None and (place := self.placed(asking, status, location)):
            headers = [*((n, v) for n, v in headers if n != "location"), ("location", place)]
        content = b""
        if asking.media is not None:
            try:
                written = write_body(self.mock.values.prepared(asking.media), body)
            except UnwritableError as error:
                return self.gave_up(asking, str(error))
            headers, content = [("content-type", written.content_type), *headers], written.body
        return self.finished(asking, Response(status, headers, content), asking.action.verb, body)

    def finished(self, asking: Asking, response: Response, why: str, value: Json = None) -> Response:
        """A response with the reasons of it, as those of the mock have them."""
        call, media = asking.call, asking.media
        declared = call.operation.response_for(response.status)
        reasons = Reasons(
            why,
            media.name if media else "",
            f"memory of {asking.resource.name}",
            value,
            declared.status if declared else "",
            declared.pointer if declared else "",
            media,
        )
        answer = Answer(response, reasons, steady=False)
        return self.mock.finished(call, asking.accept, asking.preferences, answer)

    def headers(self, asking: Asking, status: int, told: dict[str, str]) -> Headers:
        """The declared headers: what is told of them, or else what the mock would send."""
        call = asking.call
        chosen = choose_status(call.operation, status, None)
        if chosen is None or not chosen.declared.headers:
            return []
        made = self.mock.headers.of(
            chosen.declared, lambda *parts: self.mock.seed_of(call, chosen, asking.preferences, *parts)
        )
        declared = {each.name.lower(): each for each in chosen.declared.headers}
        found = []
        for name, value in made:
            said = told.get(name)
            if said and not check_header(self.mock.headers.prepare(declared[name]), said):
                found.append((name, said))
            elif said is None or said or declared[name].required:
                is_link = name == "link"  # what is made of it would lead to a page that there is not
                found.append((name, f'<{address(asking.call.request)}>; rel="self"' if is_link else value))
        return found

    def placed(self, asking: Asking, status: int, location: str) -> str | None:
        """Where something is, in the form that the contract lets Location have: a path, or else a URL."""
        request, declared = asking.call.request, asking.call.operation.response_for(status)
        headers = declared.headers if declared is not None else ()
        header = next((each for each in headers if each.name.lower() == "location"), None)
        place = request.connection.root_path + location
        if header is None or not check_header(self.mock.headers.prepare(header), place):
            return place
        place = origin(request) + place
        return None if check_header(self.mock.headers.prepare(header), place) else place

    def unchanged(self, asking: Asking, record: Record) -> Response:
        """304: the client has the item as it is (RFC 9110, section 15.4.5)."""
        response = Response(304, self.headers(asking, 304, {"etag": etag(record)}))
        return self.finished(replace(asking, media=None), response, "unchanged")

    # What goes wrong

    def missing(self, asking: Asking, why: str = "does not exist") -> Response:
        """The declared response to what is not there; else the mock's own answer, and nothing is changed."""
        if can_refuse(asking.action.operation, 404):
            return self.refusal(asking, 404, f"{asking.call.request.path} {why}.")
        return self.mock.respond(asking.call, asking.accept, asking.preferences, why=UNTOLD)

    def refused(self, asking: Asking, outcome: Outcome) -> Response:
        """What a change is answered with that was not made."""
        if outcome is Outcome.FULL:
            return self.problem(asking, problems.STATE_FULL, "Nothing more is remembered: reset the state.")
        if outcome is Outcome.CHANGED:
            return self.problem(asking, problems.STATE_UNAVAILABLE, "Others change the same: ask again.")
        what = "identity" if outcome is Outcome.TAKEN else " or ".join(asking.resource.unique)
        return self.refusal(asking, 409, f"Another of {asking.resource.name} has this {what}.")

    def refusal(self, asking: Asking, status: int, detail: str) -> Response:
        """The declared response that is nearest to a status; our problem where there is none."""
        chosen = next(refusing(asking.action.operation, status), None)
        if chosen is None:
            return self.problem(asking, _PROBLEMS[status], detail)
        answer = self.mock.answer(asking.call, asking.accept, replace(asking.preferences, code=chosen.status))
        if answer.reasons.source == "generated":
            answer = self.telling(asking, chosen, status, detail) or answer
        answer.reasons.status = "remembered state"
        return self.mock.finished(asking.call, asking.accept, asking.preferences, answer)

    def telling(self, asking: Asking, chosen: Chosen, status: int, detail: str) -> Answer | None:
        """A declared response that says what is wrong, as far as its schema has room."""
        problem = _PROBLEMS[status]
        said = Said(
            problem,
            chosen.status,
            asking.call.operation.method,
            asking.call.request.path,
            (Finding(problem.type, detail),),
        )
        return self.mock.refusals.declared(chosen, said, [], asking.accept)

    def declared(self, asking: Asking, status: int, location: str | None = None) -> Response:
        """What the mock answers with a status that is a success."""
        answer = self.mock.answer(asking.call, asking.accept, replace(asking.preferences, code=status))
        answer.reasons.status = asking.action.verb
        if location is not None and (place := self.placed(asking, status, location)):
            headers = answer.response.headers
            headers[:] = [
                *((name, value) for name, value in headers if name != "location"),
                ("location", place),
            ]
        return self.mock.finished(asking.call, asking.accept, asking.preferences, answer)

    def problem(self, asking: Asking, problem: problems.Problem, detail: str) -> Response:
        """A problem of ours, where the contract declares nothing for it."""
        body = problems.problem_body(problem, detail)
        response = Response(problem.status, [("content-type", problems.MEDIA_TYPE)], body)
        return self.finished(asking, response, "remembered state")

    def gave_up(self, asking: Asking, why: str) -> Response | None:
        """Leave an answer to the mock, and say so, once for each operation."""
        operation = asking.call.operation
        if operation.name not in self.told:
            self.told.add(operation.name)
            self.report(
                Finding(
                    "not-remembered",
                    f"{operation.name} is answered without memory: {why}",
                    Severity.WARNING,
                    location=Location("", pointer=operation.pointer),
                    hint="see --explain-state for what was inferred; x-treaty-resource corrects it",
                )
            )
        return None


_PROBLEMS = {
    404: problems.GONE,
    409: problems.CONFLICT,
    412: problems.PRECONDITION_FAILED,
    422: problems.UNPROCESSABLE,
}
