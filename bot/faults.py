"""What a log may say of an unexpected error: its kind and where it arose. Its message may hold a person's words."""

from __future__ import annotations

import traceback
from pathlib import Path


def place(error: BaseException) -> str:
    """As ``ValueError at turns.py:112``."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
