"""What handlers take and return; errors are problems (RFC 9457)."""

from __future__ import annotations

from typing import Any, TypeAlias

# A JSON object whose shape the contract knows.
Json: TypeAlias = dict[str, Any]

# A body (200), nothing (204), a body and its status, or a body, its status and headers.
Answer: TypeAlias = Json | tuple[Json, int] | tuple[Json, int, dict[str, str]] | None

TYPES = "https://newsdesk.example/problems/"


def problem(status: int, name: str, detail: str, *, pointer: str = "", fault: str = "") -> Answer:
    """A problem to return: `name` (kebab-case) gives its type and title, `detail` what is wrong this time.

    `pointer` (a JSON Pointer, RFC 6901) and `fault` say which member of the body is wrong, and how.
    """
    content: Json = {
        "type": TYPES + name,
        "title": name.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
    }
    if fault:
        content["errors"] = [{"detail": fault, "pointer": pointer}]
    return content, status, {"content-type": "application/problem+json"}


def not_found(kind: str, identifier: str) -> Answer:
    """404: no such user or post."""
    return problem(404, "not-found", f"There is no {kind} {identifier}.")


def unstorable_text() -> Answer:
    r"""422: JSON can spell half of a surrogate pair (`"\ud800"`), which no text encoding can store."""
    return problem(422, "unstorable-text", "The body has text that is not Unicode: half of a surrogate pair.")
