"""Check overrides against the contract: what they answer must be what it declares."""

from __future__ import annotations

import difflib

from treaty.contract.model import DeclaredResponse, MediaType, Operation
from treaty.exchange.codecs.header import check_header
from treaty.exchange.media_types import find_media_type
from treaty.exchange.response import WITHOUT_CONTENT
from treaty.findings import Finding, Location, pointer_of
from treaty.mocking.headers import HeaderValues
from treaty.mocking.overrides.model import Override, Step
from treaty.mocking.overrides.read import Folder
from treaty.mocking.values import judge_written
from treaty.mocking.write import write_header


def verify(folder: Folder, operations: dict[str, Operation], headers: HeaderValues) -> None:
    """Note what in a folder breaks the contract; `operations` are by the name of their folder."""
    for override in folder.overrides:
        operation = operations.get(override.operation)
        if operation is None:
            _unknown(folder, override, operations)
            continue
        for condition in override.conditions:
            names = {each.name for each in operation.parameters if each.location == "path"}
            if condition.part == "path" and condition.name not in names:
                message = f"{operation.name} has no path parameter `{condition.name}`"
                expected = ", ".join(sorted(names))
                pointer = pointer_of(("when", "path", condition.name))
                folder.found("invalid-override", message, override.file, pointer, expected=expected)
        if not override.outside_contract:
            for step in override.steps:
                _check_step(folder, override, step, operation, headers)
    for name, file in folder.functions.items():
        if name not in operations:
            folder.found("unknown-operation", _no_operation(name), file, hint=_near(name, operations))
    _check_files(folder, operations)
    _check_scenarios(folder)


def fitting(step: Step, declared: DeclaredResponse, headers: HeaderValues) -> list[MediaType]:
    """The declared media types that the body of an answer is true for."""
    content = declared.content
    if step.media_type is not None:
        named = find_media_type(content, step.media_type)
        content = (named,) if named else ()
    return [media for media in content if not judge_written(headers.values.prepared(media), step.body)]


def _check_step(
    folder: Folder, override: Override, step: Step, operation: Operation, headers: HeaderValues
) -> None:
    declared = operation.response_for(step.status)
    if declared is None:
        statuses = ", ".join(each.status for each in operation.responses)
        message = f"{operation.name} declares no response {step.status}"
        hint = "declare it, or write `outside_contract: true` if it is meant to break the contract"
        folder.found("undeclared-status", message, override.file, step.pointer, expected=statuses, hint=hint)
        return
    if step.has_body:
        _check_body(folder, override, step, declared, headers)
    for header in declared.headers:
        value = next((value for name, value in step.headers if name.lower() == header.name.lower()), None)
        if value is not None:
            text = write_header(value, style=header.style, explode=header.explode)
            for wrong in check_header(headers.prepare(header), text)[:1]:
                message = f"the header `{header.name}` breaks its schema: {wrong.message}"
                folder.found("invalid-override", message, override.file, step.pointer + "/headers")


def _check_body(
    folder: Folder, override: Override, step: Step, declared: DeclaredResponse, headers: HeaderValues
) -> None:
    pointer = step.pointer + "/body"
    if step.status in WITHOUT_CONTENT:
        folder.found("invalid-override", f"{step.status} has no content", override.file, pointer)
    elif declared.content and step.media_type and not find_media_type(declared.content, step.media_type):
        expected = " or ".join(media.name for media in declared.content)
        message = f"{declared.status} does not declare {step.media_type}"
        folder.found("undeclared-media-type", message, override.file, "/media_type", expected=expected)
    elif declared.content and not fitting(step, declared, headers):
        media = find_media_type(declared.content, step.media_type or "") or declared.content[0]
        for wrong in judge_written(headers.values.prepared(media), step.body):
            folder.findings.append(_untrue(wrong, override, pointer, media))


def _untrue(wrong: Finding, override: Override, pointer: str, media: MediaType) -> Finding:
    at = pointer + (wrong.place.pointer if wrong.place else "")
    return Finding(
        wrong.code,
        f"the body breaks its schema ({media.name}): {wrong.message}",
        location=Location(str(override.file), pointer=at),
        expected=wrong.expected,
        hint="mend it, or write `outside_contract: true` if it is meant to break the contract",
    )


def _unknown(folder: Folder, override: Override, operations: dict[str, Operation]) -> None:
    hint = _near(override.operation, operations)
    folder.found("unknown-operation", _no_operation(override.operation), override.file, hint=hint)


def _no_operation(name: str) -> str:
    return f"the contract has no operation `{name}`"


def _near(name: str, operations: dict[str, Operation]) -> str:
    near = difflib.get_close_matches(name, operations, 1)
    return f"did you mean `{near[0]}`?" if near else "folders are called as operationIds are"


def _check_files(folder: Folder, operations: dict[str, Operation]) -> None:
    """No file is left out in silence: neither one beside the folder it belongs into, nor one of two alike."""
    for file in folder.beside:
        name, _, rest = file.name.partition(".")
        if name in operations:
            hint = f"move it to {folder.path / name}/<status>.{rest.rpartition('.')[2]}"
            folder.found(
                "invalid-override", f"the file stands beside the folder of `{name}`", file, hint=hint
            )
    first: dict[tuple[str, str], Override] = {}
    for override in folder.overrides:
        known = first.setdefault((override.operation, override.label), override)
        if known is not override:
            message = f"{known.file} is the same answer already"
            folder.found("invalid-override", message, override.file, hint="remove one of them, or name it")


def _check_scenarios(folder: Folder) -> None:
    labels = {(override.operation, override.label) for override in folder.overrides}
    for scenario in folder.scenarios:
        for operation, wanted in scenario.overrides.items():
            for label in wanted:
                if (operation, label) not in labels:
                    have = ", ".join(each for of, each in sorted(labels) if of == operation) or "none"
                    message = f"there is no override `{label}` of `{operation}`; there is {have}"
                    hint = f"write it: {folder.path / operation / label}.yaml"
                    pointer = pointer_of((operation,))
                    folder.found("invalid-scenario", message, scenario.file, pointer, hint=hint)
