"""Where in the schemas of a document something stands that a survey found wrong.

The survey keeps no pointers within schemas: most documents need none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from itertools import islice
from typing import Final

from treaty.document.dialects import DRAFT_2020_12, Dialect, dialect_of, identifier_of
from treaty.document.library import join_reference
from treaty.document.versions import SCHEMA_FIELDS
from treaty.findings import Finding, Json, Location, pointer_of

# Looking for places stops here: more of the same helps nobody.
MAX_PLACES: Final = 50


def subschemas(node: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    """The schemas directly inside a schema, each with the pointer that leads to it."""
    for name, value in node.items():
        rule = SCHEMA_FIELDS.get(name)
        if rule is None:
            continue
        if isinstance(value, list):
            for index, each in enumerate(value):
                yield f"/{name}/{index}", each
        elif rule[0] == "map" and isinstance(value, dict):
            for key, each in value.items():
                yield f"/{name}{pointer_of((key,))}", each
        elif rule[0] == "one":
            yield f"/{name}", value


def schemas_with_base(
    root: str, schema: Json, base: str, dialect: Dialect = DRAFT_2020_12
) -> Iterator[tuple[str, dict[str, Json], str]]:
    """(Pointer, schema, base URI) of a root schema and of every schema inside it."""
    pending = [(root, schema, base, dialect)]
    while pending:
        pointer, node, base, dialect = pending.pop()
        if not isinstance(node, dict):
            continue
        dialect = dialect_of(node, dialect)
        base = join_reference(base, identifier_of(node, dialect)[0]).partition("#")[0]
        yield pointer, node, base
        pending.extend((pointer + step, each, base, dialect) for step, each in subschemas(node))


def wrong_references(
    roots: dict[str, Json],
    base: str,
    wanted: Set[tuple[str, str]],
    dialect_of_root: Callable[[str], Dialect] = lambda _: DRAFT_2020_12,
) -> Iterator[tuple[str, tuple[str, str]]]:
    """(Pointer of the keyword, base URI and reference) wherever one of the wanted references stands."""
    told: set[str] = set()
    for root, schema in roots.items():
        for pointer, node, here in schemas_with_base(root, schema, base, dialect_of_root(root)):
            for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
                reference, at = node.get(keyword), f"{pointer}/{keyword}"
                if isinstance(reference, str) and (here, reference) in wanted and at not in told:
                    told.add(at)
                    yield at, (here, reference)
            if len(told) >= MAX_PLACES:
                return


def wrong_identifiers(roots: dict[str, Json], misnamed: Iterable[tuple[str, Json, str]]) -> Iterator[Finding]:
    """Each `$id` that names no schema resource (JSON Schema 2020-12 Core, section 8.2.1)."""
    for root, schema, why in islice(misnamed, MAX_PLACES):
        at = next(pointer for pointer, node, _ in schemas_with_base(root, roots[root], "") if node is schema)
        keyword = "$id" if "$id" in schema else "id"
        yield Finding(
            "invalid-identifier",
            f"`{keyword}: {schema[keyword]}` {why}",
            location=Location("", pointer=f"{at}/{keyword}"),
            expected="a URI of its own for each schema that has one, without a fragment",
            hint=f"remove the `{keyword}`: a schema among the components needs none",
        )
