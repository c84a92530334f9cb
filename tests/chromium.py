"""The browser of the tests: Chromium as made for machines alone, where there is one, else as made for a desk.

Both lay out, paint and run scripts alike; the one for a desk opens a whole window, with a bar and a page of its own behind it,
for every visitor, and takes twice as long over each page.
"""

from __future__ import annotations

from pathlib import Path

_FOR_MACHINES, _FOR_A_DESK = Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")
CHROMIUM = _FOR_MACHINES if _FOR_MACHINES.exists() else _FOR_A_DESK
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
