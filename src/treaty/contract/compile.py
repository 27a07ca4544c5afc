"""Compile: from a checked document to the operations the engine runs.

What OpenAPI 2.0 writes in another way than 3.x is read by `swagger`; from here on there
is one model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from treaty.contract import swagger
from treaty.contract.declared import declared_parameters
from treaty.contract.media import media_types, read_headers, read_parameter
from treaty.contract.model import Body, DeclaredResponse, Operation, Parameter, Requirement, SecurityScheme
from treaty.document.document import Document
from treaty.document.operations import OperationAt, follow
from treaty.findings import Json, path_of, step_of

# Headers that describe the message itself are not parameters (OpenAPI 3.2, Parameter Object, `name`).
NOT_PARAMETERS = frozenset({"accept", "content-type", "authorization"})


def compile_operations(document: Document) -> tuple[Operation, ...]:
    """Every operation of the document, in the order written."""
    read = _read_swagger if document.version.name == "2.0" else _read_openapi
    shared = _Shared(document.data, security_schemes(document.data), document.data.get("security"))
    return tuple(read(shared, at) for at in document.operations)


def compile_operation(document: Document, at: OperationAt) -> Operation:
    """One operation, wherever in the document it stands: below `paths`, a callback, a webhook."""
    read = _read_swagger if document.version.name == "2.0" else _read_openapi
    return read(_Shared(document.data, security_schemes(document.data), document.data.get("security")), at)


def security_schemes(data: Json) -> dict[str, SecurityScheme]:
    """The declared security schemes by name; those of 2.0 in the terms of 3.x."""
    components = data.get("components")
    declared = data.get("securityDefinitions")
    if isinstance(components, dict):
        declared = components.get("securitySchemes")
    found = {}
    for name, node in declared.items() if isinstance(declared, dict) else ():
        found[name] = _security_scheme(name, follow(data, "", node)[1])
    return found


def _security_scheme(name: str, node: Json) -> SecurityScheme:
    if not isinstance(node, dict) or not node:
        return SecurityScheme(name, "undefined")
    kind = str(node.get("type", ""))
    return SecurityScheme(
        name,
        "http" if kind == "basic" else kind,
        str(node.get("in", "")),
        str(node.get("name", "")),
        "basic" if kind == "basic" else str(node.get("scheme", "")).lower(),
    )


@dataclass(frozen=True, slots=True)
class _Shared:
    data: Json
    schemes: dict[str, SecurityScheme]
    security: Json

    def requirements(self, node: dict[str, Json]) -> tuple[tuple[Requirement, ...], ...]:
        declared = node.get("security", self.security)
        return tuple(
            tuple(Requirement(self.scheme(name), _texts(scopes)) for name, scopes in alternative.items())
            for alternative in (declared if isinstance(declared, list) else ())
            if isinstance(alternative, dict)
        )

    def scheme(self, name: str) -> SecurityScheme:
        """A scheme by its name or, since 3.2, by a reference.

        One that is not defined must not become one that is not needed.
        """
        if name in self.schemes or not name.startswith("#/"):
            return self.schemes.get(name) or SecurityScheme(name, "undefined")
        pointer, node = follow(self.data, "", {"$ref": name})
        return _security_scheme(path_of(pointer)[-1], node)


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()


def _read_openapi(shared: _Shared, at: OperationAt) -> Operation:
    return _operation(shared, at, tuple(_parameters(shared.data, at)), _body(shared.data, at))


def _read_swagger(shared: _Shared, at: OperationAt) -> Operation:
    parameters, body = swagger.parameters_and_body(shared.data, at)
    return _operation(shared, at, parameters, body)


def _operation(
    shared: _Shared, at: OperationAt, parameters: tuple[Parameter, ...], body: Body | None
) -> Operation:
    node = at.node
    return Operation(
        operation_id=str(node.get("operationId", "")),
        method=at.method,
        path=at.path,
        pointer=at.pointer,
        parameters=parameters,
        body=body,
        responses=tuple(_responses(shared.data, at)) or (_anything(at),),
        security=shared.requirements(node),
        tags=_texts(node.get("tags")),
        controller=str(
            node.get("x-openapi-router-controller") or node.get("x-swagger-router-controller") or ""
        ),
    )


def _parameters(data: Json, at: OperationAt) -> Iterator[Parameter]:
    for each in declared_parameters(data, at):
        if each.location != "header" or each.name.lower() not in NOT_PARAMETERS:
            yield read_parameter(data, each.pointer, each.node, each.name, each.location)


def _body(data: Json, at: OperationAt) -> Body | None:
    declared = at.node.get("requestBody")
    if not isinstance(declared, dict):
        return None
    pointer, node = follow(data, at.pointer + "/requestBody", declared)
    if not isinstance(node, dict) or not node:
        return None
    return Body(node.get("required") is True, media_types(data, pointer, node), pointer)


def _responses(data: Json, at: OperationAt) -> Iterator[DeclaredResponse]:
    declared = at.node.get("responses")
    for status, each in declared.items() if isinstance(declared, dict) else ():
        pointer, node = follow(data, f"{at.pointer}/responses{step_of(status)}", each)
        if status.startswith("x-") or not isinstance(node, dict):
            continue
        content = (
            swagger.response_content(data, at, pointer, node)
            if "swagger" in data
            else media_types(data, pointer, node)
        )
        headers = tuple(_headers(data, pointer, node))
        yield DeclaredResponse(status, pointer, str(node.get("description", "")), content, headers)


def _anything(at: OperationAt) -> DeclaredResponse:
    """What an operation that declares no response (OpenAPI 3.1) promises: nothing, so any will do."""
    return DeclaredResponse("default", at.pointer, "")


def _headers(data: Json, pointer: str, node: dict[str, Json]) -> Iterator[Parameter]:
    if "swagger" not in data:
        yield from read_headers(data, pointer, node)
        return
    declared = node.get("headers")
    for name, each in declared.items() if isinstance(declared, dict) else ():
        at, header = follow(data, f"{pointer}/headers{step_of(name)}", each)
        if name.lower() != "content-type" and isinstance(header, dict):
            yield swagger.header(at, header, name)
