"""The handlers of this project, held to their document: property-based, in-process."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import schemathesis

import treaty
import treaty.testing
from handlers import database
from handlers.models import Base
from handlers.users import create_user

PROJECT = Path(__file__).parents[1]
OPTIONS = treaty.testing.Options(max_examples=25, phases=("examples", "coverage", "fuzzing", "stateful"))

contract = treaty.load(PROJECT / "specs" / "newsdesk")
service = treaty.serve(contract, PROJECT / "handlers", validate_responses="off")
schema = treaty.testing.schema(contract, app=service, options=OPTIONS)


@schema.hook
def map_body(_context: schemathesis.HookContext, body: Any) -> Any:
    """A post that is valid but for its author gets one who exists, or few posts would ever be stored."""
    if isinstance(body, dict) and is_uuid(body.get("author_id")):
        return {**body, "author_id": existing_user()}
    return body


def is_uuid(value: object) -> bool:
    """Is this a UUID, as a text?"""
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def existing_user() -> str:
    """The id of a user made for this case."""
    answer = create_user({"name": "A reporter", "email": f"{uuid.uuid4().hex}@newsdesk.example"})
    created: dict[str, str] = answer[0]  # type: ignore[assignment,index]  # a handler may answer in several forms
    return created["id"]


@schema.parametrize()
def test_the_service_keeps_its_contract(case: schemathesis.Case) -> None:
    case.call_and_validate()


class Sequences(schema.as_state_machine()):  # type: ignore[misc]  # made from the document at run time
    """What one operation creates another reads, replaces and deletes: the links of the document, followed."""

    def setup(self) -> None:
        """Each sequence starts on an empty database, so that it goes the same way again."""
        Base.metadata.drop_all(database.engine())
        Base.metadata.create_all(database.engine())


TestSequences = Sequences.TestCase
