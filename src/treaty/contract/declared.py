"""Declared: which parameters an operation has, by name and place, and which of them can be used.

Those of an operation stand in place of its path's (OpenAPI 3.2, Path Item Object, `parameters`).
What has no name, no known place, or is of a path that has no expression of that name, can
be in no request: it is left out, and the document's findings say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from treaty.document.operations import OperationAt, parameters_of
from treaty.document.templates import EXPRESSION
from treaty.findings import Json

# The places of values, by the version of a document.
SWAGGER_LOCATIONS = frozenset({"path", "query", "header", "formData", "body"})
OPENAPI_LOCATIONS = frozenset({"path", "query", "header", "cookie", "querystring"})
_QUERY_VALUE = re.compile(r"\{([^{}]+)\}\Z")


class Declared(NamedTuple):
    """A Parameter Object: the name and place of its value in a request, where it stands, its fields."""

    name: str
    location: str
    pointer: str
    node: dict[str, Json]


def declared_parameters(data: Json, at: OperationAt) -> Iterator[Declared]:
    """The parameters of the operation and, where it has none of the same name and place, of the path."""
    locations = SWAGGER_LOCATIONS if "swagger" in data else OPENAPI_LOCATIONS
    path, _, query = at.path.partition("?")
    in_path = frozenset(EXPRESSION.findall(path))
    in_query = expressions_of_query(query)
    found: dict[tuple[str, str], Declared] = {}
    for holder, owner in ((at.item_pointer, at.item), (at.pointer, at.node)):
        for pointer, node in parameters_of(data, holder, owner):
            name, location = node.get("name"), node.get("in")
            if not isinstance(name, str) or not isinstance(location, str) or location not in locations:
                continue
            if location == "path" and name not in in_path:
                if name not in in_query:
                    continue
                name, location = in_query[name], "query"
            found[name, location] = Declared(name, location, pointer, node)
    yield from found.values()


def expressions_of_query(query: str) -> dict[str, str]:
    """Of a path written with a query (`/now?city={name}`): the query parameter of each expression.

    OpenAPI has no such paths, but documents have them.
    """
    pairs = (pair.partition("=") for pair in query.split("&"))
    values = ((_QUERY_VALUE.match(value), name) for name, _, value in pairs)
    return {found[1]: name for found, name in values if found}
