"""For contract tests in pytest: a document bound to an application, to generate cases from.

    import treaty.testing

    contract = treaty.load("specs")
    schema = treaty.testing.schema(contract, app=treaty.serve(contract, "handlers"))

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

    from treaty.contract.contract import Contract
    from treaty.exercise.inprocess import ASGIApp
    from treaty.findings import Json

__all__ = ["OptionError", "Options", "schema"]


def schema(
    contract: Contract | dict[str, Json],
    *,
    app: ASGIApp | None = None,
    url: str | None = None,
    options: Options | None = None,
) -> BaseSchema:
    """The operations of a contract, each case of which is sent to `app` or to the API at `url`.

    A dict is one OpenAPI document (2.0 to 3.2) with internal references only. Exceptions
    of `app` reach the test with their traceback. Of `options`, the limits of a whole run
    (`max_failures`, `max_time_seconds`, `workers`) do not apply: pytest has its own.

    Raises `OptionError` for options that name nothing, `DocumentError` for a document that
    Schemathesis refuses.
    """
    options = options or Options()
    document = contract if isinstance(contract, dict) else contract.document.bundle()
    return bind(document, chosen(list(operations(document)), options), options, app=app, url=url)
