"""The pages of the issuer: plain forms, in which nothing of a request is more than text."""

from __future__ import annotations

import html
from collections.abc import Mapping

from treaty.exchange.messages import Response

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body>
<h1>{title}</h1>
{content}
</body>
</html>
"""
_CONSENT = """\
<p><strong>{client}</strong> asks for {scope}. This is a mock: any user will do, no password is needed.</p>
<form method="post">
{hidden}
<p><label>User <input name="user" value="{user}" autofocus required></label></p>
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></p>
</form>"""
_DEVICE = """\
<form method="post">
<p><label>Code <input name="user_code" value="{code}" required></label></p>
<p><label>User <input name="user" value="user" required></label></p>
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></p>
</form>"""


def consent_page(client: str, scope: str, user: str, fields: Mapping[str, str]) -> Response:
    """The page that asks a user whether a client may; the form sends `fields` along."""
    hidden = "\n".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )
    asked = ", ".join(f"<code>{html.escape(each)}</code>" for each in scope.split()) or "no scope"
    content = _CONSENT.format(client=html.escape(client), scope=asked, user=html.escape(user), hidden=hidden)
    return _page("Sign in", content)


def device_page(user_code: str) -> Response:
    """The page that asks for the code of a device."""
    return _page("Connect a device", _DEVICE.format(code=html.escape(user_code)))


def told_page(said: str, status: int = 200) -> Response:
    """A page that only says something."""
    return _page("Connect a device", f"<p>{html.escape(said)}</p>", status)


def _page(title: str, content: str, status: int = 200) -> Response:
    headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("content-security-policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
        ("referrer-policy", "no-referrer"),
    ]
    return Response(status, headers, _PAGE.format(title=title, content=content).encode("utf-8", "replace"))
