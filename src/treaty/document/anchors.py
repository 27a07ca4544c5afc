"""The plain names of schemas: `$anchor` and `$dynamicAnchor` (JSON Schema 2020-12 Core, section 8.2.2).

Up to draft 7 such a name is an identifier that is a fragment, `$id: "#name"`.
"""

from __future__ import annotations

from treaty.document.dialects import PLAIN_NAME
from treaty.findings import Json, pointer_of


def anchors_in(data: Json) -> dict[str, tuple[str, Json]]:
    """(JSON Pointer, value) of each name, wherever it stands; of two the outer counts, then the first."""
    found: dict[str, tuple[str, Json]] = {}
    level: list[tuple[str, Json]] = [("", data)]
    while level:
        below: list[tuple[str, Json]] = []
        for pointer, node in level:
            if isinstance(node, dict):
                for keyword in ("$anchor", "$dynamicAnchor"):
                    if isinstance(node.get(keyword), str):
                        found.setdefault(node[keyword], (pointer, node))
                for keyword in ("$id", "id"):
                    own = node.get(keyword)
                    if isinstance(own, str) and own.startswith("#") and PLAIN_NAME.fullmatch(own[1:]):
                        found.setdefault(own[1:], (pointer, node))
                below.extend((pointer + pointer_of((key,)), value) for key, value in node.items())
            elif isinstance(node, list):
                below.extend((f"{pointer}/{index}", value) for index, value in enumerate(node))
        level = below
    return found
