"""The full judgement: openapi-spec-validator's word on a document, kept by the document's content."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from treaty.document.dialects import OPENAPI_DIALECT
from treaty.document.document import Document
from treaty.document.library import value_at
from treaty.findings import Finding, Json, Location, Severity, pointer_of

# Raised when what is kept, or how it was judged, changes its meaning.
FORMAT = 1
MAX_MESSAGE = 300

# Where (a path of keys; None when it gave up) and what.
Judgement: TypeAlias = tuple[list[str | int] | None, str]


def check_validity(
    document: Document, ours: Sequence[Finding], cache: Path | None = None, advice: Iterable[Finding] = ()
) -> list[Finding]:
    """Our findings, what openapi-spec-validator finds beyond them, and advice, placed and in order."""
    said = _judged(document, cache if cache is not None else _cache_folder())
    others = _schemas_of_other_dialects(document)
    beyond = [
        _finding(path, message)
        for path, message in said
        if not (_is_known(path, ours) or (path is not None and _stands_in(path, others)))
    ]
    return document.sources.place([*ours, *beyond, *advice])


def _schemas_of_other_dialects(document: Document) -> list[Json]:
    """Root schemas that openapi-spec-validator reads by OpenAPI's dialect, though they name another."""
    survey = document.survey
    named = ((survey.dialects.get(root, survey.dialect), schema) for root, schema in survey.schemas.items())
    return [schema for name, schema in named if name and not OPENAPI_DIALECT.fullmatch(name)]


def _stands_in(path: list[str | int], schemas: list[Json]) -> bool:
    """Does a path lead to something in one of the schemas? Those of errors in schemas start there."""
    pointer = pointer_of(path)
    for schema in schemas:
        try:
            value_at(schema, pointer)
        except LookupError:
            continue
        return True
    return False


def _judged(document: Document, cache: Path) -> list[Judgement]:
    content = json.dumps(document.bundle(), sort_keys=True, default=str).encode("utf-8", "replace")
    kept = cache / f"{_key(content)}.json"
    found = _kept(kept)
    if found is None:
        found = list(_judge(document))
        _keep(kept, found)
    return found


def _kept(path: Path) -> list[Judgement] | None:
    """A judgement that was kept; None when there is none, or when it is not what was written."""
    try:
        pairs = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(pairs, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        return None
    if not all(isinstance(path, list | None) and isinstance(message, str) for path, message in pairs):
        return None
    return [(path, message) for path, message in pairs]


def _judge(document: Document) -> Iterator[Judgement]:
    from openapi_spec_validator.validation import validators

    judges = {
        "2.0": validators.OpenAPIV2SpecValidator,
        "3.0": validators.OpenAPIV30SpecValidator,
        "3.1": validators.OpenAPIV31SpecValidator,
        "3.2": validators.OpenAPIV32SpecValidator,
    }
    judge = judges[document.version.name](document.bundle(), base_uri=document.survey.base)
    try:
        for error in judge.iter_errors():
            yield list(error.absolute_path), _first_line(error.message)
    except Exception as error:  # it gives up in many ways, on broken documents and on some that are valid
        yield None, _first_line(str(error)) or type(error).__name__


def _first_line(message: str) -> str:
    line = message.partition("\n")[0]
    return line if len(line) <= MAX_MESSAGE else line[: MAX_MESSAGE - 1] + "…"


def _is_known(path: list[str | int] | None, ours: Sequence[Finding]) -> bool:
    """Have we said so already? Its paths into schemas start at the schema, so a common end counts.

    It blames an object for a field that is too many, where we blame the field. Where it gave up (None) an
    error of ours is why; blame of the document as a whole may be for any.
    """
    if path is None:
        return any(each.severity is Severity.ERROR for each in ours)
    wrong = [each for each in ours if each.severity is not Severity.INFO and each.location is not None]
    if not path:
        return bool(wrong)
    pointer = pointer_of(path)
    return any(
        each.location.pointer.endswith(pointer)
        or each.location.pointer.startswith(pointer)
        or f"{pointer}/" in each.location.pointer
        for each in wrong
        if each.location is not None
    )


def _finding(path: list[str | int] | None, message: str) -> Finding:
    if path is None:
        return Finding(
            "not-judged",
            f"openapi-spec-validator could not read the document to its end: {message}",
            Severity.INFO,
            hint="Treaty's own judgement stands alone here",
        )
    return Finding(
        "not-valid",
        message,
        Severity.WARNING,
        location=Location("", pointer=pointer_of(path)),
        hint="openapi-spec-validator says so",
    )


def _key(content: bytes) -> str:
    from importlib.metadata import version

    judge = f"{FORMAT} {version('openapi-spec-validator')} {version('openapi-schema-validator')}"
    return hashlib.sha256(judge.encode() + b"\n" + content).hexdigest()


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "treaty" / "validity"


def _keep(path: Path, found: list[Judgement]) -> None:
    """Keep a judgement; where it cannot be kept it is made again next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_bytes(json.dumps(found, default=str).encode())
        beside.replace(path)
    except OSError:
        return
