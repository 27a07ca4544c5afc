"""`x-treaty-resource`: what the document's author says of a resource, where it was seen wrongly."""

from __future__ import annotations

from dataclasses import dataclass

from treaty.contract.contract import Contract
from treaty.findings import Finding, Json, Location, Severity

KEYWORD = "x-treaty-resource"
_KNOWN = {"name", "identity", "parent"}


@dataclass(frozen=True, slots=True)
class Correction:
    """What `x-treaty-resource` says of a path or an operation; `is_none`: it is no resource.

    `parent` is the property that repeats the identity of the nearest item above.
    """

    name: str = ""
    identity: str = ""
    parent: str = ""
    is_none: bool = False


def corrections_of(contract: Contract) -> dict[str, Correction]:
    """The corrections of a document, by path, without a slash at the end, or by `METHOD /path`."""
    found = {}
    for at in contract.document.operations:
        if KEYWORD in at.item:
            found[at.path.rstrip("/")] = _read(at.item[KEYWORD])
        if KEYWORD in at.node:
            said = _read(at.node[KEYWORD])
            found[f"{at.method} {at.path}"] = said
            if not said.is_none:
                found.setdefault(at.path.rstrip("/"), said)
    return found


def check_corrections(contract: Contract) -> list[Finding]:
    """What is wrong with the corrections of a document."""
    return [
        Finding(
            "resource-correction",
            f"`{KEYWORD}` {wrong}",
            Severity.WARNING,
            location=Location("", pointer=f"{pointer}/{KEYWORD}"),
            expected="false, or an object with `name`, `identity` and `parent`",
        )
        for at in contract.document.operations
        for pointer, node in ((at.item_pointer, at.item), (at.pointer, at.node))
        if KEYWORD in node and (wrong := _wrong(node[KEYWORD]))
    ]


def _read(said: Json) -> Correction:
    if said is False:
        return Correction(is_none=True)
    if not isinstance(said, dict):
        return Correction()
    name, identity, parent = (str(said.get(each) or "") for each in ("name", "identity", "parent"))
    return Correction(name, identity, parent)


def _wrong(said: Json) -> str:
    if said is False or said is True:
        return ""
    if not isinstance(said, dict):
        return "is neither false nor an object"
    unknown = sorted(said.keys() - _KNOWN)
    if unknown:
        return f"has no `{unknown[0]}`"
    other = next((name for name, value in said.items() if not isinstance(value, str)), None)
    return f"has a `{other}` that is no text" if other else ""
