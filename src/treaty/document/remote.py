"""Fetch a document or a part of it over HTTP, within bounds of size and time."""

from __future__ import annotations

from time import monotonic

from treaty.document.read import check_size
from treaty.findings import DocumentError, Finding, Location

# For each wait for the other side, and for one file altogether.
WAIT_SECONDS = 10.0
TOTAL_SECONDS = 30.0


def fetch(uri: str, max_bytes: int) -> tuple[str, bytes]:
    """The URI at the end of all redirects, and the content there.

    Raises `DocumentError`: unreachable, too-large.
    """
    import httpx  # here, because few documents are remote and it is slow to import

    deadline = monotonic() + TOTAL_SECONDS
    content = bytearray()
    try:
        with httpx.stream("GET", uri, follow_redirects=True, timeout=WAIT_SECONDS) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                content += chunk
                check_size(len(content), uri, max_bytes)
                if monotonic() > deadline:
                    raise DocumentError([_unreachable(uri, f"it took longer than {TOTAL_SECONDS:g} seconds")])
            return str(response.url), bytes(content)
    except httpx.TimeoutException:
        raise DocumentError([_unreachable(uri, f"no answer within {WAIT_SECONDS:g} seconds")]) from None
    except httpx.HTTPStatusError as error:
        raise DocumentError([_unreachable(uri, f"the answer is {error.response.status_code}")]) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise DocumentError([_unreachable(uri, str(error) or type(error).__name__)]) from None


def _unreachable(uri: str, why: str) -> Finding:
    return Finding(
        "unreachable",
        f"cannot fetch {uri}: {why}",
        location=Location(uri),
        expected="a readable OpenAPI document in YAML or JSON",
        hint="check the address, or keep a copy of the file beside the document",
    )
