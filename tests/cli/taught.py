"""A tagger taught in a moment, with labels of its own, and the file it was taught from."""

from __future__ import annotations

import json
from pathlib import Path

SUBJECTS = ("my son", "our girl", "the boy", "she", "he", "our eldest", "the little one", "my daughter", "my twins", "we")
ABOUT = {
    "Buses": ("the bus was late for {}", "{} waited for the bus in the rain", "no bus came for {} again"),
    "Food": ("lunch was cold for {}", "{} will not eat the dinner there", "the cook made soup {} liked"),
    "Books": ("{} loves the library books", "no story books for {} to read", "{} was read a chapter by the librarian"),
}


def lines() -> list[dict[str, str]]:
    """Thirty messages for each of three labels, and ten with two."""
    rows = [
        {"words": frame.format(subject), "labels": label, "mood": "good" if "love" in frame or "liked" in frame else "bad"}
        for label, frames in ABOUT.items()
        for frame in frames
        for subject in SUBJECTS
    ]
    both = [
        {"words": f"the bus was late and lunch was cold for {subject}", "labels": "Buses; Food", "mood": "bad"}
        for subject in SUBJECTS
    ]
    return rows + both


def write(path: Path) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in lines()), encoding="utf-8")
    return path
