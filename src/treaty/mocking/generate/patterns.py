"""Parse regular expressions of ECMA-262 (the dialect of `pattern`) into trees to make words from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from treaty.mocking.generate.characters import (
    ANY,
    CLASSES,
    LAST,
    Ranges,
    complement,
    property_ranges,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

ENDLESS = 1_000_000  # the length and the count of what has no upper limit
MAX_DEPTH = 64
COUNT = re.compile(r"\{(\d{1,6})(?:(,)(\d{1,6})?)?\}")
CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "v": "\v", "f": "\f", "0": "\0"}


class PatternError(ValueError):
    """A pattern is no regular expression that this parser knows."""


@dataclass(frozen=True, slots=True)
class Characters:
    """One character of some ranges of code points."""

    ranges: Ranges
    shortest: int = 1
    longest: int = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """What takes no room: `^`, `$`, and what is only checked (`\\b`, lookarounds)."""

    symbol: str
    shortest: int = 0
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Series:
    """Nodes one after the other."""

    nodes: tuple[Node, ...]
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class Either:
    """One of several nodes."""

    nodes: tuple[Node, ...]
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """A node from `least` to `most` times."""

    node: Node
    least: int
    most: int
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class Capture:
    """A group whose text can be referred to, by number and by name."""

    node: Node
    names: tuple[str, ...]
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class Again:
    """The text of a group once more."""

    name: str
    shortest: int = 0
    longest: int = ENDLESS


Node: TypeAlias = Characters | Mark | Series | Either | Repeat | Capture | Again


def parse(pattern: str) -> Node:
    """The tree of a pattern; raises PatternError when it cannot be read."""
    parser = _Parser(pattern)
    tree = parser.either()
    if parser.at < len(pattern):
        raise PatternError(f"unexpected {pattern[parser.at]!r} at {parser.at}")
    return tree


def series(nodes: Iterable[Node]) -> Series:
    """Nodes in a row, with the lengths they allow together."""
    row = tuple(nodes)
    return Series(
        row, _capped(sum(node.shortest for node in row)), _capped(sum(node.longest for node in row))
    )


def repeat(node: Node, least: int, most: int) -> Repeat:
    """A node repeated, with the lengths that allows."""
    return Repeat(node, least, most, _capped(node.shortest * least), _capped(node.longest * most))


def _capped(length: int) -> int:
    return min(length, ENDLESS)


class _Parser:
    """Recursive descent over the text of one pattern."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.groups = 0

    def taken(self, token: str) -> bool:
        """Step over a token if it comes next."""
        if not self.text.startswith(token, self.at):
            return False
        self.at += len(token)
        return True

    def next(self) -> str:
        """The next character, stepped over."""
        if self.at >= len(self.text):
            raise PatternError("the pattern ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def either(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise PatternError(f"groups nest deeper than {MAX_DEPTH}")
        branches = [self.row()]
        while self.taken("|"):
            branches.append(self.row())
        self.depth -= 1
        if len(branches) == 1:
            return branches[0]
        shortest, longest = min(b.shortest for b in branches), max(b.longest for b in branches)
        return Either(tuple(branches), shortest, longest)

    def row(self) -> Node:
        nodes: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            nodes.append(self.quantified(self.atom()))
        return series(nodes)

    def quantified(self, node: Node) -> Node:
        least, most = 1, 1
        if self.taken("*"):
            least, most = 0, ENDLESS
        elif self.taken("+"):
            least, most = 1, ENDLESS
        elif self.taken("?"):
            least, most = 0, 1
        elif found := COUNT.match(self.text, self.at):
            self.at = found.end()
            least = int(found[1])
            most = int(found[3]) if found[3] else ENDLESS if found[2] else least
            if most < least:
                raise PatternError(f"a count runs backwards: {found[0]}")
        else:
            return node
        self.taken("?")  # lazy or greedy makes no difference to the words
        return repeat(node, least, most)

    def atom(self) -> Node:
        character = self.next()
        if character in "^$":
            return Mark(character)
        if character == ".":
            return Characters(ANY)
        if character == "(":
            return self.group()
        if character == "[":
            return Characters(self.bracket())
        if character == "\\":
            return self.escape()
        if character in "*+?":
            raise PatternError(f"nothing to repeat at {self.at - 1}")
        return Characters(((ord(character), ord(character)),))

    def group(self) -> Node:
        first = self.at == 1
        if first and self.taken("?<="):  # before everything else, it is text like any other
            before = self.either()
            self.close()
            return before
        if any(self.taken(token) for token in ("?=", "?!", "?<=", "?<!")):
            self.either()
            self.close()
            return Mark("look")
        names: tuple[str, ...] = ()
        if not self.taken("?:"):
            self.groups += 1
            names = (str(self.groups),)
            if self.taken("?<") or self.taken("?P<"):
                end = self.text.find(">", self.at)
                if end < 0:
                    raise PatternError("a group's name has no end")
                names += (self.text[self.at : end],)
                self.at = end + 1
            elif self.taken("?"):
                raise PatternError("a kind of group that is not known")
        inner = self.either()
        self.close()
        return Capture(inner, names, inner.shortest, inner.longest) if names else inner

    def close(self) -> None:
        if not self.taken(")"):
            raise PatternError("a group has no end")

    def escape(self) -> Node:
        character = self.next()
        if character in "bBAZz":
            return Mark("$" if character in "Zz" else "^" if character == "A" else character)
        if character in "123456789":
            start = self.at - 1
            while self.at < len(self.text) and self.text[self.at].isdigit():
                self.at += 1
            return Again(self.text[start : self.at])
        if character == "k" and self.taken("<"):
            end = self.text.find(">", self.at)
            name, self.at = self.text[self.at : end], end + 1
            return Again(name)
        return Characters(self.escaped(character))

    def escaped(self, character: str) -> Ranges:
        """The characters that an escape stands for, inside a class or out of it."""
        if character in CLASSES:
            return CLASSES[character]
        if character in "pP" and self.taken("{"):
            end = self.text.find("}", self.at)
            name, self.at = self.text[self.at : end], end + 1
            ranges = property_ranges(name)
            return complement(ranges) if character == "P" else ranges
        code = ord(CONTROLS.get(character, character))
        if character == "c":
            code = ord(self.next()) % 32
        elif character == "x":
            code = self.hexadecimal(2)
        elif character == "u" and self.taken("{"):
            end = self.text.find("}", self.at)
            code = self.hexadecimal(end - self.at)
            self.at += 1
        elif character == "u":
            code = self.hexadecimal(4)
            if 0xD800 <= code < 0xDC00 and self.taken("\\u"):  # a surrogate pair
                code = 0x10000 + (code - 0xD800) * 0x400 + self.hexadecimal(4) - 0xDC00
        return ((code, code),)

    def hexadecimal(self, digits: int) -> int:
        text = self.text[self.at : self.at + digits]
        self.at += digits
        try:
            return min(int(text, 16), LAST)
        except ValueError:
            raise PatternError(f"no hexadecimal number: {text!r}") from None

    def bracket(self) -> Ranges:
        negated = self.taken("^")
        ranges: list[tuple[int, int]] = []
        while not self.taken("]"):
            low = self.member()
            # A hyphen makes a range of two characters; at the end, or beside a class, it is itself.
            ends = self.text[self.at + 1 : self.at + 2]
            if self.text[self.at : self.at + 1] != "-" or ends in ("]", ""):
                ranges.extend(low)
                continue
            self.at += 1
            high = self.member()
            if len(low) == 1 == len(high):
                ranges.append((low[0][0], high[0][1]))
            else:
                ranges.extend((*low, *high, (ord("-"), ord("-"))))
        return complement(ranges) if negated else tuple(ranges)

    def member(self) -> Ranges:
        character = self.next()
        if character != "\\":
            return ((ord(character), ord(character)),)
        character = self.next()
        return ((8, 8),) if character == "b" else self.escaped(character)
