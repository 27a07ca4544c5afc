"""Read OpenAPI documents of one or many files and follow their references."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import unquote

import yaml

if TYPE_CHECKING:
    from pathlib import Path

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Place(NamedTuple):
    """A value in a document and the file it stands in, from which its references are resolved."""

    value: Any
    file: Path


class _CoreLoader(_SafeLoader):  # type: ignore[misc]  # the loader with libyaml is chosen at run time
    """PyYAML reading the core schema of YAML 1.2, every key of a mapping as text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # PyYAML's own way to say it

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, Any]:
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                key.tag = "tag:yaml.org,2002:str"
        return cast("dict[str, Any]", super().construct_mapping(node, deep))


def _integer(loader: Any, node: yaml.ScalarNode) -> int:
    text = loader.construct_scalar(node)
    return int(text, 0) if re.match(r"0[ox]", text) else int(text)


def _number(loader: Any, node: yaml.ScalarNode) -> float:
    text = loader.construct_scalar(node).lower()
    return float(text.replace(".inf", "inf").replace(".nan", "nan"))


def _register() -> None:
    patterns = {
        "null": (r"~|null|Null|NULL|", "~nN\0"),
        "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
        "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
        "float": (
            r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
            "-+.0123456789",
        ),
        "merge": ("<<", "<"),
    }
    for name, (pattern, first) in patterns.items():
        starts = ["" if character == "\0" else character for character in first]
        _CoreLoader.add_implicit_resolver(
            f"tag:yaml.org,2002:{name}", re.compile(rf"^(?:{pattern})$"), starts
        )
    _CoreLoader.add_constructor("tag:yaml.org,2002:int", _integer)
    _CoreLoader.add_constructor("tag:yaml.org,2002:float", _number)


_register()


def parse(text: str, *, is_json: bool = False) -> Any:
    """The value of a JSON or YAML text."""
    return json.loads(text) if is_json else yaml.load(text, Loader=_CoreLoader)  # noqa: S506  # a safe loader


class Library:
    """A document: its entry file and, read when first needed, the files it refers to."""

    def __init__(self, entry: Path, value: Any = None) -> None:
        """Open the document at `entry`; a `value` stands in for the text of that file."""
        self.entry = entry.resolve()
        self._files: dict[Path, Any] = {} if value is None else {self.entry: value}

    @property
    def root(self) -> Place:
        return Place(self.read(self.entry), self.entry)

    def read(self, file: Path) -> Any:
        """The content of one file; OSError when there is none."""
        if file not in self._files:
            self._files[file] = parse(file.read_text(encoding="utf-8"), is_json=file.suffix == ".json")
        return self._files[file]

    def follow(self, place: Place) -> Place:
        """The place a chain of references ends at; LookupError for a chain that never ends."""
        for _ in range(64):
            if not (isinstance(place.value, dict) and isinstance(place.value.get("$ref"), str)):
                return place
            place = self.target(place.value["$ref"], place.file)
        raise LookupError(f"the references from {place.file} never end")

    def target(self, reference: str, file: Path) -> Place:
        """What a reference in `file` names, itself perhaps a reference."""
        address, _, fragment = reference.partition("#")
        if address:
            file = (file.parent / unquote(address)).resolve()
        place = Place(self.read(file), file)
        if fragment and not fragment.startswith("/"):
            raise LookupError(f"{reference} is an anchor, which this reader does not know")
        for part in fragment.split("/")[1:]:
            place = self.child(self.follow(place), unquote(part).replace("~1", "/").replace("~0", "~"))
        return place

    def child(self, place: Place, key: str | int) -> Place:
        """The value under a key, in the same file."""
        value = place.value
        return Place(value[int(key)] if isinstance(value, list) else value[key], place.file)

    def inside(self, place: Place, key: str | int) -> Place:
        """The value under a key, its references followed."""
        return self.follow(self.child(place, key))
