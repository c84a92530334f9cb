"""The browser of the tests: the Chromium of the system, as it is started for all of them, and how long it is waited for."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",  # nor does it reach the network
]

PATIENCE = 60_000
"""Milliseconds for whatever comes in the end: two cores may have much else to do, and only what never comes takes so long."""
expect.set_options(timeout=PATIENCE)
