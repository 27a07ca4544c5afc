"""A document and the system under test, bound into a schema that Schemathesis can run."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import schemathesis
from schemathesis.core.errors import LoaderError

from treaty.exercise.credentials import made_up
from treaty.exercise.fitting import fitted
from treaty.exercise.formats import register_formats
from treaty.exercise.media import register_media_types
from treaty.exercise.options import OptionError, Options, configuration
from treaty.findings import DocumentError, Finding, Json

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from schemathesis.config import SchemathesisConfig
    from schemathesis.filters import HasAPIOperation
    from schemathesis.schemas import BaseSchema

    from treaty.exercise.gaps import Gaps
    from treaty.exercise.inprocess import ASGIApp
    from treaty.exercise.operations import Operation


def bind(
    document: dict[str, Json],
    selected: Collection[Operation],
    options: Options,
    *,
    app: ASGIApp | None,
    url: str | None,
    gaps: Gaps,
) -> BaseSchema:
    """The `selected` operations of `document`, whose cases go to `app` or to `url`, exactly one of them.

    What its checks find goes to `gaps` first. An `app` gets made-up credentials.
    Raises `OptionError` for options that name nothing, `DocumentError` for a document that
    Schemathesis refuses.
    """
    if (app is None) == (url is None):
        raise OptionError("give either an application or a URL to test")
    credentials = made_up(document) if app is not None else {}
    schema = loaded(document, configuration(options, base_url=url, credentials=credentials))
    gaps.install(schema)
    # Excluding the others, not including these: what a user includes later would add to an include.
    schema = schema.exclude(other_than({operation.label for operation in selected}))
    if app is not None:
        schema.app = app
        schema.config.update(base_url=in_process_base(options.base_url, schema.declared_base_path()))
    return schema


def loaded(document: dict[str, Json], settings: SchemathesisConfig) -> BaseSchema:
    """The document as Schemathesis reads it; raises `DocumentError` when it does not."""
    register_formats()
    register_media_types(document)
    try:
        return schemathesis.openapi.from_dict(fitted(document), config=settings)
    except LoaderError as error:
        raise DocumentError([Finding(code="unsupported-document", message=error.message)]) from error


def other_than(labels: Collection[str]) -> Callable[[HasAPIOperation], bool]:
    """The Schemathesis filter for operations with none of these labels."""
    return lambda context: context.operation.label not in labels


def in_process_base(base_url: str, declared_path: str) -> str:
    """The base URL of an application that has no address: the placeholder, with the declared base path."""
    if urlsplit(base_url).path.strip("/"):
        return base_url
    return f"{base_url.rstrip('/')}/{declared_path.strip('/')}"
