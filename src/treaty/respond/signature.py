"""The Python an operation asks for: names of module, function and arguments, and the `def` line.

A name of the contract that is no Python name is written as Connexion writes it; a
keyword gets an underscore behind it.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

from treaty.contract.contract import Contract
from treaty.contract.model import Operation, Parameter
from treaty.document.library import value_at
from treaty.exchange.values import Shape
from treaty.findings import Json
from treaty.respond.frameworks import sanitized

_PYTHON_TYPES = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "array": "list[Any]",
    "object": "dict[str, Any]",
}


@dataclass(frozen=True, slots=True)
class Argument:
    """A value of the contract that a function may take.

    `source` is path, query or body; `name` is the contract's, `python_name` the argument's.
    `always` says that every call has a value for it.
    """

    source: str
    name: str
    python_name: str
    always: bool
    parameter: Parameter | None = None


def offered_arguments(contract: Contract, operation: Operation) -> tuple[Argument, ...]:
    """Everything an operation can pass: path and query parameters, and the body.

    Headers and cookies are not passed, as in Connexion: `connexion.request` and
    `flask.request` have them.
    """
    found: dict[str, Argument] = {}
    for parameter in operation.parameters:
        if parameter.location in ("path", "query"):
            name = argument_name(parameter)
            always = parameter.required or _default_of(contract, parameter) is not None
            found[name] = Argument(parameter.location, parameter.name, name, always, parameter)
    if operation.body is not None:
        name = body_name(contract, operation)
        found[name] = Argument("body", "", name, operation.body.required)
    return tuple(each for name, each in found.items() if name)


def argument_name(parameter: Parameter) -> str:
    """The argument of a parameter: `user-id` in a path is `user_id`; in a query it is `userid`."""
    path = parameter.location == "path"
    return _no_keyword(str(sanitized(parameter.name.replace("-", "_") if path else parameter.name)))


def body_name(contract: Contract, operation: Operation) -> str:
    """`body`, or what `x-body-name` says, or in OpenAPI 2.0 the name of the `body` parameter."""
    if operation.body is None:
        return ""
    try:
        node = value_at(contract.document.data, operation.body.pointer)
    except LookupError:
        return "body"
    if not isinstance(node, dict):
        return "body"
    said = node.get("name") if node.get("in") == "body" else node.get("x-body-name")
    return _no_keyword(str(sanitized(said))) if isinstance(said, str) and sanitized(said) else "body"


def function_name(operation: Operation) -> str:
    """The function of an operation: the last part of its operationId, or made of method and path."""
    said = operation.operation_id or f"{operation.method.lower()} {operation.path}"
    return python_name(said.rpartition(".")[2] or said)


def module_name(operation: Operation) -> str:
    """The module of an operation below the handlers: its first tag; empty without tags."""
    return python_name(operation.tags[0].lower()) if operation.tags else ""


def python_name(text: str) -> str:
    """A text as a Python name: what cannot stand in one becomes an underscore."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_") or "_"
    return _no_keyword(f"_{name}" if name[0].isdigit() else name)


def signature(contract: Contract, operation: Operation) -> str:
    """The `def` line of an operation's handler."""
    offered = sorted(offered_arguments(contract, operation), key=lambda each: not each.always)
    arguments = [_argument(contract, operation, each) for each in offered]
    arguments.sort(key=lambda text: " = " in text)  # Python wants those without a default first
    return f"def {function_name(operation)}({', '.join(arguments)}) -> Any:"


def _argument(contract: Contract, operation: Operation, argument: Argument) -> str:
    pointer = _schema_pointer(operation, argument)
    text = f"{argument.python_name}: {_annotation(contract, pointer)}"
    if argument.always:
        default = _default_of(contract, argument.parameter) if argument.parameter else None
        plain = default is not None and isinstance(default[0], str | int | float | bool)
        return f"{text} = {default[0]!r}" if default is not None and plain else text
    return text + (" = None" if text.endswith(("None", "Any")) else " | None = None")


def _schema_pointer(operation: Operation, argument: Argument) -> str | None:
    if argument.parameter is not None:
        return _schema_of(argument.parameter)
    content = operation.body.content if operation.body else ()
    return next((media.schema for media in content if media.is_json), None)


def _annotation(contract: Contract, pointer: str | None) -> str:
    if pointer is None:
        return "Any"
    types = set(Shape(contract.schemas, contract.schemas.at(pointer, "request")).types)
    if {"integer", "number"} <= types:
        types.discard("integer")
    written = sorted(_PYTHON_TYPES[each] for each in types - {"null"})
    if len(written) != 1:
        return "Any"
    return written[0] + (" | None" if "null" in types else "")


def _default_of(contract: Contract, parameter: Parameter) -> tuple[Json] | None:
    """The default of a parameter's schema, boxed because it may be null; None without one."""
    pointer = _schema_of(parameter)
    if pointer is None:
        return None
    shape = Shape(contract.schemas, contract.schemas.at(pointer, "request"))
    return (shape.default,) if shape.has_default else None


def _schema_of(parameter: Parameter) -> str | None:
    return parameter.media_type.schema if parameter.media_type else parameter.schema


def _no_keyword(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name
