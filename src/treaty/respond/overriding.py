"""Overrides answer: what the files and functions of `mocks/` say, before the contract is asked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, TypeAlias

from treaty import problems
from treaty.contract.model import DeclaredResponse, MediaType, Operation
from treaty.exchange.call import Call
from treaty.exchange.media_types import accepted
from treaty.exchange.messages import Headers, Response
from treaty.exchange.response import WITHOUT_CONTENT, check_response
from treaty.findings import DocumentError, Finding, Json, Location
from treaty.mocking.draws import Draws
from treaty.mocking.headers import HeaderValues
from treaty.mocking.overrides.choose import Overrides, Picked
from treaty.mocking.overrides.model import Override, Scenario, Step
from treaty.mocking.overrides.names import folder_name
from treaty.mocking.overrides.read import Folder, read_folder
from treaty.mocking.overrides.verify import fitting, verify
from treaty.mocking.preferences import Preferences
from treaty.mocking.reasons import Answer, Reasons
from treaty.mocking.values import seed_from
from treaty.mocking.write import UnwritableError, write_body, write_header, write_json
from treaty.respond.modules import failure_finding

_RETURNED = "a body, (body, status), (body, status, headers), a Response, or None"
# Answers with a body, `(body, status)`, `(body, status, headers)` or a `Response`, or None: as usual.
Function: TypeAlias = Callable[[Call], Json]
# The answer of the contract itself.
Usual: TypeAlias = Callable[[Preferences], Answer]


@dataclass(slots=True)
class Overriding:
    """The overrides of a mock, ready to answer."""

    overrides: Overrides
    headers: HeaderValues
    functions: dict[str, Function] = field(default_factory=dict)
    report: Callable[[Finding], None] = lambda _: None
    files: tuple[Path, ...] = ()

    def steady(self, operation: Operation) -> bool:
        """Do the same line and preferences always get the same answer?"""
        return folder_name(operation) not in self.functions and self.overrides.steady(operation)

    def answer(self, call: Call, accept: str | None, preferences: Preferences, usual: Usual) -> Answer | None:
        """What is said to this request; None where nothing is. `usual` is what the contract says."""
        function = self.functions.get(folder_name(call.operation))
        if function is not None and preferences.code is None and preferences.example is None:
            answer = self.called(function, call, accept)
            if answer is not None:
                return answer
        picked = self.overrides.pick(call, preferences)
        if picked is None:
            return None
        answer = self.stepped(picked, call, accept, preferences, usual)
        answer.response.delay = picked.delay
        return answer

    def stepped(
        self, picked: Picked, call: Call, accept: str | None, preferences: Preferences, usual: Usual
    ) -> Answer:
        """The answer of a step: its own body, or the contract's with its headers."""
        step, label = picked.step, f"override {picked.override.label}"
        declared = call.operation.response_for(step.status)
        if declared is None or step.has_body or step.status in WITHOUT_CONTENT:
            content = () if declared is None else fitting(step, declared, self.headers)
            answer = self.written(call, step, declared, accepted(content, accept) or list(content))
        else:
            answer = usual(replace(preferences, code=step.status, example=None))
            answer.response.headers = self.merged(answer.response.headers, step, declared)
        if picked.override.outside_contract:
            label += " outside the contract"
        answer.reasons.status = label
        return answer

    def written(
        self, call: Call, step: Step, declared: DeclaredResponse | None, content: list[MediaType]
    ) -> Answer:
        """A body of the project's in the first media type that can hold it."""
        made: Headers = []
        reasons = Reasons("override")
        if declared is not None:
            made = self.headers.of(
                declared, lambda *parts: seed_from(self.overrides.draws.seed, call.request.path, *parts)
            )
            reasons.declared, reasons.pointer = declared.status, declared.pointer
        response = Response(step.status, self.merged(made, step, declared))
        if step.status in WITHOUT_CONTENT or not step.has_body:
            return Answer(response, reasons)
        reasons.source, reasons.value = "override", step.body
        for media in content:
            try:
                written = write_body(self.headers.values.prepared(media), step.body)
            except UnwritableError:
                continue
            response.body, kind = written.body, written.content_type
            reasons.media, reasons.media_type = media, media.name
            break
        else:
            kind, response.body = _plainly(step)
            reasons.media_type = kind
        response.headers.insert(0, ("content-type", kind))
        return Answer(response, reasons)

    def merged(self, headers: Headers, step: Step, declared: DeclaredResponse | None) -> Headers:
        """The headers with those of the step in place of their own."""
        styles = {each.name.lower(): each for each in declared.headers} if declared else {}
        own = []
        for name, value in step.headers:
            header = styles.get(name.lower())
            style, explode = (header.style, header.explode) if header else ("simple", False)
            own.append((name.lower(), write_header(value, style=style, explode=explode)))
        names = {name for name, _ in own}
        return [pair for pair in headers if pair[0] not in names] + own

    def called(self, function: Function, call: Call, accept: str | None) -> Answer | None:
        """What a function answers, judged before it is sent; None when it leaves it to the mock."""
        try:
            returned = function(call)
        except Exception as error:
            return self.failed(call, failure_finding(f"`respond` of {call.operation.name} failed", error))
        if returned is None:
            return None
        try:
            answer = self.returned(returned, call, accept)
        except (TypeError, ValueError, AttributeError) as error:
            what = f"`respond` of {call.operation.name} returned what is no answer: {error}"
            return self.failed(call, Finding("", what, expected=_RETURNED))
        wrong = check_response(call.prepared, call.operation.method, answer.response)
        if wrong:
            for finding in wrong:
                self.report(finding)
            detail = f"`respond` of {call.operation.name} answered {answer.response.status}, and that breaks "
            return _refused(problems.INVALID_RESPONSE, detail + "the contract.", wrong)
        answer.reasons.status, answer.reasons.source = "function", "function"
        return answer

    def failed(self, call: Call, finding: Finding) -> Answer:
        """What is sent when a function has no answer to give; the log says why."""
        self.report(replace(finding, code="handler-failed"))
        return _refused(problems.HANDLER_FAILED, f"`respond` of {call.operation.name} failed.", [])

    def returned(self, returned: Json, call: Call, accept: str | None) -> Answer:
        """What a function returned, as an answer."""
        if isinstance(returned, Response):
            return Answer(returned, Reasons("function", returned.header("content-type") or ""))
        body, status, *more = returned if isinstance(returned, tuple) else (returned, 200)
        headers = tuple((str(name), value) for name, value in (more[0] if more else {}).items())
        step = Step(int(status), body=body, has_body=True, headers=headers)
        declared = call.operation.response_for(step.status)
        content = () if declared is None else declared.content
        fits = [] if declared is None else fitting(step, declared, self.headers)
        return self.written(call, step, declared, accepted(fits or content, accept) or list(fits or content))


def load_overrides(
    path: Path,
    operations: Collection[Operation],
    headers: HeaderValues,
    seed: str,
    report: Callable[[Finding], None] = lambda _: None,
    others: Collection[str] = (),
) -> Overriding:
    """The overrides of a folder, checked; `others` are operations of other contracts, whose files are left.

    Raises `DocumentError` with everything that is wrong.
    """
    folder = read_folder(path)
    folder.overrides = [each for each in folder.overrides if each.operation not in others]
    folder.functions = {name: file for name, file in folder.functions.items() if name not in others}
    folder.scenarios = [_without(each, others) for each in folder.scenarios]
    known = {folder_name(each): each for each in operations}
    verify(folder, known, headers)
    functions = {name: _function(folder, file) for name, file in folder.functions.items() if name in known}
    findings = folder.placed()
    if findings:
        raise DocumentError(findings)
    of: dict[str, list[Override]] = {}
    for each in sorted(folder.overrides, key=lambda each: (each.name != "", each.label)):
        of.setdefault(each.operation, []).append(each)
    overrides = Overrides(of, {each.name: each for each in folder.scenarios}, Draws(seed))
    found = (*folder.functions.values(), *(Path(file) for file in folder.contents))
    return Overriding(
        overrides, headers, {name: each for name, each in functions.items() if each}, report, found
    )


def _without(scenario: Scenario, others: Collection[str]) -> Scenario:
    own = {name: labels for name, labels in scenario.overrides.items() if name not in others}
    return replace(scenario, overrides=own)


def _function(folder: Folder, file: Path) -> Function | None:
    """The function `respond` of a file; what is wrong with it goes to the folder's findings."""
    spec = spec_from_file_location(f"_treaty_mocks.{file.stem}", file)
    if spec is None or spec.loader is None:
        return None
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        folder.findings.append(failure_finding(f"`{file}` cannot be run", error))
        return None
    function: Any = getattr(module, "respond", None)
    message = ""
    if not callable(function) or inspect.iscoroutinefunction(function):
        message = "the file has no plain function `respond`"
    elif not _takes_a_call(function):
        message = "`respond` does not take one argument, the call"
    if message:
        expected = f"def respond(call): …, which returns {_RETURNED}"
        location = Location(str(file), 1, 1)
        folder.findings.append(Finding("invalid-override", message, location=location, expected=expected))
        return None
    found: Function = function
    return found


def _takes_a_call(function: Callable[..., object]) -> bool:
    try:
        inspect.signature(function).bind(None)
    except TypeError:
        return False
    except ValueError:  # it has none to be read, as some that are written in C
        return True
    return True


def _plainly(step: Step) -> tuple[str, bytes]:
    """A body of which the contract says nothing: text as it is, all else as JSON."""
    if isinstance(step.body, str):
        return step.media_type or "text/plain; charset=utf-8", step.body.encode("utf-8", "replace")
    return step.media_type or "application/json", write_json(step.body)


def _refused(problem: problems.Problem, detail: str, findings: list[Finding]) -> Answer:
    body = problems.problem_body(problem, detail, findings)
    response = Response(problem.status, [("content-type", problems.MEDIA_TYPE)], body)
    return Answer(response, Reasons(problem.type, problems.MEDIA_TYPE, "problem"))
