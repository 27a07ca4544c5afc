"""The meta-schemas of JSON Schema, which references may lead to without the network."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

_ADDRESS = re.compile(
    r"https?://json-schema\.org/"
    r"(?:draft/(?P<since>2019-09|2020-12)/(?P<part>schema|meta/(?P<vocabulary>[a-z-]+))"
    r"|draft-0(?P<until>[467])/schema)"
)


def specification_file(uri: str) -> Path | None:
    """The file of the meta-schema with this address, which an installed package has; None for others."""
    found = _ADDRESS.fullmatch(uri)
    spec = find_spec("jsonschema_specifications") if found else None
    if found is None or spec is None or not spec.submodule_search_locations:
        return None
    draft = (found["since"] or found["until"]).replace("-", "")
    part = f"vocabularies/{found['vocabulary']}" if found["vocabulary"] else "metaschema.json"
    path = Path(spec.submodule_search_locations[0], "schemas", f"draft{draft}", part)
    return path if path.is_file() else None
