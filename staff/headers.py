"""What every answer says to the browser about safety: the whole application calls ``security_headers`` once."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

_POLICY = (
    "default-src 'none'",
    "script-src 'self' 'nonce-{nonce}'",
    "style-src 'self'",
    "img-src 'self' data:",
    "media-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
MACHINES = "webhooks"
"""The blueprint that only providers' machines call."""
_A_YEAR = 365 * 24 * 60 * 60


def csp_nonce() -> str:
    """The word that lets one inline script of this answer run. The same for the whole request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def security_headers(app: Flask) -> None:
    """Put the headers on every answer, and ``csp_nonce()`` into every template. What a view has set itself stays."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.after_request(_add)


def _add(response: Response) -> Response:
    headers = response.headers
    if request.blueprint == MACHINES:
        return response  # no browser reads it, and this is the one path where every tenth of a millisecond counts
    headers.setdefault("Content-Security-Policy", "; ".join(_POLICY).format(nonce=csp_nonce()))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    # same-origin, not no-referrer: over https the check on forms wants to know which page a form came from
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if response.mimetype == "text/html":
        headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={_A_YEAR}")
    return response
