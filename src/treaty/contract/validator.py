"""A compiled schema, and what it finds wrong with a value.

Of a failed `anyOf` or `oneOf` the errors of one branch are told, the one that was meant: by
the discriminator; else by a fixed value or the type of the value; else the one that fits best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import jsonschema_rs

from treaty.contract.discriminator import Choice
from treaty.contract.errors import SchemaError
from treaty.contract.large import errors_of_part, is_large
from treaty.findings import Json, plural

Kind = jsonschema_rs.ValidationErrorKind
# The choice of a value among the branches of the anyOf or oneOf at a location of the lowered schemas.
Chooser: TypeAlias = Callable[[str, Json], Choice | None]
# Errors of one branch, and branches within branches, that are looked at.
MAX_ERRORS = 50
MAX_DEPTH = 16

_OF_BRANCHES = (Kind.AnyOf, Kind.OneOfNotValid)
# The types or values that would have done.
_ALLOWED: dict[type, Callable[[Json], tuple[Json, ...]]] = {
    Kind.Type: lambda kind: tuple(kind.types),
    Kind.Enum: lambda kind: tuple(kind.options),
    Kind.Constant: lambda kind: (kind.expected_value,),
}
# The bound or the form that would have done: the message, which quotes the value, is not always shown.
_WANTED: dict[type, Callable[[Json], str]] = {
    Kind.Minimum: lambda kind: f"at least {kind.limit}",
    Kind.Maximum: lambda kind: f"at most {kind.limit}",
    Kind.ExclusiveMinimum: lambda kind: f"more than {kind.limit}",
    Kind.ExclusiveMaximum: lambda kind: f"less than {kind.limit}",
    Kind.MultipleOf: lambda kind: f"a multiple of {kind.multiple_of}",
    Kind.MinLength: lambda kind: f"at least {plural(kind.limit, 'character')}",
    Kind.MaxLength: lambda kind: f"at most {plural(kind.limit, 'character')}",
    Kind.MinItems: lambda kind: f"at least {plural(kind.limit, 'item')}",
    Kind.MaxItems: lambda kind: f"at most {plural(kind.limit, 'item')}",
    Kind.MinProperties: lambda kind: f"at least {plural(kind.limit, 'property', 'properties')}",
    Kind.MaxProperties: lambda kind: f"at most {plural(kind.limit, 'property', 'properties')}",
    Kind.UniqueItems: lambda _: "no item twice",
    Kind.Format: lambda kind: f"format {kind.format}",
    Kind.Pattern: lambda kind: f"a text that matches {kind.pattern}",
    Kind.Required: lambda kind: f"the property `{kind.property}`",
}
_UNDECIDED = "the pattern takes too many steps to decide on this value, which is refused for it"


_UNTOLD = SchemaError((), "json", "it is not valid, and too large to say where", None, "")


@dataclass(frozen=True, slots=True)
class Validator:
    """Judges values by one schema.

    With a `member` the compiled schema is one of many compiled together: it judges the
    member of that name of an object, so that schemas which lead to each other share
    their compiled form instead of each having a copy of all. `written` says where in the document
    a keyword stands, by its location in the lowered schemas.
    """

    compiled: jsonschema_rs.Validator
    member: str | None = None
    choose: Chooser = lambda _location, _value: None
    written: Callable[[str], str] = lambda location: location

    def accepts(self, value: Json) -> bool:
        """Is the value valid? A value that is not JSON is not."""
        try:
            return self.compiled.is_valid(value if self.member is None else {self.member: value})
        except ValueError:
            return False

    def errors(self, value: Json) -> Iterator[SchemaError]:
        """What is wrong with the value; of a failed anyOf or oneOf, what is wrong by the branch meant.

        Of a large value, what is wrong with a part of it.
        """
        if not is_large(value):
            return self._all_errors(value)
        if self.accepts(value):
            return iter(())
        return iter(errors_of_part(value, self._all_errors, self.accepts) or [_UNTOLD])

    def _all_errors(self, value: Json) -> Iterator[SchemaError]:
        skip = 0 if self.member is None else 1
        try:
            for error in self.compiled.iter_errors(value if self.member is None else {self.member: value}):
                if isinstance(error.kind, _OF_BRANCHES):
                    yield from self._told(error, skip, 0)
                else:
                    yield _plain(error, skip)
        except ValueError as error:
            yield SchemaError((), "json", f"not a JSON value: {error}", None, "")

    def _told(self, error: jsonschema_rs.ValidationError, skip: int, depth: int) -> list[SchemaError]:
        kind = error.kind
        if not isinstance(kind, _OF_BRANCHES) or depth > MAX_DEPTH:
            return [_plain(error, skip)]
        choice = self.choose(error.absolute_keyword_location or "", error.instance)
        chosen = None if choice is None else choice.branch
        wanted = kind.context if chosen is None else [kind.context[chosen]]
        branches = [
            [told for each in islice(branch, MAX_ERRORS) for told in self._told(each, skip, depth + 1)]
            for branch in wanted
            if branch
        ]
        if choice is not None and chosen is None:
            return _unchosen(_plain(error, skip), branches, choice)
        return _meant(_plain(error, skip), branches)


def _plain(error: jsonschema_rs.ValidationError, skip: int) -> SchemaError:
    kind = error.kind
    allowed, wanted = _ALLOWED.get(type(kind)), _WANTED.get(type(kind))
    return SchemaError(
        tuple(error.instance_path[skip:]),
        kind.name,
        _UNDECIDED if isinstance(kind, Kind.BacktrackLimitExceeded) else error.message,
        error.instance,
        error.absolute_keyword_location or "",
        () if allowed is None else allowed(kind),
        kind.property if isinstance(kind, Kind.Required) else None,
        "" if wanted is None else wanted(kind),
    )


def _unchosen(error: SchemaError, branches: list[list[SchemaError]], choice: Choice) -> list[SchemaError]:
    """The discriminating property names no branch; what the branches want of it may tell one all the same."""
    path = (*error.path, choice.property)
    refusing = [found for branch in branches if (found := _other(branch, path, ("const", "enum")))]
    if not refusing:
        return [_unknown(error, choice, choice.known)]
    if len(refusing) < len(branches):
        return _meant(error, branches)
    return [_unknown(error, choice, _one_of(refusing, error.schema_location).allowed)]


def _unknown(error: SchemaError, choice: Choice, values: tuple[Json, ...]) -> SchemaError:
    """The discriminating property is missing, or names no branch."""
    known = ", ".join(map(str, values))
    if choice.property not in error.value:
        message = f"`{choice.property}` is missing: it says which of {known} is meant"
        path, value = error.path, error.value
    else:
        path, value = (*error.path, choice.property), error.value[choice.property]
        message = f"not one of the known values {known}"
    return SchemaError(path, "discriminator", message, value, error.schema_location, values)


def _meant(error: SchemaError, branches: list[list[SchemaError]]) -> list[SchemaError]:
    """The errors of the branch that was meant, or one error where they all want another type or value."""
    if len(branches) < 2:
        return branches[0] if branches else [error]
    path = error.path
    typed = [each for each in branches if _other(each, path, ("type",)) is None]
    if not typed:
        return [_joined(error, branches, ("type",))]
    fixed = [each for each in typed if _other(each, path, ("const", "enum")) is None]
    if not fixed:
        return [_joined(error, typed, ("const", "enum"))]
    members = [each for each in fixed if _other_member(each, path) is None]
    if not members:
        return _common_member(fixed, path) or _best(fixed, path)
    return _best(members, path)


def _other(
    branch: list[SchemaError], path: tuple[str | int, ...], keywords: tuple[str, ...]
) -> SchemaError | None:
    """The error that shows a branch to be about another kind of value."""
    return next((each for each in branch if each.path == path and each.keyword in keywords), None)


def _other_member(branch: list[SchemaError], path: tuple[str | int, ...]) -> SchemaError | None:
    """The same for a member of an object that has a fixed value."""
    depth = len(path) + 1
    return next(
        (each for each in branch if len(each.path) == depth and each.keyword in ("const", "enum")), None
    )


def _joined(error: SchemaError, branches: list[list[SchemaError]], keywords: tuple[str, ...]) -> SchemaError:
    """What several branches allow, as one."""
    found = [each for branch in branches if (each := _other(branch, error.path, keywords))]
    return _one_of(found, error.schema_location)


def _common_member(branches: list[list[SchemaError]], path: tuple[str | int, ...]) -> list[SchemaError]:
    """Where every branch wants another value of the same member: none of the known ones."""
    found = [each for branch in branches if (each := _other_member(branch, path))]
    same = len(found) > 1 and all(each.path == found[0].path for each in found)
    return [_one_of(found, found[0].schema_location)] if same else []


def _one_of(errors: list[SchemaError], location: str) -> SchemaError:
    first = errors[0]
    if len(errors) == 1:
        return first
    allowed: list[Json] = []
    for each in errors:
        allowed += [value for value in each.allowed if value not in allowed]
    listed = ", ".join(str(value) for value in allowed)
    keyword = "type" if first.keyword == "type" else "enum"
    message = f"not of one of the types {listed}" if keyword == "type" else f"not one of {listed}"
    return SchemaError(first.path, keyword, message, first.value, location, tuple(allowed))


def _best(branches: list[list[SchemaError]], path: tuple[str | int, ...]) -> list[SchemaError]:
    """The branch with the fewest errors of the value itself, such as missing members; then of all."""
    return min(branches, key=lambda branch: (sum(each.path == path for each in branch), len(branch)))
