"""How a schema's values stand in XML: the XML Object of each part (OpenAPI 3.2, XML Object)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

from treaty.document.operations import MAX_CHAIN
from treaty.exchange.prepared_media import item_of, properties_of, schemas_of
from treaty.exchange.values import Shape
from treaty.findings import Json

Node = Literal["element", "attribute", "text", "cdata", "none"]

_NODES: dict[str, Node] = {
    "element": "element",
    "attribute": "attribute",
    "text": "text",
    "cdata": "cdata",
    "none": "none",
}


@dataclass(slots=True)
class XmlPlan:
    """A schema as XML: the name of its element, how its values stand, and its parts.

    An array of node `none` has its items stand in its place, one of node `element` around them.
    """

    shape: Shape
    name: str
    is_named: bool = False  # by the XML Object, not only by property or component
    namespace: str = ""
    prefix: str = ""
    node: Node = "element"
    # Where branches give names, and the schema itself gives none: each, with its namespace.
    names: tuple[tuple[str, str], ...] = ()
    _properties: dict[str, XmlPlan] | None = None
    _items: dict[int, XmlPlan | None] = field(default_factory=dict)
    _own_items: int | None = None
    _other: Shape | None = None

    @property
    def properties(self) -> dict[str, XmlPlan]:
        """The plans of an object's properties, by property name."""
        if self._properties is None:
            below = properties_of(self.shape)
            self._properties = {name: plan_xml(each, name) for name, each in below.items()}
        return self._properties

    def item(self, index: int) -> XmlPlan | None:
        """The plan of an item of an array: by its own name, else that of the array."""
        if self._own_items is None:  # how many of the first items have a schema of their own
            lengths = (len(each.get("prefixItems", ())) for each in schemas_of(self.shape))
            self._own_items = max(lengths, default=0)
        key = min(index, self._own_items)
        if key not in self._items:
            below = item_of(self.shape, key)
            self._items[key] = plan_xml(below, self.name) if below is not None else None
        return self._items[key]

    def other(self, name: str) -> XmlPlan | None:
        """The plan of an additional property."""
        if self.shape.other is None:
            return None
        if self._other is None:
            self._other = Shape(self.shape.schemas, self.shape.other, self.shape.direction)
        return plan_xml(self._other, name)


def plan_xml(shape: Shape, name: str) -> XmlPlan:
    """The plan of a schema whose element is called `name` unless its XML Object says otherwise.

    Since OpenAPI 3.2 a schema that is a `$ref` has no node of its own, so that the element is the
    component's and has its name (section 4.26.1, `nodeType`); before, it was the property's.
    """
    said: dict[str, Json] = {}
    for schema in schemas_of(shape):
        if isinstance(schema.get("xml"), dict):
            said = {**schema["xml"], **said}
    is_array = shape.kind == "array"
    node = _node(said, is_array)
    if not (is_array and node == "none"):
        name = _referred_name(shape) or name
    own = said.get("name")
    is_named = isinstance(own, str) and bool(own) and not (is_array and node == "none")
    return XmlPlan(
        shape,
        str(own) if is_named else name,
        is_named,
        str(said.get("namespace") or ""),
        str(said.get("prefix") or ""),
        node,
        _names_of_branches(shape, name) if is_named and shape.branches else (),
    )


def _names_of_branches(shape: Shape, name: str) -> tuple[tuple[str, str], ...]:
    """The names that the branches of an `anyOf` or `oneOf` give; one that gives none has the usual one."""
    if any(map(_own_name, schemas_of(shape, ("allOf",)))):
        return ()
    found = {own: None for schema in schemas_of(shape) if (own := _own_name(schema))}
    return (*found, (name, ""))


def _own_name(schema: dict[str, Json]) -> tuple[str, str] | None:
    xml = schema.get("xml")
    if not isinstance(xml, dict) or not isinstance(xml.get("name"), str):
        return None
    return xml["name"], str(xml.get("namespace") or "")


def _referred_name(shape: Shape) -> str:
    """The name of the component that stands in place of a reference; empty where the reference is a node."""
    at, name = shape.at, ""
    for _ in range(MAX_CHAIN):
        schema = at.schema
        if shape.schemas.version.references_are_xml_nodes or not isinstance(schema, dict):
            return name
        reference, xml = schema.get("$ref"), schema.get("xml")
        if not isinstance(reference, str) or (isinstance(xml, dict) and "nodeType" in xml):
            return name
        found = _last_name(reference)
        try:
            at = shape.schemas.resolve(at.base, reference, shape.direction)
        except LookupError:
            return name
        name = found
    return name


def _node(said: dict[str, Json], is_array: bool) -> Node:
    """`nodeType`, or what older documents say with `attribute` and `wrapped`."""
    own = _NODES.get(str(said.get("nodeType")))
    if own is not None:
        return own
    if is_array:
        return "element" if said.get("wrapped") is True else "none"
    return "attribute" if said.get("attribute") is True else "element"


def component_name(shape: Shape) -> str:
    """The name of the component a schema refers to, `root` where it refers to none."""
    schema = shape.at.schema
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    return _last_name(reference) if isinstance(reference, str) else "root"


def _last_name(reference: str) -> str:
    """The last part of the JSON Pointer that a lowered reference leads to."""
    return unquote(reference).rpartition("/")[2].rpartition("~1")[2]
