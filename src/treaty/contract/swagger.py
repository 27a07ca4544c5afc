"""What OpenAPI 2.0 writes in another way: body and form parameters, collection formats, produces."""

from __future__ import annotations

from treaty.contract.declared import declared_parameters
from treaty.contract.media import schema_below
from treaty.contract.model import Body, Encoding, Example, MediaType, Parameter
from treaty.document.operations import OperationAt
from treaty.findings import Json, pointer_of

# OpenAPI 2.0, `collectionFormat`, as style and explode of 3.x; where it is for a query parameter.
COLLECTION_FORMATS = {
    "csv": ("form", False),
    "ssv": ("spaceDelimited", False),
    "tsv": ("tabDelimited", False),
    "pipes": ("pipeDelimited", False),
    "multi": ("form", True),
}
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


def parameters_and_body(data: Json, at: OperationAt) -> tuple[tuple[Parameter, ...], Body | None]:
    """The parameters of an operation, and its body from the `body` or `formData` ones."""
    consumes = _names(at.node, data, "consumes")
    form: list[Parameter] = []
    has_file = False
    parameters: list[Parameter] = []
    body: Body | None = None
    for name, location, pointer, node in declared_parameters(data, at):
        if location == "body":
            body = _json_body(pointer, node, consumes or ["application/json"])
        elif location == "formData":
            form.append(_parameter(pointer, node, name, location))
            has_file = has_file or node.get("type") == "file"
        else:
            parameters.append(_parameter(pointer, node, name, location))
    if form and body is None:
        body = _form_body(at, form, _form_types(consumes, has_file=has_file))
    return tuple(parameters), body


def header(pointer: str, node: dict[str, Json], name: str) -> Parameter:
    """A header of a response."""
    return _parameter(pointer, node, name, "header")


def response_content(
    data: Json, at: OperationAt, pointer: str, node: dict[str, Json]
) -> tuple[MediaType, ...]:
    """A response's schema under each media type the operation produces, with its example.

    Without a schema there is no content (OpenAPI 2.0, Response Object), but what has an example has some.
    """
    schema = schema_below(pointer, node)
    declared = node.get("examples")
    examples = {str(name): each for name, each in declared.items()} if isinstance(declared, dict) else {}
    produced = _names(at.node, data, "produces")
    if schema is None:
        produced = [*(each for each in produced if each in examples), *examples]
    return tuple(
        MediaType(
            name,
            pointer,
            schema,
            (Example("", examples[name], f"{pointer}/examples{pointer_of((name,))}"),)
            if name in examples
            else (),
        )
        for name in dict.fromkeys(produced or (["application/json"] if schema else []))
    )


def _names(node: dict[str, Json], data: Json, field: str) -> list[str]:
    """The media types an operation lists, or else the document."""
    declared = node.get(field) or data.get(field)
    return [str(each) for each in declared] if isinstance(declared, list) else []


def _parameter(pointer: str, node: dict[str, Json], name: str, location: str) -> Parameter:
    style, explode = COLLECTION_FORMATS.get(str(node.get("collectionFormat", "csv")), ("form", False))
    if location in ("path", "header") and style == "form":
        style, explode = "simple", False
    if location == "formData" and style == "form" and not explode:
        style = "commaDelimited"  # a form's commas are percent-encoded like all else in it
    return Parameter(
        name=name,
        location=location,
        required=node.get("required") is True or location == "path",
        style=style,
        explode=explode,
        pointer=pointer,
        schema=pointer if "type" in node else None,
        allow_empty_value=location == "query" and node.get("allowEmptyValue") is True,
    )


def _json_body(pointer: str, node: dict[str, Json], consumes: list[str]) -> Body:
    content = tuple(MediaType(name, pointer, schema_below(pointer, node)) for name in consumes)
    return Body(node.get("required") is True, content, pointer)


def _form_types(consumes: list[str], *, has_file: bool) -> list[str]:
    """What a form may come as; where nothing says that, as what is in it can (`type: file`).

    Many a document says for all of its operations that they consume JSON.
    """
    if any(each.partition(";")[0].strip().lower() in (FORM, MULTIPART) for each in consumes):
        return consumes
    return [MULTIPART if has_file else FORM, *consumes]


def _form_body(at: OperationAt, form: list[Parameter], consumes: list[str]) -> Body:
    encoding = {each.name: Encoding(each.style, each.explode) for each in form}
    pointer = at.pointer + "/parameters"  # where the survey puts the schema of all of them
    content = tuple(MediaType(name, pointer, pointer, (), encoding) for name in consumes)
    return Body(any(each.required for each in form), content, pointer)
