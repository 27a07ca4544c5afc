"""XML text to a tree of elements and back (XML 1.0, Namespaces in XML 1.0).

A document type is refused, and with it entities and everything outside of the text; depth
and number of elements are bounded.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from xml.parsers import expat

from treaty.exchange.codecs.codec import undecodable
from treaty.exchange.media_types import parameters_of

MAX_DEPTH = 64
MAX_ELEMENTS = 100_000
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_CHARSETS = frozenset({"utf-8", "utf-16", "iso-8859-1", "us-ascii"})
_EXPECTED = "one XML element (XML 1.0) without a document type"
# Sections 2.2 and 2.3; names of ASCII letters are enough for what is named in an API.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"(?![xX][mM][lL])[A-Za-z_][A-Za-z0-9_.-]*")


@dataclass(slots=True)
class Element:
    """An element: local name, namespace (empty without), attributes by local name, children and text."""

    name: str
    namespace: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: str = ""
    prefix: str = ""  # to write it with
    is_nil: bool = False
    is_cdata: bool = False  # to write its text so


def parse_xml(body: bytes, sent: str) -> Element:
    """The root element. Raises `UndecodableError`."""
    charset = parameters_of(sent).get("charset", "").lower()
    builder = _Builder()
    parser = expat.ParserCreate(charset if charset in _CHARSETS else None)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.add_text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise undecodable(f"the body is not XML: {error}", _EXPECTED) from None
    return builder.root.children[0]


def _refuse_doctype(*_: object) -> None:
    raise undecodable("the body is XML with a document type, which is refused", _EXPECTED)


class _Builder:
    """Collects what the parser tells into a tree."""

    def __init__(self) -> None:
        self.root = Element("")
        self._open = [self.root]
        self._scopes: list[dict[str, str]] = []  # the prefixes each open element declares
        self._texts: list[list[str]] = [[]]
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1 + len(attributes)
        if len(self._open) > MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise undecodable(
                "the body is XML of too many elements and attributes, or too deep",
                f"at most {MAX_ELEMENTS} elements and attributes, nested at most {MAX_DEPTH} deep",
            )
        declared = {
            key.removeprefix("xmlns").removeprefix(":"): value
            for key, value in attributes.items()
            if key == "xmlns" or key.startswith("xmlns:")
        }
        self._scopes.append(declared)
        prefix, local = _split(name)
        element = Element(local, self._namespace(prefix))
        for key, value in attributes.items():
            before, after = _split(key)
            if before and self._namespace(before) == _INSTANCE:
                element.is_nil = element.is_nil or (after == "nil" and value.strip() in ("true", "1"))
            elif key != "xmlns" and before not in ("xmlns", "xml"):
                element.attributes[after] = value
        original = element.attributes.get("name", "")
        if local == "item" and original and not _NAME.fullmatch(original):
            element.name = element.attributes.pop("name")  # as `write_xml` has what is no name of XML
        self._open[-1].children.append(element)
        self._open.append(element)
        self._texts.append([])

    def _namespace(self, prefix: str) -> str:
        """What a prefix stands for here (Namespaces in XML 1.0, section 6.1)."""
        return next((each[prefix] for each in reversed(self._scopes) if prefix in each), "")

    def end(self, _: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())
        self._scopes.pop()

    def add_text(self, text: str) -> None:
        self._texts[-1].append(text)


def _split(name: str) -> tuple[str, str]:
    prefix, colon, local = name.partition(":")
    return (prefix, local) if colon else ("", name)


def write_xml(root: Element) -> bytes:
    """The text of a tree, in UTF-8."""
    return b'<?xml version="1.0" encoding="UTF-8"?>' + _written(root, {"": ""}).encode()


def _written(element: Element, scope: dict[str, str]) -> str:
    name, attributes = element.name, ""
    if not _NAME.fullmatch(name):
        attributes += f' name="{_escaped(name)}"'
        name = "item"
    if element.namespace:
        prefix = element.prefix if _NAME.fullmatch(element.prefix) else ""
        if scope.get(prefix) != element.namespace:
            attributes += f' xmlns{":" + prefix if prefix else ""}="{_escaped(element.namespace)}"'
            scope = {**scope, prefix: element.namespace}
        name = f"{prefix}:{name}" if prefix else name
    if element.is_nil:
        attributes += f' xmlns:xsi="{_INSTANCE}" xsi:nil="true"'
    for key, value in element.attributes.items():
        if _NAME.fullmatch(key):
            attributes += f' {key}="{_escaped(value)}"'
    inner = "".join(_written(each, scope) for each in element.children)
    return f"<{name}{attributes}>{_text(element)}{inner}</{name}>"


def _text(element: Element) -> str:
    text = _NOT_IN_XML.sub("\ufffd", element.text)
    if element.is_cdata and "]]>" not in text:
        return f"<![CDATA[{text}]]>"
    return html.escape(text, quote=False).replace("\r", "&#13;")


def _escaped(text: str) -> str:
    escaped = html.escape(_NOT_IN_XML.sub("\ufffd", text))
    return escaped.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")
