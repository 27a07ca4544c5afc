"""Where a JSON Pointer stands in a file: line and column, worked out only for what is reported.

The file is read again as a stream of events. Only the nodes on the way to a pointer, and
those that an alias may lead to, are kept; the reading stops when every pointer is found.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from yaml import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from treaty.document import json, yaml
from treaty.document.faults import MAX_DEPTH
from treaty.document.text import decode
from treaty.findings import Location, path_of

# A mark is an offset in JSON, the parser's mark in YAML; it becomes a line and column at the end.
_Mark: TypeAlias = Any
# What happens in the file: kind, text, mark, anchor or alias name.
_Happening: TypeAlias = tuple[str, str, _Mark, str | None]
_OPEN, _LIST, _CLOSE, _VALUE, _ALIAS, _MERGE = "mapping", "list", "close", "value", "alias", "merge"
_Wanted: TypeAlias = dict[str, "_Wanted"]


def locate_all(content: bytes, pointers: Iterable[str], label: str) -> dict[str, Location]:
    """The place of each pointer in one reading of the file.

    A member of an object is placed at its key, an item of an array at itself; what does not
    exist at its deepest ancestor that does. Aliases and merge keys are followed to where the
    text is written. Raises `DocumentError` when the file is neither JSON nor YAML.
    """
    text = decode(content, label)
    paths = {pointer: path_of(pointer) for pointer in pointers}
    if json.looks_like_json(text, label):
        try:
            root = _index(_json_happenings(text), paths.values())
        except ValueError:  # no JSON: YAML in flow style, which is read below
            pass
        else:
            return _locations(root, paths, label, _line_and_column(text))
    root = _index(_yaml_happenings(text, label), paths.values())
    return _locations(root, paths, label, lambda mark: (mark.line + 1, mark.column + 1))


@dataclass(slots=True)
class _Node:
    """A node that was kept: its text when a scalar, its members with the marks of their keys."""

    text: str | None = None
    members: dict[str, tuple[_Mark, _Node]] = field(default_factory=dict)
    merged: _Node | None = None
    is_list: bool = False


@dataclass(slots=True)
class _Frame:
    """An open collection: what is kept of it, what is wanted in it, and where it stands now."""

    node: _Node | None
    wanted: _Wanted
    keep_all: bool
    is_list: bool
    key: str | None = None
    key_mark: _Mark = None
    is_merge: bool = False
    count: int = 0


def _json_happenings(text: str) -> Iterator[_Happening]:
    for kind, source, offset in json.tokens(text):
        if kind == "text":
            yield _VALUE, json.unquoted(source), offset, None
        elif kind == "open":
            yield (_OPEN if source == "{" else _LIST), "", offset, None
        elif kind == "close":
            yield _CLOSE, "", offset, None
        else:
            yield _VALUE, source, offset, None


def _yaml_happenings(text: str, label: str) -> Iterator[_Happening]:
    for event in yaml.events(text, label):
        kind = type(event)
        if kind is ScalarEvent:
            merges = event.value == "<<" and yaml.is_merge(event)
            yield (_MERGE if merges else _VALUE), event.value, event.start_mark, event.anchor
        elif kind is MappingStartEvent:
            yield _OPEN, "", event.start_mark, event.anchor
        elif kind is SequenceStartEvent:
            yield _LIST, "", event.start_mark, event.anchor
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            yield _CLOSE, "", event.start_mark, None
        elif kind is AliasEvent:
            yield _ALIAS, "", event.start_mark, event.anchor


def _index(happenings: Iterable[_Happening], paths: Iterable[tuple[str, ...]]) -> _Node:
    """The nodes on the way to the paths, below a list whose only item is the document."""
    index = _Index(paths)
    for kind, text, mark, name in happenings:
        frame = index.frames[-1]
        if kind is _CLOSE:
            index.frames.pop()
        elif kind is _ALIAS:
            index.alias(frame, name or "", mark)
        elif frame.node is None and name is None:
            if kind is _OPEN or kind is _LIST:
                index.frames.append(_Frame(None, {}, keep_all=False, is_list=False))
        elif (kind is _VALUE or kind is _MERGE) and frame.node is not None and index.awaits_key(frame):
            index.begin_member(frame, text, mark, kind is _MERGE)
            if name is not None:
                index.anchors[name] = _Node(text)
        else:
            index.value(frame, kind, text, mark, name)
        if not index.missing or len(index.frames) > MAX_DEPTH + 1:  # deeper, no file can be loaded
            break
    return index.root


class _Index:
    """The state of one reading."""

    __slots__ = ("anchors", "frames", "missing", "root")

    def __init__(self, paths: Iterable[tuple[str, ...]]) -> None:
        wanted: _Wanted = {"0": {}}
        self.missing = 1  # nodes on the way that have not come yet
        for path in paths:
            below = wanted["0"]
            for step in path:
                if step not in below:
                    below[step] = {}
                    self.missing += 1
                below = below[step]
        self.root = _Node(is_list=True)
        self.frames = [_Frame(self.root, wanted, keep_all=False, is_list=True)]
        self.anchors: dict[str, _Node] = {}

    def awaits_key(self, frame: _Frame) -> bool:
        return not frame.is_list and frame.key is None

    def begin_member(self, frame: _Frame, text: str, mark: _Mark, is_merge: bool) -> None:
        frame.key, frame.key_mark, frame.is_merge = text, mark, is_merge

    def alias(self, frame: _Frame, name: str, mark: _Mark) -> None:
        if frame.node is None:
            return
        node = self.anchors.get(name, _Node())
        if self.awaits_key(frame):
            self.begin_member(frame, node.text or "", mark, is_merge=False)
        else:
            self.attach(frame, node, mark)

    def value(self, frame: _Frame, kind: str, text: str, mark: _Mark, anchor: str | None) -> None:
        """A value that has come: kept when it is on the way, or when an alias may lead to it."""
        keep_all = frame.keep_all or anchor is not None or (frame.is_merge and frame.key is not None)
        step = str(frame.count) if frame.is_list else frame.key or ""
        on_the_way = frame.node is not None and step in frame.wanted and not frame.is_merge
        below = frame.wanted[step] if on_the_way else {}
        opens = kind is _OPEN or kind is _LIST
        node = None
        if keep_all or on_the_way:
            node = _Node(None if opens else text, is_list=kind is _LIST)
        if frame.node is not None:
            self.attach(frame, node, mark)
        if anchor is not None and node is not None:
            self.anchors[anchor] = node
        if opens:
            self.frames.append(_Frame(node, below, keep_all, is_list=kind is _LIST))

    def attach(self, frame: _Frame, node: _Node | None, mark: _Mark) -> None:
        """Put a value into its collection, and go on to the next member."""
        parent, step = frame.node, str(frame.count) if frame.is_list else frame.key or ""
        if parent is not None and frame.is_merge:
            parent.merged = node
        elif parent is not None and node is not None:
            self.missing -= step in frame.wanted
            parent.members[step] = (mark if frame.is_list else frame.key_mark, node)
        frame.count += 1
        frame.key, frame.is_merge = None, False


def _line_and_column(text: str) -> Callable[[int], tuple[int, int]]:
    """A function from an offset to its line and column, for many offsets in one text."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def place(offset: int) -> tuple[int, int]:
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    return place


def _locations(
    root: _Node,
    paths: dict[str, tuple[str, ...]],
    label: str,
    line_and_column: Callable[[_Mark], tuple[int, int]],
) -> dict[str, Location]:
    located = {}
    for pointer, path in paths.items():
        mark = _deepest(root, path)
        line, column = (0, 0) if mark is None else line_and_column(mark)
        located[pointer] = Location(label, line, column, pointer)
    return located


def _deepest(root: _Node, path: tuple[str, ...]) -> _Mark | None:
    """The mark of the last node on a path that exists; none when the document is empty."""
    node, mark = root, None
    for step in ("0", *path):
        found = _member(node, step)
        if found is None:
            break
        mark, node = found
    return mark


def _member(node: _Node, step: str) -> tuple[_Mark, _Node] | None:
    """A member of a node: its own, or else that of the earliest merged source that has it."""
    pending, seen = [node], {id(node)}
    while pending:
        node = pending.pop()
        if step in node.members:
            return node.members[step]
        if node.merged is None:
            continue
        listed = [member for _, member in node.merged.members.values()]
        sources = listed if node.merged.is_list else [node.merged]
        unseen = [source for source in reversed(sources) if id(source) not in seen]
        seen.update(id(source) for source in unseen)
        pending.extend(unseen)
    return None
