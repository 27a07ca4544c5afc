"""Media types, parameters and examples, as 3.x writes them."""

from __future__ import annotations

from collections.abc import Iterator

from treaty.contract.model import Encoding, Example, MediaType, Parameter
from treaty.document.operations import follow
from treaty.findings import Json, step_of

# OpenAPI 3.2, Parameter Object: the style where none is written.
_DEFAULT_STYLE = {
    "path": "simple",
    "query": "form",
    "header": "simple",
    "cookie": "form",
    "querystring": "form",
}
# Fields of an Example Object that hold a value as data, in the order of preference (3.2 `dataValue`).
_DATA_FIELDS = ("dataValue", "value")
# Fields of an Encoding Object beside which `contentType` is ignored in a form (OpenAPI 3.1, Encoding Object).
_STYLING = ("style", "explode", "allowReserved")


def media_types(
    data: Json, pointer: str, node: dict[str, Json], *, of_body: bool = True
) -> tuple[MediaType, ...]:
    """The entries of a `content` field, in the order written.

    Only a body has parts, and these headers, which may have a `content` in their turn.
    """
    content = node.get("content")
    found = []
    for name, each in content.items() if isinstance(content, dict) else ():
        at, media = follow(data, f"{pointer}/content{step_of(name)}", each)
        if isinstance(media, dict):
            found.append(_media_type(data, name, at, media, of_body=of_body))
    return tuple(found)


def schema_below(pointer: str, node: dict[str, Json], field: str = "schema") -> str | None:
    """The pointer of an object's `schema`, if it has one."""
    return f"{pointer}/{field}" if isinstance(node.get(field), dict | bool) else None


def read_examples(data: Json, pointer: str, node: dict[str, Json]) -> tuple[Example, ...]:
    """`examples`, by name, and `example`, without a name. Those that only link to a value are left out."""
    found = []
    declared = node.get("examples")
    for name, each in declared.items() if isinstance(declared, dict) else ():
        at, example = follow(data, f"{pointer}/examples{step_of(name)}", each)
        field = next((key for key in _DATA_FIELDS if isinstance(example, dict) and key in example), None)
        if field:
            found.append(Example(name, example[field], f"{at}/{field}"))
    if "example" in node:
        found.append(Example("", node["example"], f"{pointer}/example"))
    return tuple(found)


def read_parameter(data: Json, pointer: str, node: dict[str, Json], name: str, location: str) -> Parameter:
    """A Parameter Object, or a Header Object, with what it leaves out."""
    style = str(node.get("style") or _DEFAULT_STYLE.get(location, "simple"))
    content = media_types(data, pointer, node, of_body=False)
    return Parameter(
        name=name,
        location=location,
        required=node.get("required") is True or location == "path",
        style=style,
        explode=bool(node.get("explode", style in ("form", "cookie"))),
        pointer=pointer,
        schema=schema_below(pointer, node),
        media_type=content[0] if content else None,
        examples=read_examples(data, pointer, node),
        allow_reserved=node.get("allowReserved") is True,
        allow_empty_value=location == "query" and node.get("allowEmptyValue") is True,
    )


def read_headers(data: Json, pointer: str, node: dict[str, Json]) -> Iterator[Parameter]:
    """The headers of a response or of a part, but for the Content-Type, which is said elsewhere."""
    declared = node.get("headers")
    for name, each in declared.items() if isinstance(declared, dict) else ():
        at, header = follow(data, f"{pointer}/headers{step_of(name)}", each)
        if name.lower() != "content-type" and isinstance(header, dict):
            yield read_parameter(data, at, header, name, "header")


def _media_type(data: Json, name: str, pointer: str, node: dict[str, Json], *, of_body: bool) -> MediaType:
    by_name, prefix, item = (node.get(key) for key in ("encoding", "prefixEncoding", "itemEncoding"))

    def encoding(place: str, each: Json) -> Encoding:
        return _encoding(data, f"{pointer}/{place}", each, of_body=of_body)

    return MediaType(
        name,
        pointer,
        schema_below(pointer, node),
        read_examples(data, pointer, node),
        encoding={
            key: encoding(f"encoding{step_of(key)}", each)
            for key, each in (by_name.items() if isinstance(by_name, dict) else ())
            if isinstance(each, dict)
        },
        item_schema=schema_below(pointer, node, "itemSchema"),
        prefix_encoding=tuple(
            encoding(f"prefixEncoding/{index}", each)
            for index, each in enumerate(prefix if isinstance(prefix, list) else ())
        ),
        item_encoding=encoding("itemEncoding", item) if isinstance(item, dict) else None,
    )


def _encoding(data: Json, pointer: str, node: Json, *, of_body: bool) -> Encoding:
    if not isinstance(node, dict):
        return Encoding()
    style = str(node.get("style") or "form")
    return Encoding(
        style,
        bool(node.get("explode", style == "form")),
        str(node.get("contentType") or ""),
        tuple(read_headers(data, pointer, node)) if of_body else (),
        styled=any(each in node for each in _STYLING),
    )
