"""How often somebody new may come from one place on the internet, so that a script cannot come as a new person for ever.

A place is an address, or the network that one line has in IPv6. What we cannot place is never refused, for behind it may
be everybody: a proxy that was not declared (EARSHOT_PROXY_HOPS) has a private address, or names the person's in a header.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from threading import Lock

from flask import Request

WITHIN = timedelta(minutes=1)
MOST = 60
"""From one place in that time: a library or a school full of people has one address."""
_MOST_KEPT = 10_000  # places; the one that was quiet the longest is forgotten first
_LINE = 64
"""The bits of an IPv6 address that are one line's; the others a phone makes up anew every day."""
_BELIEVED = "werkzeug.proxy_fix.orig"
"""Where ``ProxyFix`` notes that it has put the person's address in place of the proxy's."""


class Newcomers:
    """Counts those who came to this process, from their place's first on, for a minute; then begins again."""

    def __init__(self) -> None:
        self._came: OrderedDict[IPv4Network | IPv6Network, tuple[datetime, int]] = OrderedDict()
        self._lock = Lock()

    def admit(self, request: Request, now: datetime) -> timedelta | None:
        """Count one. None: let them in. Else there were too many from there, and this is how long they wait."""
        place = place_of(request)
        if place is None:
            return None
        with self._lock:
            since, count = self._came.get(place, (now, 0))
            if not timedelta(0) <= now - since < WITHIN:
                since, count = now, 0
            if count >= MOST:
                return since + WITHIN - now
            self._came[place] = since, count + 1
            self._came.move_to_end(place)
            if len(self._came) > _MOST_KEPT:
                self._came.popitem(last=False)
        return None


def place_of(request: Request) -> IPv4Network | IPv6Network | None:
    """Where on the internet a request comes from, as far as we can know; None: from within, or we cannot.

    With no proxy declared a forwarded address means that there is one. The last that is named was added by whoever is
    nearest to us; those before it anybody can make up. (Without any proxy, so can they that one, and are let in.)
    """
    named = "" if _BELIEVED in request.environ else request.headers.get("X-Forwarded-For", "")
    try:
        address = ip_address(named.rpartition(",")[2].strip() or request.remote_addr or "")
    except ValueError:
        return None
    if not address.is_global:
        return None
    return ip_network((address, _LINE if address.version == 6 else address.max_prefixlen), strict=False)  # noqa: PLR2004 - IPv6
