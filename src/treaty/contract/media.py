"""Media types and examples, as 3.x writes them."""

from __future__ import annotations

from treaty.contract.model import Encoding, Example, MediaType
from treaty.document.operations import follow
from treaty.findings import Json, pointer_of

# Fields of an Example Object that hold a value as data, in the order of preference (3.2 `dataValue`).
_DATA_FIELDS = ("dataValue", "value")


def media_types(data: Json, pointer: str, node: dict[str, Json]) -> tuple[MediaType, ...]:
    """The entries of a `content` field, in the order written."""
    content = node.get("content")
    found = []
    for name, each in content.items() if isinstance(content, dict) else ():
        at, media = follow(data, f"{pointer}/content{pointer_of((name,))}", each)
        if isinstance(media, dict):
            found.append(
                MediaType(
                    name, at, schema_below(at, media), read_examples(data, at, media), _encodings(media)
                )
            )
    return tuple(found)


def schema_below(pointer: str, node: dict[str, Json]) -> str | None:
    """The pointer of an object's `schema`, if it has one."""
    return f"{pointer}/schema" if isinstance(node.get("schema"), dict | bool) else None


def read_examples(data: Json, pointer: str, node: dict[str, Json]) -> tuple[Example, ...]:
    """`examples`, by name, and `example`, without a name. Those that only link to a value are left out."""
    found = []
    declared = node.get("examples")
    for name, each in declared.items() if isinstance(declared, dict) else ():
        at, example = follow(data, f"{pointer}/examples{pointer_of((name,))}", each)
        field = next((key for key in _DATA_FIELDS if isinstance(example, dict) and key in example), None)
        if field:
            found.append(Example(name, example[field], f"{at}/{field}"))
    if "example" in node:
        found.append(Example("", node["example"], f"{pointer}/example"))
    return tuple(found)


def _encodings(media: dict[str, Json]) -> dict[str, Encoding]:
    declared = media.get("encoding")
    return {
        name: Encoding(
            style := str(each.get("style") or "form"),
            bool(each.get("explode", style == "form")),
            str(each.get("contentType") or ""),
        )
        for name, each in (declared.items() if isinstance(declared, dict) else ())
        if isinstance(each, dict)
    }
