"""From the cases that Schemathesis recorded to the few failures worth reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from schemathesis.core.failures import reason_phrase
from schemathesis.core.output.sanitization import sanitize_url
from schemathesis.generation.case import Case

from treaty.exercise.events import Failure

if TYPE_CHECKING:
    from schemathesis.core.transport import Response
    from schemathesis.engine import events as engine
    from schemathesis.engine.recorder import CheckFailureInfo, CheckNode, Request, ScenarioRecorder


# Enough of a body to see what is wrong; the curl line fetches the rest.
EXCERPT_CHARACTERS = 1_000
UNTESTED = "untested"


# A case is generic in its operation, which is generic in ways that do not matter here.
AnyCase: TypeAlias = Case[Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A failure with the case that shows it and the status it was answered with; 0 and None without."""

    failure: Failure
    status: int = 0
    case: AnyCase | None = None

    @property
    def effort(self) -> tuple[int, int]:
        """How much there is to read and to repeat: fewer requests first, then the shorter curl line."""
        return len(self.failure.steps), len(self.failure.curl)


@dataclass(slots=True)
class Failures:
    """The shortest failure found so far for each operation, check and response status.

    `target` is the base URL under test, `pointers` the JSON Pointer of each operation tested.
    """

    target: str
    pointers: dict[str, str]
    found: dict[tuple[str, str, int], Found] = field(default_factory=dict)

    def add_recorded(self, recorder: ScenarioRecorder) -> set[str]:
        """Take in every failed check of a scenario; returns the operations that failed."""
        failed = set()
        for case_id, checks in recorder.checks.items():
            for check in checks:
                if check.failure_info is not None:
                    operation = recorder.cases[case_id].value.operation.label
                    failed.add(operation)
                    if self.wants(operation, check.name, status_of(recorder, case_id), check.failure_info):
                        self.add(recorded_one(recorder, case_id, check, check.failure_info, self.pointers))
        return failed

    def wants(self, operation: str, check: str, status: int, info: CheckFailureInfo) -> bool:
        """May the failure be the shortest of its kind? To put one together takes far longer than to ask."""
        kept = self.found.get((operation, check, status))
        return kept is None or bool(kept.failure.steps) or len(info.code_sample) < len(kept.failure.curl)

    def add_error(self, error: engine.NonFatalError) -> str:
        """Take in an operation that could not be tested; returns it, `""` when the run is meant."""
        operation = error.label if error.related_to_operation else ""
        failure = Failure(
            operation=operation,
            check=UNTESTED,
            title=error.info.title,
            message="\n".join([error.info.message, *error.info.extras, f"Tested: {self.target}"]),
            pointer=self.pointers.get(operation, ""),
            curl=error.info.code_sample or "",
        )
        self.add(Found(failure))
        return operation

    def add(self, found: Found) -> None:
        """Keep the failure if it is the first of its kind, or shorter to repeat than the one kept."""
        key = (found.failure.operation, found.failure.check, found.status)
        kept = self.found.get(key)
        if kept is None or found.effort < kept.effort:
            self.found[key] = found

    def in_order(self) -> list[Found]:
        """The failures in the order of the operations in the document, then by check and status."""
        order = {operation: index for index, operation in enumerate(self.pointers)}
        return [
            self.found[key]
            for key in sorted(self.found, key=lambda key: (order.get(key[0], len(order)), *key))
        ]


def status_of(recorder: ScenarioRecorder, case_id: str) -> int:
    """The status that a case was answered with, 0 without an answer."""
    interaction = recorder.interactions.get(case_id)
    return interaction.response.status_code if interaction and interaction.response else 0


def recorded_one(
    recorder: ScenarioRecorder,
    case_id: str,
    check: CheckNode,
    info: CheckFailureInfo,
    pointers: dict[str, str],
) -> Found:
    """One failed check with the exchange it judged."""
    case = recorder.cases[case_id].value
    operation = case.operation.label
    interaction = recorder.interactions.get(case_id)
    response = interaction.response if interaction else None
    failure = Failure(
        operation=operation,
        check=check.name,
        title=info.failure.title,
        message=info.failure.message,
        pointer=pointers.get(operation, ""),
        curl=info.code_sample,
        request=request_excerpt(case, interaction.request) if interaction else "",
        response=response_excerpt(response) if response else "",
        steps=preceding(recorder, case_id, info),
    )
    return Found(failure, status_of(recorder, case_id), case)


def preceding(recorder: ScenarioRecorder, case_id: str, info: CheckFailureInfo) -> tuple[str, ...]:
    """The curl lines of the requests that led to a case, oldest first."""
    chain = recorder.iter_chain_cases(case_id=case_id, related_case_ids=info.failure.related_case_ids())
    return tuple(
        case.as_curl_command(headers=recorder.find_request_headers(case_id=case.id))
        for case in chain
        if case.id != case_id and case.id in recorder.interactions
    )


def request_excerpt(case: AnyCase, request: Request) -> str:
    """Method and URL with secrets masked, and the start of the body."""
    url = sanitize_url(request.uri, config=case.operation.schema.config.output.sanitization)
    return f"{request.method} {url}\n{excerpt(request.body or b'')}".rstrip("\n")


def response_excerpt(response: Response) -> str:
    """Status line, media type and the start of the body."""
    media_type = ", ".join(response.headers.get("content-type") or ())
    line = f"{response.status_code} {reason_phrase(response.status_code)} {media_type}".rstrip()
    return f"{line}\n{excerpt(response.content or b'')}".rstrip("\n")


def excerpt(body: bytes) -> str:
    """The start of a body as text, and how much was left out."""
    # A character takes at most four bytes in UTF-8, so the slice cannot come out short.
    text = body[: EXCERPT_CHARACTERS * 4].decode(errors="replace")[:EXCERPT_CHARACTERS]
    rest = len(body) - len(text.encode())
    return f"{text}... ({rest:,} more bytes)" if rest > 0 else text
