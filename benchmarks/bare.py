"""The bare server, a ceiling: uvicorn as Treaty runs it, with an application that knows its one answer.

Arguments: port, status, media type, body, and the document that the application is guarded by, if any.
"""

from __future__ import annotations

import sys
from typing import Any

import uvicorn

port, status, media_type, text, *document = sys.argv[1:]
body = text.encode()
start = {
    "type": "http.response.start",
    "status": int(status),
    "headers": [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode())],
}


async def application(_scope: Any, _receive: Any, send: Any) -> None:
    """ASGI 3.0: the same answer, whatever is asked."""
    await send(start)
    await send({"type": "http.response.body", "body": body})


served: Any = application
if document:
    import treaty

    served = treaty.guard(treaty.load(document[0]), application)

uvicorn.run(
    served,
    port=int(port),
    log_level="warning",
    access_log=False,
    lifespan="off",
    server_header=False,
    proxy_headers=False,
)
