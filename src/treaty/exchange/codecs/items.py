"""Items: a sequence that is too large for memory, as handlers get it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from treaty.exchange.codecs.codec import NO_ITEM, Splitter
from treaty.exchange.spool import Spool
from treaty.findings import Json


class Items:
    """The items of a large body, read from its file when they are iterated over, one at a time.

    `len` says how many there are.
    """

    def __init__(self, spool: Spool, split: Callable[[], Splitter], reading: int, count: int) -> None:
        self._spool, self._split, self._reading, self._count = spool, split, reading, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Json]:
        splitter = self._split()
        pieces = (item for piece in self._spool.pieces() for item in splitter.feed(piece))
        for item in chain(pieces, splitter.finish()):
            if item[self._reading] is not NO_ITEM:
                yield item[self._reading]
