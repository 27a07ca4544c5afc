"""Choose what to answer: a status, a media type, an example. Pure functions over the contract."""

from __future__ import annotations

from collections.abc import Sequence

from treaty.contract.model import DeclaredResponse, Example, MediaType, Operation


def lowest_success(operation: Operation) -> int | None:
    """The lowest 2xx that is declared; else what `2XX`, `default`, or the lowest other status stands for."""
    keys = [response.status.upper() for response in operation.responses]
    codes = sorted(int(key) for key in keys if key.isdigit())
    successes = [code for code in codes if 200 <= code < 300]
    if successes:
        return successes[0]
    if "2XX" in keys or "DEFAULT" in keys:
        return 200
    ranges = sorted(
        int(key[0]) * 100 for key in keys if len(key) == 3 and key.endswith("XX") and key[0].isdigit()
    )
    return (codes + ranges)[0] if codes or ranges else None


def find_example(media: MediaType, name: str) -> Example | None:
    """The example of this name."""
    return next((example for example in media.examples if example.name == name), None)


def example_names(responses: Sequence[DeclaredResponse]) -> list[str]:
    """The names of all examples of these responses, in the order written."""
    return list(
        dict.fromkeys(
            example.name
            for response in responses
            for media in response.content
            for example in media.examples
            if example.name
        )
    )


def encodable_first(content: Sequence[MediaType]) -> list[MediaType]:
    """Those whose bodies can be written from any value come first, in the order given."""
    return sorted(content, key=lambda media: not media.is_json)
