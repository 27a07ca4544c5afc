"""What a document's own schema cannot say: names that must be unique, parameters that must match.

One rule, one function: it takes the bundled document and yields findings that point into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from treaty.document.operations import OperationAt, follow, parameters_of
from treaty.document.versions import Version
from treaty.findings import Finding, Json, Location, Severity, pointer_of


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rules judge: the bundled document, its operations and the parameters of each."""

    data: Json
    version: Version
    operations: tuple[OperationAt, ...]
    parameters: dict[str, list[tuple[str, dict[str, Json]]]]  # by the pointer of their operation or path

    def parameters_in(
        self, operation: OperationAt
    ) -> Iterator[tuple[str, list[tuple[str, dict[str, Json]]]]]:
        """(Pointer of the holder, its parameters with their pointers): of the path, of the operation."""
        for holder in (operation.item_pointer, operation.pointer):
            yield holder, self.parameters[holder]


Rule = Callable[[Subject], Iterator[Finding]]
_TEMPLATE = re.compile(r"\{([^{}]*)\}")


def check_semantics(data: Json, version: Version, operations: tuple[OperationAt, ...]) -> Iterator[Finding]:
    """The findings of every rule."""
    parameters = {}
    for each in operations:
        if each.item_pointer not in parameters:
            parameters[each.item_pointer] = list(parameters_of(data, each.item_pointer, each.item))
        parameters[each.pointer] = list(parameters_of(data, each.pointer, each.node))
    subject = Subject(data, version, operations, parameters)
    for rule in RULES:
        yield from rule(subject)


def operation_ids_are_unique(subject: Subject) -> Iterator[Finding]:
    """OpenAPI 3.2, Operation Object: the id MUST be unique among all operations."""
    first: dict[str, str] = {}
    for operation in subject.operations:
        name = operation.node.get("operationId")
        if not isinstance(name, str):
            continue
        pointer = operation.pointer + "/operationId"
        if first.setdefault(name, pointer) != pointer:
            yield Finding(
                "duplicate-operation-id",
                f"two operations have the operationId `{name}`",
                location=Location("", pointer=pointer),
                related=(Location("", pointer=first[name]),),
                hint="give each operation an id of its own: handlers and mocks are found by it",
            )


def path_templates_differ(subject: Subject) -> Iterator[Finding]:
    """OpenAPI 3.2, Paths Object: templated paths that differ only in names are the same path."""
    first: dict[str, str] = {}
    methods: dict[str, set[str]] = {}
    for operation in subject.operations:
        methods.setdefault(operation.path, set()).add(operation.method)
    for path in methods:
        shape = _TEMPLATE.sub("{}", path)
        if first.setdefault(shape, path) != path:
            shared = methods[path] & methods[first[shape]]
            yield Finding(
                "clashing-paths",
                f"`{path}` and `{first[shape]}` match the same requests",
                # Where no method is in both, each request still has one operation, and real documents do it.
                Severity.ERROR if shared else Severity.INFO,
                location=Location("", pointer=pointer_of(("paths", path))),
                related=(Location("", pointer=pointer_of(("paths", first[shape]))),),
                hint="put their operations under one path",
            )


def path_parameters_match(subject: Subject) -> Iterator[Finding]:
    """OpenAPI 3.2, Path Templating: each template expression has its path parameter, and the reverse."""
    for operation in subject.operations:
        written = dict.fromkeys(_TEMPLATE.findall(operation.path))
        declared = {
            parameter["name"]: at
            for _, parameters in subject.parameters_in(operation)
            for at, parameter in parameters
            if parameter.get("in") == "path" and isinstance(parameter.get("name"), str)
        }
        for name in written:
            if name not in declared:
                yield Finding(
                    "path-parameter-missing",
                    f"`{{{name}}}` of {operation.path} is not among the parameters of {operation.method}",
                    location=Location("", pointer=operation.pointer),
                    expected=f"a parameter `{name}` with `in: path` and `required: true`",
                )
        for name, at in declared.items():
            if name not in written:
                yield Finding(
                    "path-parameter-unknown",
                    f"the path parameter `{name}` is not in the path {operation.path}",
                    location=Location("", pointer=at),
                    expected=" or ".join(f"`{each}`" for each in written) or "no path parameter",
                    hint=f"write `{{{name}}}` in the path, or remove the parameter",
                )


def parameters_are_unique(subject: Subject) -> Iterator[Finding]:
    """OpenAPI 3.2, Operation Object: the list MUST NOT include duplicated parameters (name and location)."""
    told: set[str] = set()
    for operation in subject.operations:
        for holder, parameters in subject.parameters_in(operation):
            first: dict[tuple[str, str], int] = {}
            for index, (_, parameter) in enumerate(parameters):
                if "name" not in parameter or "in" not in parameter:
                    continue  # that is what is wrong with it
                key = (str(parameter["name"]), str(parameter["in"]))
                pointer = f"{holder}/parameters/{index}"
                if first.setdefault(key, index) != index and pointer not in told:
                    told.add(pointer)
                    yield Finding(
                        "duplicate-parameter",
                        f"the {key[1]} parameter `{key[0]}` is declared twice",
                        location=Location("", pointer=pointer),
                        related=(Location("", pointer=f"{holder}/parameters/{first[key]}"),),
                        hint="remove one of them",
                    )


def references_lead_to_parameters(subject: Subject) -> Iterator[Finding]:
    """OpenAPI 3.2, Parameter Object: a parameter has a `name` and a place, `in`.

    One that stands among the components is judged there, but a reference may lead to anything.
    """
    told: set[str] = set()
    for operation in subject.operations:
        for holder, parameters in subject.parameters_in(operation):
            for index, (at, parameter) in enumerate(parameters):
                pointer = f"{holder}/parameters/{index}"
                is_elsewhere = not at.startswith((f"{holder}/", subject.version.sections["Parameter"] + "/"))
                if (
                    parameter
                    and is_elsewhere
                    and pointer not in told
                    and not {"name", "in"} <= parameter.keys()
                ):
                    told.add(pointer)
                    yield Finding(
                        "wrong-reference",
                        f"the reference leads to `{at}`, which is no parameter",
                        location=Location("", pointer=pointer + "/$ref"),
                        expected="a Parameter Object, with `name` and `in`",
                        hint="correct the reference; it is left out",
                    )


def tags_are_unique(subject: Subject) -> Iterator[Finding]:
    """OpenAPI 3.2, OpenAPI Object: each tag name in the list MUST be unique."""
    first: dict[str, int] = {}
    for index, name in _tags(subject.data):
        if first.setdefault(name, index) != index:
            yield Finding(
                "duplicate-tag",
                f"two tags are named `{name}`",
                Severity.WARNING,
                location=Location("", pointer=f"/tags/{index}/name"),
                related=(Location("", pointer=f"/tags/{first[name]}/name"),),
            )


def tag_parents_exist(subject: Subject) -> Iterator[Finding]:
    """OpenAPI 3.2, Tag Object: the parent tag MUST exist, and circular references MUST NOT be used."""
    if subject.version.name < "3.2":
        return
    index_of = {name: index for index, name in _tags(subject.data)}
    parents = {name: subject.data["tags"][index].get("parent") for name, index in index_of.items()}
    for name, parent in parents.items():
        if not isinstance(parent, str):
            continue
        where = Location("", pointer=f"/tags/{index_of[name]}/parent")
        if parent not in parents:
            yield Finding(
                "unknown-parent-tag",
                f"the parent `{parent}` of tag `{name}` is not a tag",
                Severity.WARNING,
                location=where,
                expected="one of " + ", ".join(parents),
            )
        elif _is_own_ancestor(name, parents):
            yield Finding(
                "circular-tags", f"tag `{name}` is its own ancestor", Severity.WARNING, location=where
            )


def security_schemes_exist(subject: Subject) -> Iterator[Finding]:
    """OpenAPI 3.2, Security Requirement Object: each name is that of a declared scheme, or in 3.2 a URI."""
    _, components = follow(subject.data, "", subject.data.get("components"))
    holder = subject.data.get("securityDefinitions") if subject.version.name == "2.0" else None
    declared = holder or (components or {}).get("securitySchemes") if isinstance(components, dict) else holder
    known = declared if isinstance(declared, dict) else {}
    told: set[str] = set()
    for pointer, node in [("", subject.data), *((each.pointer, each.node) for each in subject.operations)]:
        alternatives = node.get("security")
        for index, each in enumerate(alternatives if isinstance(alternatives, list) else ()):
            for name in each if isinstance(each, dict) else ():
                if (
                    name in known
                    or name in told
                    or (subject.version.name >= "3.2" and re.search(r"[/#.]", name))
                ):
                    continue
                told.add(name)
                yield Finding(
                    "unknown-security-scheme",
                    f"the security scheme `{name}` is not declared, so no credential can satisfy it",
                    Severity.WARNING,
                    location=Location("", pointer=f"{pointer}/security/{index}{pointer_of((name,))}"),
                    expected="one of " + ", ".join(known) if known else "a declared security scheme",
                    hint="declare it, or mock without security by --auth off",
                )


def _is_own_ancestor(name: str, parents: dict[str, Json]) -> bool:
    seen: set[str] = set()
    parent = parents.get(name)
    while isinstance(parent, str) and parent not in seen:
        if parent == name:
            return True
        seen.add(parent)
        parent = parents.get(parent)
    return False


def _tags(data: Json) -> Iterator[tuple[int, str]]:
    listed = data.get("tags")
    for index, tag in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(tag, dict) and isinstance(tag.get("name"), str):
            yield index, tag["name"]


RULES: tuple[Rule, ...] = (
    operation_ids_are_unique,
    path_templates_differ,
    path_parameters_match,
    parameters_are_unique,
    references_lead_to_parameters,
    tags_are_unique,
    tag_parents_exist,
    security_schemes_exist,
)
