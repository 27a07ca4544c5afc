"""YAML syntax errors in plain words, with the usual cause and its mending."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import yaml

from treaty.document.text import place
from treaty.findings import DocumentError, Finding, Location

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_TAB_INDENT = re.compile(r" *\t")
_TIGHT_COLON = re.compile(r"""\s*(?:- +)*[\w$./{}-]+:[^\s:/]""")
_COLON_IN_VALUE = re.compile(r"""\s*(?:- +)*[^\s#'"\[{][^#]*?:\s+[^'"\[{|>&*!].*:(?:\s|$)""")
# Looked for where a value may begin, so that no character is looked at twice.
_ENCODED_TAG = re.compile(r"(?<![^\s,\[{])![^\s%,\[\]{}]*(?:%[0-7][0-9a-fA-F][^\s%,\[\]{}]*)*%[89a-fA-F]")
_RESERVED = frozenset("@`%")
_LOOK = 500  # characters of a line that are looked at: enough for a cause, bounded for hostile text


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What the parser says and what the text shows where it stopped."""

    problem: str
    context: str
    line: str  # the source line, without its end
    starts_line: bool  # whether only white space stands before the error
    above: str  # the nearest line above it that is not blank
    rest: str  # the line from the error on


def explain(error: yaml.YAMLError, text: str, label: str) -> DocumentError:
    """The finding (`yaml-syntax`) for an error of the YAML parser, at its line and column."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return _unreadable(text, label)
    mark, opened = error.problem_mark, error.context_mark
    trouble = _trouble(error, _LINE_END.split(text), mark)
    message, hint = _words(trouble)
    if opened is not None and _unclosed(trouble):
        mark, opened = opened, mark
    related = (Location(label, opened.line + 1, opened.column + 1),) if opened else ()
    finding = Finding(
        code="yaml-syntax",
        message=message,
        location=Location(label, mark.line + 1, mark.column + 1),
        hint=hint,
        related=related,
    )
    return DocumentError([finding])


def _unreadable(text: str, label: str) -> DocumentError:
    found = _FORBIDDEN.search(text)
    line, column = place(text, found.start()) if found else (0, 0)
    named = f"The character U+{ord(found[0]):04X}" if found else "A character"
    finding = Finding(
        code="yaml-syntax",
        message=f"{named} is not allowed in YAML.",
        location=Location(label, line, column),
        expected="printable characters, tabs and line breaks (YAML 1.2 section 5.1)",
        hint='Remove it, or write it as an escape in double quotes, such as "\\x07".',
    )
    return DocumentError([finding])


def undecodable_tag(text: str, label: str) -> DocumentError:
    """The finding for a tag whose percent-encoded bytes are no text (YAML 1.2.2, section 5.6)."""
    found = _ENCODED_TAG.search(text)
    line, column = place(text, found.start()) if found else (1, 1)
    finding = Finding(
        code="yaml-syntax",
        message="A tag has percent-encoded bytes that are not UTF-8.",
        location=Location(label, line, column),
        hint="Remove the tag, or put the value in quotes if it starts with `!`.",
    )
    return DocumentError([finding])


def _trouble(error: yaml.MarkedYAMLError, lines: list[str], mark: yaml.Mark) -> _Trouble:
    line = lines[mark.line] if mark.line < len(lines) else ""
    above = next((text for text in reversed(lines[: mark.line]) if text.strip()), "")
    return _Trouble(
        problem=error.problem or "",
        context=error.context or "",
        line=line[:_LOOK],
        starts_line=not line[: mark.column].strip(),
        above=above[:_LOOK],
        rest=line[mark.column : mark.column + _LOOK],
    )


def _unclosed(trouble: _Trouble) -> bool:
    """Whether the place to mend is where something was opened, not where the parser gave up."""
    return "quoted scalar" in trouble.context or ("flow" in trouble.context and trouble.starts_line)


def _words(trouble: _Trouble) -> tuple[str, str]:
    """What is wrong and how to mend it; the first cause that fits."""
    for fits, message, hint in _CAUSES:
        if fits(trouble):
            start = trouble.rest[:1]
            return message.format(start=start), hint.format(start=start)
    said = ", ".join(part for part in (trouble.context, trouble.problem) if part)
    return f"This is not YAML: {said}.", "Compare the line with the lines around it."


def _says(*needles: str) -> Callable[[_Trouble], bool]:
    return lambda trouble: any(needle in f"{trouble.context}: {trouble.problem}" for needle in needles)


def _tab(trouble: _Trouble) -> bool:
    return "\t" in trouble.rest[:1] or (
        _says("tab character", "'\\t'")(trouble) and bool(_TAB_INDENT.match(trouble.line))
    )


def _colon_in_value(trouble: _Trouble) -> bool:
    return "mapping values" in trouble.problem and bool(_COLON_IN_VALUE.match(trouble.line))


def _tight_colon(trouble: _Trouble) -> bool:
    stopped = _says("mapping values", "could not find expected ':'")(trouble)
    return stopped and any(_TIGHT_COLON.match(line) for line in (trouble.line, trouble.above))


_CAUSES: tuple[tuple[Callable[[_Trouble], bool], str, str], ...] = (
    (_tab, "A tab stands where YAML wants spaces.", "Indent with spaces; YAML forbids tabs there."),
    (
        _says("found unexpected end of stream", "found unexpected document indicator"),
        "A quote is opened here and never closed.",
        "Add the closing quote; inside single quotes write '' for a quote.",
    ),
    (
        _says("unknown escape", "Unicode character escape", "escape sequence", "hexdecimal", "hexadecimal"),
        "An escape in this double-quoted text is unknown or names no character.",
        "Write \\\\ for a backslash, use single quotes, or write the character itself.",
    ),
    (
        lambda trouble: "cannot start any token" in trouble.problem and trouble.rest[:1] in _RESERVED,
        "An unquoted value cannot start with {start}.",
        "Put the value in quotes.",
    ),
    (
        _says("expected node content", "expected the node content"),
        "A value is missing here, or a bracket closes nothing or is not closed.",
        "Match the brackets, or quote the value if it starts with a bracket, comma or `|`.",
    ),
    (
        _says("flow mapping"),
        "The object opened with {{ is not closed, or a comma is missing before this point.",
        "Close it with }}, and put commas between its members.",
    ),
    (
        _says("flow sequence"),
        "The list opened with [ is not closed, or a comma is missing before this point.",
        "Close it with ], and put commas between its items.",
    ),
    (
        _colon_in_value,
        "An unquoted value contains `: `, which starts a mapping.",
        "Put the value in quotes.",
    ),
    (
        _tight_colon,
        "A space is missing after a colon, so the line is read as text.",
        "Write `key: value`, with a space after the colon.",
    ),
    (
        _says("mapping values are not allowed"),
        "A key is not expected here.",
        "Align it with its siblings, or quote the value if it contains `: `.",
    ),
    (
        _says("block sequence entries are not allowed"),
        "A list item cannot start on this line.",
        "Start the list on a new line, indented below its key.",
    ),
    (
        _says("could not find expected ':'"),
        "This line is neither a key with a value nor the rest of a text.",
        "Add `: ` after the key, or indent the line as part of the text above.",
    ),
    (
        _says("block mapping", "block collection"),
        "This line does not fit the mapping or list around it.",
        "Check its indentation against its siblings, and that nothing follows a closed value.",
    ),
    (
        _says("undefined tag handle"),
        "The tag starts with a handle that is not declared.",
        "Remove the tag, or put the value in quotes if it starts with `!`.",
    ),
    (
        _says("expected <document start>", "expected '<document start>'"),
        "The document ends before this line.",
        "Check the indentation: the first line may be indented more than this one.",
    ),
    (
        _says("expected alphabetic", "alias", "anchor"),
        "The name of an anchor (&) or alias (*) is missing or malformed.",
        "Put the value in quotes if it is meant as text.",
    ),
)
