"""What a running mock or service says of itself: its document at /openapi.json, reference pages at /docs.

A browser that asks for `/` is sent to the pages, unless the contract has that path. Where several documents
are mounted each has these below a path of its own, and /docs lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from treaty.contract.contract import Contract
from treaty.exchange.messages import Request, Response
from treaty.mocking.write import write_json
from treaty.pages import CONTENT_SECURITY_POLICY, Listed, asset, index_page, reference_page

DOCUMENT_PATH = "/openapi.json"
PAGES_PATH = "/docs"
ASSETS_PATH = "/docs/assets/"


@dataclass(slots=True)
class Site:
    """Answers GET for these paths; each is made when it is first asked for."""

    contract: Contract
    made: dict[str, Response] = field(default_factory=dict)

    def listed(self) -> dict[str, Site]:
        """The documents by the paths that their pages are below."""
        return {"": self}

    def find(self, request: Request) -> Response | None:
        """The page a request is for; None when it is for none."""
        path = request.path
        if request.method not in ("GET", "HEAD"):
            return None
        if path == "/":
            return _to_pages() if "text/html" in (request.header("accept") or "") else None
        if not path.startswith((DOCUMENT_PATH, PAGES_PATH)):
            return None
        if path not in self.made:
            maker = self._maker(path)
            if maker is None:
                return None
            self.made[path] = maker()
        return self.made[path]

    def _maker(self, path: str) -> Callable[[], Response] | None:
        if path == DOCUMENT_PATH:
            return self._document
        if path == PAGES_PATH:
            return self._page
        if path == PAGES_PATH + "/":
            return lambda: Response(308, [("location", "../docs")])
        if path.startswith(ASSETS_PATH) and asset(path.removeprefix(ASSETS_PATH)) is not None:
            return lambda: _asset(path.removeprefix(ASSETS_PATH))
        return None

    def _document(self) -> Response:
        body = write_json(self.contract.document.bundle())
        return Response(200, [("content-type", "application/json")], body)

    def _page(self) -> Response:
        return _html(reference_page(self.contract.title or "API reference"))


@dataclass(slots=True)
class Sites:
    """The pages of several documents, each below its homes (`/users`), and a list of them at `/docs`."""

    homes: Mapping[str, Site]  # several may lead to one

    def find(self, request: Request) -> Response | None:
        """The page a request is for; None when it is for none."""
        path = request.path
        if request.method not in ("GET", "HEAD"):
            return None
        if path in ("/", PAGES_PATH):
            return _html(index_page(_listed(home, site.contract) for home, site in self.listed().items()))
        if path == PAGES_PATH + "/":
            return Response(308, [("location", "../docs")])
        for home, site in self.homes.items():
            if path.startswith(home + "/"):
                return site.find(replace(request, path=path[len(home) :]))
        return None

    def listed(self) -> dict[str, Site]:
        """The documents, each once, by the first of the paths that their pages are below."""
        firsts = {id(site): home for home, site in reversed(list(self.homes.items()))}
        return {home: site for home, site in self.homes.items() if firsts[id(site)] == home}


def _listed(home: str, contract: Contract) -> Listed:
    return Listed(contract.title, contract.version, len(contract.operations), home)


def _to_pages() -> Response:
    """Where a browser is sent that is given nothing but the server's address."""
    return Response(302, [("location", PAGES_PATH[1:]), ("vary", "accept")])


def _html(page: bytes) -> Response:
    headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", CONTENT_SECURITY_POLICY),
    ]
    return Response(200, headers, page)


def _asset(name: str) -> Response:
    found = asset(name)
    if found is None:
        return Response(404)
    headers = [("content-type", found.content_type), ("cache-control", "public, max-age=86400")]
    if found.encoding:
        headers.append(("content-encoding", found.encoding))
    return Response(200, headers, found.content)
