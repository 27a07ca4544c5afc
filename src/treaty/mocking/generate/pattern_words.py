"""Make words that match patterns, of a wanted length, and check them with the validator's own engine."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import jsonschema_rs

from treaty.mocking.generate.characters import READABLE, pick
from treaty.mocking.generate.patterns import (
    ENDLESS,
    Again,
    Capture,
    Characters,
    Either,
    Mark,
    Node,
    PatternError,
    Repeat,
    Series,
    parse,
    repeat,
    series,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from treaty.mocking.generate.dice import Dice

MAX_WORD = 20_000
PLAIN = 5  # characters that a word has at first, where it may
NATURAL = 10  # how many characters more than the least a word may have when nothing asks for more


@functools.lru_cache(maxsize=1024)
def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a text matches a pattern, as `pattern` means it: anywhere, in ECMA-262's dialect."""
    try:
        return jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid
    except (ValueError, jsonschema_rs.ValidationError):
        return _never  # a pattern that cannot be compiled matches nothing


def _never(_: str) -> bool:
    return False


@functools.lru_cache(maxsize=1024)
def tree_of(pattern: str) -> Node | None:
    """The tree of a pattern; None when it cannot be read."""
    try:
        return parse(pattern)
    except PatternError:
        return None


def matching_word(patterns: Sequence[str], low: int, high: int, dice: Dice, attempts: int = 60) -> str | None:
    """A text of `low` to `high` characters that matches every pattern; None when none was found."""
    trees = [tree for tree in map(tree_of, patterns) if tree is not None]
    trees += [_joined(trees)] if len(trees) > 1 else []
    checks = [matcher(pattern) for pattern in patterns]
    for number in range(attempts if trees else 0):
        # Where there are several patterns, each has its turn to shape the word.
        tree = trees[number % len(trees)]
        word = _word(tree, low, high, dice, number // len(trees))
        if word is not None and low <= len(word) <= high and all(check(word) for check in checks):
            return word
    return None


def _word(tree: Node, low: int, high: int, dice: Dice, number: int) -> str | None:
    least = max(low, tree.shortest)
    if number % 4 == 3 or least > tree.longest:
        tree = _padded(tree)  # what is not anchored may stand within a longer text
        least = max(low, tree.shortest)
    most = min(high, tree.longest, least + NATURAL + 4 * number)
    if least > min(most, MAX_WORD):
        return None
    if number == 0:
        least = min(max(least, PLAIN), most)
    wild = number % 2 == 1
    return _make(tree, dice.randint(least, most), dice, {}, wild)


def _padded(tree: Node) -> Node:
    """A tree with room for more text where it is not anchored."""
    starts, ends = _anchored(tree)
    room = repeat(Characters(READABLE), 0, ENDLESS)
    return series((*(() if starts else (room,)), tree, *(() if ends else (room,))))


def _joined(trees: Sequence[Node]) -> Node:
    """The trees of several patterns in one text: those for its start first, those for its end last."""
    room = repeat(Characters(READABLE), 0, ENDLESS)
    apart = [tree for tree in trees if _anchored(tree) != (True, True)]
    parts = sorted(apart, key=lambda tree: (not _anchored(tree)[0], _anchored(tree)[1]))
    return series([node for part in parts for node in (room, part)][1:]) if parts else room


def _anchored(tree: Node) -> tuple[bool, bool]:
    """Whether a tree holds to the start and to the end of the text."""
    nodes = tree.nodes if isinstance(tree, Series) else (tree,)
    return bool(nodes) and nodes[0] == Mark("^"), bool(nodes) and nodes[-1] == Mark("$")


def _make(node: Node, length: int, dice: Dice, groups: dict[str, str], wild: bool) -> str:
    """A text for a node, as near to a length as it allows."""
    if isinstance(node, Characters):
        return pick(node.ranges, dice, wild=wild)
    if isinstance(node, Series):
        return _row(node.nodes, length, dice, groups, wild)
    if isinstance(node, Either):
        near = [branch for branch in node.nodes if branch.shortest <= length <= branch.longest]
        return _make(dice.choice(near or node.nodes), length, dice, groups, wild)
    if isinstance(node, Repeat):
        return _row([node.node] * _count(node, length, dice), length, dice, groups, wild)
    if isinstance(node, Capture):
        text = _make(node.node, length, dice, groups, wild)
        groups.update(dict.fromkeys(node.names, text))
        return text
    return groups.get(node.name, "") if isinstance(node, Again) else ""


def _count(node: Repeat, length: int, dice: Dice) -> int:
    """How often to repeat a node so that the wanted length can come of it."""
    inner = node.node
    least = -(-length // inner.longest) if inner.longest else 0
    most = length // inner.shortest if inner.shortest else max(length, 1)
    least, most = max(least, node.least), min(most, node.most)
    return min(dice.randint(least, most) if least < most else max(least, node.least), MAX_WORD)


def _row(nodes: Sequence[Node], length: int, dice: Dice, groups: dict[str, str], wild: bool) -> str:
    """Texts for nodes in a row; the room beyond their least lengths is shared among those that can grow."""
    lengths = [node.shortest for node in nodes]
    spare = length - sum(lengths)
    growing = [index for index, node in enumerate(nodes) if node.longest > node.shortest]
    dice.shuffle(growing)
    for last in (False, True):
        for index in growing:
            room = min(spare, nodes[index].longest - lengths[index])
            if room > 0:
                more = room if last else dice.randint(0, room)
                lengths[index] += more
                spare -= more
    return "".join(_make(node, size, dice, groups, wild) for node, size in zip(nodes, lengths, strict=True))
