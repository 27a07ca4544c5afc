"""Each test leaves the imported modules as it found them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from respond.projects import imports_undone

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _imports_undone() -> Iterator[None]:
    with imports_undone():
        yield
