"""What things are called: the noun that an object stands for, by its schema, its place or its path."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from treaty.mocking.generate.naming import singular, tokens

if TYPE_CHECKING:
    from treaty.mocking.generate.blueprints import Merged

# What the names of schemas say beside the noun: a `PublicUserResponse` is a user.
_BESIDE = """
a an api base basic brief collection compact complete create created data detail detailed details dto entity
envelope existing extended full get in info input json list lite mini minimal model new nullable obj object
one out output page paginated partial payload preview private public read record ref reference representation
request res resource resp response result results retrieve schema short simple single slim sub summary the
type update updated v view with wrapper
"""
BESIDE = frozenset(_BESIDE.split())
# What lists and envelopes are called when they are not called by what is in them.
_GENERIC = """
attributes content contents data edges elements embedded entries hits item items list node nodes object
objects page payload records response result results rows value values
"""
GENERIC = frozenset(_GENERIC.split())


@functools.lru_cache(maxsize=4096)
def noun_in(name: str) -> str:
    """The noun in the name of a schema, its words in lower case with a space between: `user`, `line item`."""
    words = [word for word in tokens(name) if word not in BESIDE and not word.isdigit()]
    return " ".join((*words[:-1], singular(words[-1]))) if words else ""


def noun_of(name: str, merged: Merged) -> str:
    """What an object of a schema at a place of a name is."""
    first = merged.parts[0].schema if merged.parts else True
    reference = first.get("$ref") if isinstance(first, dict) else None
    if isinstance(reference, str):
        found = noun_in(reference.replace("~1", "/").rpartition("/")[2])
        if found:
            return found
    return " ".join(tokens(singular(name)))


def called(name: str, within: str) -> str:
    """What the value of a property is called: as what is around it, where its own name says nothing."""
    return within if within and "".join(tokens(name)) in GENERIC else name
