"""Rules on where requests go: the URLs of servers, and the templates of paths."""

from __future__ import annotations

import re
from collections.abc import Iterator

from treaty.document.subject import Subject
from treaty.document.templates import EXPRESSION
from treaty.findings import Finding, Json, Location, Severity, pointer_of


def path_templates_differ(subject: Subject) -> Iterator[Finding]:
    """OpenAPI 3.2, Paths Object: templated paths that differ only in names are the same path."""
    first: dict[str, str] = {}
    methods: dict[str, set[str]] = {}
    for operation in subject.operations:
        methods.setdefault(operation.path, set()).add(operation.method)
    for path in methods:
        shape = EXPRESSION.sub("{}", path)
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
        written = dict.fromkeys(EXPRESSION.findall(operation.path))
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


def path_templates_are_well_formed(subject: Subject) -> Iterator[Finding]:
    """OpenAPI 3.2, Path Templating: braces come in pairs, and no expression twice."""
    for path in dict.fromkeys(operation.path for operation in subject.operations):
        where = Location("", pointer=pointer_of(("paths", path)))
        if re.search("[{}]", EXPRESSION.sub("", path)):
            yield Finding(
                "unpaired-brace",
                f"a brace of `{path}` has no other, so it stands for itself",
                _since(subject, "3.2"),
                location=where,
                hint="write each expression as `{name}`",
            )
        for name in _repeated(path):
            yield Finding(
                "repeated-expression",
                f"`{{{name}}}` is in `{path}` more than once, and its parameter has one value",
                _since(subject, "3.2"),
                location=where,
                hint="give each expression a name of its own",
            )


def servers_are_well_formed(subject: Subject) -> Iterator[Finding]:
    """OpenAPI 3.2, Server Object and Server Variable Object."""
    for pointer, server in _servers(subject):
        url = server.get("url")
        if not isinstance(url, str):
            continue
        where = Location("", pointer=pointer + "/url")
        plain = EXPRESSION.sub("", url)
        if "?" in plain or "#" in plain:
            yield Finding(
                "server-query",
                f"the URL `{url}` has a query or a fragment, which no request takes over",
                _since(subject, "3.1"),
                location=where,
                expected="a URL without `?` and `#`",
            )
        for name in _repeated(url) if subject.version.name >= "3.2" else ():
            yield Finding(
                "repeated-expression", f"`{{{name}}}` is in the URL `{url}` more than once", location=where
            )
        variables = server.get("variables")
        declared = variables if isinstance(variables, dict) else {}
        for name in dict.fromkeys(EXPRESSION.findall(url)):
            if name not in declared:
                yield Finding(
                    "server-variable-missing",
                    f"`{{{name}}}` of the URL `{url}` is not among the variables of the server",
                    Severity.INFO,
                    location=where,
                    expected=f"a variable `{name}`, with its `default`",
                )
        for name, variable in declared.items():
            yield from _default_is_listed(
                subject, f"{pointer}/variables{pointer_of((name,))}", name, variable
            )


def _default_is_listed(subject: Subject, pointer: str, name: str, variable: Json) -> Iterator[Finding]:
    if not isinstance(variable, dict) or not isinstance(variable.get("default"), str):
        return
    listed, default = variable.get("enum"), variable["default"]
    if isinstance(listed, list) and listed and default not in listed:
        yield Finding(
            "server-variable-default",
            f"the default `{default}` of the server variable `{name}` is none of its values",
            _since(subject, "3.1"),
            location=Location("", pointer=pointer + "/default"),
            expected="one of " + ", ".join(map(str, listed)),
        )


def server_names_are_unique(subject: Subject) -> Iterator[Finding]:
    """OpenAPI 3.2, Server Object: the name is unique."""
    first: dict[str, str] = {}
    for pointer, server in _servers(subject) if subject.version.name >= "3.2" else ():
        name = server.get("name")
        holder = pointer.rpartition("/")[0]
        if isinstance(name, str) and first.setdefault(f"{holder} {name}", pointer) != pointer:
            yield Finding(
                "duplicate-server-name",
                f"two servers are named `{name}`",
                Severity.WARNING,
                location=Location("", pointer=pointer + "/name"),
                related=(Location("", pointer=first[f"{holder} {name}"] + "/name"),),
            )


def _servers(subject: Subject) -> Iterator[tuple[str, dict[str, Json]]]:
    """The Server Objects of the document, its paths and its operations, each once, with their pointers."""
    holders = {"": subject.data}
    for operation in subject.operations:
        holders |= {operation.item_pointer: operation.item, operation.pointer: operation.node}
    for pointer, node in holders.items():
        servers = node.get("servers")
        for index, each in enumerate(servers if isinstance(servers, list) else ()):
            if isinstance(each, dict):
                yield f"{pointer}/servers/{index}", each


def _since(subject: Subject, version: str) -> Severity:
    """An error where the version forbids it; what an older one leaves open is told."""
    return Severity.ERROR if subject.version.name >= version else Severity.INFO


def _repeated(template: str) -> list[str]:
    names = EXPRESSION.findall(template)
    return [name for name in dict.fromkeys(names) if names.count(name) > 1]
