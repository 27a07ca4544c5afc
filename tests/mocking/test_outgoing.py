"""Where the mock may send requests."""

from __future__ import annotations

import pytest

from treaty.mocking.outgoing import OutgoingError, check_url


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/x",
        "http://127.0.0.1:8000/",
        "https://[::1]/",
        "http://127.9.9.9",
        "http://Hooks.test/",
    ],
)
def test_this_machine_and_hosts_by_name(url: str) -> None:
    check_url(url, ["hooks.test"])


@pytest.mark.parametrize(
    "url",
    [
        "http://example.test/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "http://127.0.0.1.example.test/",
        "http://localhost@example.test/",
        "http://0.0.0.0/",
        "ftp://localhost/",
        "file:///etc/passwd",
        "/callback",
        "http://",
        "http://localhost:x/",
        "http://[::1/",
        "",
    ],
)
def test_nowhere_else(url: str) -> None:
    with pytest.raises(OutgoingError):
        check_url(url, [])


def test_everywhere_on_request() -> None:
    check_url("https://example.test/", ["*"])
