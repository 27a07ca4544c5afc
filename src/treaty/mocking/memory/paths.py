"""Templates of paths, as resources are read from them: segments, and the parameters in them."""

from __future__ import annotations

from treaty.document.templates import EXPRESSION

SUFFIX = ".json"  # as in `/things/{id}.json`: it says the form, not which thing


def path_of(template: str) -> str:
    """A template without query, slash at the end and suffix."""
    path = template.partition("?")[0].rstrip("/").removesuffix(SUFFIX)
    return path or "/"


def is_parameter(segment: str) -> bool:
    """Is a segment one parameter, and nothing else?"""
    return segment.startswith("{") and segment.endswith("}") and segment.count("{") == 1


def parameters_in(segment: str) -> list[str]:
    """The names of the parameters in a segment."""
    return EXPRESSION.findall(segment) if "{" in segment else []


def called(path: str) -> str:
    """The last segment that is no parameter: what the items of `/repos/{owner}` are called."""
    return next((each for each in reversed(path.split("/")) if each and not is_parameter(each)), "items")
