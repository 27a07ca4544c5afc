"""Media types and examples, as 3.x writes them."""

from __future__ import annotations

from treaty.contract.model import Encoding, Example, MediaType
from treaty.document.operations import follow
from treaty.findings import Json, step_of

# Fields of an Example Object that hold a value as data, in the order of preference (3.2 `dataValue`).
_DATA_FIELDS = ("dataValue", "value")
# Fields of an Encoding Object beside which `contentType` is ignored in a form (OpenAPI 3.1, Encoding Object).
_STYLING = ("style", "explode", "allowReserved")


def media_types(data: Json, pointer: str, node: dict[str, Json]) -> tuple[MediaType, ...]:
    """The entries of a `content` field, in the order written."""
    content = node.get("content")
    found = []
    for name, each in content.items() if isinstance(content, dict) else ():
        at, media = follow(data, f"{pointer}/content{step_of(name)}", each)
        if isinstance(media, dict):
            found.append(_media_type(data, name, at, media))
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


def _media_type(data: Json, name: str, pointer: str, node: dict[str, Json]) -> MediaType:
    by_name, prefix, item = (node.get(key) for key in ("encoding", "prefixEncoding", "itemEncoding"))
    return MediaType(
        name,
        pointer,
        schema_below(pointer, node),
        read_examples(data, pointer, node),
        encoding={
            key: _encoding(data, each)
            for key, each in (by_name.items() if isinstance(by_name, dict) else ())
            if isinstance(each, dict)
        },
        item_schema=schema_below(pointer, node, "itemSchema"),
        prefix_encoding=tuple(_encoding(data, each) for each in prefix) if isinstance(prefix, list) else (),
        item_encoding=_encoding(data, item) if isinstance(item, dict) else None,
    )


def _encoding(data: Json, node: Json) -> Encoding:
    if not isinstance(node, dict):
        return Encoding()
    style = str(node.get("style") or "form")
    headers = node.get("headers")
    required = [
        name
        for name, each in (headers.items() if isinstance(headers, dict) else ())
        if isinstance(header := follow(data, "", each)[1], dict) and header.get("required") is True
    ]
    return Encoding(
        style,
        bool(node.get("explode", style == "form")),
        str(node.get("contentType") or ""),
        tuple(name for name in required if name.lower() != "content-type"),
        styled=any(each in node for each in _STYLING),
    )
