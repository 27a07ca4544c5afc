"""YAML 1.2 to plain data: from the parser's events, without recursion, with every place known.

The syntax is libyaml's; what scalars mean, keys, anchors, merges and bounds are decided here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias

import yaml
from yaml import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from treaty.document.faults import (
    MAX_DEPTH,
    MAX_DUPLICATES,
    duplicate_key,
    empty_document,
    number_too_long,
    too_deep,
)
from treaty.document.scalars import SCALAR_TAGS, plain_value, tagged_value
from treaty.document.syntax import explain, undecodable_tag
from treaty.findings import DocumentError, Finding, Json, Location

# The type stubs leave the marks of events optional; those of libyaml's parser never are.
Event: TypeAlias = Any
Mark: TypeAlias = Any

# Nodes that aliases may stand for, together: sharing costs no memory, walking it costs time.
MAX_ALIASED_NODES: Final = 1_000_000

MERGE_TAG: Final = "tag:yaml.org,2002:merge"
_MERGE: Final = object()  # stands for a `<<` key until its mapping is complete

# Line breaks of YAML 1.1 that YAML 1.2 counts as text, and characters that 1.2 allows in quotes:
# libyaml refuses or misreads them, so unused private characters stand in while it parses.
_SHIELDED = "\x7f" + "".join(map(chr, range(0x80, 0xA0))) + "\u2028\u2029\ufffe\uffff"
_PRIVATE = range(0x10FFFD, 0x100000, -1)

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def loads(text: str, label: str) -> Json:
    """The value of a YAML document, by the core schema of YAML 1.2; `label` names it in findings.

    Keys are strings as written: `200`, `1.10`, `~`. `<<` merges: own keys win, then earlier
    sources. Aliased values are shared objects: read them, do not change them. Raises
    `DocumentError`: yaml-syntax, yaml-tag, yaml-merge, number-too-long, duplicate-key,
    complex-key, unknown-alias, alias-loop, alias-bomb, too-deep, several-documents,
    empty-document.
    """
    composer = _Composer(label)
    for event in events(text, label):
        kind = type(event)
        if kind is ScalarEvent:
            composer.scalar(event)
        elif kind is MappingStartEvent:
            composer.open(event, {}, {})
        elif kind is SequenceStartEvent:
            composer.open(event, [], None)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            composer.close()
        elif kind is AliasEvent:
            composer.alias(event)
        elif kind is DocumentStartEvent:
            composer.start(event)
    return composer.result()


def events(text: str, label: str) -> Iterator[Event]:
    """The parser's events; raises `DocumentError` (`yaml-syntax`) where the text is not YAML."""
    present = [character for character in _SHIELDED if character in text]
    return _shielded(text, label, present) if present else _parse(text, label)


def is_merge(event: Event) -> bool:
    """Whether a scalar, as a key, is the merge key `<<`: unquoted, or tagged so."""
    return event.value == "<<" and (event.tag == MERGE_TAG or (event.tag is None and event.implicit[0]))


def _shielded(text: str, label: str, present: list[str]) -> Iterator[Event]:
    """The events of a text in which some characters must be hidden from the parser."""
    unused = (chr(code) for code in _PRIVATE if chr(code) not in text)
    pairs = list(zip(present, unused, strict=False))
    shield = str.maketrans(dict(pairs))
    unshield = str.maketrans({private: character for character, private in pairs})
    for event in _parse(text.translate(shield), label):
        if type(event) is ScalarEvent:
            event.value = event.value.translate(unshield)
        yield event


def _parse(text: str, label: str) -> Iterator[Event]:
    try:
        loader = _LOADER(text)
        try:
            next_event = loader.get_event
            while (event := next_event()) is not None:
                yield event
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise explain(error, text, label) from None
    except UnicodeDecodeError:  # libyaml undoes the percent-encoding of tags, and takes surrogates
        raise undecodable_tag(text, label) from None


@dataclass(slots=True)
class _Anchor:
    """What an alias stands for: its value, its text when a scalar, and whether it is complete."""

    value: Json
    text: str | None
    mark: Mark
    complete: bool


_Parent = tuple[Json, dict[object, Mark] | None, object, _Anchor | None]


class _Composer:
    """Builds the value from events; the open collections are on a stack of its own."""

    __slots__ = (
        "aliased",
        "anchors",
        "container",
        "document",
        "findings",
        "key",
        "label",
        "marks",
        "parents",
        "weights",
    )

    def __init__(self, label: str) -> None:
        self.label = label
        self.findings: list[Finding] = []
        self.parents: list[_Parent] = []
        self.container: Json = []  # the open collection; at first a list that receives the root
        self.marks: dict[object, Mark] | None = None  # keys of the open mapping, None in a list
        self.key: object = None  # the member that waits for its value
        self.anchors: dict[str, _Anchor] = {}
        self.weights: dict[int, tuple[Json, int, int]] = {}
        self.aliased = 0
        self.document: Mark | None = None

    def start(self, event: Event) -> None:
        if self.document is not None:
            first = (self.at(self.document),)
            message = "The file holds several YAML documents; one was expected."
            hint = "Remove the `---` or `...` between them, or put each in a file of its own."
            self.refuse("several-documents", message, event.start_mark, hint, first)
        self.document = event.start_mark

    def scalar(self, event: Event) -> None:
        text = event.value
        if self.marks is not None and self.key is None:
            self.begin_member(
                _MERGE if text == "<<" and is_merge(event) else sys.intern(text), event.start_mark
            )
            value: Json = text
        elif event.tag is None:
            value = self.plain(event) if event.implicit[0] else text
            self.add(value)
        else:
            value = self.tagged(event)
            self.add(value)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchor(value, text, event.start_mark, complete=True)

    def plain(self, event: Event) -> Json:
        try:
            return plain_value(event.value)
        except ValueError:
            raise DocumentError([*self.findings, number_too_long(self.at(event.start_mark))]) from None

    def tagged(self, event: Event) -> Json:
        try:
            return tagged_value(event.tag, event.value)
        except (ValueError, OverflowError):
            kind = event.tag.rpartition(":")[2]
            message = f"The value {event.value[:40]!r} is not what its tag !!{kind} says."
            self.refuse("yaml-tag", message, event.start_mark, "Remove the tag or change the value.")

    def begin_member(self, key: object, mark: Mark) -> None:
        marks = self.marks
        assert marks is not None  # noqa: S101  for the type checker: only mappings have members
        self.key = key
        if key in marks:
            self.duplicate(key, mark, marks[key])
        else:
            marks[key] = mark

    def duplicate(self, key: object, mark: Mark, first: Mark) -> None:
        if len(self.findings) < MAX_DUPLICATES:
            name = "<<" if key is _MERGE else str(key)
            path = [_step(*parent[:3]) for parent in self.parents[1:]]
            self.findings.append(duplicate_key([*path, name], self.at(mark), self.at(first)))

    def add(self, value: Json) -> None:
        if self.marks is None:
            self.container.append(value)
        else:
            self.container[self.key] = value
            self.key = None

    def open(self, event: Event, node: Json, marks: dict[object, Mark] | None) -> None:
        mark = event.start_mark
        if self.marks is None:
            self.container.append(node)
        elif self.key is None:
            self.complex_key(mark)
        else:
            self.container[self.key] = node
        if len(self.parents) >= MAX_DEPTH:
            self.too_deep(mark)
        if event.tag in SCALAR_TAGS:
            self.refuse("yaml-tag", "A mapping or list has the tag of a scalar.", mark, "Remove the tag.")
        anchor = None
        if event.anchor is not None:
            anchor = self.anchors[event.anchor] = _Anchor(node, None, mark, complete=False)
        self.parents.append((self.container, self.marks, self.key, anchor))
        self.container, self.marks, self.key = node, marks, None

    def close(self) -> None:
        if self.marks is not None and _MERGE in self.marks:
            self.merge(self.container, self.marks[_MERGE])
        self.container, self.marks, _, anchor = self.parents.pop()
        self.key = None
        if anchor is not None:
            anchor.complete = True

    def alias(self, event: Event) -> None:
        mark, name = event.start_mark, event.anchor
        anchor = self.anchors.get(name)
        if anchor is None:
            hint = f"Write &{name} before the value meant, above this line, or quote text that starts with *."
            self.refuse("unknown-alias", f"No anchor &{name} comes before the alias *{name}.", mark, hint)
        if not anchor.complete:
            message = f"The alias *{name} stands inside the value that it stands for."
            hint = "YAML cannot hold recursion; say it with $ref."
            self.refuse("alias-loop", message, mark, hint, (self.at(anchor.mark),))
        if self.marks is not None and self.key is None:
            if anchor.text is None:
                self.complex_key(mark)
            self.begin_member(sys.intern(anchor.text), mark)
        else:
            self.charge(anchor.value, mark)
            self.add(anchor.value)

    def charge(self, value: Json, mark: Mark) -> None:
        """Count what an alias stands for, so that walking the value stays bounded."""
        size, height = weigh(value, self.weights)
        self.aliased += size
        if self.aliased > MAX_ALIASED_NODES:
            message = f"The aliases stand for more than {MAX_ALIASED_NODES:,} values together."
            self.refuse("alias-bomb", message, mark, "Use $ref instead of aliases of aliases.")
        if len(self.parents) + height > MAX_DEPTH:
            self.too_deep(mark)

    def merge(self, node: dict[object, Json], mark: Mark) -> None:
        value = node.pop(_MERGE)
        for source in value if isinstance(value, list) else [value]:
            if not isinstance(source, dict):
                hint = 'Write <<: *anchor, or quote the key ("<<") if it is meant as a name.'
                self.refuse("yaml-merge", "A merge key << needs a mapping or a list of them.", mark, hint)
            for key, member in source.items():
                node.setdefault(key, member)

    def result(self) -> Json:
        if self.findings:
            raise DocumentError(self.findings)
        if self.document is None:
            raise DocumentError([empty_document(self.label)])
        return self.container[0]

    def at(self, mark: Mark) -> Location:
        return Location(self.label, mark.line + 1, mark.column + 1)

    def complex_key(self, mark: Mark) -> NoReturn:
        hint = "Quote the key; a template such as {{name}} must be quoted too."
        self.refuse("complex-key", "A mapping or list is used as a key; keys are strings.", mark, hint)

    def too_deep(self, mark: Mark) -> NoReturn:
        raise DocumentError([*self.findings, too_deep(self.at(mark))])

    def refuse(
        self, code: str, message: str, mark: Mark, hint: str = "", related: tuple[Location, ...] = ()
    ) -> NoReturn:
        finding = Finding(code=code, message=message, location=self.at(mark), hint=hint, related=related)
        raise DocumentError([*self.findings, finding])


def weigh(value: Json, known: dict[int, tuple[Json, int, int]]) -> tuple[int, int]:
    """How many nodes a value unfolds to, and how many levels; shared parts are weighed once.

    `known` remembers collections by identity, and holds them so that an identity stays theirs.
    """
    if not isinstance(value, (dict, list)):
        return 1, 0
    pending = [value] if id(value) not in known else []
    while pending:
        node = pending[-1]
        inner = [member for member in _members(node) if isinstance(member, (dict, list))]
        unknown = [member for member in inner if id(member) not in known]
        if unknown:
            pending.extend(unknown)
            continue
        pending.pop()
        weights = [known[id(member)] for member in inner]
        size = 1 + len(node) - len(inner) + sum(weight[1] for weight in weights)
        known[id(node)] = (node, size, 1 + max((weight[2] for weight in weights), default=0))
    return known[id(value)][1:]


def _members(node: Json) -> Iterable[Json]:
    return node.values() if isinstance(node, dict) else node


def _step(container: Json, marks: object, key: object) -> str:
    if marks is None:
        return str(len(container) - 1)
    return "<<" if key is _MERGE else str(key)
