"""A response as it is on the wire."""

from __future__ import annotations

import pytest

from treaty.exchange.messages import Response
from treaty.exchange.wire import MAX_KNOWN, UnsafeFieldError, head_of


@pytest.mark.parametrize("length", [1, MAX_KNOWN + 1])
@pytest.mark.parametrize("number", range(0x100))
def test_a_field_has_no_character_that_would_end_it(number: int, length: int) -> None:
    value = "x" * length + chr(number)
    response = Response(204, [("x-field", value)])
    if (number < 0x20 and chr(number) != "\t") or number == 0x7F:  # RFC 9110, section 5.5
        with pytest.raises(UnsafeFieldError):
            head_of(response)
    else:
        assert head_of(response) == f"x-field: {value}\r\n\r\n".encode("latin-1")
