"""Six digits of an authenticator app (RFC 6238, by pyotp), and the picture from which the app learns the secret."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
import segno
from markupsafe import Markup

HALF_MINUTE = 30
_DIGITS = 6


def new_secret() -> str:
    return pyotp.random_base32()


def step_of(secret: str, digits: str, now: datetime) -> int | None:
    """Which half minute the digits belong to: this one, or the one before or after, for clocks that differ."""
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    this = int(now.timestamp()) // HALF_MINUTE
    totp = pyotp.TOTP(secret)
    found = None
    for step in (this - 1, this, this + 1):  # each is compared, so that the time taken says nothing
        if hmac.compare_digest(totp.generate_otp(step), digits):
            found = step
    return found


def drawn(secret: str, username: str) -> Markup:
    """The secret as a QR code."""
    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="Earshot")
    svg = segno.make_qr(address, error="m").svg_inline(
        border=4, omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return Markup(svg)  # noqa: S704 - made here of squares; the secret is in it as squares alone


def in_groups(secret: str) -> str:
    """To be typed by hand."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
