"""XML bodies, mapped to JSON values and back by the schema's XML Objects."""

from __future__ import annotations

from typing import get_args

from treaty.exchange.codecs.codec import Codec, Written, undecodable
from treaty.exchange.codecs.form import form_text
from treaty.exchange.codecs.xml_plan import XmlPlan, component_name, plan_xml
from treaty.exchange.codecs.xml_tree import Element, parse_xml, write_xml
from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.styles import add_value
from treaty.exchange.values import Reading
from treaty.findings import Json

_WHITE = " \t\n\r"


def _read(body: bytes, sent: str, prepared: PreparedMedia) -> list[Json]:
    root = parse_xml(body, sent)
    plan = _root_plan(prepared)
    if plan is None:
        return [_untyped(root)]
    _demand_name(root, plan, "the XML element of the body")
    readings: list[Json] = []
    for reading in get_args(Reading):
        value = _value(root, plan, reading)
        if value not in readings:
            readings.append(value)
    return readings


def _root_plan(prepared: PreparedMedia) -> XmlPlan | None:
    return plan_xml(prepared.shape, component_name(prepared.shape)) if prepared.shape is not None else None


def _is_of(element: Element, plan: XmlPlan) -> bool:
    if plan.names:
        return any(element.name == name and own in ("", element.namespace) for name, own in plan.names)
    return element.name == plan.name and plan.namespace in ("", element.namespace)


def _demand_name(element: Element, plan: XmlPlan, which: str) -> None:
    """Where the XML Object names an element, one of another name is not what it describes."""
    if plan.is_named and plan.node == "element" and not _is_of(element, plan):
        raise undecodable(
            f"{which} is `{element.name}`"
            + (f" of the namespace `{element.namespace}`" if element.name == plan.name else ""),
            " or ".join(
                f"`{name}`" + (f" of the namespace `{own}`" if own else "")
                for name, own in plan.names or ((plan.name, plan.namespace),)
            ),
        )


def _demand_item_names(element: Element, plan: XmlPlan) -> None:
    for index, each in enumerate(element.children):
        below = plan.item(index)
        if below is not None:
            _demand_name(each, below, f"item {index} of the XML element `{element.name}`")


def _value(element: Element, plan: XmlPlan, reading: Reading) -> Json:
    if element.is_nil:
        return None
    if plan.shape.kind == "array":
        if not element.children and element.text.strip():
            return element.text  # as with an object
        _demand_item_names(element, plan)
        return _items(element.children, plan, reading)
    if plan.shape.kind == "object":
        return _object(element, plan, reading)
    if element.children or (element.attributes and not plan.shape.types):
        return _untyped(element)
    return _scalar(element.text, plan, reading)


def _scalar(text: str, plan: XmlPlan, reading: Reading) -> Json:
    """What a text stands for; white space around what is no text does not count (XML Schema 1.1-2, 4.3.6)."""
    types = plan.shape.types
    return plan.shape.read_text(text.strip(_WHITE) if types and "string" not in types else text, reading)


def _items(elements: list[Element], plan: XmlPlan, reading: Reading) -> list[Json]:
    values = []
    for index, each in enumerate(elements):
        below = plan.item(index)
        values.append(_value(each, below, reading) if below is not None else _untyped(each))
    return values


def _object(element: Element, plan: XmlPlan, reading: Reading) -> Json:
    found: dict[str, Json] = {}
    left, attributes = list(element.children), dict(element.attributes)
    takes_text = False
    for name, each in plan.properties.items():
        if each.node == "attribute":
            if each.name in attributes:
                found[name] = _scalar(attributes.pop(each.name), each, reading)
        elif each.node in ("text", "cdata"):
            found[name], takes_text = _scalar(element.text, each, reading), True
        else:
            _take_property(found, name, each, left, reading)
    for key, text in attributes.items():
        found[f"@{key}" if key in plan.properties else key] = text
    for child in left:
        # Of a property's name and yet not as that property is written: it is something else.
        taken = child.name in plan.properties
        key = f"{{{child.namespace}}}{child.name}" if taken else child.name
        add_value(found, key, _other(child, plan, reading))
    if not found and not takes_text and element.text.strip():
        return element.text  # a text where an object is expected: that is for the schema to say
    _add_empty_lists(found, plan)
    return found


def _take_property(
    found: dict[str, Json], name: str, plan: XmlPlan, left: list[Element], reading: Reading
) -> None:
    is_array = plan.shape.kind == "array"
    wanted = plan
    if is_array and plan.node == "none":
        wanted = plan.item(0) or plan
    own = [each for each in left if _is_of(each, wanted)]
    if not own:
        return
    taken = {id(each) for each in own}
    left[:] = [each for each in left if id(each) not in taken]
    if is_array and plan.node == "none":
        found[name] = _items(own, plan, reading)
        return
    values = [_value(each, plan, reading) for each in own]
    found[name] = values[0] if len(values) == 1 else values


def _add_empty_lists(found: dict[str, Json], plan: XmlPlan) -> None:
    """An array without an element around it and without items cannot be told from an absent one."""
    for name, each in plan.properties.items():
        if each.shape.kind == "array" and each.node == "none" and name not in found:
            found[name] = []


def _other(element: Element, plan: XmlPlan, reading: Reading) -> Json:
    """An element that no property is written as."""
    below = plan.other(element.name)
    return _value(element, below, reading) if below is not None else _untyped(element)


def _untyped(element: Element) -> Json:
    """Without a schema: texts, and objects of what is in an element; what is repeated is a list."""
    if element.is_nil:
        return None
    if not element.children and not element.attributes:
        return element.text
    found: dict[str, Json] = dict(element.attributes)
    for child in element.children:
        add_value(found, child.name, _untyped(child))
    return found


def _write(value: Json, prepared: PreparedMedia) -> Written:
    if isinstance(value, str) and (prepared.shape is None or "<" in value[:1]):
        return Written(value.encode("utf-8", "replace"))
    plan = _root_plan(prepared)
    if plan is None:
        return Written(write_xml(_untyped_element("root", value)))
    return Written(write_xml(_element(value, plan)))


def _element(value: Json, plan: XmlPlan) -> Element:
    made = Element(plan.name, plan.namespace, prefix=plan.prefix)
    if value is None:
        made.is_nil = "null" in plan.shape.types
    elif isinstance(value, dict):
        for name, each in value.items():
            _put(made, name, each, plan)
    elif isinstance(value, list):
        made.children = _item_elements(value, plan)
    else:
        made.text = form_text(value)
    return made


def _put(made: Element, name: str, value: Json, plan: XmlPlan) -> None:
    below = plan.properties.get(name) or plan.other(name)
    if below is None:
        values = value if isinstance(value, list) else [value]
        made.children += [_untyped_element(name, each) for each in values]
    elif below.node == "attribute":
        made.attributes[below.name] = form_text(value)
    elif below.node in ("text", "cdata"):
        made.text, made.is_cdata = form_text(value), below.node == "cdata"
    elif isinstance(value, list) and below.node == "none":
        made.children += _item_elements(value, below)
    else:
        made.children.append(_element(value, below))


def _item_elements(values: list[Json], plan: XmlPlan) -> list[Element]:
    elements = []
    for index, each in enumerate(values):
        below = plan.item(index)
        elements.append(_element(each, below) if below is not None else _untyped_element(plan.name, each))
    return elements


def _untyped_element(name: str, value: Json) -> Element:
    made = Element(name)
    if isinstance(value, dict):
        for key, each in value.items():
            values = each if isinstance(each, list) else [each]
            made.children += [_untyped_element(key, item) for item in values]
    elif isinstance(value, list):
        made.children = [_untyped_element(name, each) for each in value]
    elif value is not None:
        made.text = form_text(value)
    return made


CODEC = Codec(_read, _write)
