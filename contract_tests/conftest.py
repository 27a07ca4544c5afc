"""Contract tests write and delete freely, so they have a database of their own, in memory."""

from __future__ import annotations

import os

os.environ["NEWSDESK_DATABASE"] = "sqlite://"
