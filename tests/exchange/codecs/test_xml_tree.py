"""XML text and trees; what the schema makes of them is in tests/cases."""

from __future__ import annotations

import pytest

from treaty.exchange.codecs.codec import UndecodableError
from treaty.exchange.codecs.xml_tree import MAX_DEPTH, MAX_ELEMENTS, Element, parse_xml, write_xml

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY b "hahaha"><!ENTITY c "&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;">]>
<a>&d;</a>"""


def test_namespaces_are_those_in_scope() -> None:
    root = parse_xml(b'<a xmlns="u" xmlns:p="v" p:x="1"><p:b/><b xmlns="w"/><b/></a>', "")
    assert (root.name, root.namespace, root.attributes) == ("a", "u", {"x": "1"})
    assert [each.namespace for each in root.children] == ["v", "w", "u"]


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS,
        b'<!DOCTYPE a SYSTEM "http://localhost/a.dtd"><a/>',
        b"<!DOCTYPE a><a/>",
        b"<a>&b;</a>",
        b"<a/><b/>",
        b"",
        b"<a" + b"<a>" * 5,
        b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1),
        b"<a>" + b"<b/>" * MAX_ELEMENTS + b"</a>",
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b"<a>\xff</a>",
    ],
    ids=[
        "laughs",
        "external",
        "doctype",
        "entity",
        "two",
        "empty",
        "cut",
        "deep",
        "many",
        "charset",
        "not utf-8",
    ],
)
def test_what_is_refused(body: bytes) -> None:
    with pytest.raises(UndecodableError) as raised:
        parse_xml(body, "application/xml")
    assert raised.value.finding.code == "malformed-body"


def test_the_deepest_that_is_read() -> None:
    assert parse_xml(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH, "").name == "a"


@pytest.mark.parametrize(
    ("element", "text"),
    [
        (
            Element("a", "u", {"k": '"<&\n'}, text="<&>"),
            '<a xmlns="u" k="&quot;&lt;&amp;&#10;">&lt;&amp;&gt;</a>',
        ),
        (
            Element("a", "u", prefix="p", children=[Element("b", "u", prefix="p")]),
            '<p:a xmlns:p="u"><p:b></p:b></p:a>',
        ),
        (Element("a", text="x < y", is_cdata=True), "<a><![CDATA[x < y]]></a>"),
        (Element("a", text="]]>", is_cdata=True), "<a>]]&gt;</a>"),
        (Element("b c", text="\x00"), '<item name="b c">\ufffd</item>'),
        (
            Element("a", is_nil=True),
            '<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"></a>',
        ),
    ],
)
def test_written(element: Element, text: str) -> None:
    written = write_xml(element)
    assert written.decode() == f'<?xml version="1.0" encoding="UTF-8"?>{text}'
    root = parse_xml(written, "")
    assert (root.name, root.namespace, root.is_nil) == (element.name, element.namespace, element.is_nil)
