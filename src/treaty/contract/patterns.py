"""Patterns as ECMA-262 writes them, and what is said of a pattern or format that is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import jsonschema_rs

from treaty.contract.formats import is_known
from treaty.document.document import Document
from treaty.document.places import subschemas
from treaty.document.versions import SCHEMA_FIELDS
from treaty.findings import Finding, Json, Location, Severity, pointer_of

# The steps of a pattern outside and inside of a class of characters.
_STEP = re.compile(
    r"\\k<\w+>|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\.|\[\^?\]|.", re.DOTALL
)
_QUANTIFIER = re.compile(r"\{\d+(?:,\d*)?\}")
_GROUP = re.compile(r"\((?:\?<(?![=!])(\w+)>|(?!\?))")
_TEXTS = frozenset({"pattern", "format"})
_SETS = frozenset({"\\d", "\\D", "\\w", "\\W", "\\s", "\\S"})


def usable_pattern(pattern: str) -> str | None:
    """The pattern as the validator can compile it; None for what is no regular expression of ECMA-262."""
    for each in (pattern, _respelled(pattern)):
        try:
            jsonschema_rs.Draft202012Validator({"pattern": each})
        except ValueError:
            continue
        return each
    return None


def _respelled(pattern: str) -> str:
    """What ECMA-262 allows and the validator does not know, in other words of the same meaning."""
    groups = [found[1] for found in _GROUP.finditer(re.sub(r"\\.", "__", pattern))]
    out: list[str] = []
    inside = False
    for found in _STEP.finditer(pattern):
        step = found[0]
        if step in ("[^]", "[]") and not inside:
            out.append(r"[\s\S]" if step == "[^]" else r"[^\s\S]")
        elif step.startswith("\\k<"):
            name = step[3:-1]
            out.append(f"(?:\\{groups.index(name) + 1})" if name in groups else step)
        elif len(step) == 12:
            text = bytes.fromhex(step[2:6] + step[8:]).decode("utf-16-be")
            out.append(f"\\u{{{ord(text):x}}}")
        elif step == "\\0" and not pattern[found.end() : found.end() + 1].isdigit():
            out.append(r"\x00")
        elif inside:
            out.append(_in_class(step, out[-1], pattern[found.end() : found.end() + 2]))
        else:
            is_literal = step == "{" and not _QUANTIFIER.match(pattern, found.start())
            out.append("\\{" if is_literal else step)
        inside = (inside or step == "[") and step not in ("]", "[^]", "[]")
    return "".join(out)


def _in_class(step: str, before: str, after: str) -> str:
    """A step within `[…]`: a backspace, and a hyphen beside a set such as `\\w`, which is no range."""
    if step == "\\b":
        return r"\x08"
    if step == "-" and (before in _SETS or after in _SETS):
        return r"\-"
    return step


def check_keywords(document: Document) -> Iterator[Finding]:
    """A finding for each pattern and format that values are judged without, where it stands first."""
    roots = document.survey.schemas
    for (keyword, text), root in _roots_by_text(roots).items():
        if keyword == "format" and not is_known(text):
            yield _unknown_format(text, _pointer(root, roots[root], "format", text))
        if keyword == "pattern" and usable_pattern(text) is None:
            yield _unusable_pattern(text, _pointer(root, roots[root], "pattern", text))


def _unusable_pattern(pattern: str, pointer: str) -> Finding:
    return Finding(
        "unusable-pattern",
        f"the pattern `{pattern}` is not a regular expression that can be compiled",
        Severity.WARNING,
        location=Location("", pointer=pointer),
        expected="a regular expression (ECMA-262)",
        hint="it is left out: values are judged without it",
    )


def _unknown_format(name: str, pointer: str) -> Finding:
    return Finding(
        "unknown-format",
        f"the format `{name}` is not known",
        Severity.INFO,
        location=Location("", pointer=pointer),
        expected="a format of JSON Schema 2020-12 or of the OpenAPI Format Registry",
        hint="it is ignored: values are judged without it",
    )


def _roots_by_text(roots: dict[str, Json]) -> dict[tuple[str, str], str]:
    """Every pattern and format, with the pointer of the first root schema it stands in.

    As `subschemas`, without pointers: large documents have tens of thousands of schemas.
    """
    found: dict[tuple[str, str], str] = {}
    for root, schema in roots.items():
        pending = [schema]
        while pending:
            node = pending.pop()
            for name, value in node.items() if isinstance(node, dict) else ():
                if name in _TEXTS:
                    if isinstance(value, str):
                        found.setdefault((name, value), root)
                elif name in SCHEMA_FIELDS:
                    if name == "patternProperties" and isinstance(value, dict):
                        found.update(
                            {("pattern", each): root for each in value if ("pattern", each) not in found}
                        )
                    pending += _below(value, SCHEMA_FIELDS[name][0] == "map")
    return found


def _below(value: Json, is_map: bool) -> Iterable[Json]:
    """The schemas that a keyword has."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return ()
    return value.values() if is_map else (value,)


def _pointer(root: str, schema: Json, keyword: str, text: str) -> str:
    """Where a pattern or format stands; looked for only now that there is something to say of it."""
    pending = [(root, schema)]
    while pending:
        pointer, node = pending.pop(0)
        if not isinstance(node, dict):
            continue
        if node.get(keyword) == text:
            return f"{pointer}/{keyword}"
        named = node.get("patternProperties")
        if keyword == "pattern" and isinstance(named, dict) and text in named:
            return f"{pointer}/patternProperties{pointer_of((text,))}"
        pending.extend((pointer + step, each) for step, each in subschemas(node))
    return root
