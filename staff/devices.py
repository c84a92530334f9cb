"""Which devices we know as whose: a signed cookie that lists who signed in here, so that strangers' guesses cost them nothing."""

from __future__ import annotations

import secrets
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from uuid import UUID

from flask import Request, Response, current_app
from itsdangerous import BadData, URLSafeSerializer

LASTS = timedelta(days=180)
_MOST = 8
"""People who share one device, remembered at most."""
_NETWORK = 64
"""Bits of an IPv6 address that are one household's or office's; the rest its machines choose as they like."""


def device_of(request: Request, staff_id: UUID | None) -> str | None:
    """The device's id when this member has signed in on it before; else None."""
    known = _read(request)
    return known[0] if known is not None and staff_id is not None and str(staff_id) in known[1] else None


def any_device(request: Request) -> str | None:
    """The device's id when anybody has signed in on it before."""
    known = _read(request)
    return known[0] if known is not None else None


def remember(request: Request, response: Response, staff_id: UUID) -> None:
    """This member has signed in here."""
    device, people = _read(request) or (secrets.token_urlsafe(12), [])
    people = [str(staff_id), *(one for one in people if one != str(staff_id))][:_MOST]
    response.set_cookie(
        _name(),
        _signer().dumps([device, people]),
        max_age=LASTS,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        path="/",
    )


def place_of(request: Request) -> str:
    """Where a request comes from: its address, or its network where one machine has many addresses."""
    said = request.remote_addr or ""
    try:
        address = ip_address(said)
    except ValueError:
        return said
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return f"{int(address) >> (128 - _NETWORK):x}/{_NETWORK}"
    return said


def _read(request: Request) -> tuple[str, list[str]] | None:
    try:
        device, people = _signer().loads(request.cookies.get(_name(), ""))
    except (BadData, ValueError, TypeError):
        return None
    return str(device), [str(one) for one in people]


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="earshot-device")
