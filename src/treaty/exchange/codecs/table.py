"""The codecs by media type."""

from __future__ import annotations

from treaty.contract.model import is_json
from treaty.exchange.codecs import event_stream, form, json_text, multipart, plain, sequences, xml
from treaty.exchange.codecs.codec import Codec

_BY_ESSENCE: dict[str, Codec] = {
    form.FORM: form.CODEC,
    "application/jsonl": sequences.LINES,
    "application/x-jsonlines": sequences.LINES,
    "application/x-ndjson": sequences.LINES,
    "application/ndjson": sequences.LINES,
    "application/json-seq": sequences.JSON_SEQ,
    "text/event-stream": event_stream.CODEC,
    "text/plain": plain.CODEC,
    "text/html": plain.CODEC,
    "text/markdown": plain.CODEC,
    "text/css": plain.CODEC,
    "application/xml": xml.CODEC,
    "text/xml": xml.CODEC,
}
# By structured syntax suffix; `+json` is found before.
_BY_SUFFIX: dict[str, Codec] = {"+xml": xml.CODEC, "+json-seq": sequences.JSON_SEQ}


def find_codec(essence: str) -> Codec | None:
    """The codec of a media type in lower case, without parameters; None when its bytes are its value."""
    if is_json(essence):
        return json_text.CODEC
    if essence == "multipart/form-data":
        return multipart.FORM_DATA
    if essence.startswith("multipart/") and not essence.endswith("*"):
        return multipart.CODEC
    return _BY_ESSENCE.get(essence) or _BY_SUFFIX.get(essence[essence.rfind("+") :])
