"""Where a contract is served: the base paths and hosts of its servers, with their variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product
from urllib.parse import SplitResult, unquote, urlsplit

from treaty.document.document import Document
from treaty.document.templates import EXPRESSION, literals_of
from treaty.findings import Json

# The paths that are kept of a server whose variables leave a choice.
MAX_SERVER_PATHS = 64
_AUTHORITY = re.compile("[^/]*//[^/]*")  # of a URL, with its scheme
_OPEN_PORT = re.compile(r":\{[^{}]*\}$")
_PORT = re.compile(f":(?:80|443)$|{_OPEN_PORT.pattern}")  # one that `host_of` leaves out, or any
_NAME = re.compile("[a-z0-9]")


def base_paths(document: Document) -> tuple[str, ...]:
    """The paths of all servers of the document, its paths and operations, without slashes at the end.

    Variables have each of the values they list, or else their default: `open_paths` has the others.
    """
    paths = ("/" + unquote(url.path).strip("/") for url in _server_urls(document))
    return tuple(dict.fromkeys(path for path in paths if path != "/"))


def open_paths(document: Document) -> tuple[str, ...]:
    """The same, as templates, where a variable lists no values.

    Any may then be sent in the place of its default (OpenAPI 3.2, Server Variable Object).
    """
    if document.version.name == "2.0":
        return ()
    return tuple(dict.fromkeys(path for each in _all_servers(document) for path in _open_paths_of(each)))


def server_host(document: Document) -> re.Pattern[str]:
    """What the host of a server is, as `host_of` has it.

    A variable that lists no values may stand for any text of a host, but not for the whole: its default does.
    """
    hosts = dict.fromkeys(host for host in map(host_of, _server_urls(document)) if host)
    patterns = [re.escape(host) for host in hosts]
    if document.version.name != "2.0":
        patterns += (found for each in _all_servers(document) for found in _open_hosts_of(each))
    return re.compile("|".join(patterns) if patterns else "(?!)")


def host_of(url: SplitResult) -> str:
    """The host of a URL, with its port where that is not its scheme's own. Raises ValueError."""
    host, port = url.hostname or "", url.port
    return host if port in (None, 80, 443) else f"{host}:{port}"


def _server_urls(document: Document) -> Iterator[SplitResult]:
    data = document.data
    if document.version.name == "2.0":
        yield SplitResult("", str(data.get("host", "")), str(data.get("basePath", "")), "", "")
        return
    for each in _all_servers(document):
        yield from _urls_of(each)


def _all_servers(document: Document) -> Iterator[dict[str, Json]]:
    holders = [document.data, *(node for at in document.operations for node in (at.item, at.node))]
    for holder in holders:
        servers = holder.get("servers")
        yield from (each for each in servers if isinstance(each, dict)) if isinstance(servers, list) else ()


def _urls_of(server: dict[str, Json]) -> Iterator[SplitResult]:
    for filled in _filled(
        server, {name: _variable_values(each) for name, each in _variables(server).items()}
    ):
        try:
            found = urlsplit(filled)
            host_of(found)
        except ValueError:  # not a URL, so not a path either
            continue
        yield found


def _open_paths_of(server: dict[str, Json]) -> Iterator[str]:
    for filled in _open(server):
        path = filled[found.end() :] if (found := _AUTHORITY.match(filled)) else filled
        if EXPRESSION.search(path):
            yield "/" + unquote(path).strip("/")


def _open_hosts_of(server: dict[str, Json]) -> Iterator[str]:
    for filled in _open(server):
        found = _AUTHORITY.match(filled)
        host = found[0].rpartition("//")[2].rpartition("@")[2].lower() if found else ""
        texts = literals_of(_PORT.sub("", host))
        if EXPRESSION.search(host) and any(map(_NAME.search, texts)):
            yield "[^/:]+".join(map(re.escape, texts)) + ("(?::[0-9]+)?" if _OPEN_PORT.search(host) else "")


def _open(server: dict[str, Json]) -> Iterator[str]:
    """The URLs of a server, with the variables in them that list no values."""
    # A default of several segments says nothing of how many another value has.
    closed = {
        name: values
        for name, each in _variables(server).items()
        if (values := _variable_values(each)) and (each.get("enum") or "/" in values[0])
    }
    yield from _filled(server, closed)


def _variables(server: dict[str, Json]) -> dict[str, dict[str, Json]]:
    variables = server.get("variables")
    declared = variables if isinstance(variables, dict) else {}
    return {name: each for name, each in declared.items() if isinstance(each, dict)}


def _filled(server: dict[str, Json], values_of: dict[str, list[str]]) -> Iterator[str]:
    """The URL of a server with every choice of values for its variables, within bounds."""
    url = str(server.get("url", ""))
    names = [name for name in values_of if f"{{{name}}}" in url]
    for values in islice(product(*map(values_of.__getitem__, names)), MAX_SERVER_PATHS):
        filled = url
        for name, value in zip(names, values, strict=True):
            filled = filled.replace(f"{{{name}}}", value)
        yield filled


def _variable_values(variable: dict[str, Json]) -> list[str]:
    listed = variable.get("enum")
    values = [str(variable.get("default", "")), *(map(str, listed) if isinstance(listed, list) else ())]
    return list(dict.fromkeys(values))
