"""Arguments: the values of the contract that a function may take, by the names that Connexion gives them.

A name of the contract that is no Python name is written as Connexion writes it; a
keyword gets an underscore behind it.
"""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from treaty.contract.contract import Contract
from treaty.contract.model import MediaType, Operation, Parameter
from treaty.document.library import value_at
from treaty.exchange.codecs.form import FORM
from treaty.exchange.codecs.multipart import is_binary
from treaty.exchange.prepared_media import item_of, properties_of, schemas_of
from treaty.exchange.values import Shape
from treaty.findings import Json
from treaty.respond.frameworks import pythonic, sanitized

_FORMS = (FORM, "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Argument:
    """A value of the contract that a function may take.

    `source` is path, query, body or field (of a form); `name` is the contract's, `python_name` the
    argument's. `always` says that every call has a value for it, `default` (boxed, for it may be null)
    what it is where the request has none.
    """

    source: str
    name: str
    python_name: str
    always: bool
    parameter: Parameter | None = None
    default: tuple[Json] | None = None


def offered_arguments(contract: Contract, operation: Operation) -> tuple[Argument, ...]:
    """Everything an operation can pass: path and query parameters, the body, and fields of a form.

    Headers and cookies are not passed, as in Connexion: `connexion.request` and
    `flask.request` have them.
    """
    found = {each.python_name: each for each in _fields(contract, operation)}
    for parameter in operation.parameters:
        if parameter.location in ("path", "query"):
            name = argument_name(parameter)
            default = default_of(contract, schema_of(parameter))
            always = parameter.required or default is not None
            found[name] = Argument(parameter.location, parameter.name, name, always, parameter, default)
    if operation.body is not None:
        name = body_name(contract, operation)
        defaults = (default_of(contract, media.schema) for media in operation.body.content)
        default = next((each for each in defaults if each is not None), None)
        always = operation.body.required or default is not None
        found[name] = Argument("body", "", name, always, None, default)
    return tuple(each for name, each in found.items() if name)


def fitted(offered: tuple[Argument, ...], taken: Collection[str]) -> tuple[Argument, ...]:
    """The arguments by the names under which a function takes them.

    Where it takes none of Connexion's own name, its `pythonic_params` are meant: `orderBy` as
    `order_by`, `id` as `id_`.
    """
    return tuple(
        replace(each, python_name=name)
        if each.python_name not in taken and (name := str(pythonic(each.name))) in taken
        else each
        for each in offered
    )


def _fields(contract: Contract, operation: Operation) -> Iterator[Argument]:
    """What Connexion passes of a form by name: files; in OpenAPI 2.0 every field. The body has them too."""
    for media in operation.body.content if operation.body else ():
        if media.schema is None or media.essence not in _FORMS:
            continue
        shape = Shape(contract.schemas, contract.schemas.at(media.schema, "request"))
        required = {name for schema in schemas_of(shape) for name in schema.get("required", ())}
        for name, each in properties_of(shape).items():
            if _is_field(contract, media, name, each):
                default = (each.default,) if each.has_default else None
                always = name in required or default is not None
                yield Argument("field", name, no_keyword(str(sanitized(name))), always, None, default)


def _is_field(contract: Contract, media: MediaType, name: str, shape: Shape) -> bool:
    if contract.document.version.name == "2.0":
        return name in media.encoding  # a `formData` parameter
    return is_binary(shape) or (shape.kind == "array" and is_binary(item_of(shape)))


def argument_name(parameter: Parameter) -> str:
    """The argument of a parameter: `user-id` in a path is `user_id`; in a query it is `userid`."""
    path = parameter.location == "path"
    return no_keyword(str(sanitized(parameter.name.replace("-", "_") if path else parameter.name)))


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
    return no_keyword(str(sanitized(said))) if isinstance(said, str) and sanitized(said) else "body"


def schema_of(parameter: Parameter) -> str | None:
    """The pointer of a parameter's schema."""
    return parameter.media_type.schema if parameter.media_type else parameter.schema


def default_of(contract: Contract, pointer: str | None) -> tuple[Json] | None:
    """The default of a schema, boxed because it may be null; None without one."""
    if pointer is None:
        return None
    shape = Shape(contract.schemas, contract.schemas.at(pointer, "request"))
    return (shape.default,) if shape.has_default else None


def no_keyword(name: str) -> str:
    """A name that is not a keyword of Python."""
    return f"{name}_" if keyword.iskeyword(name) else name
