"""Files of a stateful mock: kept as they are uploaded, and sent again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from treaty.exchange.bodies import is_decodable
from treaty.exchange.lengths import judge_length
from treaty.exchange.media_types import concrete, essence_of, find_media_type, is_in_range
from treaty.exchange.messages import Response
from treaty.mocking.memory.files import File, file_in
from treaty.mocking.memory.memory import Memory, Place
from treaty.mocking.memory.stores.model import Record
from treaty.respond.recalled import Asking, Recalled

ANY = "application/octet-stream"


def file_of(asking: Asking) -> File | None:
    """The file that a request brings."""
    return file_in(asking.call.body, asking.call.request.header("content-type") or ANY)


@dataclass(frozen=True, slots=True)
class Filing:
    """What is done with files."""

    memory: Memory
    recalled: Recalled

    def keep(self, asking: Asking, place: Place, record: Record, file: File | None) -> None:
        """Keep the file that came with an item."""
        at = self.memory.file_place(asking.resource, place, record.key)
        if at is not None and file is not None:
            self.memory.keep_file(at, file.as_json())

    def upload(self, asking: Asking, place: Place) -> Response | None:
        """Keep a file; the mock answers as without memory."""
        file = file_of(asking)
        self.memory.keep_file(place, file.as_json() if file is not None else None)
        return None

    def download(self, asking: Asking, place: Place) -> Response | None:
        """The file that was uploaded, if one was, and if a media type is declared that it may be sent as."""
        record = self.memory.store.get(place.world, place.collection, "")
        if record is None:
            return None
        file, status = File.from_json(record.value), asking.action.answer.status
        declared = asking.call.operation.response_for(status)
        content = declared.content if declared is not None else ()
        media = find_media_type(content, file.type) or find_media_type(content, ANY)
        if media is None:
            return None
        kind = file.type if is_in_range(essence_of(file.type), media.essence) else concrete(media.name)
        if is_decodable(kind):  # it would be judged, and is not known to be valid
            return None
        if judge_length(asking.call.prepared.prepared_media(media, "response"), kind, file.content):
            return None
        headers = [("content-type", kind), *self.recalled.headers(asking, status, {})]
        response = Response(status, headers, file.content)
        return self.recalled.finished(replace(asking, media=media), response, "download")
