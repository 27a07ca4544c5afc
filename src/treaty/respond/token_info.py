"""Token info endpoints: a service that is asked about bearer tokens, as Connexion asks it (`x-tokenInfoUrl`).

It is asked with the token itself, and answers 200 with what it knows of it as a JSON object. It is of the
network, so that it is asked only by who says so.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from treaty.exchange.codecs.codec import UndecodableError
from treaty.exchange.codecs.json_text import decode_json
from treaty.findings import Json

SECONDS = 5.0
MAX_ANSWER_BYTES = 1024 * 1024


class TokenInfoError(Exception):
    """A token info endpoint cannot be asked, or what it answers is nothing that is known of a token."""


def is_endpoint(url: str) -> bool:
    """Is it a URL that can be asked?"""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def token_info(url: str) -> Callable[[str], Json]:
    """A function that asks an endpoint what it knows of a token; it gives None for one that is not good.

    That is any answer but 200, or `"active": false` (RFC 7662, section 2.2). It runs in any thread, and
    raises `TokenInfoError`.
    """
    import httpx  # here, because few documents name an endpoint and it is slow to import

    client = httpx.Client(timeout=SECONDS)

    def ask(token: str) -> Json:
        try:
            with client.stream("GET", url, headers={"authorization": f"Bearer {token}"}) as answer:
                if answer.status_code != httpx.codes.OK:
                    return None
                content = b""
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > MAX_ANSWER_BYTES:
                        raise TokenInfoError(f"{url} answers with more than {MAX_ANSWER_BYTES} bytes")
        except httpx.HTTPError as error:
            raise TokenInfoError(f"{url} cannot be asked: {error or type(error).__name__}") from None
        return _known(url, content)

    return ask


def _known(url: str, content: bytes) -> Json:
    try:
        known = decode_json(content)
    except UndecodableError:
        known = None
    if not isinstance(known, dict):
        raise TokenInfoError(f"{url} answers with what is no JSON object")
    return None if known.get("active") is False else known
