"""Does a document refer to anything outside itself? Most do not, and need no bundling."""

from __future__ import annotations

import re
from typing import Final

from treaty.document.sources import Resource
from treaty.findings import Json

# A cheap look at the text: a `$ref` that does not begin with `#` is likely in it.
_REFERENCE = re.compile(rb"""\$ref["']?\s*:(?!\s*["']?#)""")
# And at the values of discriminators: `mapping:` or `defaultMapping:`, and soon after it the name of a file.
_MAPPING = re.compile(rb"""apping["']?\s*:""")
_FILE = re.compile(rb""":\s*["']?[^\s"'#:,]+\.(?:ya?ml|json)\b""")
_MAPPING_BYTES: Final = 4_000


def points_outward(entry: Resource) -> bool:
    """May a `$ref`, or a discriminator's mapping, lead to another file? In doubt, yes."""
    return _text_may(entry.text()) and _value_points_outward(entry.data)


def _text_may(content: bytes | None) -> bool:
    """Is there a text that looks so? A path or a property named `$ref` does too."""
    if content is None or b"\0" in content or _REFERENCE.search(content):
        return True
    mappings = (found.end() for found in _MAPPING.finditer(content))
    return any(_FILE.search(content, start - 1, start + _MAPPING_BYTES) for start in mappings)


def _value_points_outward(data: Json) -> bool:
    pending = [data]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if _is_outward(node.get("$ref")) or any(map(_is_file, _mapped(node.get("discriminator")))):
                return True
            pending.extend(value for value in node.values() if isinstance(value, dict | list))
        elif isinstance(node, list):
            pending.extend(value for value in node if isinstance(value, dict | list))
    return False


def _is_outward(reference: Json) -> bool:
    return isinstance(reference, str) and not reference.startswith("#")


def _is_file(name: Json) -> bool:
    """A mapping value that is no name of a component and no internal reference."""
    return isinstance(name, str) and not name.startswith("#") and ("/" in name or "." in name)


def _mapped(discriminator: Json) -> list[Json]:
    if not isinstance(discriminator, dict):
        return []
    mapping = discriminator.get("mapping")
    values = list(mapping.values()) if isinstance(mapping, dict) else []
    return [*values, discriminator.get("defaultMapping")]
