"""The keywords that leave a choice: `anyOf`, `oneOf`, `if`, `not`, `dependentSchemas`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from treaty.contract.schemas import SchemaAt
from treaty.mocking.generate.memory import Memory
from treaty.mocking.generate.model import Derived
from treaty.mocking.generate.negate import negations
from treaty.mocking.generate.session import Session, within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from treaty.findings import Json

MAX_OPPOSED = 8  # branches of a oneOf whose opposites are built towards
Keyword: TypeAlias = str
Branches: TypeAlias = list[list[SchemaAt]]  # each a list of schemas that apply together


def alternatives(
    at: SchemaAt, schema: dict[str, Json], session: Session
) -> Iterator[tuple[Keyword, Callable[[], Branches]]]:
    """The choices that a schema leaves, each with the ways to take, to be asked for only when needed."""
    memory = session.memory
    for keyword in ("anyOf", "oneOf"):
        if isinstance(schema.get(keyword), list) and schema[keyword]:
            careful = session.phase.careful
            yield (
                keyword,
                partial(memory.once, at, (keyword, careful), partial(_branches, at, keyword, careful)),
            )
    if "if" in schema and ("then" in schema or "else" in schema):
        yield "if", partial(_conditions, at, schema, session)
    if "not" in schema:
        yield "not", partial(memory.once, at, "not", partial(negations, within(at, schema["not"]), memory))
    for name, dependent in schema.get("dependentSchemas", {}).items():
        ways = partial(_depending, at, name, dependent)
        yield "dependentSchemas", partial(memory.once, at, ("dependentSchemas", name), ways)


def _branches(at: SchemaAt, keyword: str, careful: bool) -> Branches:
    """The branches, each also with the discriminator's value that names it.

    The branches of a `oneOf` often exclude each other anyway; where that was not enough,
    each is also combined with the opposites of the others.
    """
    schema: dict[str, Json] = at.schema  # type: ignore[assignment]  # it has the keyword
    plain = [[within(at, branch)] for branch in schema[keyword]]
    named = []
    for branch in plain:
        value = _discriminating(schema.get("discriminator"), branch[0].schema)
        if value is not None:
            name = schema["discriminator"]["propertyName"]
            named.append([Derived(at.base, {"properties": {name: {"const": value}}}), *branch])
    alone: Branches = []
    if keyword == "oneOf" and careful and len(plain) <= MAX_OPPOSED:
        opposites: list[SchemaAt] = [Derived(branch[0].base, {"not": branch[0].schema}) for branch in plain]
        alone = [[*opposites[:index], *opposites[index + 1 :], *branch] for index, branch in enumerate(plain)]
    return named + alone + plain


def _discriminating(discriminator: Json, branch: dict[str, Json] | bool) -> str | None:
    """The value of the discriminator property that names a branch (OpenAPI 3.1, Discriminator Object)."""
    if not isinstance(discriminator, dict) or not isinstance(branch, dict):
        return None
    reference = branch.get("$ref")
    if not isinstance(reference, str) or not isinstance(discriminator.get("propertyName"), str):
        return None
    # A lowered reference ends in the whole pointer of its schema, as one escaped key.
    name = reference.rpartition("/")[2].replace("~1", "/").rpartition("/")[2]
    mapping = discriminator.get("mapping")
    for value, target in mapping.items() if isinstance(mapping, dict) else ():
        if str(target).rpartition("/")[2] == name:
            return str(value)
    return name


def _conditions(at: SchemaAt, schema: dict[str, Json], session: Session) -> Branches:
    """The condition holds and so does `then`, or it does not and `else` does."""
    met, *unmet = session.memory.once(at, "if", partial(_both, at, schema, session.memory))
    return [met, *unmet] if session.dice.random() < 0.5 else [*unmet[:1], met, *unmet[1:]]


def _both(at: SchemaAt, schema: dict[str, Json], memory: Memory) -> Branches:
    condition = within(at, schema["if"])
    otherwise = within(at, schema.get("else", True))
    unmet = [[*negation, otherwise] for negation in negations(condition, memory)]
    return [[condition, within(at, schema.get("then", True))], *unmet]


def _depending(at: SchemaAt, name: str, dependent: Json) -> Branches:
    """The property is there with all that depends on it, or it is not, or the value is no object."""
    present: list[SchemaAt] = [
        Derived(at.base, {"type": "object", "required": [name]}),
        within(at, dependent),
    ]
    absent: list[SchemaAt] = [Derived(at.base, {"properties": {name: False}})]
    return [present, absent]
