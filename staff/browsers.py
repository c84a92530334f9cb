"""What a browser says it is, in words: enough for somebody to know their own devices by, and no more is kept."""

from __future__ import annotations

import re

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""The name that is in no other's; those that also call themselves Chrome or Safari come first."""
_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def in_words(agent: str) -> str:
    """Such as "Firefox on Windows". Empty when nothing is known: it is what the sender says, so it is never repeated as sent."""
    browser = next((name for sign, name in _BROWSERS if re.search(rf"\b{sign}", agent)), "")
    machine = next((name for sign, name in _MACHINES if sign in agent), "")
    return " on ".join(part for part in (browser, machine) if part)
