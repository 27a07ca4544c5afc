"""Seeds that a project writes: what the collections of its mock hold in the beginning.

mocks/seeds/<resource>.yaml    the items of a resource (also .yml, .json)
mocks/seeds.yaml               the same for several: lists by the names of resources

In both a path says which collection is meant where there are several: `/users/42/posts`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from treaty.document.positions import locate_all
from treaty.document.read import read
from treaty.exchange.judge import judge
from treaty.findings import DocumentError, Finding, Json, Location, pointer_of
from treaty.mocking.memory.facts import Facts
from treaty.mocking.memory.making import Object
from treaty.mocking.memory.resources import Resource, Resources

FOLDER = "seeds"
ENDINGS = frozenset({".yaml", ".yml", ".json"})
MAX_FILES = 1_000
MAX_ITEMS = 10_000

Seeds = dict[str, tuple[Object, ...]]  # by resource, or by the path of a collection


def read_seeds(mocks: Path, facts: Facts, resources: Resources, *, alone: bool = True) -> Seeds:
    """The seeds in a folder of mocks; of those of other contracts, unless this is `alone`, none.

    Raises `DocumentError` with all that is wrong in them.
    """
    reading = _Reading(facts, resources, alone)
    for file in _files(mocks):
        reading.read(file, file.stem if file.parent.name == FOLDER else None)
    if reading.findings:
        raise DocumentError(reading.findings)
    return reading.seeds


def _files(mocks: Path) -> Iterator[Path]:
    yield from (file for ending in sorted(ENDINGS) if (file := mocks / f"{FOLDER}{ending}").is_file())
    folder = mocks / FOLDER
    found = sorted(folder.iterdir())[:MAX_FILES] if folder.is_dir() else []
    yield from (file for file in found if file.suffix in ENDINGS and file.is_file())


@dataclass(slots=True)
class _Reading:
    facts: Facts
    resources: Resources
    alone: bool
    seeds: Seeds = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def read(self, file: Path, name: str | None) -> None:
        """Read a file: the items of the resource of that name, or lists by names."""
        try:
            content = file.read_bytes()
            value = read(content, str(file))
        except OSError as error:
            message = f"the file cannot be read: {error.strerror}"
            self.findings.append(Finding("unreadable", message, location=Location(str(file))))
            return
        except DocumentError as error:
            self.findings += error.findings
            return
        found = list(self.judged(value, name))
        places = locate_all(content, [each.location.pointer for each in found if each.location], str(file))
        self.findings += [
            replace(each, location=places[each.location.pointer]) if each.location else each for each in found
        ]

    def judged(self, value: Json, name: str | None) -> Iterator[Finding]:
        """Keep the lists of a file; what is wrong with them."""
        if isinstance(value, list) and name is not None:
            yield from self.items(name, value, "")
        elif isinstance(value, dict):
            for key, listed in value.items():
                yield from self.items(key, listed, pointer_of((key,)))
        else:
            yield _wrong("a file of seeds is a list of items, or an object of such lists", "")

    def items(self, name: str, listed: Json, pointer: str) -> Iterator[Finding]:
        """Keep the items of a resource or collection."""
        resource = self.resource(name)
        if resource is None:
            if self.alone:
                yield self.unknown(name, pointer)
            return
        if not isinstance(listed, list) or len(listed) > MAX_ITEMS:
            yield _wrong(f"`{name}` is no list of at most {MAX_ITEMS:,} items", pointer)
            return
        for index, item in enumerate(listed):
            yield from self.item(resource, item, f"{pointer}/{index}")
        self.seeds[name] = tuple(item for item in listed if isinstance(item, dict))

    def item(self, resource: Resource, item: Json, pointer: str) -> Iterator[Finding]:
        """What in an item breaks its schema; what it leaves out is filled in."""
        if not isinstance(item, dict):
            yield _wrong("an item must be an object", pointer)
            return
        validator = self.facts.validator(resource.schema)
        for each in judge(validator, item, "body") if validator is not None else ():
            below = each.place.pointer if each.place else ""
            if each.code != "schema-required" or below:
                found = _wrong(f"{resource.name}: {each.message}", pointer + below)
                yield replace(found, expected=each.expected, actual=each.actual)

    def resource(self, name: str) -> Resource | None:
        """The resource of a name, or of the path of a collection."""
        if not name.startswith("/"):
            return self.resources.by_name.get(name)
        parts = name.strip("/").split("/")
        return next((each for each in self.resources.by_name.values() if _is_path(each.path, parts)), None)

    def unknown(self, name: str, pointer: str) -> Finding:
        """There is no such resource."""
        near = difflib.get_close_matches(name, self.resources.by_name, 1)
        hint = f"did you mean `{near[0]}`?" if near else "--explain-state shows those that there are"
        return replace(_wrong(f"`{name}` is no resource", pointer), hint=hint)


def _is_path(template: str, parts: list[str]) -> bool:
    wanted = template.strip("/").split("/")
    return len(wanted) == len(parts) and all(
        one == other or one.startswith("{") for one, other in zip(wanted, parts, strict=True)
    )


def _wrong(message: str, pointer: str) -> Finding:
    return Finding("invalid-seed", message, location=Location("", pointer=pointer))
