"""Prepared media types for the tests of codecs."""

from __future__ import annotations

from typing import Any

import treaty
from treaty.exchange.prepared_media import PreparedMedia, prepare_media


def prepared(kind: str, schema: Any = None, **more: Any) -> PreparedMedia:
    """The media type of a request body of a small document."""
    media = {**more} if schema is None else {"schema": schema, **more}
    contract = treaty.load(
        {
            "openapi": "3.2.0",
            "info": {"title": "Codecs", "version": "1"},
            "paths": {
                "/a": {
                    "post": {
                        "requestBody": {"content": {kind: media}},
                        "responses": {"204": {"description": "Taken"}},
                    }
                }
            },
        }
    )
    body = contract.operations[0].body
    assert body is not None
    return prepare_media(contract, body.content[0], "request")
