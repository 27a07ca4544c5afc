"""Read the folder of a mock's overrides: files to `Override` and `Scenario`, with all that is wrong in them.

mocks/<operationId>/<status>[.<name>].yaml   an answer (also .yml, .json)
mocks/<operationId>.py                       a function, for what a file cannot say
mocks/scenarios/<name>.yaml                  a set of answers, by operationId
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from treaty.document.positions import locate_all
from treaty.document.read import read
from treaty.findings import DocumentError, Finding, Json, Location, pointer_of
from treaty.mocking.delays import Delay, read_delay
from treaty.mocking.overrides.conditions import PARTS, Condition, read_condition
from treaty.mocking.overrides.model import Override, Scenario, Step

SCENARIOS = "scenarios"
# Folders beside the operations' that hold something else.
OTHERS = frozenset({"seeds", "__pycache__"})
MAX_FILES = 10_000
_ENDINGS = frozenset({".yaml", ".yml", ".json"})
_STEM = re.compile(r"([2-5][0-9][0-9])(?:\.(.+))?", re.ASCII)
_STEP_KEYS = frozenset({"body", "headers", "media_type", "delay"})
_KEYS = _STEP_KEYS | {"when", "sequence", "repeat", "weight", "outside_contract"}


@dataclass(slots=True)
class Folder:
    """What was found in a folder of overrides.

    `functions` are Python files by operation, `beside` the files that stand in no operation's folder.
    """

    path: Path
    overrides: list[Override] = field(default_factory=list)
    scenarios: list[Scenario] = field(default_factory=list)
    functions: dict[str, Path] = field(default_factory=dict)
    beside: list[Path] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)

    def found(
        self, code: str, message: str, file: Path, pointer: str = "", *, expected: str = "", hint: str = ""
    ) -> None:
        """Note something that is wrong at a pointer of a file."""
        location = Location(str(file), pointer=pointer)
        self.findings.append(Finding(code, message, location=location, expected=expected, hint=hint))

    def placed(self) -> list[Finding]:
        """All findings, with line and column."""
        wanted: dict[str, list[str]] = {}
        for each in self.findings:
            if each.location and not each.location.line and each.location.file in self.contents:
                wanted.setdefault(each.location.file, []).append(each.location.pointer)
        located = {file: locate_all(self.contents[file], pointers, file) for file, pointers in wanted.items()}
        return [_placed(each, located) for each in self.findings]


def read_folder(path: Path) -> Folder:
    """Everything in a folder of overrides; what is wrong is in its `findings`."""
    folder = Folder(path)
    for file in _files(path):
        operation = file.parent.relative_to(path).as_posix()
        if file.suffix == ".py":
            folder.functions[file.relative_to(path).with_suffix("").as_posix()] = file
        elif operation == SCENARIOS:
            _read_scenario(folder, file)
        elif operation == ".":
            folder.beside.append(file)
        else:
            _read_override(folder, file, operation)
    return folder


def _files(path: Path) -> Iterator[Path]:
    found = sorted(path.rglob("*"))[:MAX_FILES]
    for file in found:
        parts = file.relative_to(path).parts
        hidden = any(part.startswith(".") or part in OTHERS for part in parts)
        if not hidden and (file.suffix in _ENDINGS or file.suffix == ".py") and file.is_file():
            yield file


def _object(folder: Folder, file: Path) -> dict[str, Json] | None:
    """The content of a file, which is an object; None when it is not, or cannot be read."""
    try:
        content = file.read_bytes()
        value = read(content, str(file))
    except OSError as error:
        folder.found("unreadable", f"the file cannot be read: {error.strerror}", file)
        return None
    except DocumentError as error:
        folder.findings += error.findings
        return None
    folder.contents[str(file)] = content
    if isinstance(value, dict):
        return value
    folder.found("invalid-override", "the file must hold an object", file)
    return None


def _read_override(folder: Folder, file: Path, operation: str) -> None:
    stem = _STEM.fullmatch(file.stem)
    if stem is None:
        hint = "name it <status>.yaml or <status>.<name>.yaml, such as 404.gone.yaml"
        folder.found("invalid-override", f"the file name `{file.name}` names no status", file, hint=hint)
        return
    data = _object(folder, file)
    if data is None:
        return
    reader = _Reader(folder, file)
    reader.keys(data, _KEYS, "")
    folder.overrides.append(
        Override(
            operation,
            file,
            file.stem,
            int(stem[1]),
            stem[2] or "",
            reader.steps(data, int(stem[1])),
            reader.conditions(data),
            reader.weight(data),
            reader.flag(data, "repeat"),
            reader.flag(data, "outside_contract"),
        )
    )


@dataclass(slots=True)
class _Reader:
    """Reads the parts of one override; what is wrong goes to the folder's findings."""

    folder: Folder
    file: Path

    def wrong(self, message: str, pointer: str, *, expected: str = "") -> None:
        self.folder.found("invalid-override", message, self.file, pointer, expected=expected)

    def keys(self, data: dict[str, Json], known: frozenset[str] | set[str], pointer: str) -> None:
        for key in data:
            if key not in known:
                expected = ", ".join(sorted(known))
                self.wrong(f"`{key}` is not known here", pointer + pointer_of((key,)), expected=expected)

    def steps(self, data: dict[str, Json], status: int) -> tuple[Step, ...]:
        whole = self.step(data, status, "")
        sequence = data.get("sequence")
        if sequence is None:
            return (whole,)
        if not isinstance(sequence, list) or not sequence:
            self.wrong("`sequence` must be a list of answers", "/sequence")
            return (whole,)
        found = []
        for index, each in enumerate(sequence):
            pointer = f"/sequence/{index}"
            if not isinstance(each, dict):
                self.wrong("an answer of a sequence must be an object", pointer)
                continue
            self.keys(each, _STEP_KEYS | {"status", "times"}, pointer)
            shared = {key: data[key] for key in _STEP_KEYS if key in data}
            found.append(self.step({**shared, **each}, self.status(each, status, pointer), pointer, each))
        return tuple(found) or (whole,)

    def status(self, data: dict[str, Json], usual: int, pointer: str) -> int:
        status = data.get("status", usual)
        if isinstance(status, int) and not isinstance(status, bool) and 200 <= status <= 599:
            return status
        self.wrong("`status` must be a status from 200 to 599", f"{pointer}/status")
        return usual

    def step(
        self, data: dict[str, Json], status: int, pointer: str, own: dict[str, Json] | None = None
    ) -> Step:
        """An answer; what is not its `own` is shared with the rest of its sequence."""

        def at(key: str) -> str:
            return (pointer if own is None or key in own else "") + f"/{key}"

        headers, media_type, times = data.get("headers", {}), data.get("media_type"), data.get("times", 1)
        if not isinstance(headers, dict):
            self.wrong("`headers` must be an object", at("headers"))
            headers = {}
        if media_type is not None and not isinstance(media_type, str):
            self.wrong("`media_type` must be a media type", at("media_type"))
            media_type = None
        if not isinstance(times, int) or isinstance(times, bool) or times < 1:
            self.wrong("`times` must be a number from 1", at("times"))
            times = 1
        return Step(
            status,
            pointer if own is None or "body" in own else "",
            data.get("body"),
            "body" in data,
            media_type,
            tuple((str(name), value) for name, value in headers.items()),
            self.delay(data, at("delay")),
            times,
        )

    def delay(self, data: dict[str, Json], pointer: str) -> Delay | None:
        if "delay" not in data:
            return None
        try:
            return read_delay(str(data["delay"]))
        except ValueError as error:
            self.wrong(str(error), pointer)
            return None

    def conditions(self, data: dict[str, Json]) -> tuple[Condition, ...]:
        when = data.get("when", {})
        if not isinstance(when, dict):
            self.wrong("`when` must be an object", "/when")
            return ()
        self.keys(when, set(PARTS), "/when")
        found = []
        for part in PARTS:
            tests = when.get(part, {})
            if not isinstance(tests, dict):
                self.wrong(
                    f"`{part}` must be an object: names, and what their values must be", f"/when/{part}"
                )
                continue
            for name, wanted in tests.items():
                try:
                    found.append(read_condition(part, name, wanted))
                except ValueError as error:
                    self.wrong(str(error), f"/when/{part}{pointer_of((name,))}")
        return tuple(found)

    def weight(self, data: dict[str, Json]) -> float | None:
        weight = data.get("weight")
        if weight is None:
            return None
        if isinstance(weight, int | float) and not isinstance(weight, bool) and weight > 0:
            return float(weight)
        self.wrong("`weight` must be a number above 0", "/weight")
        return None

    def flag(self, data: dict[str, Json], key: str) -> bool:
        value = data.get(key, False)
        if isinstance(value, bool):
            return value
        self.wrong(f"`{key}` must be true or false", f"/{key}")
        return False


def _read_scenario(folder: Folder, file: Path) -> None:
    """A scenario: for each operationId `<status>[.<name>]`, or a list of them."""
    data = _object(folder, file)
    if data is None:
        return
    overrides: dict[str, tuple[str, ...]] = {}
    for operation, labels in data.items():
        listed = labels if isinstance(labels, list) else [labels]
        if all(isinstance(each, str | int) and not isinstance(each, bool) for each in listed) and listed:
            overrides[operation] = tuple(str(each) for each in listed)
        else:
            expected = "<status>[.<name>], or a list of them"
            message = f"`{operation}` names no override"
            folder.found("invalid-scenario", message, file, pointer_of((operation,)), expected=expected)
    folder.scenarios.append(Scenario(file.stem, file, overrides))


def _placed(finding: Finding, located: dict[str, dict[str, Location]]) -> Finding:
    at = finding.location
    if at is None or at.line or at.file not in located:
        return finding
    return replace(finding, location=located[at.file][at.pointer])
