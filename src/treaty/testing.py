"""For contract tests in pytest: a document bound to an application, to generate cases from.

    import treaty.testing

    schema = treaty.testing.schema(document, app=app)

    @schema.parametrize()
    def test_contract(case):
        case.call_and_validate()

What comes back is a Schemathesis schema: all that its pytest plugin offers works with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.exercise.binding import bind
from treaty.exercise.operations import chosen, operations
from treaty.exercise.options import OptionError, Options

if TYPE_CHECKING:
    from schemathesis.schemas import BaseSchema

    from treaty.exercise.inprocess import ASGIApp
    from treaty.findings import Json

__all__ = ["OptionError", "Options", "schema"]


def schema(
    document: dict[str, Json],
    *,
    app: ASGIApp | None = None,
    url: str | None = None,
    options: Options | None = None,
) -> BaseSchema:
    """The operations of `document`, each case of which is sent to `app` or to the API at `url`.

    `document` is one OpenAPI document (2.0 to 3.2) with internal references only. Exceptions
    of `app` reach the test with their traceback. Of `options`, the limits of a whole run
    (`max_failures`, `max_time_seconds`, `workers`) do not apply: pytest has its own.

    Raises `OptionError` for options that name nothing, `DocumentError` for a document that
    Schemathesis refuses.
    """
    options = options or Options()
    return bind(document, chosen(list(operations(document)), options), options, app=app, url=url)
