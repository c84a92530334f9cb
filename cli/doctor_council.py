"""What `earshot doctor` says of the council's own accounts: whether the provider answers, is the one that is set, and keeps our
time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import requests

from bot.council import IdentityRecords
from bot.records import StaffMember
from settings import Settings

Kind = Literal["good", "note", "fault"]
Found = tuple[Kind, str]

_PATIENCE = 10
"""Seconds for each answer."""
_APART = timedelta(minutes=2)
"""So far our clock may be from theirs; what they sign counts from a moment and until one."""
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def council_findings(settings: Settings, *, online: bool, now: datetime | None = None) -> Iterator[Found]:
    """Nothing, where the council's accounts are not used. The provider is asked only with ``online``."""
    if not settings.oidc_issuer:
        return
    back = f"{settings.public_url}/staff/council/back"
    yield _redirect(back)
    if not online:
        yield "note", "The council's accounts are on. earshot doctor --online asks the provider whether they work."
        return
    address = f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
    asked_at = datetime.now(UTC) if now is None else now
    try:
        answer = requests.get(address, timeout=_PATIENCE)
        metadata = answer.json() if answer.ok else None
    except (requests.RequestException, ValueError):
        answer, metadata = None, None
    if answer is None or not isinstance(metadata, dict):
        said = "does not answer" if answer is None else f"answers {answer.status_code}, or not as one"
        yield "fault", f"The council's sign-in {said} at {address}. Look at OIDC_ISSUER, and whether this machine may reach it."
        return
    yield "good", f"The council's sign-in answers at {address}."
    yield from _is_the_one(settings, metadata)
    yield from _clock(answer, asked_at)


def kept_roles(identities: IdentityRecords, team: Iterable[StaffMember]) -> Iterator[Found]:
    """Who keeps a role that the directory gives them no more."""
    kept = identities.kept_roles()
    for member in team:
        if member.id in kept:
            says = f"The council's directory makes {member.name} {kept[member.id]}, and they stay {member.role} here, because "
            says += (
                "nobody else was when they last signed in. Give somebody else the role, and let them sign in once; it changes "
            )
            says += "when they sign in next."
            yield "note", says


def _redirect(back: str) -> Found:
    address = urlsplit(back)
    is_here = (address.hostname or "") in {"localhost", "::1"} or (address.hostname or "").startswith("127.")
    if address.scheme != "https" and not is_here:
        return "fault", f"The provider will not send people back to {back}: set EARSHOT_PUBLIC_URL to an address with https."
    return "good", f"The provider must know this redirect address, letter by letter: {back}"


def _is_the_one(settings: Settings, metadata: dict[str, Any]) -> Iterator[Found]:
    named = str(metadata.get("issuer", ""))
    if named.rstrip("/") != settings.oidc_issuer.rstrip("/"):
        says = f"The provider calls itself {named or 'nothing'}, and the settings {settings.oidc_issuer}: nobody is let in."
        yield "fault", f"{says} Set OIDC_ISSUER to what it calls itself, if that is the council's."
    missing = [name for name in _NEEDED if not isinstance(metadata.get(name), str)]
    if missing:
        yield "fault", f"The provider does not say its {' and '.join(missing)}: it is none that Earshot can use."
        return
    try:
        keys = requests.get(metadata["jwks_uri"], timeout=_PATIENCE).json().get("keys")
    except (requests.RequestException, ValueError, AttributeError):
        keys = None
    if not keys:
        yield "fault", f"The provider's keys cannot be read at {metadata['jwks_uri']}, so nothing it signs can be checked."
    elif named.rstrip("/") == settings.oidc_issuer.rstrip("/"):
        yield "good", "The provider is the one that OIDC_ISSUER names, and its keys can be read."


def _clock(answer: requests.Response, asked_at: datetime) -> Iterator[Found]:
    try:
        theirs = parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, ValueError):
        return
    apart = abs(theirs - asked_at)
    if apart > _APART:
        minutes = round(apart / timedelta(minutes=1))
        says = f"This machine's clock and the provider's are {minutes} minutes apart: what it signs will not count here."
        yield "fault", f"{says} Set the clock by NTP."
    else:
        yield "good", "This machine's clock agrees with the provider's."
