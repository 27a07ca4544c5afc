"""What the mock answers beside Prism: statuses, media types and examples for the requests of agreement.txt.

Every request is sent to both. A difference has its reason in the list, of those below; one without a
reason, and a reason without a difference, is told and ends the run with 1.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from processes import Ask, BenchmarkError, await_answer, free_port, running
from servers import Server, find_corpus, find_prism, find_treaty

_HERE = Path(__file__).resolve().parent
# Prism never answers some requests at all.
_PATIENCE = 1.0  # seconds

REASONS = {
    "below": "a path is known below its server's path too",
    "both": "what a Prefer header does not say, the query still does",
    "case": "the name of an authentication scheme has no case (RFC 9110, section 11.1)",
    "cookie": "cookies are judged",
    "elsewhere": "an example is looked for in the response that was asked for",
    "empty": "an empty text is no value of these schemas",
    "form": "one field of a form is an array of one, where the schema has an array",
    "invalid-example": "an example that breaks its schema is repaired",
    "key": "the key of a response may be preferred",
    "malformed": "a preference that says nothing is ignored (RFC 7240, section 2)",
    "method": "HEAD and OPTIONS are answered (RFC 9110, sections 9.3.2 and 9.3.7)",
    "semicolon": "what stands behind a semicolon is read as a preference",
    "slash": "a path parameter is not empty",
    "suffix": "media types are compared as they are declared, but Accept: application/json takes any +json",
    "unreadable": "a body that is not JSON is refused, and not left without an answer",
    "untyped": "a body without a Content-Type is read as the first media type that is declared",
}


@dataclass
class Request:
    """A request to send to both, and the reason why the answers differ, if they do."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    reason: str = ""

    def __str__(self) -> str:
        headers = (f"{name}: {value}" for name, value in self.headers.items())
        return " | ".join([f"{self.method} {self.target}", *headers, *([self.body] if self.body else [])])


@dataclass(frozen=True)
class Told:
    """Of an answer what is compared. `is_example` says that its body is one of the document's."""

    status: int = 0
    media_type: str = ""
    body: str = ""
    is_example: bool = False

    def agrees(self, other: Told) -> bool:
        """Is it the same answer? Of one without a body the media type says nothing."""
        same_type = self.media_type == other.media_type or not (self.body and other.body)
        return self.status == other.status and same_type and (not self.is_example or self.body == other.body)

    def __str__(self) -> str:
        return f"{self.status} {self.media_type} {self.body[:100]}" if self.status else "no answer"


def requests(path: Path) -> dict[str, list[Request]]:
    """The requests of the list, by document."""
    found: dict[str, list[Request]] = {}
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("== "):
            latest = found.setdefault(line[3:], [])
        elif line.startswith("  "):
            latest[-1].body = line[2:]
        elif line and not line.startswith("#"):
            first, *parts = line.split(" | ")
            method, target = first.split(" ")
            reason = next((part[2:] for part in parts if part.startswith("~ ")), "")
            headers = dict(part.split(": ", 1) for part in parts if not part.startswith("~ "))
            latest.append(Request(method, target, headers, reason=reason))
    return found


def ask(port: int, request: Request) -> Told:
    """Send a request; what does not answer in time answers nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request(request.method, request.target, request.body, request.headers)
        response = connection.getresponse()
        media_type = response.getheader("content-type", "").partition(";")[0]
        is_example = response.getheader("treaty-why", "").rpartition("; ")[2].startswith("example")
        return Told(response.status, media_type, _normal(response.read()), is_example)
    except OSError:
        return Told()
    finally:
        connection.close()


def _normal(body: bytes) -> str:
    """A body to be compared: JSON however it is spaced."""
    text = body.decode("utf-8", "replace")
    with contextlib.suppress(ValueError):
        return json.dumps(json.loads(text), sort_keys=True)
    return text


@contextlib.contextmanager
def started(server: Server, document: Path, *options: str) -> Iterator[int]:
    """The port of a mock that answers."""
    port = free_port()
    with running(server.mock(document, port, *options)) as process:
        await_answer(process, port, Ask("/nowhere"), 60)
        yield port


def compare(document: Path, asked: list[Request]) -> Iterator[str]:
    """What is not as the list says it is."""
    with (
        started(find_treaty(), document, "--quiet") as ours,
        started(find_prism(), document, "--verboseLevel", "silent") as theirs,
    ):
        for request in asked:
            here, there = ask(ours, request), ask(theirs, request)
            if here.agrees(there) == bool(request.reason):
                said = f"no difference, so not `{request.reason}`" if request.reason else "differs"
                yield f"{request}: {said}\n  Prism   {there}\n  Treaty  {here}"


def main() -> int:
    """Compare, and say how much agrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="DOCUMENT", help="only this document of the list")
    only = parser.parse_args().only
    unexplained, total, explained = [], 0, 0
    try:
        for name, asked in requests(_HERE / "agreement.txt").items():
            if only not in (None, name):
                continue
            document = _HERE / name if (_HERE / name).exists() else find_corpus() / name
            unexplained += compare(document, asked)
            total += len(asked)
            explained += sum(1 for each in asked if each.reason)
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{total} requests, {explained} answered differently for a reason, {len(unexplained)} unexplained")
    print("\n".join(unexplained))
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
