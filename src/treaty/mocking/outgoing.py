"""What the mock itself sends: callbacks after an answer, webhooks on demand; bodies true to the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from treaty.contract.compile import compile_operation
from treaty.contract.contract import Contract
from treaty.contract.model import Operation, Parameter
from treaty.document.operations import callbacks_of, webhooks_of
from treaty.exchange.call import Call
from treaty.exchange.messages import Headers, Response
from treaty.findings import Finding, Json
from treaty.mocking.expressions import Evaluator
from treaty.mocking.generate.model import CannotGenerate
from treaty.mocking.values import Values, seed_from
from treaty.mocking.write import UnwritableError, write_body, write_header

ANY_HOST = "*"


class OutgoingError(Exception):
    """A request that cannot be sent, or must not be."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request of the mock's, ready to be sent; `operation` says what is expected in return."""

    name: str
    operation: Operation
    url: str
    headers: Headers
    body: bytes


@dataclass(slots=True)
class Senders:
    """Makes the requests that a contract lets its service send. Raises `OutgoingError` where it cannot."""

    contract: Contract
    seed: str
    hosts: frozenset[str] = frozenset()
    report: Callable[[Finding], None] = lambda _: None
    values: Values = field(init=False)
    callbacks: dict[str, list[tuple[str, Operation]]] = field(init=False)

    def __post_init__(self) -> None:
        document = self.contract.document
        self.values = Values(self.contract, self.report, direction="request")
        self.callbacks = {}
        for at in document.operations:
            if "callbacks" in at.node:
                self.callbacks[at.pointer] = [
                    (name, compile_operation(document, each))
                    for name, each in callbacks_of(document.data, document.version, at)
                ]

    def webhooks(self) -> dict[str, list[Operation]]:
        """The webhooks of the contract by name, each with its operations."""
        document = self.contract.document
        found: dict[str, list[Operation]] = {}
        for name, at in webhooks_of(document.data, document.version):
            found.setdefault(name, []).append(compile_operation(document, at))
        return found

    def callback(self, name: str, operation: Operation, call: Call, response: Response) -> Outgoing:
        """The request of a callback, its URL evaluated on the exchange. Raises `ExpressionError` too."""
        return self.made(name, operation, Evaluator(call, response).text(operation.path), call.request.path)

    def webhook(self, name: str, url: str, method: str = "", seed: str = "") -> Outgoing:
        """The request of a webhook to a URL. Raises `LookupError` for one that is not declared."""
        operations = self.webhooks().get(name, [])
        for operation in operations:
            if method.upper() in ("", operation.method):
                return self.made(name, operation, url, seed)
        raise LookupError(f"the contract has no webhook `{name}`")

    def made(self, name: str, operation: Operation, url: str, *seed: str) -> Outgoing:
        """A request of an operation to a URL."""
        check_url(url, self.hosts)
        seeds = (self.seed, name, operation.pointer, *seed)
        headers: Headers = []
        for parameter in operation.parameters:
            if not parameter.required or parameter.location not in ("header", "query"):
                continue
            text = self.text(parameter, *seeds)
            if parameter.location == "header":
                headers.append((parameter.name.lower(), text))
            else:
                url += ("&" if "?" in url else "?") + f"{quote(parameter.name)}={quote(text)}"
        kind, body = self.body(operation, *seeds)
        if kind:
            headers.append(("content-type", kind))
        return Outgoing(name, operation, url, headers, body)

    def body(self, operation: Operation, *seeds: str) -> tuple[str, bytes]:
        """Content-Type and body, JSON first; nothing where none is declared."""
        content = sorted(operation.body.content if operation.body else (), key=lambda each: not each.is_json)
        wrong = ""
        for media in content:
            try:
                made = self.values.body(media, media.examples, seed_from(*seeds), use_examples=True)
                written = write_body(self.values.prepared(media), made.value)
            except (CannotGenerate, UnwritableError) as error:
                wrong = str(error)
            else:
                return written.content_type, written.body
        if content:
            raise OutgoingError(f"no valid body could be made: {wrong}")
        return "", b""

    def text(self, parameter: Parameter, *seeds: str) -> str:
        """The text of a required parameter."""
        value: Json = parameter.examples[0].value if parameter.examples else parameter.name
        if not parameter.examples and parameter.schema is not None:
            schemas = self.contract.schemas
            at, whole = (
                schemas.at(parameter.schema, "request"),
                schemas.validator(parameter.schema, "request"),
            )
            try:
                value = self.values.generated(at, whole, seed_from(*seeds, parameter.name), use_examples=True)
            except CannotGenerate as error:
                raise OutgoingError(f"no value could be made for `{parameter.name}`: {error}") from None
        return write_header(value, style="simple", explode=parameter.explode)


def check_url(url: str, hosts: Iterable[str]) -> None:
    """May a request be sent there? Only to this machine and to `hosts`. Raises `OutgoingError`."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - reading it raises for what is no port
    except ValueError:
        raise OutgoingError(f"`{url}` is no URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise OutgoingError(f"`{url}` is no http(s) URL")
    allowed = frozenset(each.lower() for each in hosts)
    if ANY_HOST not in allowed and host not in allowed and not _is_this_machine(host):
        raise OutgoingError(f"the host `{host}` is not allowed: start with --callback-host {host}")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
