"""One file's bytes to plain data: JSON or YAML, within bounds."""

from __future__ import annotations

from typing import Final

from treaty.document import json, yaml
from treaty.document.text import decode
from treaty.findings import DocumentError, Finding, Json, Location

MAX_BYTES: Final = 64 * 1024 * 1024


def read(content: bytes, label: str, *, max_bytes: int = MAX_BYTES) -> Json:
    """The value of a JSON or YAML file; `label` is its path or URL, for findings.

    A file named `.json` is JSON. Any other is tried as JSON when it starts with `{` or `[`,
    and is YAML 1.2 when it is not. Values that YAML aliases share are shared objects: read
    them, do not change them. Raises `DocumentError`: too-large, not-utf8, and what
    `json.loads` and `yaml.loads` raise.
    """
    check_size(len(content), label, max_bytes)
    if json.looks_like_json(content[:1000].decode("latin-1"), label):
        try:
            return json.parse(content)
        except ValueError:  # another encoding, YAML in flow style, or a fault: told from the text
            pass
    text = decode(content, label)
    if not json.looks_like_json(text, label):
        return yaml.loads(text, label)
    try:
        return json.loads(text, label)
    except DocumentError as error:
        if json.named_json(label) or error.findings[0].code != "json-syntax":
            raise
    return yaml.loads(text, label)


def check_size(size: int, label: str, max_bytes: int = MAX_BYTES) -> None:
    """Refuse a file of more than `max_bytes` bytes (`DocumentError`, too-large)."""
    if size <= max_bytes:
        return
    finding = Finding(
        code="too-large",
        message=f"The file has {size / 1e6:,.1f} MB; the limit is {max_bytes / 1e6:,.1f} MB.",
        location=Location(label, 1, 1),
        expected=f"at most {max_bytes:,} bytes",
        actual=f"{size:,} bytes",
        hint=f"split the document into several files, or raise the limit with --max-bytes {size}",
    )
    raise DocumentError([finding])
