"""What a document's own schema cannot say: names that must be unique, parameters that must match.

One rule, one function: it takes the bundled document and yields findings that point into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from treaty.document.addresses import (
    path_parameters_match,
    path_templates_are_well_formed,
    path_templates_differ,
    server_names_are_unique,
    servers_are_well_formed,
)
from treaty.document.operations import OperationAt, follow, parameters_of
from treaty.document.subject import Rule, Subject
from treaty.document.versions import Version
from treaty.findings import Finding, Json, Location, Severity, pointer_of

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


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


def query_is_read_once(subject: Subject) -> Iterator[Finding]:
    """OpenAPI 3.2, Parameter Locations: `querystring` MUST NOT stand beside another one, or beside `query`.

    Those of one list are judged with the document's structure; here, an operation's with those of its path.
    """
    for operation in subject.operations:
        (_, of_path), (_, of_operation) = subject.parameters_in(operation)
        inherited = {str(each.get("in")) for _, each in of_path} & {"query", "querystring"}
        for at, each in of_operation:
            others = inherited if each.get("in") == "querystring" else inherited - {"query"}
            if each.get("in") in ("query", "querystring") and others:
                yield Finding(
                    "query-read-twice",
                    f"the {each['in']} parameter `{each.get('name')}` stands beside a parameter "
                    f"of the path that is in: {min(others)}",
                    location=Location("", pointer=at),
                    expected="one `querystring`, or any number of `query`",
                    hint="describe the query in one way",
                )


def header_names_can_be_sent(subject: Subject) -> Iterator[Finding]:
    """RFC 9110, section 5.1: the name of a field is a token."""
    for pointer, name in dict(_header_names(subject)).items():
        if name and not _TOKEN.fullmatch(name):
            yield Finding(
                "header-name",
                f"no message has a header named `{name}`",
                Severity.WARNING,
                location=Location("", pointer=pointer),
                expected="letters, digits and !#$%&'*+-.^_`|~",
            )


def _header_names(subject: Subject) -> Iterator[tuple[str, str]]:
    for operation in subject.operations:
        for _, parameters in subject.parameters_in(operation):
            for at, each in parameters:
                if each.get("in") == "header" and isinstance(each.get("name"), str):
                    yield at + "/name", each["name"]
        responses = operation.node.get("responses")
        for status, each in responses.items() if isinstance(responses, dict) else ():
            at, response = follow(subject.data, f"{operation.pointer}/responses{pointer_of((status,))}", each)
            headers = response.get("headers") if isinstance(response, dict) else None
            for name in headers if isinstance(headers, dict) else ():
                yield f"{at}/headers{pointer_of((name,))}", name


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
    path_templates_are_well_formed,
    path_parameters_match,
    servers_are_well_formed,
    server_names_are_unique,
    parameters_are_unique,
    query_is_read_once,
    header_names_can_be_sent,
    references_lead_to_parameters,
    tags_are_unique,
    tag_parents_exist,
    security_schemes_exist,
)
