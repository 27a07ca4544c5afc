"""What operations do to what is remembered, a method each, and what they answer then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote

from treaty.exchange.codecs.upload import Upload
from treaty.exchange.messages import Response
from treaty.exchange.styles import split_query
from treaty.mocking.memory.bulk import keys_of
from treaty.mocking.memory.files import is_file, told_of
from treaty.mocking.memory.identities import declares
from treaty.mocking.memory.listing import choose, meant, passing
from treaty.mocking.memory.making import Object
from treaty.mocking.memory.memory import TRIES, Memory, Place
from treaty.mocking.memory.patches import PatchError, is_json_patch, json_patch, merge_patch, overlay
from treaty.mocking.memory.paths import SUFFIX
from treaty.mocking.memory.resources import Listing, Resource
from treaty.mocking.memory.stores.model import Outcome, Record
from treaty.mocking.refusals import can_refuse
from treaty.respond.filing import Filing, file_of
from treaty.respond.recalled import Asking, Recalled, is_tagged


@dataclass(frozen=True, slots=True)
class Doing:
    """Reads and changes records as a request asks; None in the place of an answer leaves it to the mock."""

    memory: Memory
    recalled: Recalled
    filing: Filing

    def read(self, asking: Asking, place: Place) -> Response | None:
        """An item."""
        record = self.there(asking, place)
        if record is None:
            return self.recalled.missing(asking)
        known = asking.call.request.header("if-none-match")
        if known is not None and is_tagged(record, known) and declares(asking.action, 304):
            return self.recalled.unchanged(asking, record)
        return self.recalled.item(asking, place, record)

    def stale(self, asking: Asking, before: Record) -> Response | None:
        """412, where it is declared and `If-Match` names another state of the item."""
        meant = asking.call.request.header("if-match")
        if meant is None or is_tagged(before, meant) or not declares(asking.action, 412):
            return None
        return self.recalled.refusal(asking, 412, "If-Match names another state of the item.")

    def there(self, asking: Asking, place: Place) -> Record | None:
        """The item at a place; where nothing can say that it is not there, it is made."""
        found, resource = self.memory.find(asking.resource, place), asking.resource
        if found is None and resource.is_untold and not can_refuse(asking.action.operation, 404):
            return self.memory.appear(resource, place)
        return found

    def list(self, asking: Asking, place: Place) -> Response | None:
        """The items of a collection that a query asks for."""
        listing, call = asking.action.listing or Listing(), asking.call
        query = meant(listing, call.query, {name for name, _ in split_query(call.request.query)})
        kept = asking.action.sets.items()
        records = [each for each in self.memory.all(asking.resource, place) if kept <= each.value.items()]
        page = choose(records, listing, query, self.most(asking))
        return self.recalled.items(asking, place, page)

    def most(self, asking: Asking) -> int | None:
        """How many items a list may have."""
        facts = self.memory.facts
        at = facts.of_media(asking.media, "response") if asking.media else None
        for name in asking.action.answer.way:
            at = facts.properties(at).get(name) if at is not None else None
        most = facts.keyword(at, "maxItems") if at is not None else None
        return most if isinstance(most, int) else None

    def create(self, asking: Asking, place: Place) -> Response | None:
        """Something new in a collection."""
        given, file = self.given(asking), file_of(asking)
        if given is None:
            return None
        if file is not None:
            given |= told_of(file, self.memory.facts, asking.resource.schema, given)
        outcome, record = self.memory.create(asking.resource, place, given)
        if outcome is Outcome.TAKEN and not declares(asking.action, 409):
            return self.overwritten(asking, place, given)
        if outcome is not Outcome.DONE or record is None:
            return self.recalled.refused(asking, outcome)
        self.filing.keep(asking, place, record, file)
        return self.recalled.item(asking, place, record, self.location(asking, record))

    def location(self, asking: Asking, record: Record) -> str | None:
        """The path of an item that was created; None where items have none."""
        item, path = asking.resource.item_path, asking.call.request.path.rstrip("/")
        if item is None:
            return None
        suffix = SUFFIX if asking.action.operation.path.endswith(SUFFIX) else ""
        path = path.removesuffix(suffix)
        if asking.action.scope is not None:  # the item's own path, below the same base
            base = path.split("/")[: -asking.action.operation.path.rstrip("/").count("/")]
            path = "/".join(base) + item.rpartition("/")[0]
        return f"{path}/{quote(record.key, safe='')}{suffix}"

    def overwritten(self, asking: Asking, place: Place, given: Object) -> Response | None:
        """What a client creates a second time, where the contract knows no conflict."""
        key = self.memory.chosen(asking.resource, given)
        return self.change(asking, replace(place, key=key), given)

    def replace(self, asking: Asking, place: Place) -> Response | None:
        """An item, anew; one that is not there is created where the contract lets it be."""
        given = self.given(asking)
        if given is None:
            return None
        if self.memory.find(asking.resource, place) is not None:
            return self.change(asking, place, given)
        operation = asking.action.operation
        only = asking.resource.action("create") is None and not declares(asking.action, 404)
        codes = {each.status for each in operation.responses}
        if not only and "201" not in codes and can_refuse(operation, 404):
            return self.recalled.missing(asking)
        outcome, record = self.memory.create(asking.resource, place, given)
        if outcome is Outcome.TAKEN:  # by another, just now
            return self.change(asking, place, given)
        if outcome is not Outcome.DONE or record is None:
            return self.recalled.refused(asking, outcome)
        return self.recalled.item(asking, place, record, status=201 if "201" in codes else None)

    def upsert(self, asking: Asking, place: Place) -> Response | None:
        """An item that says itself which one it is."""
        given, resource = self.given(asking), asking.resource
        key = self.memory.chosen(resource, given) if given is not None else None
        if given is None or key is None:
            return None
        at = replace(place, key=key)
        if self.memory.find(resource, at) is None and declares(asking.action, 404):
            return self.recalled.missing(asking)
        return self.replace(asking, at) if self.memory.find(resource, at) else self.create(asking, place)

    def change(self, asking: Asking, place: Place, given: Object) -> Response | None:
        """An item, with all that a request may write replaced."""
        resource, writes = asking.resource, asking.action.writes
        return self.renewed(
            asking, place, lambda before: self.memory.replaced(resource, before, given, writes)
        )

    def merge(self, asking: Asking, place: Place) -> Response | None:
        """An item, with what the body holds changed."""
        resource, call = asking.resource, asking.call
        kind = call.media_type.essence if call.media_type else ""
        body = call.body if kind else {name: each for name, each in call.query.items() if each is not None}
        for name in asking.action.body_way:
            body = body.get(name) if isinstance(body, dict) else None
        patched = is_json_patch(kind, body)
        if not patched and not isinstance(body, dict):
            return None

        def changed(before: Record) -> Object:
            if patched:
                after = json_patch(before.value, body)
            elif kind == "application/merge-patch+json":
                after = merge_patch(before.value, body)
            else:
                after = self.overlaid(resource, before.value, body)
            if not isinstance(after, dict):
                raise PatchError("the patch leaves no object")
            return after

        try:
            return self.renewed(asking, place, changed)
        except PatchError as error:
            status = 409 if declares(asking.action, 409) else 422
            return self.recalled.refusal(asking, status, str(error))

    def overlaid(self, resource: Resource, value: Object, body: Object) -> Object:
        """A value with members replaced; null takes one away that cannot be null."""
        facts, properties = self.memory.facts, self.memory.facts.properties(resource.schema)
        return overlay(value, body, lambda name: name in properties and facts.accepts(properties[name], None))

    def renewed(self, asking: Asking, place: Place, change: Callable[[Record], Object]) -> Response | None:
        """The answer to a change of a record, begun again while others come between."""
        memory, resource, outcome = self.memory, asking.resource, Outcome.CHANGED
        for _ in range(TRIES):
            before = self.there(asking, place)
            if before is None:
                return self.recalled.missing(asking)
            if stale := self.stale(asking, before):
                return stale
            after = change(before)
            outcome = memory.changed(resource, place, before, after)
            if outcome is Outcome.CLAIMED and not can_refuse(asking.action.operation, 409):
                outcome = memory.changed(resource, place, before, after, claims=False)
            if outcome is not Outcome.CHANGED:
                break
        record = memory.find(resource, place) if outcome is Outcome.DONE else None
        if record is None:
            return self.recalled.refused(asking, outcome)
        self.filing.keep(asking, place, record, file_of(asking))
        return self.recalled.item(asking, place, record)

    def delete(self, asking: Asking, place: Place) -> Response | None:
        """An item, no more."""
        for _ in range(TRIES):
            before = self.there(asking, place)
            if before is None:
                return self.recalled.missing(asking)
            if stale := self.stale(asking, before):
                return stale
            if self.memory.remove(asking.resource, place, before) is Outcome.DONE:
                return self.recalled.item(asking, place, before)
        return self.recalled.refused(asking, Outcome.CHANGED)

    def act(self, asking: Asking, place: Place) -> Response | None:
        """An item in another state, with what the body says of it."""
        resource, call = asking.resource, asking.call
        given = call.body if isinstance(call.body, dict) else {}
        properties = self.memory.facts.properties(resource.schema)
        told = {name: each for name, each in given.items() if name in properties}

        def changed(before: Record) -> Object:
            return self.overlaid(resource, before.value, {**told, **asking.action.sets})

        return self.renewed(asking, place, changed)

    def discard(self, asking: Asking, place: Place) -> Response | None:
        """Several items, no more."""
        action, resource, call = asking.action, asking.resource, asking.call
        listing, sent = action.listing or Listing(), split_query(call.request.query)
        if listing.filters and not sent and call.operation.body is None:
            return None  # all of them would go because nothing was said
        records = self.memory.all(resource, place)
        named = listing.names(resource.identity.property) if resource.identity else False
        if call.operation.body is not None:
            keys = keys_of(resource, call.body, action.body_way)
            if keys is None:
                return None
            records, named = [each for each in records if each.key in keys], bool(keys)
        meant = passing(records, listing, call.query)
        if named and not meant and can_refuse(call.operation, 404):
            return self.recalled.missing(asking, "names none that there is")
        removed = [each for each in meant if self.memory.remove(resource, place, each) is Outcome.DONE]
        return self.recalled.several(asking, place, removed)

    def given(self, asking: Asking) -> Object | None:
        """What the body of a request holds of a record; None when it holds none."""
        call = asking.call
        body = call.body if call.operation.body is not None else call.query
        if body is None and call.operation.body is not None and not call.operation.body.required:
            body = {}
        for name in asking.action.body_way:
            body = body.get(name) if isinstance(body, dict) else None
        if isinstance(body, bytes | Upload):
            body = {}
        if not isinstance(body, dict):
            return None
        return {name: each for name, each in body.items() if not is_file(each)}


VERBS: dict[str, Callable[[Doing, Asking, Place], Response | None]] = {
    "read": Doing.read,
    "list": Doing.list,
    "create": Doing.create,
    "replace": Doing.replace,
    "upsert": Doing.upsert,
    "merge": Doing.merge,
    "delete": Doing.delete,
    "act": Doing.act,
    "discard": Doing.discard,
    "upload": lambda self, asking, place: self.filing.upload(asking, place),
    "download": lambda self, asking, place: self.filing.download(asking, place),
}
