from __future__ import annotations

from typing import Any

from treaty.document.anchors import anchors_in


def test_names_and_where_they_stand() -> None:
    leaf = {"$dynamicAnchor": "leaf"}
    inner = {"$anchor": "x", "items": leaf}
    data: dict[str, Any] = {"a/b": [inner], "$anchor": 7, "c": {"d": {"e": {"$anchor": "x"}}}}
    assert anchors_in(data) == {"x": ("/a~1b/0", inner), "leaf": ("/a~1b/0/items", leaf)}


def test_a_scalar_has_none() -> None:
    assert anchors_in("x") == {}
