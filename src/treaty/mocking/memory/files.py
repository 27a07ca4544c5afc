"""Files that are uploaded and sent again: at one path, or with the item that an upload creates.

A file is kept as a JSON value beside the records, so that every store, snapshot and world has it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace

from treaty.contract.model import MediaType, Operation
from treaty.contract.schemas import SchemaAt
from treaty.exchange.bodies import is_decodable
from treaty.exchange.codecs.upload import Upload
from treaty.exchange.media_types import concrete
from treaty.findings import Json
from treaty.mocking.choose import lowest_success
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.making import Object
from treaty.mocking.memory.paths import is_parameter
from treaty.mocking.memory.resources import Action, Answer, Resource
from treaty.mocking.memory.words import names, plain

MAX_FILE = 8 * 1024 * 1024  # a larger one is not remembered
WRITING = ("PUT", "POST", "PATCH")
OWN = "/~file"  # where the file of an item is that is read at the item's own path
# What an item calls its file's name, size and media type.
NAMES = names("filename name originalname originalfilename title")
SIZES = names("size bytes filesize length contentlength sizebytes sizeinbytes")
TYPES = names("contenttype mimetype mediatype mime type")


@dataclass(frozen=True, slots=True)
class File:
    """What was uploaded."""

    content: bytes
    type: str
    name: str

    def as_json(self) -> Object:
        """The file as a record has it."""
        return {"type": self.type, "name": self.name, "base64": base64.b64encode(self.content).decode()}

    @classmethod
    def from_json(cls, value: Json) -> File:
        """The file of a record."""
        return cls(base64.b64decode(value["base64"]), value["type"], value["name"])


def is_file(value: Json) -> bool:
    """Is a member of a body a file, or several?"""
    return isinstance(value, bytes | Upload) or (isinstance(value, list) and any(map(is_file, value)))


def file_in(body: Json, content_type: str) -> File | None:
    """The one file of a body, if it is not too large: the body itself, or a part of it."""
    if isinstance(body, bytes):
        return File(body, content_type, "") if len(body) <= MAX_FILE else None
    if isinstance(body, Upload):
        kind = body.content_type or content_type
        return File(body.bytes, kind, body.filename) if body.size <= MAX_FILE else None
    if not isinstance(body, dict):
        return None
    found = [each for each in body.values() if isinstance(each, bytes | Upload)]
    return file_in(found[0], "application/octet-stream") if len(found) == 1 else None


def told_of(file: File, facts: Facts, schema: SchemaAt, given: Object) -> Object:
    """What an item says of the file that came with it."""
    found: Object = {}
    for name, at in facts.properties(schema).items():
        said: tuple[tuple[frozenset[str], Json], ...] = (
            (NAMES, file.name), (SIZES, len(file.content)), (TYPES, file.type))  # fmt: skip
        for words, value in said:
            if name not in given and plain(name) in words and value != "" and facts.accepts(at, value):
                found[name] = value
    return found


def filed(facts: Facts, found: list[Resource], paths: dict[str, dict[str, Operation]]) -> Iterator[Resource]:
    """What is read as a file, where an operation takes it: at the same path, or when an item is created."""
    items = {each.item_path: each for each in found if each.item_path}
    known = {each.operation.pointer for resource in found for each in resource.actions}
    for path, operations in paths.items():
        reading = operations.get("GET")
        media = _file_media(reading) if reading is not None else None
        if reading is None or media is None or reading.pointer in known:
            continue
        status = lowest_success(reading) or 200
        download = Action("download", reading, Answer(status, media), why="answers with a file")
        writing = [operations[each] for each in WRITING if each in operations]
        uploads = [
            Action("upload", each, Answer(lowest_success(each) or 200), why="takes a file")
            for each in writing
            if takes_file(facts, each) and each.pointer not in known
        ]
        above = items.get(path) or items.get(path.rpartition("/")[0])
        creates = above is not None and any(takes_file(facts, each.operation) for each in above.actions)
        if uploads or creates:
            own = path + OWN if is_parameter(path.rpartition("/")[2]) else path
            yield _resource(facts, own, (download, *uploads), creates and not uploads)


def _resource(facts: Facts, path: str, actions: tuple[Action, ...], is_created: bool) -> Resource:
    segment = next(each for each in reversed(path.split("/")) if each and not is_parameter(each))
    how = "comes with what creates the item" if is_created else "is sent and read at one path"
    schema = SchemaAt(facts.contract.schemas.base, True)
    return Resource(segment.lstrip("~"), path, schema, None, actions, why=(f"the file {how}",))


def with_files(found: list[Resource], files: list[Resource]) -> list[Resource]:
    """The resources, with where the files of their items are."""
    at = {each.path.rpartition("/")[0]: each.path for each in files}
    return [*(replace(each, file=at.get(each.item_path or "")) for each in found), *files]


def takes_file(facts: Facts, operation: Operation) -> bool:
    """Does an operation take a file: as its body, or as one of its parts?"""
    for media in operation.body.content if operation.body else ():
        if not is_decodable(concrete(media.name)):
            return True
        if media.essence.startswith("multipart/") and media.schema is not None:
            at = facts.of_media(media, "request")
            parts = facts.properties(at, "request").values() if at is not None else ()
            if sum(_is_binary(facts, each) for each in parts) == 1:
                return True
    return False


def _is_binary(facts: Facts, at: SchemaAt) -> bool:
    return (
        facts.keyword(at, "format") == "binary"
        or facts.keyword(at, "contentMediaType") is not None
        or at.schema in (True, {})
    )


def _file_media(operation: Operation) -> MediaType | None:
    """What a file is sent as."""
    declared = operation.response_for(lowest_success(operation) or 200)
    content = declared.content if declared is not None else ()
    if any(each.is_json for each in content):
        return None
    return next((each for each in content if not is_decodable(concrete(each.name))), None)
