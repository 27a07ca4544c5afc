"""Explain: what a JSON Schema says is wrong with a document, as few plain findings.

A failed `oneOf` is replaced by the errors of the branch that was meant, and what failed
only because something inside it failed is left out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from jsonschema_rs import ValidationError, ValidationErrorKind

from treaty.document.metaschemas import metaschema_at
from treaty.findings import Finding, Json, Location, Severity, pointer_of

MAX_FINDINGS = 200
# Errors that are looked at to find so many: each is compared with the others.
MAX_ERRORS = 2_000
Path = tuple[str | int, ...]
_STATUSES = "a status such as 200, a range such as 4XX, or `default`"


@dataclass(frozen=True, slots=True)
class Explained:
    """One thing that is wrong: a stable code, the sentence, what was expected."""

    code: str
    message: str
    expected: str = ""
    hint: str = ""

    def finding(self, pointer: str, severity: Severity) -> Finding:
        return Finding(
            self.code,
            self.message,
            severity,
            location=Location("", pointer=pointer),
            expected=self.expected,
            hint=self.hint,
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that none of the branches of an anyOf or oneOf allows, with what they allow together."""

    instance_path: Path
    instance: Json
    options: tuple[str, ...]


Leaf: TypeAlias = ValidationError | Choice


def explain(errors: Iterable[ValidationError]) -> Iterator[tuple[str, Explained]]:
    """(JSON Pointer, explanation) of each independent error, at most `MAX_FINDINGS`."""
    leaves = [leaf for error in islice(errors, MAX_ERRORS) for leaf in _leaves(error)]
    broken = {tuple(leaf.instance_path) for leaf in leaves if not _fits_several(leaf)}
    told: set[tuple[str, str]] = set()
    for leaf in leaves:
        if isinstance(leaf, Choice):
            each = [(pointer_of(leaf.instance_path), _not_one_of(leaf.instance, leaf.options))]
        else:
            each = list(_explain_one(leaf, broken))
        for pointer, explained in each:
            if (pointer, explained.message) not in told and len(told) < MAX_FINDINGS:
                told.add((pointer, explained.message))
                yield pointer, explained


def _leaves(error: ValidationError) -> list[Leaf]:
    """The errors behind one error: those of the branch that was meant, for anyOf and oneOf."""
    context = getattr(error.kind, "context", None)
    if not context or _fits_several(error):
        return [error]
    branches = [[leaf for inner in branch for leaf in _leaves(inner)] for branch in context if branch]
    if not branches:
        return [error]
    choices = [branch[0] for branch in branches if len(branch) == 1]
    if len(choices) == len(branches) and all(_is_choice(leaf) for leaf in choices):
        return [error]  # the branches differ in one allowed value or type each: told as a whole
    if common := _common_choices(branches):
        return common
    return max(branches, key=lambda branch: _relevance(branch, error))


def _is_choice(leaf: Leaf) -> bool:
    kinds = ValidationErrorKind
    return not isinstance(leaf, Choice) and isinstance(leaf.kind, kinds.Enum | kinds.Constant | kinds.Type)


def _fits_several(leaf: Leaf) -> bool:
    return not isinstance(leaf, Choice) and isinstance(leaf.kind, ValidationErrorKind.OneOfMultipleValid)


def _common_choices(branches: list[list[Leaf]]) -> list[Leaf]:
    """Where every branch refuses the same value for not being one of its own: none of them was meant."""
    allowed = [
        {tuple(leaf.instance_path): (leaf, options) for leaf in branch if (options := _options(leaf))}
        for branch in branches
    ]
    common: list[Leaf] = []
    for path, (leaf, _) in allowed[0].items():
        if all(path in each for each in allowed):
            options = tuple(dict.fromkeys(option for each in allowed for option in each[path][1]))
            common.append(Choice(path, leaf.instance, options))
    return common


def _options(leaf: Leaf) -> tuple[str, ...]:
    """The texts that a failed enum or const allows; none for any other error."""
    if isinstance(leaf, Choice):
        return leaf.options
    match leaf.kind:
        case ValidationErrorKind.Enum(options=options):
            return tuple(option for option in options if isinstance(option, str))
        case ValidationErrorKind.Constant(expected_value=str(value)):
            return (value,)
    return ()


def _relevance(branch: list[Leaf], parent: ValidationError) -> tuple[bool, bool, int, int]:
    """Was this branch meant? One about another kind of object fails on `$ref`, a type or a fixed value."""
    depth = len(parent.instance_path)
    kinds = ValidationErrorKind
    is_reference = isinstance(parent.instance, dict) and "$ref" in parent.instance
    about_reference = any(
        not isinstance(leaf, Choice)
        and isinstance(leaf.kind, kinds.Required)
        and leaf.kind.property == "$ref"
        and len(leaf.instance_path) == depth
        for leaf in branch
    )
    other_kind = any(
        (isinstance(leaf, Choice) or _is_choice(leaf)) and len(leaf.instance_path) <= depth + 1
        for leaf in branch
    )
    deepest = max(len(leaf.instance_path) for leaf in branch)
    return (not about_reference or is_reference, not other_kind, deepest, -len(branch))


def _explain_one(error: ValidationError, broken: set[Path]) -> Iterator[tuple[str, Explained]]:
    path: Path = tuple(error.instance_path)
    kinds = ValidationErrorKind
    match error.kind:
        case kinds.Required(property="default") if path[-1:] == ("responses",):
            yield pointer_of(path), Explained("field-missing", "no response is declared", _STATUSES)
        case kinds.Required(property=name):
            yield pointer_of(path), Explained("field-missing", f"`{name}` is missing", f"a `{name}` field")
        case kinds.AdditionalProperties(unexpected=names):
            yield from _unknown_fields(path, names, error)
        case kinds.UnevaluatedProperties(unexpected=names):
            inner = {
                other[len(path)] for other in broken if len(other) > len(path) and other[: len(path)] == path
            }
            known = _known_fields(error) if inner else set()
            yield from _unknown_fields(path, [n for n in names if n not in known and n not in inner], error)
        case kinds.FalseSchema():
            field = path[-1] if path else ""
            yield pointer_of(path), Explained("field-not-allowed", f"`{field}` is not allowed here")
        case kinds.Type(types=types):
            yield pointer_of(path), _not_of_type(error.instance, types, path)
        case kinds.Enum(options=options):
            yield pointer_of(path), _not_one_of(error.instance, options)
        case kinds.OneOfNotValid() | kinds.AnyOf():
            yield pointer_of(path), _no_branch(error)
        case _:
            if not _is_consequence(error, broken):
                expected, hint = _expected(error.kind), _written_out(path, error.instance)
                yield pointer_of(path), Explained(f"breaks-{error.kind.name}", error.message, expected, hint)


def _expected(kind: ValidationErrorKind) -> str:
    kinds = ValidationErrorKind
    match kind:
        case kinds.Format(format=name):
            return f"a text of the format {name}"
        case kinds.Pattern(pattern=pattern):
            return f"a text that matches {pattern}"
        case kinds.MinItems(limit=limit) | kinds.MinLength(limit=limit) | kinds.MinProperties(limit=limit):
            return f"at least {limit}"
        case kinds.MaxItems(limit=limit) | kinds.MaxLength(limit=limit) | kinds.MaxProperties(limit=limit):
            return f"at most {limit}"
        case kinds.UniqueItems():
            return "each item once"
    return "what the OpenAPI Specification allows here"


def _is_consequence(error: ValidationError, broken: set[Path]) -> bool:
    """A `then`/`dependentSchemas`/`not` wrapper says nothing beside the error inside it."""
    path = tuple(error.instance_path)
    if _fits_several(error):
        return any(other[: len(path)] == path for other in broken)
    wrappers = ("if", "then", "else", "dependentSchemas", "unevaluatedItems")
    return error.kind.name in wrappers and any(
        len(other) > len(path) and other[: len(path)] == path for other in broken
    )


def _unknown_fields(path: Path, names: list[str], error: ValidationError) -> Iterator[tuple[str, Explained]]:
    known = sorted(_known_fields(error))
    for name in names:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean `{near[0]}`?" if near else "remove it, or begin its name with `x-`"
        expected = "one of " + ", ".join(known) if 0 < len(known) <= 24 else ""
        told = Explained("unknown-field", f"`{name}` is not a known field", expected, hint)
        yield pointer_of((*path, name)), _misnamed(name, error) or told


def _misnamed(name: str, error: ValidationError) -> Explained | None:
    """A key of an object whose keys have a form of their own: paths, and statuses of responses."""
    holder = metaschema_at((error.absolute_keyword_location or "").rpartition("/")[0])
    patterns = holder.get("patternProperties", ()) if isinstance(holder, dict) else ()
    if any(re.search(pattern, "/a") for pattern in patterns):
        hint = f"write `/{name}`"
        return Explained("unknown-field", f"`{name}` is not a path", "a path that begins with /", hint)
    if any(re.search(pattern, "404") for pattern in patterns):
        return Explained("unknown-field", f"`{name}` is not a status", _STATUSES)
    return None


def _known_fields(error: ValidationError) -> set[str]:
    """The names that the schema behind an error declares for this object, in all its branches."""
    location = error.absolute_keyword_location or ""
    address = location.partition("#")[0]
    known: set[str] = set()
    followed: set[str] = set()
    pending = [metaschema_at(location.rpartition("/")[0])]
    while pending:
        node = pending.pop()
        if isinstance(node, list):
            pending.extend(node)
        if not isinstance(node, dict):
            continue
        known.update(node.get("properties", ()))
        pending.extend(node.get(name) for name in ("allOf", "anyOf", "oneOf", "if", "then", "else"))
        pending.extend(node.get("dependentSchemas", {}).values())
        reference = node.get("$ref", "")
        if reference.startswith("#") and reference not in followed:
            followed.add(reference)
            pending.append(metaschema_at(address + reference))
    return known


def _not_one_of(value: Json, options: Sequence[Json]) -> Explained:
    names = [str(option) for option in options]
    if not isinstance(value, str) and str(value) in names:
        return _not_of_type(value, ("string",))  # no other value: it only lacks its quotes
    near = difflib.get_close_matches(str(value), names, 1)
    return Explained(
        "wrong-value",
        f"{_short(value)} is not an allowed value",
        "one of " + ", ".join(names),
        f"did you mean `{near[0]}`?" if near else "",
    )


def _no_branch(error: ValidationError) -> Explained:
    options: list[Json] = []
    types: list[str] = []
    for branch in getattr(error.kind, "context", []):
        for leaf in branch:
            match leaf.kind:
                case ValidationErrorKind.Enum(options=values):
                    options.extend(value for value in values if value not in options)
                case ValidationErrorKind.Constant(expected_value=value):
                    options.append(value)
                case ValidationErrorKind.Type(types=names):
                    types.extend(name for name in names if name not in types)
    if options:
        return _not_one_of(error.instance, options)
    if types:
        return _not_of_type(error.instance, types)
    return Explained("no-branch", f"{_short(error.instance)} fits none of the allowed forms")


def _not_of_type(value: Json, types: Sequence[str], path: Path = ()) -> Explained:
    wanted = " or ".join(_article(each) for each in types)
    hint = _written_out(path, value)
    if not hint and "string" in types and isinstance(value, bool | int | float):
        hint = f'put it in quotes, `"{_short(value)}"`: without them it is {_kind(value)}'
    return Explained("wrong-type", f"{_short(value)} is not {wanted}", wanted, hint)


def _written_out(path: Path, value: Json) -> str:
    """What to write for a version of OpenAPI that is named by two of its three numbers."""
    short = path == ("openapi",) and re.fullmatch(r"3\.\d+", str(value))
    return f"write all three numbers: `{value}.0`" if short else ""


def _kind(value: bool | float) -> str:
    return "a truth value" if isinstance(value, bool) else "a number"


def _article(type_name: str) -> str:
    return f"{'an' if type_name[0] in 'aio' else 'a'} {type_name}"


def _short(value: Json) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
