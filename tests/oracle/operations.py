"""The operations of a document, Swagger 2.0 and OpenAPI 3 told in the same terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .reading import Library, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_COLLECTIONS = {"ssv": "spaceDelimited", "tsv": "tabDelimited", "pipes": "pipeDelimited"}


@dataclass(frozen=True)
class Media:
    """A media type of a body: its schema and the example values written beside it."""

    schema: Place | None
    examples: tuple[Any, ...] = ()
    encoding: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Parameter:
    """A parameter; `media_type` is empty when a style says how it is written."""

    name: str
    location: str
    required: bool
    media: Media
    style: str
    explode: bool
    media_type: str = ""


@dataclass(frozen=True)
class Operation:
    """An operation; `security` lists alternatives, each a list of Security Scheme Objects.

    `answers` are the contents of its responses, `headers` those declared for them, by status key.
    """

    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body_required: bool
    bodies: Mapping[str, Media]
    answers: Mapping[str, Mapping[str, Media]]
    security: tuple[tuple[Mapping[str, Any], ...], ...]
    headers: Mapping[str, tuple[Parameter, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def lowest_json_answer(self) -> tuple[str, str, Media] | None:
        """Status key, media type and Media of the lowest 2xx answer in JSON."""
        for status in sorted(key for key in self.answers if key.startswith("2")):
            for media_type, media in self.answers[status].items():
                if is_json(media_type):
                    return status, media_type, media
        return None


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON (RFC 8259) or has the structured suffix +json (RFC 6839)."""
    essence = media_type.partition(";")[0].strip().lower()
    return essence == "application/json" or essence.endswith("+json")


def version_of(library: Library) -> str:
    """The version of the OpenAPI Specification a document names."""
    root = library.root.value
    return str(root.get("openapi") or root["swagger"])


def operations_of(library: Library) -> Iterator[Operation]:
    """The operations below `paths`, in the order written."""
    read = _operation_2 if version_of(library).startswith("2") else _operation_3
    paths = library.inside(library.root, "paths")
    for path in paths.value:
        if not path.startswith("/"):
            continue
        item = library.inside(paths, path)
        for method, place in _methods(library, item):
            yield read(library, method, path, item, place)


def _methods(library: Library, item: Place) -> Iterator[tuple[str, Place]]:
    for method in METHODS:
        if method in item.value:
            yield method.upper(), library.inside(item, method)
    if "additionalOperations" in item.value:
        others = library.inside(item, "additionalOperations")
        for method in others.value:
            yield method, library.inside(others, method)


def _parameters(library: Library, item: Place, operation: Place) -> list[Place]:
    """The parameters of the path and the operation; the operation's own win."""
    found: dict[tuple[str, str], Place] = {}
    for owner in (item, operation):
        if "parameters" in owner.value:
            listed = library.child(owner, "parameters")
            for index in range(len(listed.value)):
                place = library.inside(listed, index)
                found[place.value["name"], place.value["in"]] = place
    return list(found.values())


def _security(library: Library, operation: Place, schemes: Place | None) -> Any:
    wanted = operation.value.get("security", library.root.value.get("security", []))
    if schemes is None:
        return ()
    return tuple(
        tuple(library.inside(schemes, name).value for name in alternative if name in schemes.value)
        for alternative in wanted
    )


def _examples(library: Library, owner: Place) -> tuple[Any, ...]:
    found = [owner.value["example"]] if "example" in owner.value else []
    if isinstance(owner.value.get("examples"), dict):
        named = library.inside(owner, "examples")
        for name in named.value:
            example = library.inside(named, name)
            if isinstance(example.value, dict) and "value" in example.value:
                found.append(library.inside(example, "value").value)
    return tuple(found)


def _media(library: Library, owner: Place) -> Media:
    schema = library.child(owner, "schema") if "schema" in owner.value else None
    return Media(schema, _examples(library, owner), owner.value.get("encoding"))


def _contents(library: Library, owner: Place) -> dict[str, Media]:
    if "content" not in owner.value:
        return {}
    content = library.inside(owner, "content")
    return {name: _media(library, library.inside(content, name)) for name in content.value}


def _responses(library: Library, listed: Place) -> Iterator[tuple[str, Place]]:
    for key in listed.value:
        if not key.startswith("x-"):
            yield key, library.inside(listed, key)


def _headers(library: Library, response: Place) -> Iterator[tuple[str, Place]]:
    if "headers" in response.value:
        listed = library.inside(response, "headers")
        for name in listed.value:
            if name.lower() != "content-type":  # OpenAPI 3, Response Object, `headers`: ignored
                yield name, library.inside(listed, name)


def _header_3(library: Library, name: str, place: Place) -> Parameter:
    value = place.value
    media_type, media = next(iter(_contents(library, place).items()), ("", _media(library, place)))
    if media_type.startswith("text/"):  # a text is read as one of a style is
        media_type = ""
    return Parameter(
        name,
        "header",
        value.get("required") is True,
        media,
        "simple",
        value.get("explode", False),
        media_type,
    )


def _header_2(name: str, place: Place) -> Parameter:
    style = _COLLECTIONS.get(place.value.get("collectionFormat", "csv"), "simple")
    return Parameter(name, "header", required=False, media=Media(place), style=style, explode=False)


def _operation_3(library: Library, method: str, path: str, item: Place, place: Place) -> Operation:
    body = library.inside(place, "requestBody") if "requestBody" in place.value else None
    components = library.inside(library.root, "components") if "components" in library.root.value else None
    has_schemes = components is not None and "securitySchemes" in components.value
    schemes = library.inside(components, "securitySchemes") if components and has_schemes else None
    responses = library.inside(place, "responses") if "responses" in place.value else Place({}, place.file)
    return Operation(
        method=method,
        path=path,
        parameters=tuple(_parameter_3(library, each) for each in _parameters(library, item, place)),
        body_required=body is not None and body.value.get("required") is True,
        bodies=_contents(library, body) if body is not None else {},
        answers={key: _contents(library, each) for key, each in _responses(library, responses)},
        security=_security(library, place, schemes),
        headers={
            key: tuple(_header_3(library, name, header) for name, header in _headers(library, each))
            for key, each in _responses(library, responses)
        },
    )


def _parameter_3(library: Library, place: Place) -> Parameter:
    value = place.value
    contents = _contents(library, place)
    media_type, media = next(iter(contents.items()), ("", _media(library, place)))
    style = value.get("style", _STYLES.get(value["in"], "form"))
    explode = value.get("explode", style == "form")
    return Parameter(
        value["name"], value["in"], value.get("required") is True, media, style, explode, media_type
    )


def _operation_2(library: Library, method: str, path: str, item: Place, place: Place) -> Operation:
    root = library.root
    listed = [(each, each.value["in"]) for each in _parameters(library, item, place)]
    schemes = library.inside(root, "securityDefinitions") if "securityDefinitions" in root.value else None
    responses = library.inside(place, "responses")
    consumes = place.value.get("consumes", root.value.get("consumes", ["application/json"]))
    produces = place.value.get("produces", root.value.get("produces", ["application/json"]))
    return Operation(
        method=method,
        path=path,
        parameters=tuple(_parameter_2(each) for each, where in listed if where not in ("body", "formData")),
        body_required=any(
            each.value.get("required") is True for each, where in listed if where in ("body", "formData")
        ),
        bodies=_bodies_2(library, listed, consumes),
        answers={key: _answer_2(library, each, produces) for key, each in _responses(library, responses)},
        security=_security(library, place, schemes),
        headers={
            key: tuple(_header_2(name, header) for name, header in _headers(library, each))
            for key, each in _responses(library, responses)
        },
    )


def _parameter_2(place: Place) -> Parameter:
    value = place.value
    collection = value.get("collectionFormat", "csv")
    style = _COLLECTIONS.get(collection, _STYLES[value["in"]])
    required = value.get("required") is True
    return Parameter(value["name"], value["in"], required, Media(place), style, collection == "multi")


def _bodies_2(library: Library, listed: list[tuple[Place, str]], consumes: list[str]) -> dict[str, Media]:
    for place, where in listed:
        if where == "body":
            return dict.fromkeys(consumes, _media(library, place))
    fields = {each.value["name"]: each for each, where in listed if where == "formData"}
    if not fields:
        return {}
    # Form fields of Swagger 2.0 are parameters: the object they make up is written nowhere.
    schema = {
        "type": "object",
        "properties": {name: each.value for name, each in fields.items()},
        "required": [name for name, each in fields.items() if each.value.get("required") is True],
    }
    media = Media(Place(schema, next(iter(fields.values())).file))
    forms = [
        each for each in consumes if each in ("application/x-www-form-urlencoded", "multipart/form-data")
    ]
    return dict.fromkeys(forms or ["application/x-www-form-urlencoded"], media)


def _answer_2(library: Library, place: Place, produces: list[str]) -> dict[str, Media]:
    if "schema" not in place.value:
        return {}
    return dict.fromkeys(produces, Media(library.child(place, "schema")))
