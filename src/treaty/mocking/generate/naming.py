"""The words in the names of properties."""

from __future__ import annotations

import functools
import re


@functools.lru_cache(maxsize=4096)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a property name in snake, kebab or camel case, in lower case."""
    return tuple(word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name))


def known_as(name: str) -> str:
    """A name without regard to how its words are joined: `user_id`, `userId` and `UserID` are one."""
    return "".join(tokens(name)) or name


def endings(name: str) -> tuple[str, ...]:
    """The last two words of a name as one, then the last."""
    words = tokens(name)
    return ("".join(words[-2:]), words[-1]) if words else ()


def tail(name: str) -> str:
    """The last word of a property name."""
    return next(reversed(tokens(name)), "")


def singular(name: str) -> str:
    """The name of one element of an array, roughly: `cities` holds a `city`."""
    if name.endswith("ies") and len(name) > 4:
        return name[:-3] + "y"
    if name.endswith(("sses", "xes", "ches", "shes")):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith(("ss", "us", "is")) else name
