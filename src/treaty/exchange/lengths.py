"""Lengths: of bodies that are their bytes, whole or as they come."""

from __future__ import annotations

from dataclasses import dataclass

from treaty.exchange.bodies import is_decodable
from treaty.exchange.codecs.codec import UndecodableError
from treaty.exchange.codecs.upload import Upload
from treaty.exchange.content_encoding import ContentDecoder, codings_of
from treaty.exchange.messages import Response
from treaty.exchange.octets import Measure, Octets, measure_of
from treaty.exchange.prepared_media import PreparedMedia
from treaty.findings import Finding


def judge_length(ready: PreparedMedia, kind: str, body: bytes | Upload) -> list[Finding]:
    """What is wrong with the length of a body that is not decoded; nothing else is judged of it."""
    measure = measure_of(kind) if ready.octets else None
    if measure is None:
        return []
    length = sum(map(measure.count, (body,) if isinstance(body, bytes) else body.pieces()))
    return [each.finding(length, measure.unit) for each in ready.octets.broken(length)]


def judge_announced(ready: PreparedMedia, kind: str, response: Response) -> list[Finding]:
    """The same of a body in chunks, by the head that says how long it is going to be."""
    length, measure = announced_length(response), measure_of(kind)
    if length is None or measure is None or measure.count is not len:
        return []
    return [each.finding(length, measure.unit) for each in ready.octets.broken(length)]


def announced_length(response: Response) -> int | None:
    """How many bytes a body in chunks will have, where its head says so."""
    length = response.header("content-length") or ""
    return int(length) if length.isdecimal() and response.header("content-encoding") is None else None


def length_judge(ready: PreparedMedia, kind: str, response: Response) -> LengthJudge | None:
    """What judges the length of a body as it comes; None where it is not judged, or the head was.

    Raises `UndecodableError` for a content coding that is not known.
    """
    measure = measure_of(kind) if ready.octets and not is_decodable(kind) else None
    if measure is None or (measure.count is len and announced_length(response) is not None):
        return None
    codings = codings_of(response.headers)
    return LengthJudge(ready.octets, measure, ContentDecoder(codings) if codings else None)


@dataclass(slots=True)
class LengthJudge:
    """Says what is wrong with the length of a body as it comes, once; none of it is kept."""

    octets: Octets
    measure: Measure
    decoder: ContentDecoder | None = None
    length: int = 0
    _is_over: bool = False

    @property
    def pending(self) -> int:
        """No bytes wait for others to be judged."""
        return 0

    def feed(self, data: bytes) -> list[Finding]:
        """What is wrong with the length, now that these bytes came."""
        try:
            for piece in (data,) if self.decoder is None else self.decoder.feed(data):
                self.length += self.measure.count(piece)
        except UndecodableError as error:
            return self._lost(error)
        return self._found(is_whole=False)

    def finish(self) -> list[Finding]:
        """What is wrong with it, now that there are no more."""
        try:
            if self.decoder is not None and not self._is_over:
                self.decoder.finish()
        except UndecodableError as error:
            return self._lost(error)
        return self._found(is_whole=True)

    def _found(self, *, is_whole: bool) -> list[Finding]:
        broken = [] if self._is_over else self.octets.broken(self.length, is_whole=is_whole)
        self._is_over = self._is_over or bool(broken)
        return [each.finding(self.length, self.measure.unit) for each in broken]

    def _lost(self, error: UndecodableError) -> list[Finding]:
        found = [] if self._is_over else [error.finding]
        self._is_over = True
        return found
