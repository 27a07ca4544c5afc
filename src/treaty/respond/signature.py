"""The Python an operation asks for: the names of its module and function, and the `def` line."""

from __future__ import annotations

import re

from treaty.contract.contract import Contract
from treaty.contract.model import Operation
from treaty.exchange.values import Shape
from treaty.respond.arguments import Argument, no_keyword, offered_arguments, schema_of

_PYTHON_TYPES = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "array": "list[Any]",
    "object": "dict[str, Any]",
}


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
    return no_keyword(f"_{name}" if name[0].isdigit() else name)


def signature(contract: Contract, operation: Operation) -> str:
    """The `def` line of an operation's handler."""
    # What is a field is in the body too.
    offered = [each for each in offered_arguments(contract, operation) if each.source != "field"]
    offered.sort(key=lambda each: not each.always)
    arguments = [_argument(contract, operation, each) for each in offered]
    arguments.sort(key=lambda text: " = " in text)  # Python wants those without a default first
    return f"def {function_name(operation)}({', '.join(arguments)}) -> Any:"


def _argument(contract: Contract, operation: Operation, argument: Argument) -> str:
    pointer = _schema_pointer(operation, argument)
    text = f"{argument.python_name}: {_annotation(contract, pointer)}"
    if argument.always:
        default = argument.default
        plain = default is not None and isinstance(default[0], str | int | float | bool)
        return f"{text} = {default[0]!r}" if default is not None and plain else text
    return text + (" = None" if text.endswith(("None", "Any")) else " | None = None")


def _schema_pointer(operation: Operation, argument: Argument) -> str | None:
    if argument.parameter is not None:
        return schema_of(argument.parameter)
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
